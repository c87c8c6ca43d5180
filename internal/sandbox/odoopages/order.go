package odoopages

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// order is a purchase order with its lines.
type order struct {
	lineTable

	ID, VendorID              int64
	Number, Vendor, VendorRef string
	Company, Date, Confirmed  string
	State, Billing            page.Badge
	Bills                     []reference
	Buttons                   []button
}

// reference is a document that another one points to.
type reference struct {
	ID   int64
	Name string
}

// orderButtons are what Odoo offers in a state.
var orderButtons = map[string][]button{
	"draft":      {{Method: "button_confirm", Label: "Confirm order", Main: true}, {Method: "button_cancel", Label: "Cancel order"}},
	"sent":       {{Method: "button_confirm", Label: "Confirm order", Main: true}, {Method: "button_cancel", Label: "Cancel order"}},
	"to approve": {{Method: "button_approve", Label: "Approve order", Main: true}, {Method: "button_cancel", Label: "Cancel order"}},
	"purchase":   {{Method: "button_cancel", Label: "Cancel order"}},
	"cancel":     {{Method: "button_draft", Label: "Set to draft"}},
}

var createBill = button{Method: "action_create_invoice", Label: "Create bill"}

func (p *pages) readOrder(r *http.Request) (order, error) {
	id, err := page.ID(r, "purchase order")
	if err != nil {
		return order{}, err
	}
	o, err := p.one("purchase.order", id, "purchase order", nil, "name", "partner_id", "partner_ref", "company_id", "date_order", "date_approve",
		"state", "invoice_status", "amount_untaxed", "amount_tax", "amount_total", "currency_id", "invoice_ids")
	if err != nil {
		return order{}, err
	}
	vendor, name := o.ref("partner_id")
	out := order{
		ID: id, Number: o.text("name"), VendorID: vendor, Vendor: name, VendorRef: o.text("partner_ref"), Company: o.name("company_id"),
		Date: o.day("date_order"), Confirmed: o.day("date_approve"),
		State: page.BadgeOf(orderStates, o.text("state")), Billing: page.BadgeOf(billingStates, o.text("invoice_status")),
		Buttons: slices.Clone(orderButtons[o.text("state")]),
		lineTable: lineTable{
			Untaxed: o.money("amount_untaxed"), Tax: o.money("amount_tax"), Total: o.money("amount_total"),
			Open: o.text("state") != "cancel", WithBilled: true,
		},
	}
	if o.text("invoice_status") == "to invoice" {
		out.Buttons = append(out.Buttons, createBill)
	}
	bills, err := p.find("account.move", query{domain: []any{term("id", "in", o["invoice_ids"])}, fields: []any{"display_name"}})
	if err != nil {
		return order{}, err
	}
	for _, b := range bills {
		out.Bills = append(out.Bills, reference{b.id(), b.text("display_name")})
	}
	out.Lines, err = p.lines(r, "purchase.order.line", []any{term("order_id", "=", id)}, "product_qty", "qty_invoiced")
	return out, err
}

func (p *pages) order(r *http.Request) (page.View, error) {
	o, err := p.readOrder(r)
	return page.View{Template: "order", Tab: tabOrders, Title: "Purchase order " + o.Number, Body: o}, err
}

func (p *pages) editOrder(r *http.Request) (string, error) {
	o, err := p.readOrder(r)
	if err != nil {
		return "", err
	}
	commands, err := lineCommands(r, o.Lines, "product_qty")
	if err != nil {
		return "", err
	}
	if len(commands) == 0 {
		return page.Done(orderPath(o.ID), "nothing"), nil
	}
	_, err = p.do("purchase.order", "write", []int64{o.ID}, map[string]any{"vals": map[string]any{"order_line": commands}})
	return page.Done(orderPath(o.ID), "saved"), err
}

func (p *pages) pressOrder(r *http.Request) (string, error) {
	o, err := p.readOrder(r)
	if err != nil {
		return "", err
	}
	answer, method, err := p.press(r, "purchase.order", o.ID, o.Buttons)
	if err != nil {
		return "", err
	}
	if action, _ := answer.(map[string]any); method == createBill.Method {
		bill, _ := action["res_id"].(int64)
		return page.Done(billPath(bill), "billed"), nil
	}
	return page.Done(orderPath(o.ID), method), nil
}

func orderPath(id int64) string { return fmt.Sprintf("/orders/%d", id) }
