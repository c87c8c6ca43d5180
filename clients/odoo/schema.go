package odoo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

const (
	modelRepartition = "account.tax.repartition.line"
	modelUser        = "res.users"
	modelUnit        = "uom.uom"
	modelCountry     = "res.country"
	modelState       = "res.country.state"

	// Before Odoo 16.
	modelAnalyticGroup = "account.analytic.group"
	modelAnalyticTag   = "account.analytic.tag"
	modelTagShare      = "account.analytic.distribution"
	modelAccountType   = "account.account.type"
)

// columns are the fields that are read of each model. "?" marks a field that may be missing (an app is
// not installed, an older version, a group's field); "a|b" are a field's names in newer and older versions.
var columns = map[string][]string{
	ModelPurchaseOrder: {
		"name", "state", "?locked", "partner_id", "?partner_ref", "?origin", "company_id", "currency_id", "date_order",
		"?date_approve", "amount_untaxed", "amount_tax", "amount_total", "create_date", "write_date",
	},
	ModelOrderLine: {
		"order_id", "?sequence", "name", "display_type", "product_id", "product_qty", "price_unit", "?discount",
		"?product_uom_id|product_uom", "tax_ids|taxes_id", "price_subtotal", "price_tax", "?is_downpayment",
		"?analytic_distribution", "?account_analytic_id", "?analytic_tag_ids", "write_date",
	},
	ModelMove: {
		"name", "move_type", "state", "ref", "partner_id", "company_id", "currency_id", "invoice_date", "date",
		"?reversed_entry_id", "amount_untaxed", "amount_tax", "amount_total", "create_date", "write_date",
	},
	ModelMoveLine: {
		"move_id", "?sequence", "display_type", "name", "product_id", "account_id", "quantity", "price_unit", "tax_ids",
		"?tax_line_id", "price_subtotal", "amount_currency", "balance", "purchase_line_id", "?analytic_distribution",
		"?analytic_account_id", "?analytic_tag_ids", "?exclude_from_invoice_tab", "?is_rounding_line", "?is_anglo_saxon_line", "write_date",
	},
	ModelPartner: {
		"name", "commercial_partner_id", "parent_id", "is_company", "?vat", "?ref", "?email", "?phone", "?mobile", "?street",
		"?street2", "?city", "?zip", "?state_id", "?country_id", "?employee", "active", "create_date", "write_date",
	},
	ModelAnalyticPlan:    {"name", "parent_id", "?root_id", "?parent_path", "?create_date", "write_date"},
	modelAnalyticGroup:   {"name", "parent_id", "?create_date", "write_date"},
	ModelAnalyticAccount: {"name", "?code", "plan_id|group_id", "?root_plan_id", "active", "?company_id", "?create_date", "write_date"},
	ModelProduct:         {"name", "?default_code", "categ_id", "type", "?create_date", "write_date"},
	ModelCategory:        {"name", "parent_id", "?create_date", "write_date"},
	ModelAccount:         {"code", "name", "account_type|user_type_id", "?internal_type", "?internal_group", "?company_ids|company_id", "?create_date", "?write_date"},
	ModelTax:             {"name", "amount_type", "amount", "?analytic", "?children_tax_ids", "?create_date", "write_date"},
	modelRepartition:     {"?tax_id|invoice_tax_id", "?document_type", "repartition_type", "factor_percent", "account_id"},
	ModelCompany:         {"name", "currency_id", "partner_id", "?create_date", "?write_date"},
	ModelCurrency:        {"name", "decimal_places", "?create_date", "?write_date"},
}

// oneOf are the fields of which a user must see one at least, by version: without any, every line would seem to have lost
// its project, and what was made of it would be taken back.
var oneOf = map[string][]string{
	ModelOrderLine: {"analytic_distribution", "account_analytic_id"},
	ModelMoveLine:  {"analytic_distribution", "analytic_account_id"},
}

// schema says under which name each wanted field of a model is read.
type schema struct {
	names map[string]string // first name of a column to the server's name
	read  time.Time
}

