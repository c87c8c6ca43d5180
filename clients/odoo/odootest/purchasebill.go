package odootest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// createInvoices makes one draft bill for each vendor, company and currency of the orders.
func (t *tx) createInvoices(m *model, rs []*record) any {
	t.flush()
	groups := map[string][]rec{}
	var keys []string
	for _, r := range rs {
		o := rec{t, m, r}
		if o.str("invoice_status") != "to invoice" {
			continue
		}
		key := fmt.Sprint(o.ref("company_id"), o.ref("partner_id"), o.ref("currency_id"))
		if groups[key] == nil {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], o)
	}
	if len(keys) == 0 {
		userError("There is no invoiceable line. If a product has a control policy based on received quantity, please make sure that a quantity has been received.")
	}
	var made []int64
	for _, key := range keys {
		made = append(made, t.billOrders(groups[key]))
	}
	action := object{{"type", "ir.actions.act_window"}, {"res_model", "account.move"}, {"view_mode", "list,form"}}
	if len(made) == 1 {
		return append(action, member{"res_id", made[0]})
	}
	ids := plainList(made)
	return append(action, member{"domain", []any{[]any{"id", "in", ids}}})
}

func (t *tx) billOrders(orders []rec) int64 {
	first := orders[0]
	var names, refs []string
	lines, total := []any{}, decimal.Zero
	seq := int64(10)
	for _, o := range orders {
		names = append(names, o.str("name"))
		if ref := o.str("partner_ref"); ref != "" {
			refs = append(refs, ref)
		}
		var section *rec
		for _, id := range o.ids("order_line") {
			l := t.rec("purchase.order.line", id)
			switch l.str("display_type") {
			case "line_section", "line_subsection":
				section = &l
				continue
			case "":
				if l.num("qty_to_invoice") == 0 {
					continue
				}
			}
			for _, line := range []*rec{section, &l} {
				if line != nil {
					lines = append(lines, []any{num(0), num(0), t.billLine(*line, seq)})
					seq++
				}
			}
			section = nil
			total = total.Add(dec(l.num("qty_to_invoice")).Mul(dec(l.num("price_unit"))))
		}
	}
	typ := "in_invoice"
	if total.IsNegative() {
		typ = "in_refund"
		for _, cmd := range lines {
			line, _ := cmd.([]any)[2].(map[string]any)
			if q, ok := line["quantity"]; ok {
				line["quantity"] = number(dec(toFloat(q)).Neg())
			}
		}
	}
	slices.Sort(names)
	ref := null(strings.Join(slices.Compact(refs), ", "))
	vals := map[string]any{
		"move_type": typ, "partner_id": num(first.ref("partner_id")), "company_id": num(first.ref("company_id")),
		"currency_id": num(first.ref("currency_id")), "invoice_origin": strings.Join(names, ", "), "invoice_line_ids": lines,
		"narration": first.val("note"), "ref": ref,
	}
	if t.s.dialect.old {
		vals["payment_reference"] = ref
	}
	if term := first.ref("payment_term_id"); term != 0 {
		vals["invoice_payment_term_id"] = num(term)
	}
	made := t.create(t.s.model("account.move"), vals).id
	for _, o := range orders {
		t.touchOrder14(o)
	}
	return made
}

// billLine is the bill's line for an order line, to be created.
func (t *tx) billLine(l rec, seq int64) map[string]any {
	vals := map[string]any{"sequence": num(seq), "name": l.str("name"), "purchase_line_id": num(l.id)}
	if t.s.dialect.old {
		t.billLine14(l, vals)
	}
	if dt := l.str("display_type"); dt != "" {
		vals["display_type"] = dt
		return vals
	}
	if p, ok := l.follow("product_id"); ok {
		vals["product_id"] = num(p.id)
		if title := t.displayName(p.m, p.record); !t.s.dialect.old && !strings.HasPrefix(l.str("name"), title) {
			vals["name"] = title + "\n" + l.str("name")
		}
	}
	taxes := []any{}
	for _, id := range l.ids("tax_ids") {
		taxes = append(taxes, num(id))
	}
	vals["tax_ids"] = taxes
	vals["quantity"] = number(dec(l.num("qty_to_invoice")))
	vals["price_unit"] = number(dec(l.num("price_unit")))
	vals["discount"] = number(dec(l.num("discount")))
	vals["is_downpayment"] = l.is("is_downpayment")
	if uom := l.ref("product_uom_id"); uom != 0 {
		vals["product_uom_id"] = num(uom)
	}
	if dist, ok := l.val("analytic_distribution").(map[string]float64); ok {
		given := map[string]any{}
		for k, v := range dist {
			given[k] = number(dec(v))
		}
		vals["analytic_distribution"] = given
	}
	return vals
}
