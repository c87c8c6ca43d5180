package odoo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Clock is the server's clock: the Date of an answer to the question for its version, whole seconds UTC. It is the
// application server's; write_date comes from the database server's.
func (c *Client) Clock(ctx context.Context) (time.Time, error) {
	_, now, err := c.rpc.version(ctx)
	return now, err
}

// Ping is what a client finds out about its server, user and rights.
type Ping struct {
	Version  string // "19.0"
	Protocol Protocol
	Database string
	UserID   int64
	Login    string
	Name     string
	// Companies are those that the user is allowed to.
	Companies []Company
	// Rights says for each model that is read whether the user may read it.
	Rights map[string]bool
	// Absent are models that the server does not have: their app is not installed.
	Absent []string
}

// Lacks says what keeps the connector from reading, with the way out: rights of the user, or apps of the server. It is
// empty when nothing does.
func (p Ping) Lacks() string {
	var refused []string
	for model, ok := range p.Rights {
		if !ok {
			refused = append(refused, model)
		}
	}
	slices.Sort(refused)
	switch {
	case len(refused) > 0:
		return fmt.Sprintf("the user %s may not read %s: give the groups %s", p.Login, strings.Join(refused, ", "), p.groups())
	case len(p.Absent) > 0:
		return "the server has no " + strings.Join(p.Absent, ", ") + ": install the apps Purchase and Accounting"
	default:
		return ""
	}
}

// groups are the smallest that give all rights (measured on Odoo 19 and 14), as the user's form shows them.
func (p Ping) groups() string {
	if _, ok := p.Rights[modelAnalyticGroup]; ok {
		return strings.Join(olderGroups, " and ")
	}
	return "Accounting / Read-only and Analytic Accounting"
}

// pinged are the models whose right is asked.
var pinged = []string{
	ModelPurchaseOrder, modelOrderLine, ModelMove, modelMoveLine, ModelPartner, ModelAnalyticPlan, ModelAnalyticAccount,
	ModelProduct, ModelCategory, ModelAccount, ModelTax, modelRepartition, ModelCompany, ModelCurrency,
	modelUnit, modelCountry, modelState,
}

// Ping asks for version, user, companies and rights. A key of another user than Config.Login, or a company of
// Config.Companies that the user may not see, is an error; what was found out so far is returned with it.
// A missing right is no error: see Rights.
func (c *Client) Ping(ctx context.Context) (Ping, error) {
	p := Ping{Database: c.cfg.Database, Rights: map[string]bool{}}
	var err error
	if p.Protocol, err = c.rpc.protocol(ctx); err != nil {
		return p, err
	}
	if p.Version, _, err = c.rpc.version(ctx); err != nil {
		return p, err
	}
	if err = c.pingUser(ctx, &p); err != nil {
		return p, err
	}
	for _, model := range pinged {
		if err := c.pingModel(ctx, &p, model); err != nil {
			return p, err
		}
	}
	return p, c.checkUser(p)
}

// olderModels are what models were before they had their name.
var olderModels = map[string]string{ModelAnalyticPlan: modelAnalyticGroup}

func (c *Client) pingModel(ctx context.Context, p *Ping, model string) error {
	right, err := c.rpc.mayRead(ctx, model)
	switch {
	case !errors.Is(err, &Error{Code: CodeUnknownModel}):
		if err == nil {
			p.Rights[model] = right
		}
		return err
	case olderModels[model] != "":
		return c.pingModel(ctx, p, olderModels[model])
	}
	p.Absent = append(p.Absent, model)
	return nil
}

func (c *Client) pingUser(ctx context.Context, p *Ping) error {
	uid, err := c.rpc.user(ctx)
	if err != nil {
		return err
	}
	p.UserID = uid
	v, err := c.rpc.call(ctx, request{
		model: modelUser, method: "read", ids: []int64{uid}, onRecords: true,
		args: map[string]any{"fields": []string{"login", "name", "company_ids"}, "load": ""},
	})
	if err != nil {
		return err
	}
	rows, err := toRows(modelUser, "read", schema{}, v)
	if err != nil {
		return err
	}
	if len(rows) != 1 {
		return unexpected(modelUser, "read", "the user himself", v)
	}
	r := rows[0]
	p.Login, p.Name = r.text("login"), r.text("name")
	allowed := r.ids("company_ids")
	if r.err != nil || len(allowed) == 0 {
		return r.err
	}
	rows, err = c.rows(ctx, query{model: ModelCompany, domain: []any{term("id", "in", allowed)}})
	if err != nil {
		return err
	}
	p.Companies, err = decode(rows, decodeCompany)
	return err
}

func (c *Client) checkUser(p Ping) error {
	if c.cfg.Login != "" && c.cfg.Login != p.Login {
		return &Error{
			Code: CodeBadKey, Model: modelUser, Method: "read", Status: http.StatusOK,
			Message: fmt.Sprintf("the key belongs to the user %q, not to %q", p.Login, c.cfg.Login),
			WayOut:  "correct odoo.user, or make a key as that user",
		}
	}
	for _, id := range c.cfg.Companies {
		if !slices.ContainsFunc(p.Companies, func(co Company) bool { return co.ID == id }) {
			return &Error{
				Code: CodeNoAccess, Model: ModelCompany, Method: "read", Status: http.StatusOK,
				Message: fmt.Sprintf("the user may not see the company %d", id),
				WayOut:  "ask an Odoo administrator to add it to the allowed companies of " + p.Login + ", or correct odoo.companies",
			}
		}
	}
	return nil
}
