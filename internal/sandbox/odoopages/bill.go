package odoopages

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// bill is a vendor bill, credit note or receipt with its lines.
type bill struct {
	lineTable

	ID, VendorID           int64
	Number, Reference      string
	Kind, Vendor, Company  string
	Date, Booked, Reversed string
	Payment                string
	State                  page.Badge
	Orders                 []reference
	Buttons                []button
	// DateInput and ReferenceInput are shown while it is Open, which a draft is.
	DateInput, ReferenceInput page.Edited
}

var billButtons = map[string][]button{
	"draft":  {{Method: "action_post", Label: "Post bill", Main: true}, {Method: "button_cancel", Label: "Cancel bill"}},
	"posted": {{Method: "button_draft", Label: "Reset to draft"}, {Method: "button_cancel", Label: "Cancel bill"}},
	"cancel": {{Method: "button_draft", Label: "Reset to draft"}},
}

var paymentStates = map[string]string{
	"not_paid": "Not paid", "in_payment": "In payment", "paid": "Paid", "partial": "Partially paid", "reversed": "Reversed",
}

func (p *pages) readBill(r *http.Request) (bill, error) {
	id, err := page.ID(r, "vendor bill")
	if err != nil {
		return bill{}, err
	}
	b, err := p.one("account.move", id, "vendor bill", ofVendors, "name", "ref", "move_type", "partner_id", "company_id", "invoice_date", "date", "state",
		"payment_state", "reversed_entry_id", "amount_untaxed", "amount_tax", "amount_total", "currency_id")
	if err != nil {
		return bill{}, err
	}
	orders, err := p.ordersOf([]row{b})
	if err != nil {
		return bill{}, err
	}
	vendor, name := b.ref("partner_id")
	out := bill{
		ID: id, Number: cmp.Or(b.text("name"), "without a number yet"), Reference: b.text("ref"), Kind: billKinds[b.text("move_type")],
		VendorID: vendor, Vendor: name, Company: b.name("company_id"), Date: b.text("invoice_date"), Booked: b.text("date"),
		Reversed: b.name("reversed_entry_id"), Payment: paymentStates[b.text("payment_state")],
		State: page.BadgeOf(billStates, b.text("state")), Orders: orders[id], Buttons: billButtons[b.text("state")],
		lineTable: lineTable{
			Untaxed: signed(b, "amount_untaxed"), Tax: signed(b, "amount_tax"), Total: signed(b, "amount_total"), Open: b.text("state") == "draft",
		},
	}
	out.DateInput, out.ReferenceInput = page.EditedField(r, "date", out.Date), page.EditedField(r, "reference", out.Reference)
	out.Lines, err = p.lines(r, "account.move.line", []any{
		term("move_id", "=", id), term("display_type", "in", []any{"product", "line_section", "line_subsection", "line_note"}),
	}, "quantity")
	return out, err
}

func (p *pages) bill(r *http.Request) (page.View, error) {
	b, err := p.readBill(r)
	return page.View{Template: "bill", Tab: tabBills, Title: b.Kind + " " + b.Number, Body: b}, err
}

func (p *pages) editBill(r *http.Request) (string, error) {
	b, err := p.readBill(r)
	if err != nil {
		return "", err
	}
	vals, err := b.edited()
	if err != nil {
		return "", err
	}
	commands, err := lineCommands(r, b.Lines, "quantity")
	if err != nil {
		return "", err
	}
	if commands != nil {
		vals["invoice_line_ids"] = commands
	}
	if len(vals) == 0 {
		return page.Done(billPath(b.ID), "nothing"), nil
	}
	_, err = p.do("account.move", "write", []int64{b.ID}, map[string]any{"vals": vals})
	return page.Done(billPath(b.ID), "saved"), err
}

// edited are the user's changes to the bill itself. What somebody else changed since the form was made is refused.
func (b bill) edited() (map[string]any, error) {
	vals := map[string]any{}
	for _, one := range []struct {
		field, name string
		page.Edited
	}{{"invoice_date", "bill date", b.DateInput}, {"ref", "vendor’s number", b.ReferenceInput}} {
		typed := strings.TrimSpace(one.Typed)
		if !one.Touched() || typed == one.Now {
			continue
		}
		if one.Stale() {
			return nil, &page.Refusal{Sentence: fmt.Sprintf("Somebody else changed the %s meanwhile: it is %s now. %s", one.name, cmp.Or(one.Now, "empty"), openAgain)}
		}
		vals[one.field] = any(typed)
		if typed == "" {
			vals[one.field] = false
		}
	}
	return vals, nil
}

func (p *pages) pressBill(r *http.Request) (string, error) {
	b, err := p.readBill(r)
	if err != nil {
		return "", err
	}
	_, method, err := p.press(r, "account.move", b.ID, b.Buttons)
	return page.Done(billPath(b.ID), method), err
}

func billPath(id int64) string { return fmt.Sprintf("/bills/%d", id) }
