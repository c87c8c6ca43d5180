package odoo

import (
	"context"
	"errors"
	"strings"
)

// ModelCheck is what the user may do with a model that the connector reads.
type ModelCheck struct {
	Model string `json:"model"`
	// Installed is false when the server has no such model: its app is missing.
	Installed bool `json:"installed"`
	// Readable is the user's right; Message says in Odoo's words why not, WayOut who can do what.
	Readable bool   `json:"readable"`
	Message  string `json:"message,omitempty"`
	WayOut   string `json:"way_out,omitempty"`
	// Fields are those that are read, as the server names them.
	Fields []string `json:"fields,omitempty"`
	// Missing are fields without which the model cannot be read: the server does not have them, or the user may not see
	// them.
	Missing []string `json:"missing_fields,omitempty"`
	// InScope is how many records are read: of the tenant's companies, vendor bills of all moves, archived master data too.
	InScope int64 `json:"in_scope"`
}

// OK reports that the model can be read.
func (m ModelCheck) OK() bool { return m.Installed && m.Readable && len(m.Missing) == 0 }

// need is a model that is read. Fields are given for models of which no more than that is looked up; those of the
// others are in columns.
type need struct {
	model  string
	older  string // its name before Odoo 16
	fields []string
}

func (n need) wanted(model string) []string {
	if n.fields != nil {
		return n.fields
	}
	return columns[model]
}

var needs = []need{
	{model: ModelPurchaseOrder},
	{model: ModelOrderLine},
	{model: ModelMove},
	{model: ModelMoveLine},
	{model: ModelPartner},
	{model: ModelAnalyticPlan, older: modelAnalyticGroup},
	{model: ModelAnalyticAccount},
	{model: ModelProduct},
	{model: ModelCategory},
	{model: ModelAccount},
	{model: ModelTax},
	{model: modelRepartition},
	{model: ModelCompany},
	{model: ModelCurrency},
	{model: modelUnit, fields: []string{"name"}},
	{model: modelCountry, fields: []string{"code"}},
	{model: modelState, fields: []string{"code"}},
}

// olderNeeds are what a line is analysed by before Odoo 16, beside its account.
var olderNeeds = []need{
	{model: modelAnalyticTag, fields: []string{"active_analytic_distribution"}},
	{model: modelTagShare, fields: []string{"tag_id", "account_id", "percentage"}},
}

func (c *Client) pingModels(ctx context.Context, p *Ping) error {
	check := func(list []need) error {
		for _, n := range list {
			m, err := c.checkNeed(ctx, n)
			if err != nil {
				return err
			}
			p.Models = append(p.Models, m)
		}
		return nil
	}
	if err := check(needs); err != nil || !p.grouped() {
		return err
	}
	return check(olderNeeds)
}

// checkNeed looks at a model under its name of today, and where there is none under the older one.
func (c *Client) checkNeed(ctx context.Context, n need) (ModelCheck, error) {
	m, err := c.checkModel(ctx, n, n.model)
	if err != nil || m.Installed || n.older == "" {
		return m, err
	}
	if older, err := c.checkModel(ctx, n, n.older); err != nil || older.Installed {
		return older, err
	}
	return m, nil
}

// checkModel counts what is in scope, which needs the right to read, and asks for the fields.
func (c *Client) checkModel(ctx context.Context, n need, model string) (ModelCheck, error) {
	m := ModelCheck{Model: model, Installed: true, Readable: true}
	var err error
	m.InScope, err = c.count(ctx, model)
	e, refused := asRefusal(err)
	switch {
	case refused && e.Code == CodeUnknownField:
		// A field of the scope is hidden: it is among the missing ones.
	case refused:
		m.Installed, m.Readable = e.Code != CodeUnknownModel, false
		m.Message, m.WayOut = e.Message, e.WayOut
		return m, nil
	case err != nil:
		return m, err
	}
	s, missing, err := c.askFields(ctx, model, n.wanted(model))
	if err != nil {
		return m, err
	}
	m.Fields, m.Missing = s.fields(), missing
	if len(missing) > 0 {
		m.WayOut = "ask an Odoo administrator to let the user see the fields " + strings.Join(missing, ", ") + ": they belong to another group, or to an app"
	}
	return m, nil
}

// count is how many records of a model are in scope, as they are polled.
func (c *Client) count(ctx context.Context, model string) (int64, error) {
	q := c.query(model, Window{})
	args := map[string]any{"domain": q.domain}
	if q.context != nil {
		args["context"] = q.context
	}
	v, err := c.rpc.call(ctx, request{model: model, method: "search_count", args: args})
	if err != nil {
		return 0, err
	}
	n, ok := toInt(v)
	if !ok {
		return 0, unexpected(model, "search_count", "a number", v)
	}
	return n, nil
}

// asRefusal tells an answer that the user may not, or that there is nothing to ask for, from trouble.
func asRefusal(err error) (*Error, bool) {
	var e *Error
	if !errors.As(err, &e) {
		return nil, false
	}
	switch e.Code {
	case CodeNoAccess, CodeRecordRule, CodeUnknownModel, CodeUnknownField:
		return e, true
	}
	return nil, false
}
