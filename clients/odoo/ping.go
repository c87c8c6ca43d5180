package odoo

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
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
	Version  string   `json:"version"` // "19.0", "saas~19.1+e"
	Protocol Protocol `json:"protocol"`
	Database string   `json:"database"`
	Limits   Limits   `json:"limits"`
	Clocks   Clocks   `json:"clocks,omitzero"`
	UserID   int64    `json:"user_id,omitempty"`
	Login    string   `json:"login,omitempty"`
	Name     string   `json:"name,omitempty"`
	// Companies are those that the user is allowed to.
	Companies []Company `json:"companies,omitempty"`
	Keys      Keys      `json:"keys,omitzero"`
	// Models are those that the connector reads, as the server's version calls them.
	Models []ModelCheck `json:"models,omitempty"`
	// CreateAccounts is the right to create analytic accounts, which the reverse direction needs.
	CreateAccounts Permission `json:"create_analytic_accounts,omitzero"`
}

// Clocks are Odoo's clock (see Clock) and this machine's at the same moment, whole seconds UTC.
type Clocks struct {
	Odoo time.Time `json:"odoo"`
	Here time.Time `json:"here"`
	// AheadSeconds is how far Odoo's is ahead; 0 unless the answer, which was under way for a while, tells otherwise.
	AheadSeconds int64 `json:"ahead_seconds"`
}

// Permission is a right of the user, and who can do what about it when it is missing.
type Permission struct {
	Allowed bool   `json:"allowed"`
	WayOut  string `json:"way_out,omitempty"`
}

// Ping asks for version, clock, user, companies, keys and rights, and counts what is in scope: two requests a model, and
// some ten more. It changes nothing. A key of another user than Config.Login, or a company of Config.Companies that the
// user may not see, is an error; what was found out so far is returned with any error. A missing right is no error: see
// Models.
func (c *Client) Ping(ctx context.Context) (Ping, error) {
	p := Ping{Database: c.cfg.Database, Limits: c.Limits()}
	var err error
	if p.Protocol, err = c.rpc.protocol(ctx); err != nil {
		return p, err
	}
	for _, step := range []func(context.Context, *Ping) error{c.pingVersion, c.pingUser, c.pingKeys, c.pingModels, c.pingCreate} {
		if err := step(ctx, &p); err != nil {
			return p, err
		}
	}
	return p, c.checkUser(p)
}

func (c *Client) pingVersion(ctx context.Context, p *Ping) error {
	asked := time.Now()
	version, now, err := c.rpc.version(ctx)
	if err != nil {
		return err
	}
	p.Version, p.Clocks = version, compareClocks(now, asked, time.Now())
	return nil
}

// compareClocks: the server wrote its clock, cut to the second, between the question and the answer.
func compareClocks(server, asked, answered time.Time) Clocks {
	var ahead time.Duration
	least, most := server.Sub(answered), server.Add(time.Second).Sub(asked)
	if least > 0 || most < 0 {
		ahead = ((least + most) / 2).Round(time.Second)
	}
	return Clocks{Odoo: server, Here: server.Add(-ahead), AheadSeconds: int64(ahead / time.Second)}
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
	if hidden := p.HiddenCompanies(c.cfg.Companies); len(hidden) > 0 {
		return &Error{
			Code: CodeNoAccess, Model: ModelCompany, Method: "read", Status: http.StatusOK,
			Message: "the user may not see the company " + hidden[0], WayOut: p.AskForCompanies(),
		}
	}
	return nil
}

// HiddenCompanies are those of these ids that the user is not allowed to, in their order, as text.
func (p Ping) HiddenCompanies(ids []int64) []string {
	var hidden []string
	for _, id := range ids {
		if !slices.ContainsFunc(p.Companies, func(co Company) bool { return co.ID == id }) {
			hidden = append(hidden, strconv.FormatInt(id, 10))
		}
	}
	return hidden
}

// AskForCompanies is the way out where companies are hidden from the user.
func (p Ping) AskForCompanies() string {
	return "ask an Odoo administrator to add it to the allowed companies of " + p.Login + ", or correct odoo.companies"
}

// pingCreate asks for the right that EnsureAnalyticAccount needs.
func (c *Client) pingCreate(ctx context.Context, p *Ping) error {
	may, err := c.rpc.may(ctx, ModelAnalyticAccount, "create")
	switch e, refused := asRefusal(err); {
	case refused:
		p.CreateAccounts.WayOut = e.WayOut
	case err != nil:
		return err
	case may:
		p.CreateAccounts.Allowed = true
	default:
		p.CreateAccounts.WayOut = askGroup(analyticGroup(p.grouped()))
	}
	return nil
}

// grouped reports that analytic accounts have groups and not plans: before Odoo 16.
func (p Ping) grouped() bool {
	return slices.ContainsFunc(p.Models, func(m ModelCheck) bool { return m.Model == modelAnalyticGroup })
}

// Lacks says what keeps the connector from reading, with the way out: rights of the user, apps of the server, or fields.
// It is empty when nothing does.
func (p Ping) Lacks() string {
	var refused, absent, fields []string
	for _, m := range p.Models {
		switch {
		case !m.Installed:
			absent = append(absent, m.Model)
		case !m.Readable:
			refused = append(refused, m.Model)
		}
		for _, field := range m.Missing {
			fields = append(fields, m.Model+"."+field)
		}
	}
	slices.Sort(refused)
	switch {
	case len(refused) > 0:
		return fmt.Sprintf("the user %s may not read %s: give the groups %s", p.Login, strings.Join(refused, ", "), strings.Join(readingGroups(p.grouped()), " and "))
	case len(absent) > 0:
		return "the server has no " + strings.Join(absent, ", ") + ": install the apps Purchase and Accounting"
	case len(fields) > 0:
		return fmt.Sprintf("the user %s does not see %s: ask an Odoo administrator for the group, or the app, that has these fields", p.Login, strings.Join(fields, ", "))
	default:
		return ""
	}
}
