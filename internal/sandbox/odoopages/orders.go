package odoopages

import (
	"net/http"
	"strings"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// orderStates and what Odoo calls them.
var orderStates = map[string]page.Badge{
	"draft":      {Text: "RFQ", Tone: "off"},
	"sent":       {Text: "RFQ sent", Tone: "off"},
	"to approve": {Text: "To approve", Tone: "wait"},
	"purchase":   {Text: "Purchase order", Tone: "good"},
	"cancel":     {Text: "Cancelled", Tone: "bad"},
}

var billingStates = map[string]page.Badge{
	"no":         {},
	"to invoice": {Text: "Waiting for bills", Tone: "wait"},
	"invoiced":   {Text: "Fully billed", Tone: "good"},
}

// orderChoices narrow the list of orders down.
var orderChoices = []choice{
	{"", "All", nil},
	{"rfq", "RFQs", []any{term("state", "in", []any{"draft", "sent", "to approve"})}},
	{"confirmed", "Confirmed", []any{term("state", "=", "purchase")}},
	{"unbilled", "Waiting for bills", []any{term("invoice_status", "=", "to invoice")}},
	{"cancelled", "Cancelled", []any{term("state", "=", "cancel")}},
}

// orderRow is an order in a list.
type orderRow struct {
	ID, VendorID            int64
	Number, Vendor, Company string
	Projects, Date          string
	State, Billing          page.Badge
	Untaxed                 page.Money
}

type orderList struct {
	Orders  []orderRow
	Choices []page.Choice
	page.List
}

func (p *pages) orders(r *http.Request) (page.View, error) {
	asked, err := p.choose(r, "purchase.order", searched(r, "name", "partner_id.name", "partner_ref"), orderChoices)
	if err != nil {
		return page.View{}, err
	}
	rows, err := p.orderRows(asked.query)
	return page.View{Template: "orders", Tab: tabOrders, Title: "Purchase orders", Body: orderList{
		Orders: rows, Choices: asked.choices, List: asked.list(r, len(rows)),
	}}, err
}

// orderRows reads orders with the projects that their lines go to.
func (p *pages) orderRows(q query) ([]orderRow, error) {
	q.fields = []any{"name", "partner_id", "company_id", "date_order", "state", "invoice_status", "amount_untaxed", "currency_id"}
	orders, err := p.find("purchase.order", q)
	if err != nil {
		return nil, err
	}
	lines, err := p.distributions("purchase.order.line", "order_id", orders)
	if err != nil {
		return nil, err
	}
	accounts, err := p.accounts()
	if err != nil {
		return nil, err
	}
	out := make([]orderRow, 0, len(orders))
	for _, o := range orders {
		vendor, name := o.ref("partner_id")
		out = append(out, orderRow{
			ID: o.id(), Number: o.text("name"), VendorID: vendor, Vendor: name, Company: o.name("company_id"),
			Projects: strings.Join(projectsOf(lines[o.id()], accounts), ", "), Date: o.day("date_order"),
			State:   page.BadgeOf(orderStates, o.text("state")),
			Billing: page.BadgeOf(billingStates, o.text("invoice_status")), Untaxed: o.money("amount_untaxed"),
		})
	}
	return out, nil
}

// distributions reads the analytic distribution of the lines of documents, by document.
func (p *pages) distributions(model, parent string, documents []row) (map[int64][]row, error) {
	lines, err := p.find(model, query{domain: []any{term(parent, "in", idsOf(documents))}, fields: []any{parent, "analytic_distribution"}})
	if err != nil {
		return nil, err
	}
	out := map[int64][]row{}
	for _, l := range lines {
		id, _ := l.ref(parent)
		out[id] = append(out[id], l)
	}
	return out, nil
}
