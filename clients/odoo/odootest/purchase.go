package odootest

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

func (s *Server) installPurchase() {
	po, pol := s.model("purchase.order"), s.model("purchase.order.line")
	po.display = func(t *tx, r *record) string {
		o := rec{t, po, r}
		if ref := o.str("partner_ref"); ref != "" {
			return o.str("name") + " (" + ref + ")"
		}
		return o.str("name")
	}
	po.defaults = func(t *tx, vals map[string]any) { t.orderDefaults(po, vals) }
	po.created = func(t *tx, r *record) { t.dirtyOrders[r.id] = true }
	po.wrote = func(t *tx, r *record, vals map[string]any) {
		o := rec{t, po, r}
		if given(vals, "order_line", "currency_id") {
			t.touchLines14(o)
		}
		t.dirtyOrders[r.id] = true
		for _, id := range o.ids("order_line") {
			l := t.rec(pol.name, id)
			l.put("partner_id", o.val("partner_id"))
			l.put("company_id", o.val("company_id"))
			t.dirtyLines[id] = true
		}
	}
	po.unlinked = func(t *tx, rs []*record) {
		for _, r := range rs {
			o := rec{t, po, r}
			if st := o.str("state"); st == "purchase" || st == "to approve" {
				userError("In order to delete a purchase order, you must cancel it first.")
			}
			for _, l := range t.found(pol, o.ids("order_line")) {
				t.dropLine(l)
			}
			delete(t.dirtyOrders, r.id)
		}
	}
	pol.defaults = func(t *tx, vals map[string]any) { t.orderLineDefaults(vals) }
	pol.created = func(t *tx, r *record) {
		l := rec{t, pol, r}
		o, _ := l.follow("order_id")
		t.set(pol, r, pol.field("company_id"), o.val("company_id"))
		t.set(pol, r, pol.field("partner_id"), o.val("partner_id"))
		checkAccountable(l)
		if !t.fresh[o.record] {
			t.touchOrder14(o)
		}
		t.dirtyLines[r.id] = true
		t.dirtyOrders[o.id] = true
	}
	pol.wrote = func(t *tx, r *record, vals map[string]any) {
		l := rec{t, pol, r}
		if _, ok := vals["display_type"]; ok {
			userError("You cannot change the type of a purchase order line. Instead you should delete the current line and create a new line of the proper type.")
		}
		checkAccountable(l)
		o, _ := l.follow("order_id")
		if given(vals, "price_unit", "product_qty", "tax_ids", "product_id", "product_uom_id") {
			t.touchLines14(o)
		}
		if given(vals, "date_planned") && t.s.dialect.old {
			o.touch()
		}
		t.dirtyLines[r.id] = true
		t.dirtyOrders[o.id] = true
	}
	pol.unlinked = func(t *tx, rs []*record) {
		for _, r := range rs {
			l := rec{t, pol, r}
			if o, _ := l.follow("order_id"); o.str("state") == "purchase" && l.str("display_type") == "" {
				userError("Cannot delete a purchase order line which is in state “Purchase Order”.")
			}
			t.dirtyOrders[l.ref("order_id")] = true
			o, _ := l.follow("order_id")
			t.dropLine(r)
			t.touchOrder14(o)
		}
	}
	pol.computed("state", func(t *tx, r *record) any { return related1(rec{t, pol, r}, "order_id", "state") })
	pol.computed("currency_id", func(t *tx, r *record) any { return related1(rec{t, pol, r}, "order_id", "currency_id") })
	pol.computed("product_uom_qty", func(t *tx, r *record) any { return (rec{t, pol, r}).num("product_qty") })
	po.computed("invoice_count", func(t *tx, r *record) any { return int64(len((rec{t, po, r}).ids("invoice_ids"))) })
	s.purchaseMethods()
}

// given tells whether any of these values was written.
func given(vals map[string]any, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, ok := vals[name]; return ok })
}

func related1(r rec, ref, name string) any {
	if o, ok := r.follow(ref); ok {
		return o.val(name)
	}
	return nil
}

// dropLine removes an order line; its bill lines lose the link in SQL, without a new write date.
func (t *tx) dropLine(l *record) {
	pol, ml := t.s.model("purchase.order.line"), t.s.model("account.move.line")
	f := ml.field("purchase_line_id")
	for _, id := range slices.Clone(ml.index[f.slot][l.id]) {
		t.set(ml, ml.get(id), f, nil)
	}
	delete(t.dirtyLines, l.id)
	t.remove(pol, l)
}

