package odootest

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

func (s *Server) installPosting() {
	each := func(answer any, f func(t *tx, m rec)) method {
		return method{needs: "write", run: func(t *tx, m *model, rs []*record, _ args) any {
			t.flush()
			for _, r := range rs {
				f(t, rec{t, m, r})
			}
			return answer
		}}
	}
	s.methods["account.move.action_post"] = each(false, func(t *tx, m rec) { t.post(m) })
	if post := s.methods["account.move.action_post"].run; s.dialect.old {
		s.methods["account.move.action_post"] = method{needs: "write", run: func(t *tx, m *model, rs []*record, a args) any {
			post(t, m, rs, a)
			return recordset{m.name, idsOf(rs)}
		}}
	}
	s.methods["account.move.button_draft"] = each(nil, func(t *tx, m rec) { t.toDraft(m) })
	s.methods["account.move.button_cancel"] = each(nil, func(t *tx, m rec) {
		if m.str("state") == "posted" {
			t.toDraft(m)
		}
		if m.str("state") != "draft" {
			userError("Only draft journal entries can be cancelled.")
		}
		t.moveState(m, "cancel")
	})
	s.methods["account.move.line.remove_move_reconcile"] = method{needs: "write", run: func(t *tx, m *model, rs []*record, _ args) any {
		for _, r := range rs {
			t.unreconcile(rec{t, m, r})
		}
		return nil
	}}
	s.methods["account.payment.register.action_create_payments"] = method{needs: "write", run: func(t *tx, m *model, rs []*record, _ args) any {
		for _, r := range rs {
			t.pay(rec{t, m, r})
		}
		return true
	}}
	reg := s.model("account.payment.register")
	reg.defaults = func(t *tx, vals map[string]any) {
		setDefault(vals, "payment_date", t.today())
		if ids, ok := t.ctx["active_ids"].([]any); ok && isFalse(vals["move_ids"]) {
			vals["move_ids"] = ids
		}
	}
	reg.display = func(_ *tx, r *record) string { return fmt.Sprintf("Pay %d", r.id) }
	s.model("account.partial.reconcile").display = func(_ *tx, r *record) string { return itoa(r.id) }
	s.model("account.payment.term.line").display = func(_ *tx, r *record) string { return itoa(r.id) }
	for _, name := range []string{"account.journal", "account.payment.term"} {
		m := s.model(name)
		m.defaults = func(t *tx, vals map[string]any) {
			setDefault(vals, "sequence", num(10))
			if _, given := vals["company_id"]; !given && m.name == "account.journal" {
				vals["company_id"] = num(t.company())
			}
		}
	}
}

// moveState changes the state; the move and all its lines are rewritten, linked orders recomputed.
func (t *tx) moveState(m rec, state string) {
	m.m.assign(t, m, "state", state)
	m.touch()
	t.touchItems14(m)
	t.dirtyMoves[m.id] = true
	t.flush()
	if state == "cancel" {
		t.ordersOf14(m)
	}
}

func (t *tx) post(m rec) {
	if m.str("state") != "draft" {
		userError("The entry %s (id %d) must be in draft.", m.str("name"), m.id)
	}
	typ := m.str("move_type")
	visible := 0
	for _, id := range m.ids("line_ids") {
		if dt := t.rec("account.move.line", id).str("display_type"); dt == "product" {
			visible++
		}
	}
	if visible == 0 {
		userError("Even magicians can't post nothing!")
	}
	if invoiceType(typ) {
		t.checkPostable(m, typ)
	}
	if m.str("name") == "" {
		t.numberMove(m, typ)
	}
	m.m.assign(t, m, "posted_before", true)
	t.moveState(m, "posted")
	for _, id := range m.ids("line_ids") {
		t.analyse(t.rec("account.move.line", id))
	}
	if strings.HasPrefix(typ, "in_") && m.ref("partner_id") != 0 {
		t.rankSupplier(m.ref("partner_id"))
	}
	if origin, ok := m.follow("reversed_entry_id"); ok && !t.s.dialect.old && origin.str("state") == "posted" {
		t.reconcile(origin, m)
	}
}

