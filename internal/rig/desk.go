package rig

import (
	"fmt"
	"maps"
	"strconv"
)

// Desk is a person in Odoo's web client, who speaks of models and fields as version 19 does whichever Odoo it is. The first
// error stays, and what comes after it does nothing: look at Err at the end. It is for one goroutine.
type Desk struct {
	t   *Tenant
	err error
}

// Desk opens the web client.
func (t *Tenant) Desk() *Desk { return &Desk{t: t} }

// Err is the first error.
func (d *Desk) Err() error { return d.err }

// Line is a line of a document: an amount on a project and a code.
type Line struct {
	Amount        float64
	Project, Code int64
	// Of is the order's line that a bill's line is for; 0: of none.
	Of int64
}

// Document is an order or a bill with its lines.
type Document struct {
	ID    int64
	Lines []int64
}

// Create makes one record and gives its id.
func (d *Desk) Create(model string, vals map[string]any) int64 {
	if d.err != nil {
		return 0
	}
	id, err := d.t.clerk.Create(model, vals)
	d.note("creating "+model, err)
	return id
}

// Do presses a button ("button_confirm") or saves a form ("write", with vals).
func (d *Desk) Do(model, method string, id int64, vals map[string]any) {
	if d.err != nil {
		return
	}
	var args map[string]any
	if vals != nil {
		args = values{"vals": vals}
	}
	_, err := d.t.clerk.Do(model, method, []int64{id}, args)
	d.note(fmt.Sprintf("calling %s of %s %d", method, model, id), err)
}

func (d *Desk) note(what string, err error) {
	if err != nil {
		d.err = fmt.Errorf("%s: %w", what, err)
	}
}

// Order makes a confirmed purchase order.
func (d *Desk) Order(vendor int64, lines ...Line) Document {
	id := d.Create("purchase.order", values{"partner_id": vendor, "currency_id": d.t.Firm.currency, "order_line": d.lines(lines, "product_qty")})
	d.Do("purchase.order", "button_confirm", id, nil)
	return Document{ID: id, Lines: d.ids("purchase.order", id, "order_line")}
}

// Bill makes a posted vendor bill; kind is in_invoice, in_refund or in_receipt, ref the vendor's number, day the invoice
// date (2026-03-10), change further fields.
func (d *Desk) Bill(kind string, vendor int64, ref, day string, change map[string]any, lines ...Line) Document {
	vals := values{
		"move_type": kind, "partner_id": vendor, "currency_id": d.t.Firm.currency, "invoice_date": day, "date": day, "ref": ref,
		"invoice_line_ids": d.lines(lines, "quantity"),
	}
	maps.Copy(vals, change)
	id := d.Create("account.move", vals)
	d.Do("account.move", "action_post", id, nil)
	return Document{ID: id, Lines: d.ids("account.move", id, "invoice_line_ids")}
}

// Repost resets a bill to draft, saves a change and posts it again.
func (d *Desk) Repost(bill Document, vals map[string]any) {
	d.Do("account.move", "button_draft", bill.ID, nil)
	d.Do("account.move", "write", bill.ID, vals)
	d.Do("account.move", "action_post", bill.ID, nil)
}

// CancelBill resets a bill to draft and cancels it.
func (d *Desk) CancelBill(bill Document) {
	d.Do("account.move", "button_draft", bill.ID, nil)
	d.Do("account.move", "button_cancel", bill.ID, nil)
}

// Recode gives an order's line another project and code; Odoo does not touch the order itself.
func (d *Desk) Recode(line, project, code int64) {
	d.Do("purchase.order.line", "write", line, values{"analytic_distribution": distribution(project, code)})
}

// Price gives the n-th line of a document another price, as its form's field order_line or invoice_line_ids.
func Price(field, quantity string, line int64, price float64) map[string]any {
	return values{field: []any{[]any{1, line, values{"price_unit": price, quantity: 1}}}}
}

func (d *Desk) lines(lines []Line, quantity string) []any {
	var out []any
	for i, l := range lines {
		vals := values{
			"name": "Line " + strconv.Itoa(i+1), "product_id": d.t.Firm.product, quantity: 1, "price_unit": l.Amount,
			"tax_ids": []any{[]any{6, 0, []any{}}}, "analytic_distribution": distribution(l.Project, l.Code),
		}
		if l.Of != 0 {
			vals["purchase_line_id"] = l.Of
		}
		out = append(out, []any{0, 0, vals})
	}
	return out
}

func distribution(project, code int64) map[string]any {
	return values{fmt.Sprintf("%d,%d", project, code): 100}
}

// ids reads the ids of a document's lines.
func (d *Desk) ids(model string, id int64, field string) []int64 {
	if d.err != nil {
		return nil
	}
	v, err := d.t.clerk.Do(model, "read", []int64{id}, values{"fields": []string{field}})
	d.note("reading "+model, err)
	var out []int64
	rows, _ := v.([]any)
	for _, row := range rows {
		document, _ := row.(map[string]any)
		list, _ := document[field].([]any)
		for _, line := range list {
			if n, ok := line.(int64); ok {
				out = append(out, n)
			}
		}
	}
	return out
}