func (t *tx) orderDefaults(m *model, vals map[string]any) {
	if isFalse(vals["name"]) || vals["name"] == "New" {
		vals["name"] = fmt.Sprintf("P%05d", t.comingID(m))
	}
	if isFalse(vals["company_id"]) {
		vals["company_id"] = num(t.company())
	}
	setDefault(vals, "date_order", t.now().Format(sqlSeconds))
	setDefault(vals, "priority", "0")
	setDefault(vals, "state", "draft")
	setDefault(vals, "invoice_status", "no")
	if t.user != nil {
		setDefault(vals, "user_id", num(t.uid))
	}
	if isFalse(vals["currency_id"]) {
		vals["currency_id"] = num(t.rec("res.company", toInt(vals["company_id"])).ref("currency_id"))
	}
	if p := t.s.model("res.partner").get(toInt(vals["partner_id"])); p != nil {
		if term := (rec{t, t.s.model("res.partner"), p}).ref("property_supplier_payment_term_id"); term != 0 {
			setDefault(vals, "payment_term_id", num(term))
		}
	}
}

func (t *tx) orderLineDefaults(vals map[string]any) {
	setDefault(vals, "sequence", num(10))
	if !isFalse(vals["display_type"]) {
		for _, k := range []string{"product_id", "product_uom_id", "date_planned", "tax_ids", "analytic_distribution"} {
			delete(vals, k)
		}
		vals["product_qty"], vals["price_unit"] = num(0), num(0)
		return
	}
	if _, given := vals["product_qty"]; !given {
		vals["product_qty"] = one
	}
	order := t.s.model("purchase.order").get(toInt(vals["order_id"]))
	if order == nil {
		return
	}
	o := rec{t, t.s.model("purchase.order"), order}
	if isFalse(vals["date_planned"]) {
		at, _ := t.show(o.m.field("date_order"), o.val("date_order"), false).(string)
		vals["date_planned"] = at
	}
	t.productDefaults(vals, o.ref("company_id"))
}

// productDefaults fills name, unit and taxes of a line from its product.
func (t *tx) productDefaults(vals map[string]any, company int64) {
	if isFalse(vals["product_id"]) {
		return
	}
	row := t.s.model("product.product").get(toInt(vals["product_id"]))
	if row == nil {
		return
	}
	p := rec{t, t.s.model("product.product"), row}
	if isFalse(vals["name"]) {
		vals["name"] = t.displayName(p.m, p.record)
	}
	if isFalse(vals["product_uom_id"]) {
		vals["product_uom_id"] = num(p.ref("uom_id"))
	}
	if _, given := vals["tax_ids"]; !given {
		taxes := []any{}
		for _, id := range p.ids("supplier_taxes_id") {
			if t.rec("account.tax", id).ref("company_id") == company {
				taxes = append(taxes, num(id))
			}
		}
		vals["tax_ids"] = taxes
	}
}

func checkAccountable(l rec) {
	if l.str("display_type") == "" && !l.is("is_downpayment") &&
		(l.ref("product_id") == 0 || l.ref("product_uom_id") == 0 || l.val("date_planned") == nil) {
		validationError("The operation cannot be completed: Missing required fields on accountable purchase order line.")
	}
}

func (t *tx) baseOf(l rec, qty string) *baseLine {
	return &baseLine{line: l, price: dec(l.num("price_unit")), qty: dec(l.num(qty)), discount: dec(l.num("discount")), taxes: l.ids("tax_ids")}
}

// recomputeLine works out what an order line stores.
func (t *tx) recomputeLine(id int64) {
	l := t.rec("purchase.order.line", id)
	o, _ := l.follow("order_id")
	t.dirtyOrders[o.id] = true
	if l.str("display_type") == "" {
		currency := o.ref("currency_id")
		b := t.baseOf(l, "product_qty")
		t.computeTaxes(b)
		b.excluded = t.round(currency, b.raw)
		total := flt(t.included(b, currency))
		l.put("price_subtotal", flt(b.excluded))
		l.put("price_total", total)
		l.put("price_tax", total-flt(b.excluded))
	}
	invoiced := decimal.Zero
	for _, ml := range l.ids("invoice_lines") {
		line := t.rec("account.move.line", ml)
		mv, _ := line.follow("move_id")
		if mv.str("state") == "cancel" {
			continue
		}
		switch mv.str("move_type") {
		case "in_invoice":
			invoiced = invoiced.Add(dec(line.num("quantity")))
		case "in_refund":
			invoiced = invoiced.Sub(dec(line.num("quantity")))
		}
	}
	l.put("qty_invoiced", flt(invoiced))
	open := decimal.Zero
	if o.str("state") == "purchase" && l.str("display_type") == "" {
		basis := "product_qty"
		if p, ok := l.follow("product_id"); ok && p.str("purchase_method") == "receive" {
			basis = "qty_received"
		}
		open = dec(l.num(basis)).Sub(invoiced)
	}
	l.put("qty_to_invoice", flt(open))
}

