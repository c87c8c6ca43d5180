package odootest

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// flush recomputes what the transaction made stale: moves, then order lines, then orders, then analytic lines.
func (t *tx) flush() {
	for len(t.dirtyMoves)+len(t.dirtyLines)+len(t.dirtyOrders)+len(t.reanalyse) > 0 {
		t.drain(t.dirtyMoves, "account.move", t.syncMove)
		t.drain(t.dirtyLines, "purchase.order.line", t.recomputeLine)
		t.drain(t.dirtyOrders, "purchase.order", t.recomputeOrder)
		t.drain(t.reanalyse, "account.move.line", func(id int64) { t.analyse(t.rec("account.move.line", id)) })
	}
}

func (t *tx) drain(set map[int64]bool, model string, f func(int64)) {
	for _, id := range sortedIDs(set) {
		delete(set, id)
		if t.s.model(model).get(id) != nil {
			f(id)
		}
	}
}

// direction is +1 when the document's lines are debits (bill, receipt), -1 when they are credits (credit note).
func direction(typ string) decimal.Decimal {
	if typ == "in_refund" || typ == "out_invoice" || typ == "out_receipt" {
		return decimal.NewFromInt(-1)
	}
	return decimal.NewFromInt(1)
}

// syncMove works out all lines and totals of a move. Odoo 19 rewrites the move and every line on any edit, version 14
// what changed.
func (t *tx) syncMove(id int64) {
	m := t.rec("account.move", id)
	ml := t.s.model("account.move.line")
	for _, lid := range m.ids("line_ids") {
		l := t.rec(ml.name, lid)
		for _, name := range []string{"company_id", "currency_id", "date"} {
			t.set(ml, l.record, ml.field(name), m.val(name))
		}
		t.set(ml, l.record, ml.field("parent_state"), m.val("state"))
		t.set(ml, l.record, ml.field("move_name"), m.val("name"))
		if invoiceType(m.str("move_type")) {
			t.set(ml, l.record, ml.field("partner_id"), m.val("partner_id"))
		}
		if po := l.ref("purchase_line_id"); po != 0 {
			t.dirtyLines[po] = true
		}
	}
	if invoiceType(m.str("move_type")) {
		t.syncInvoice(m)
	} else {
		t.syncEntry(m)
	}
	if t.s.dialect.old {
		return
	}
	m.touch()
	for _, lid := range m.ids("line_ids") {
		t.touch(ml, ml.get(lid))
	}
}

func (t *tx) syncEntry(m rec) {
	sum, debit := decimal.Zero, decimal.Zero
	for _, id := range m.ids("line_ids") {
		l := t.rec("account.move.line", id)
		sum, debit = sum.Add(dec(l.num("balance"))), debit.Add(dec(l.num("debit")))
	}
	if !sum.IsZero() {
		userError("The entry is not balanced.")
	}
	for _, name := range []string{"amount_total", "amount_total_signed"} {
		t.set(m.m, m.record, m.m.field(name), flt(debit))
	}
}

func (t *tx) syncInvoice(m rec) {
	currency, company := m.ref("currency_id"), m.ref("company_id")
	sign := direction(m.str("move_type"))
	day := cmpString(m.str("invoice_date"), t.today())
	rate := t.conversion(currency, company, day)
	t.set(m.m, m.record, m.m.field("invoice_currency_rate"), flt(rate))
	var lines []*baseLine
	for _, id := range m.ids("line_ids") {
		if l := t.rec("account.move.line", id); l.str("display_type") == "product" {
			lines = append(lines, t.baseOf(l, "quantity"))
		}
	}
	sum := t.roundLines(lines, currency, company, rate)
	untaxedHome, taxHome := decimal.Zero, decimal.Zero
	for _, b := range lines {
		t.setAmounts(b.line, b.excluded.Add(b.delta).Mul(sign), b.home.Mul(sign))
		b.line.m.assign(t, b.line, "price_subtotal", flt(b.excluded))
		b.line.m.assign(t, b.line, "price_total", flt(t.included(b, currency)))
		untaxedHome = untaxedHome.Add(b.home)
	}
	for _, e := range t.bookTaxes(m, lines) {
		taxHome = taxHome.Add(e.home)
	}
	total, totalHome := sum.untaxed.Add(sum.tax), untaxedHome.Add(taxHome)
	term := t.termLine(m, total.Mul(sign).Neg(), totalHome.Mul(sign).Neg())
	for name, v := range map[string]decimal.Decimal{
		"amount_untaxed": sum.untaxed, "amount_tax": sum.tax, "amount_total": total,
		"amount_untaxed_signed": untaxedHome.Mul(sign).Neg(), "amount_tax_signed": taxHome.Mul(sign).Neg(),
		"amount_total_signed": totalHome.Mul(sign).Neg(),
	} {
		m.m.assign(t, m, name, flt(v))
	}
	t.settle(m, term, total)
}

// assign stores a value; the caller touches the record. In version 14 a changed value does.
func (m *model) assign(t *tx, r rec, name string, v any) {
	if t.s.dialect.old {
		r.put(name, v)
		return
	}
	t.set(m, r.record, m.field(name), v)
}

