package odoopages

import (
	"cmp"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

var billStates = map[string]page.Badge{
	"draft":  {Text: "Draft", Tone: "off"},
	"posted": {Text: "Posted", Tone: "good"},
	"cancel": {Text: "Cancelled", Tone: "bad"},
}

var billKinds = map[string]string{"in_invoice": "Vendor bill", "in_refund": "Credit note", "in_receipt": "Receipt"}

// ofVendors are the moves that this page shows.
var ofVendors = []any{term("move_type", "in", []any{"in_invoice", "in_refund", "in_receipt"})}

var billChoices = []choice{
	{"", "All", nil},
	{"draft", "Draft", []any{term("state", "=", "draft")}},
	{"posted", "Posted", []any{term("state", "=", "posted")}},
	{"credit", "Credit notes", []any{term("move_type", "=", "in_refund")}},
	{"cancelled", "Cancelled", []any{term("state", "=", "cancel")}},
}

// billRow is a bill in a list.
type billRow struct {
	ID, VendorID            int64
	Number, Reference, Kind string
	Vendor, Date            string
	Orders                  []reference
	State                   page.Badge
	Untaxed, Total          page.Money
}

type billList struct {
	Bills   []billRow
	Choices []page.Choice
	page.List
}

func (p *pages) bills(r *http.Request) (page.View, error) {
	base := append(searched(r, "name", "partner_id.name", "ref"), ofVendors...)
	asked, err := p.choose(r, "account.move", base, billChoices)
	if err != nil {
		return page.View{}, err
	}
	rows, err := p.billRows(asked.query)
	return page.View{Template: "bills", Tab: tabBills, Title: "Vendor bills", Body: billList{
		Bills: rows, Choices: asked.choices, List: asked.list(r, len(rows)),
	}}, err
}

func (p *pages) billRows(q query) ([]billRow, error) {
	q.fields = []any{"name", "ref", "move_type", "partner_id", "invoice_date", "state", "amount_untaxed", "amount_total", "currency_id"}
	bills, err := p.find("account.move", q)
	if err != nil {
		return nil, err
	}
	orders, err := p.ordersOf(bills)
	if err != nil {
		return nil, err
	}
	out := make([]billRow, 0, len(bills))
	for _, b := range bills {
		vendor, name := b.ref("partner_id")
		out = append(out, billRow{
			ID: b.id(), Number: cmp.Or(b.text("name"), "no number yet"), Reference: b.text("ref"), Kind: billKinds[b.text("move_type")],
			VendorID: vendor, Vendor: name, Date: b.text("invoice_date"), Orders: orders[b.id()],
			State: page.BadgeOf(billStates, b.text("state")), Untaxed: signed(b, "amount_untaxed"), Total: signed(b, "amount_total"),
		})
	}
	return out, nil
}

// signed is below zero on a credit note, whose amounts Odoo keeps positive.
func signed(b row, field string) page.Money {
	m := b.money(field)
	if b.text("move_type") == "in_refund" {
		m.Amount = decimal.Zero.Sub(m.Amount)
	}
	return m
}

// ordersOf are the orders that bills were made for, by bill.
func (p *pages) ordersOf(bills []row) (map[int64][]reference, error) {
	lines, err := p.find("account.move.line", query{
		domain: []any{term("move_id", "in", idsOf(bills)), term("purchase_line_id", "!=", false)},
		fields: []any{"move_id", "purchase_order_id"}, order: "id",
	})
	if err != nil {
		return nil, err
	}
	out, seen := map[int64][]reference{}, map[[2]int64]bool{}
	for _, l := range lines {
		bill, _ := l.ref("move_id")
		order, name := l.ref("purchase_order_id")
		if pair := [2]int64{bill, order}; order != 0 && !seen[pair] {
			seen[pair] = true
			out[bill] = append(out[bill], reference{order, name})
		}
	}
	return out, nil
}
