package odootest

import (
	"fmt"
	"strings"
)

// Version 14 rewrites the parts of a move that changed, where version 19 rewrites the move and every item.

// touchItems14 gives every item of a move a new write date.
func (t *tx) touchItems14(m rec) {
	if !t.s.dialect.old {
		return
	}
	items := t.s.model("account.move.line")
	for _, id := range m.ids("line_ids") {
		t.touch(items, items.get(id))
	}
}

// header14 is a change of header fields, which rewrites all items; a change through the lines does not.
func (t *tx) header14(m rec, vals map[string]any) {
	for name := range vals {
		if name != "invoice_line_ids" && name != "line_ids" {
			t.touchItems14(m)
			return
		}
	}
	t.rename14(m, vals)
}

// rename14 puts the product's name back on the lines of a draft that has its lines written, but for those named by this
// very command.
func (t *tx) rename14(m rec, vals map[string]any) {
	if !t.s.dialect.old || m.str("state") != "draft" {
		return
	}
	named := map[int64]bool{}
	for _, cmd := range commands(vals["invoice_line_ids"]) {
		if cmd.op == 1 && given(cmd.vals, "name") {
			named[cmd.id] = true
		}
	}
	for _, id := range m.ids("invoice_line_ids") {
		l := t.rec("account.move.line", id)
		if p, ok := l.follow("product_id"); ok && !named[id] && !t.fresh[l.record] {
			l.put("name", t.displayName(p.m, p.record))
		}
	}
}

// balanced14 refuses a write to an invoice's line that changes its amount: on its own it leaves the entry unbalanced, so
// it must go through the move.
func (t *tx) balanced14(l rec, vals map[string]any) {
	m, _ := l.follow("move_id")
	if !t.s.dialect.old || t.nested > 0 || !invoiceType(m.str("move_type")) {
		return
	}
	for _, name := range []string{"price_unit", "quantity", "discount"} {
		v, written := vals[name]
		if written && toFloat(v) != l.num(name) {
			userError("Cannot create unbalanced journal entry. Ids: [%d]\nDifferences debit - credit: [%v]", m.id, toFloat(v)-l.num(name))
		}
	}
}

// single14 refuses a second bill of a vendor with the same reference and date.
func (t *tx) single14(m rec) {
	ref, day := m.str("ref"), m.str("invoice_date")
	if !t.s.dialect.old || ref == "" || day == "" || !strings.HasPrefix(m.str("move_type"), "in_") {
		return
	}
	for _, id := range m.m.index[m.m.field("partner_id").slot][m.ref("partner_id")] {
		o := t.rec(m.m.name, id)
		if id != m.id && o.str("ref") == ref && o.str("invoice_date") == day && o.str("move_type") == m.str("move_type") &&
			o.ref("company_id") == m.ref("company_id") {
			validationError("Duplicated vendor reference detected. You probably encoded twice the same vendor bill/credit note:\n%s",
				fmt.Sprintf("%s (id=%d)", o.str("name"), id))
		}
	}
}

// itemPrice14 gives tax and payable items the quantity and price that version 14 shows for them.
func (t *tx) itemPrice14(l rec) {
	if !t.s.dialect.old {
		return
	}
	m, _ := l.follow("move_id")
	price := flt(dec(l.num("amount_currency")).Mul(direction(m.str("move_type"))))
	for name, v := range map[string]float64{"quantity": 1, "price_unit": price, "price_subtotal": price, "price_total": price} {
		l.m.assign(t, l, name, v)
	}
}

// ordersOf14 rewrites the orders that a cancelled bill was for, with all their lines.
func (t *tx) ordersOf14(m rec) {
	for _, id := range m.ids("line_ids") {
		if line, ok := t.rec("account.move.line", id).follow("purchase_line_id"); ok {
			o, _ := line.follow("order_id")
			t.touchOrder14(o)
		}
	}
}