func (t *tx) checkPostable(m rec, typ string) {
	if m.ref("partner_id") == 0 {
		if strings.HasPrefix(typ, "in_") {
			userError("The field 'Vendor' is required, please complete it to validate the Vendor Bill.")
		}
		userError("The field 'Customer' is required, please complete it to validate the Customer Invoice.")
	}
	if m.num("amount_total") < 0 {
		userError("You cannot validate an invoice with a negative total amount. You should create a credit note instead. Use the action menu to transform it into a credit note or refund directly.")
	}
	if m.val("invoice_date") == nil {
		if strings.HasPrefix(typ, "in_") && !t.s.dialect.old {
			userError("The Bill/Refund date is required to validate this document.")
		}
		m.m.assign(t, m, "invoice_date", t.today())
	}
}

// numberMove gives the next number of the journal's sequence for the month: BILL/2026/11/0001, credit notes with an R.
func (t *tx) numberMove(m rec, typ string) {
	j, _ := m.follow("journal_id")
	code := j.str("code")
	if strings.HasSuffix(typ, "refund") {
		code = "R" + code
	}
	day := m.str("date")
	prefix := code + "/" + day[:4] + "/" + day[5:7] + "/"
	n := t.s.counters[t.chainKey(m, prefix)] + 1
	m.m.assign(t, m, "name", fmt.Sprintf("%s%04d", prefix, n))
	t.setCounter(m)
}

func (t *tx) toDraft(m rec) {
	if st := m.str("state"); st != "posted" && st != "cancel" {
		userError("Only posted/cancelled journal entries can be reset to draft.")
	}
	al := t.s.model("account.analytic.line")
	for _, id := range m.ids("line_ids") {
		l := t.rec("account.move.line", id)
		t.unreconcile(l)
		t.unlink(al, t.found(al, l.ids("analytic_line_ids")))
	}
	t.moveState(m, "draft")
}

func (t *tx) termOf(m rec) (rec, bool) {
	for _, id := range m.ids("line_ids") {
		if l := t.rec("account.move.line", id); l.str("display_type") == "payment_term" {
			return l, true
		}
	}
	return rec{}, false
}

// reconcile offsets a credit note against the bill it reverses, as far as both go.
func (t *tx) reconcile(bill, refund rec) {
	credit, ok := t.termOf(bill)
	debit, ok2 := t.termOf(refund)
	amount := decimal.Min(dec(bill.num("amount_residual")), dec(refund.num("amount_residual")))
	if !ok || !ok2 || !amount.IsPositive() || credit.ref("account_id") != debit.ref("account_id") {
		return
	}
	t.partial(credit, debit.id, amount)
	t.dirtyMoves[bill.id], t.dirtyMoves[refund.id] = true, true
	t.flush()
}

func (t *tx) partial(credit rec, debit int64, amount decimal.Decimal) {
	m := t.s.model("account.partial.reconcile")
	r := t.create(m, nil)
	home := amount
	if total := dec(credit.num("amount_currency")); !total.IsZero() {
		currency, _ := credit.val("company_currency_id").(int64)
		home = t.round(currency, amount.Mul(dec(credit.num("balance"))).Div(total))
	}
	t.set(m, r, m.field("credit_move_id"), credit.id)
	if debit != 0 {
		t.set(m, r, m.field("debit_move_id"), debit)
	}
	for name, v := range map[string]decimal.Decimal{"amount": home, "debit_amount_currency": amount, "credit_amount_currency": amount} {
		t.set(m, r, m.field(name), flt(v))
	}
}

func (t *tx) unreconcile(line rec) {
	m := t.s.model("account.partial.reconcile")
	for _, p := range t.partials(line.id) {
		for _, side := range []string{"credit_move_id", "debit_move_id"} {
			if l, ok := p.follow(side); ok {
				t.dirtyMoves[l.ref("move_id")] = true
			}
		}
		t.remove(m, p.record)
	}
}

// pay registers a payment on each move of the wizard: the given amount, or what is due.
func (t *tx) pay(wizard rec) {
	t.flush()
	for _, id := range wizard.ids("move_ids") {
		mv := t.rec("account.move", id)
		if mv.str("state") != "posted" {
			userError("You can only register payment for posted journal entries.")
		}
		amount := dec(mv.num("amount_residual"))
		if given := dec(wizard.num("amount")); given.IsPositive() {
			amount = decimal.Min(given, amount)
		}
		term, ok := t.termOf(mv)
		if !ok || !amount.IsPositive() {
			userError("You can't register a payment because there is nothing left to pay on the selected journal items.")
		}
		t.partial(term, 0, amount)
		t.dirtyMoves[id] = true
	}
	t.flush()
}
