package odoo

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// ModelAnalyticLine holds what was booked on analytic accounts.
const ModelAnalyticLine = "account.analytic.line"

// AnalyticCustomerInvoice is the category of lines that come from customer invoices (Odoo 15 and later).
const AnalyticCustomerInvoice = "invoice"

// AnalyticLine is an account.analytic.line.
type AnalyticLine struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Ref  string `json:"ref,omitempty"`
	Date Date   `json:"date"` // accounting date
	// Accounts are the accounts of the line, one per root plan at most, ascending.
	Accounts []int64 `json:"accounts"`
	// Amount is in company currency, at its precision; costs are negative.
	Amount decimal.Decimal `json:"amount"`
	// MoveLine is the journal item that it was made from, 0 for timesheets and other entries without one.
	MoveLine int64  `json:"move_line,omitempty"`
	Company  int64  `json:"company,omitempty"`
	Category string `json:"category,omitempty"` // other, invoice, vendor_bill, ...; empty before Odoo 15
}

// planColumn is the column that a root plan has on analytic lines: account_id for one of them, which Odoo calls the
// project plan, x_plan<id>_id for the others.
var planColumn = regexp.MustCompile(`^(account_id|x_plan[0-9]+_id)$`)

var analyticLineColumns = []string{"name", "ref", "date", "amount", "move_line_id", "move_id", "company_id", "category"}

// AnalyticLines pages by id through the analytic lines with an accounting date from since to until, both included
// (empty means open); after is the last id already seen, limit 0 means 500.
func (c *Client) AnalyticLines(ctx context.Context, since, until Date, after int64, limit int) ([]AnalyticLine, error) {
	s, err := c.analyticSchema(ctx)
	if err != nil {
		return nil, err
	}
	w := Window{After: after, Limit: limit}
	days, err := period("date", "", since, until)
	if err != nil {
		return nil, err
	}
	q := c.query(ModelAnalyticLine, w)
	q.domain = append(q.domain, days...)
	rows, err := c.searchRead(ctx, q, s)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	digits, err := c.companyDigits(ctx, column(rows, "company_id"))
	if err != nil {
		return nil, err
	}
	var plans []string
	for name := range s.names {
		if planColumn.MatchString(name) {
			plans = append(plans, name)
		}
	}
	return decode(rows, func(r *row) AnalyticLine {
		l := AnalyticLine{
			ID: r.integer("id"), Name: r.text("name"), Ref: r.text("ref"), Date: r.date("date"), MoveLine: r.id("move_line_id"),
			Company: r.id("company_id"), Category: r.text("category"),
		}
		if l.MoveLine == 0 && !s.has("move_line_id") {
			l.MoveLine = r.id("move_id") // before 16: the journal item all the same
		}
		places, known := digits[l.Company]
		if !known {
			places = 2
		}
		l.Amount = r.money("amount", places)
		for _, name := range plans {
			if id := r.id(name); id != 0 {
				l.Accounts = append(l.Accounts, id)
			}
		}
		slices.Sort(l.Accounts)
		return l
	})
}

// analyticSchema asks for all fields: the columns of the root plans are made when a plan is.
func (c *Client) analyticSchema(ctx context.Context) (schema, error) {
	c.mu.Lock()
	s, ok := c.schemas[ModelAnalyticLine]
	c.mu.Unlock()
	if ok && time.Since(s.read) < definitionsTTL {
		return s, nil
	}
	v, err := c.rpc.call(ctx, request{
		model: ModelAnalyticLine, method: "fields_get", args: map[string]any{"attributes": []string{"type"}},
	})
	if err != nil {
		return schema{}, err
	}
	have, ok := v.(map[string]any)
	if !ok {
		return schema{}, unexpected(ModelAnalyticLine, "fields_get", "an object", v)
	}
	s = schema{names: map[string]string{}, read: time.Now()}
	for name := range have {
		if planColumn.MatchString(name) || slices.Contains(analyticLineColumns, name) {
			s.names[name] = name
		}
	}
	for _, name := range []string{"date", "amount"} {
		if !s.has(name) {
			return schema{}, &Error{
				Code: CodeUnknownField, Model: ModelAnalyticLine, Method: "fields_get", Field: name,
				Message: "the field " + name + " is missing or hidden from the user", WayOut: accessWayOut(ModelAnalyticLine),
			}
		}
	}
	c.mu.Lock()
	c.schemas[ModelAnalyticLine] = s
	c.mu.Unlock()
	return s, nil
}