// recomputeOrder works out what an order stores; only a changed value gives it a new write date.
func (t *tx) recomputeOrder(id int64) {
	o := t.rec("purchase.order", id)
	currency, company := o.ref("currency_id"), o.ref("company_id")
	var lines []*baseLine
	var bills []int64
	var planned any
	open := false
	for _, lid := range o.ids("order_line") {
		l := t.rec("purchase.order.line", lid)
		for _, ml := range l.ids("invoice_lines") {
			bills = append(bills, t.rec("account.move.line", ml).ref("move_id"))
		}
		if l.str("display_type") != "" {
			continue
		}
		lines = append(lines, t.baseOf(l, "product_qty"))
		open = open || l.num("qty_to_invoice") != 0
		if at, ok := l.val("date_planned").(int64); ok {
			if first, ok := planned.(int64); !ok || at < first {
				planned = at
			}
		}
	}
	at, _ := t.show(o.m.field("date_order"), o.val("date_order"), false).(string)
	o.put("currency_rate", flt(t.conversion(currency, company, at[:min(10, len(at))])))
	sum := t.roundLines(lines, currency, company, decimal.NewFromInt(1))
	o.put("amount_untaxed", flt(sum.untaxed))
	o.put("amount_tax", flt(sum.tax))
	o.put("amount_total", flt(sum.untaxed.Add(sum.tax)))
	if planned != nil {
		o.put("date_planned", planned)
	}
	slices.Sort(bills)
	bills = slices.Compact(bills)
	var stored any
	if len(bills) > 0 {
		stored = bills
	}
	o.put("invoice_ids", stored)
	status := "no"
	switch {
	case o.str("state") != "purchase":
	case open:
		status = "to invoice"
	case len(bills) > 0:
		status = "invoiced"
	}
	o.put("invoice_status", status)
}

func (s *Server) purchaseMethods() {
	each := func(answer any, f func(t *tx, o rec)) method {
		return method{needs: "write", run: func(t *tx, m *model, rs []*record, _ args) any {
			for _, r := range rs {
				f(t, rec{t, m, r})
			}
			return answer
		}}
	}
	state := func(t *tx, o rec, st string) {
		t.set(o.m, o.record, o.m.field("state"), st)
		o.touch()
		t.dirtyOrders[o.id] = true
		for _, id := range o.ids("order_line") {
			t.dirtyLines[id] = true
		}
	}
	confirm := each(true, func(t *tx, o rec) {
		if st := o.str("state"); st != "draft" && st != "sent" && st != "to approve" {
			return
		}
		state(t, o, "purchase")
		t.touchLines14(o)
		o.put("date_approve", t.start/1e6*1e6)
		for _, id := range o.ids("order_line") {
			t.storePrice(t.rec("purchase.order.line", id), o)
		}
	})
	methods := map[string]method{
		"button_confirm": confirm,
		"button_approve": confirm,
		"button_cancel": each(nil, func(t *tx, o rec) {
			if o.is("locked") {
				userError("Unable to cancel purchase order(s): %s since they are locked. You must unlock them first.", o.str("name"))
			}
			for _, id := range o.ids("invoice_ids") {
				if st := t.rec("account.move", id).str("state"); st != "cancel" && st != "draft" {
					userError("Unable to cancel purchase order(s): %s. You must first cancel their related vendor bills.", o.str("name"))
				}
			}
			state(t, o, "cancel")
			t.touchLines14(o)
		}),
		"button_draft":  each(object{}, func(t *tx, o rec) { state(t, o, "draft") }),
		s.dialect.lock:  each(nil, func(t *tx, o rec) { t.update(o.m, []*record{o.record}, map[string]any{"locked": true}) }),
		"button_unlock": each(nil, func(t *tx, o rec) { t.update(o.m, []*record{o.record}, map[string]any{"locked": false}) }),
		"action_create_invoice": {needs: "write", params: "attachment_ids", run: func(t *tx, m *model, rs []*record, _ args) any {
			return t.createInvoices(m, rs)
		}},
	}
	for name, md := range methods {
		s.methods["purchase.order."+name] = md
	}
}