func (s schema) fields() []string {
	out := make([]string, 0, len(s.names))
	for _, n := range s.names {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func (s schema) has(column string) bool { return s.names[column] != "" }

// schema asks the server once an hour which of the wanted fields the user can read. Naming another one
// in a read is an error.
func (c *Client) schema(ctx context.Context, model string) (schema, error) {
	c.mu.Lock()
	s, ok := c.schemas[model]
	c.mu.Unlock()
	if ok && time.Since(s.read) < definitionsTTL {
		return s, nil
	}
	s, missing, err := c.askFields(ctx, model, columns[model])
	if err != nil {
		return schema{}, err
	}
	if len(missing) > 0 {
		return schema{}, &Error{
			Code: CodeUnknownField, Model: model, Method: "fields_get", Field: missing[0],
			Message: "the field " + missing[0] + " is missing or hidden from the user", WayOut: accessWayOut(model),
		}
	}
	c.mu.Lock()
	c.schemas[model] = s
	c.mu.Unlock()
	return s, nil
}

// askFields asks the server under which names the user can read some columns, and which of the needed ones he cannot.
func (c *Client) askFields(ctx context.Context, model string, wanted []string) (s schema, missing []string, err error) {
	var all []string
	for _, col := range wanted {
		all = append(all, strings.Split(strings.TrimPrefix(col, "?"), "|")...)
	}
	v, err := c.rpc.call(ctx, request{
		model: model, method: "fields_get",
		args: map[string]any{"allfields": all, "attributes": []string{"type", "store"}},
	})
	if err != nil {
		return schema{}, nil, err
	}
	have, ok := v.(map[string]any)
	if !ok {
		return schema{}, nil, unexpected(model, "fields_get", "an object", v)
	}
	s = schema{names: map[string]string{}, read: time.Now()}
	for _, col := range wanted {
		name, optional := strings.CutPrefix(col, "?")
		alternatives := strings.Split(name, "|")
		i := slices.IndexFunc(alternatives, func(n string) bool { return stored(have[n]) })
		if i < 0 {
			i = slices.IndexFunc(alternatives, func(n string) bool { _, ok := have[n]; return ok })
		}
		switch {
		case i >= 0:
			s.names[alternatives[0]] = alternatives[i]
		case !optional:
			missing = append(missing, alternatives[0])
		}
	}
	if one := oneOf[model]; len(one) > 0 && !slices.ContainsFunc(one, s.has) {
		missing = append(missing, one[0])
	}
	return s, missing, nil
}

// stored: of two names the one that can be searched is meant. Odoo 14 has tax_id beside invoice_tax_id, computed.
func stored(field any) bool {
	m, ok := field.(map[string]any)
	return ok && m["store"] != false
}

// query is a search_read. Results are always in the order of ids, so that pages by id are complete.
type query struct {
	model   string
	domain  []any
	limit   int // 0 means all
	context map[string]any
}

// rows runs a query over the model's columns. A field that vanished since the schema was read makes it
// read the schema anew, once.
func (c *Client) rows(ctx context.Context, q query) ([]*row, error) {
	for attempt := 0; ; attempt++ {
		s, err := c.schema(ctx, q.model)
		if err != nil {
			return nil, err
		}
		out, err := c.searchRead(ctx, q, s)
		var e *Error
		if attempt == 0 && errors.As(err, &e) && e.Code == CodeUnknownField {
			c.mu.Lock()
			delete(c.schemas, q.model)
			c.mu.Unlock()
			continue
		}
		return out, err
	}
}

func (c *Client) searchRead(ctx context.Context, q query, s schema) ([]*row, error) {
	if q.domain == nil {
		q.domain = []any{}
	}
	args := map[string]any{
		"domain": q.domain, "fields": s.fields(), "order": "id asc",
		"load": "", // plain ids for many2one, about twice as fast
	}
	if q.limit > 0 {
		args["limit"] = q.limit
	}
	if q.context != nil {
		args["context"] = q.context
	}
	v, err := c.rpc.call(ctx, request{model: q.model, method: "search_read", args: args})
	if err != nil {
		return nil, err
	}
	return toRows(q.model, "search_read", s, v)
}