// setAmounts books a line: amount in the document's currency and balance in the company's.
func (t *tx) setAmounts(l rec, amount, balance decimal.Decimal) {
	if m, _ := l.follow("move_id"); m.str("state") == "posted" && !t.s.dialect.old && !dec(l.num("balance")).Equal(balance) {
		t.reanalyse[l.id] = true
	}
	l.m.assign(t, l, "amount_currency", flt(amount))
	l.m.assign(t, l, "balance", flt(balance))
	l.m.assign(t, l, "debit", flt(decimal.Max(balance, decimal.Zero)))
	l.m.assign(t, l, "credit", flt(decimal.Max(balance.Neg(), decimal.Zero)))
}

// addItem makes a journal item that no user wrote.
func (t *tx) addItem(m rec, displayType string, seq int64) int64 {
	ml := t.s.model("account.move.line")
	r := t.create(ml, map[string]any{"move_id": num(m.id), "display_type": displayType, "sequence": num(seq)})
	delete(t.dirtyMoves, m.id)
	if m.str("name") != "" {
		t.set(ml, r, ml.field("move_name"), m.val("name"))
	}
	return r.id
}

func (t *tx) dropItem(id int64) {
	ml, al := t.s.model("account.move.line"), t.s.model("account.analytic.line")
	l := t.rec(ml.name, id)
	for _, a := range t.found(al, l.ids("analytic_line_ids")) {
		t.remove(al, a)
	}
	t.remove(ml, l.record)
	delete(t.reanalyse, id)
}

// termLine is the item on the payable account that balances the document.
func (t *tx) termLine(m rec, amount, balance decimal.Decimal) rec {
	ml := t.s.model("account.move.line")
	var line rec
	for _, id := range m.ids("line_ids") {
		if l := t.rec(ml.name, id); l.str("display_type") == "payment_term" {
			line = l
		}
	}
	if line.record == nil {
		line = t.rec(ml.name, t.addItem(m, "payment_term", 12000))
	}
	if line.ref("account_id") == 0 {
		ml.assign(t, line, "account_id", t.payable(m))
	}
	ml.assign(t, line, "name", null(cmpString(m.str("payment_reference"), m.str("ref"))))
	ml.assign(t, line, "date_maturity", m.val("invoice_date_due"))
	t.setAmounts(line, amount, balance)
	t.itemPrice14(line)
	return line
}

func (t *tx) payable(m rec) int64 {
	if p, ok := m.follow("partner_id"); ok && p.ref("property_account_payable_id") != 0 {
		return p.ref("property_account_payable_id")
	}
	if strings.HasPrefix(m.str("move_type"), "out_") {
		return t.account(m.ref("company_id"), "asset_receivable", "121000", "Account Receivable")
	}
	return t.account(m.ref("company_id"), "liability_payable", "211000", "Account Payable")
}

// settle works out what is still due and the payment state.
func (t *tx) settle(m, term rec, total decimal.Decimal) {
	paid, paidHome, refundsOnly, last := decimal.Zero, decimal.Zero, true, int64(0)
	for _, p := range t.partials(term.id) {
		paid = paid.Add(dec(p.num("credit_amount_currency")))
		paidHome = paidHome.Add(dec(p.num("amount")))
		other := p.ref("debit_move_id")
		refundsOnly = refundsOnly && other != 0
		last = p.id
	}
	due := total.Sub(paid)
	state, matching := "not_paid", ""
	switch {
	case m.str("state") != "posted" || paid.IsZero():
	case due.IsPositive():
		state, matching = "partial", "P"+itoa(last)
	case refundsOnly && !strings.HasSuffix(m.str("move_type"), "refund"):
		state, matching = "reversed", itoa(last)
	default:
		state, matching = "paid", itoa(last)
	}
	if t.s.dialect.old { // the letter of a full reconciliation, P for a part
		matching = strings.TrimRight(matching, "0123456789")
		if matching == "" && !paid.IsZero() && state != "not_paid" {
			matching = "A" + itoa(last)
		}
	}
	sign := dec(term.num("balance")).Sign()
	dueHome := dec(term.num("balance")).Sub(paidHome.Mul(decimal.NewFromInt(int64(sign))))
	dueCurrency := due.Mul(decimal.NewFromInt(int64(sign)))
	full := state == "paid" || state == "reversed"
	if full {
		dueHome = decimal.Zero
	}
	for name, v := range map[string]any{
		"amount_residual": flt(dueHome), "amount_residual_currency": flt(dueCurrency), "reconciled": full, "matching_number": null(matching),
	} {
		term.m.assign(t, term, name, v)
	}
	m.m.assign(t, m, "amount_residual", flt(due))
	m.m.assign(t, m, "amount_residual_signed", flt(dueHome))
	m.m.assign(t, m, "payment_state", state)
}

// partials are the reconciliations of a payable item, on either side.
func (t *tx) partials(line int64) []rec {
	m := t.s.model("account.partial.reconcile")
	var ids []int64
	for _, name := range []string{"credit_move_id", "debit_move_id"} {
		ids = append(ids, m.index[m.field(name).slot][line]...)
	}
	slices.Sort(ids)
	var out []rec
	for _, id := range ids {
		out = append(out, t.rec(m.name, id))
	}
	return out
}
