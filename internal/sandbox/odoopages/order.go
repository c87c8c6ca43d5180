package odoopages

import (
	"fmt"
	"net/http"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// order is a purchase order with its lines.
type order struct {
	ID, VendorID              int64
	Number, Vendor, VendorRef string
	Company, Date, Confirmed  string
	State, Billing            page.Badge
	Untaxed, Tax, Total       page.Money
	Lines                     []line
	Bills                     []reference
	Buttons                   []button
	// Open says that lines can be changed.
	Open bool

	status string
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
		Date: o.day("date_order"), Confirmed: o.day("date_approve"), status: o.text("state"), Open: o.text("state") != "cancel",
		State: page.BadgeOf(orderStates, o.text("state")), Billing: page.BadgeOf(billingStates, o.text("invoice_status")),
		Untaxed: o.money("amount_untaxed"), Tax: o.money("amount_tax"), Total: o.money("amount_total"),
	}
	out.Buttons = append(out.Buttons, orderButtons[out.status]...)
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
	out.Lines, err = p.orderLines(r, id)
	return out, err
}

func (p *pages) orderLines(r *http.Request, id int64) ([]line, error) {
	rows, err := p.find("purchase.order.line", query{domain: []any{term("order_id", "=", id)}, order: "sequence, id", fields: []any{
		"name", "display_type", "product_id", "product_uom_id", "product_qty", "price_unit", "discount", "price_subtotal", "currency_id",
		"qty_invoiced", "analytic_distribution",
	}})
	if err != nil {
		return nil, err
	}
	accounts, err := p.accounts()
	if err != nil {
		return nil, err
	}
	out := make([]line, 0, len(rows))
	for _, l := range rows {
		one := line{
			ID: l.id(), Display: display(l.text("display_type")), Text: l.text("name"), Product: l.name("product_id"), Unit: l.name("product_uom_id"),
			Qty: l.number("product_qty"), Price: l.number("price_unit"), Discount: l.number("discount"), Billed: l.number("qty_invoiced"),
			Subtotal: l.money("price_subtotal"), Shares: sharesOf(l["analytic_distribution"], accounts),
		}
		one.typed(r)
		out = append(out, one)
	}
	return out, nil
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
