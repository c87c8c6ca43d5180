package odootest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// frozen are the header fields that a posted move does not let change.
var frozen = []string{"invoice_line_ids", "line_ids", "invoice_date", "date", "partner_id", "invoice_payment_term_id", "currency_id", "journal_id", "company_id", "move_type"}

func (s *Server) installMoves() {
	mv, ml := s.model("account.move"), s.model("account.move.line")
	mv.display = func(t *tx, r *record) string { return moveTitle(rec{t, mv, r}) }
	mv.defaults = func(t *tx, vals map[string]any) { t.moveDefaults(vals) }
	mv.created = func(t *tx, r *record) { t.moveCreated(rec{t, mv, r}) }
	mv.guard = func(t *tx, rs []*record, vals map[string]any) {
		if !t.s.dialect.old {
			guardPosted(mv, rs, vals)
		}
	}
	mv.wrote = func(t *tx, r *record, vals map[string]any) { t.moveWrote(rec{t, mv, r}, vals) }
	mv.unlinked = func(t *tx, rs []*record) { t.deleteMoves(mv, rs) }
	mv.computed("purchase_id", func(*tx, *record) any { return nil })
	mv.computed("company_currency_id", func(t *tx, r *record) any { return t.homeOf(rec{t, mv, r}) })
	ml.computed("company_currency_id", func(t *tx, r *record) any { return t.homeOf(rec{t, ml, r}) })
	ml.computed("purchase_order_id", func(t *tx, r *record) any { return related1(rec{t, ml, r}, "purchase_line_id", "order_id") })
	ml.display = func(t *tx, r *record) string {
		l := rec{t, ml, r}
		m, _ := l.follow("move_id")
		return strings.TrimSpace(moveTitle(m) + " " + l.str("name"))
	}
	ml.defaults = func(t *tx, vals map[string]any) { t.moveLineDefaults(vals) }
	dirty := func(t *tx, l rec) {
		t.dirtyMoves[l.ref("move_id")] = true
		if po := l.ref("purchase_line_id"); po != 0 {
			t.dirtyLines[po] = true
		}
	}
	ml.created = func(t *tx, r *record) {
		l := rec{t, ml, r}
		m, _ := l.follow("move_id")
		if m.str("state") == "posted" {
			t.reanalyse[r.id] = true
		}
		dirty(t, l)
	}
	ml.guard = func(t *tx, rs []*record, vals map[string]any) {
		for _, r := range rs {
			t.balanced14(rec{t, ml, r}, vals)
			if _, moved := vals["purchase_line_id"]; moved {
				if po := (rec{t, ml, r}).ref("purchase_line_id"); po != 0 {
					t.dirtyLines[po] = true
				}
			}
		}
	}
	ml.wrote = func(t *tx, r *record, vals map[string]any) {
		for _, name := range []string{"analytic_distribution", "account_id", "product_id", "quantity", "name"} {
			if _, ok := vals[name]; ok && !t.s.dialect.old { // version 14 keeps what it has booked
				t.reanalyse[r.id] = true
			}
		}
		t.balanceGiven(rec{t, ml, r}, vals)
		dirty(t, rec{t, ml, r})
	}
	ml.unlinked = func(t *tx, rs []*record) {
		for _, r := range rs {
			l := rec{t, ml, r}
			if m, _ := l.follow("move_id"); m.str("state") == "posted" {
				userError("You can't delete a posted journal item. Don’t play games with the accounting records; reset the journal entry to draft before deleting it.")
			}
			dirty(t, l)
		}
	}
	s.installPosting()
}

// moveTitle is the display name: number (reference), or what kind of draft it is.
func moveTitle(m rec) string {
	title := m.str("name")
	if m.str("state") == "draft" {
		kinds := map[string]string{
			"in_invoice": "Draft Bill", "in_refund": "Draft Vendor Credit Note", "in_receipt": "Draft Purchase Receipt",
			"out_invoice": "Draft Invoice", "out_refund": "Draft Credit Note", "entry": "Draft Entry",
		}
		title = kinds[m.str("move_type")] + " " + cmpString(title, "(* "+itoa(m.id)+")")
	} else if title == "" {
		title = "(* " + itoa(m.id) + ")"
	}
	if ref := m.str("ref"); ref != "" {
		title += " (" + ref + ")"
	}
	return title
}

func guardPosted(m *model, rs []*record, vals map[string]any) {
	for _, r := range rs {
		if r.at(m.field("state").slot) != "posted" {
			continue
		}
		var refused []string
		for _, name := range frozen {
			if _, ok := vals[name]; ok {
				refused = append(refused, name)
			}
		}
		if len(refused) > 0 {
			userError("You cannot modify the following readonly fields on a posted move: %s", strings.Join(refused, ", "))
		}
	}
}

func invoiceType(typ string) bool { return typ != "entry" }

func (t *tx) moveDefaults(vals map[string]any) {
	delete(vals, "purchase_id")
	setDefault(vals, "move_type", "entry")
	typ := str(vals["move_type"])
	if st := str(vals["state"]); st == "posted" {
		userError("You cannot create a move already in the posted state. Please create a draft move and post it after.")
	}
	vals["state"], vals["payment_state"] = "draft", "not_paid"
	if vals["name"] == "/" {
		vals["name"] = false
	}
	if !isFalse(vals["journal_id"]) {
		if j := t.s.model("account.journal").get(toInt(vals["journal_id"])); j != nil && isFalse(vals["company_id"]) {
			vals["company_id"] = num((rec{t, t.s.model("account.journal"), j}).ref("company_id"))
		}
	}
	if isFalse(vals["company_id"]) {
		vals["company_id"] = num(t.company())
	}
	company := t.rec("res.company", toInt(vals["company_id"]))
	if isFalse(vals["journal_id"]) {
		vals["journal_id"] = num(t.journal(company.id, typ))
	}
	if isFalse(vals["currency_id"]) {
		vals["currency_id"] = num(company.ref("currency_id"))
	}
	setDefault(vals, "auto_post", "no")
	if p := t.s.model("res.partner").get(toInt(vals["partner_id"])); p != nil && strings.HasPrefix(typ, "in_") {
		if term := (rec{t, t.s.model("res.partner"), p}).ref("property_supplier_payment_term_id"); term != 0 {
			setDefault(vals, "invoice_payment_term_id", num(term))
		}
	}
	if isFalse(vals["date"]) {
		vals["date"] = t.accountingDate(str(vals["invoice_date"]), typ)
	}
	if isFalse(vals["invoice_date_due"]) && invoiceType(typ) {
		vals["invoice_date_due"] = t.dueDate(vals["invoice_payment_term_id"], str(vals["invoice_date"]))
	}
	for _, key := range []string{"invoice_line_ids", "line_ids"} {
		numberLines(vals[key])
	}
}

// numberLines keeps lines without a sequence behind each other.
func numberLines(v any) {
	for _, c := range commands(v) {
		if c.op == 0 {
			setDefault(c.vals, "sequence", num(100))
		}
	}
}

// accountingDate is the month's last day for a bill of an earlier month, else the later of bill date and today.
func (t *tx) accountingDate(invoiceDate, typ string) string {
	day, err := time.Parse(time.DateOnly, invoiceDate[:min(10, len(invoiceDate))])
	if err != nil {
		return t.today()
	}
	if strings.HasPrefix(typ, "out_") || t.s.dialect.old {
		return invoiceDate
	}
	if invoiceDate[:7] < t.today()[:7] {
		return time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	return max(invoiceDate, t.today())
}

// dueDate is the day of creation without payment terms, as Odoo 19 does even for a back-dated bill; version 14 takes the
// bill's date.
func (t *tx) dueDate(term any, invoiceDate string) string {
	from, err := time.Parse(time.DateOnly, invoiceDate)
	if err == nil && isFalse(term) && t.s.dialect.old {
		return invoiceDate
	}
	if err != nil || isFalse(term) {
		return t.today()
	}
	days := 0
	if r := t.s.model("account.payment.term").get(toInt(term)); r != nil {
		for _, id := range (rec{t, t.s.model("account.payment.term"), r}).ids("line_ids") {
			days = max(days, int(t.rec("account.payment.term.line", id).num("nb_days")))
		}
	}
	return from.AddDate(0, 0, days).Format(time.DateOnly)
}

func (t *tx) moveCreated(m rec) {
	t.single14(m)
	t.stampPartner(m)
	t.setCounter(m)
	t.dirtyMoves[m.id] = true
	if origin := m.ref("reversed_entry_id"); origin != 0 {
		t.dirtyMoves[origin] = true
	}
}

func (t *tx) stampPartner(m rec) {
	p, ok := m.follow("partner_id")
	if !ok {
		return
	}
	m.put("invoice_partner_display_name", null(p.str("complete_name")))
	m.put("commercial_partner_id", p.val("commercial_partner_id"))
}

func (t *tx) moveWrote(m rec, vals map[string]any) {
	t.single14(m)
	t.header14(m, vals)
	if _, ok := vals["partner_id"]; ok {
		t.stampPartner(m)
	}
	if d, ok := vals["invoice_date"]; ok && !isFalse(d) {
		if _, given := vals["date"]; !given && !t.s.dialect.old {
			t.set(m.m, m.record, m.m.field("date"), t.accountingDate(m.str("invoice_date"), m.str("move_type")))
		}
		if _, given := vals["invoice_date_due"]; !given && m.ref("invoice_payment_term_id") != 0 {
			t.set(m.m, m.record, m.m.field("invoice_date_due"), t.dueDate(num(m.ref("invoice_payment_term_id")), m.str("invoice_date")))
		}
	}
	if _, ok := vals["name"]; ok {
		t.setCounter(m)
	}
	for _, id := range m.ids("line_ids") {
		if po := t.rec("account.move.line", id).ref("purchase_line_id"); po != 0 {
			t.dirtyLines[po] = true
		}
	}
	t.dirtyMoves[m.id] = true
}

func (t *tx) deleteMoves(m *model, rs []*record) {
	ml := t.s.model("account.move.line")
	for _, r := range rs {
		mv := rec{t, m, r}
		if mv.str("state") == "posted" {
			userError("You cannot delete a posted entry. Reset it to draft first.")
		}
		if mv.is("posted_before") && t.s.dialect.old {
			userError("You cannot delete an entry which has been posted once.")
		}
		if mv.is("posted_before") && !t.lastOfChain(mv) {
			userError("You cannot delete this entry, as it has already consumed a sequence number and is not the last one in the chain. You should probably revert it instead.")
		}
		t.dropCounter(mv)
		for _, id := range mv.ids("line_ids") {
			l := t.rec(ml.name, id)
			if po := l.ref("purchase_line_id"); po != 0 {
				t.dirtyLines[po] = true
			}
			t.remove(ml, l.record)
			delete(t.reanalyse, id)
		}
		for _, id := range mv.ids("reversal_move_ids") {
			t.set(m, m.get(id), m.field("reversed_entry_id"), nil)
		}
		delete(t.dirtyMoves, r.id)
	}
}

// chain splits a number into its sequence and its place in it: BILL/2026/11/ and 3.
func chain(name string) (prefix string, n int) {
	i := strings.LastIndexFunc(name, func(r rune) bool { return r < '0' || r > '9' }) + 1
	n, _ = strconv.Atoi(name[i:])
	return name[:i], n
}

func (t *tx) chainKey(m rec, prefix string) string {
	return itoa(m.ref("company_id")) + "|" + itoa(m.ref("journal_id")) + "|" + prefix
}

func (t *tx) putCounter(key string, n int) {
	old := t.s.counters[key]
	t.s.counters[key] = n
	t.undo = append(t.undo, func() { t.s.counters[key] = old })
}

// setCounter notes a number in use, so that the next one is higher.
func (t *tx) setCounter(m rec) {
	if name := m.str("name"); name != "" {
		prefix, n := chain(name)
		if key := t.chainKey(m, prefix); n > t.s.counters[key] {
			t.putCounter(key, n)
		}
	}
}

func (t *tx) lastOfChain(m rec) bool {
	prefix, n := chain(m.str("name"))
	return n == t.s.counters[t.chainKey(m, prefix)]
}

// dropCounter frees the number of a deleted last entry.
func (t *tx) dropCounter(m rec) {
	if m.str("name") != "" && t.lastOfChain(m) {
		prefix, n := chain(m.str("name"))
		t.putCounter(t.chainKey(m, prefix), n-1)
	}
}

// journal finds or makes the journal of a company for a kind of move.
func (t *tx) journal(company int64, typ string) int64 {
	want, name, code := "general", "Miscellaneous Operations", "MISC"
	switch {
	case strings.HasPrefix(typ, "in_"):
		want, name, code = "purchase", "Purchases", "BILL"
	case strings.HasPrefix(typ, "out_"):
		want, name, code = "sale", "Sales", "INV"
	}
	m := t.s.model("account.journal")
	for _, r := range m.recs {
		j := rec{t, m, r}
		if j.str("type") == want && j.ref("company_id") == company {
			return j.id
		}
	}
	return t.create(m, map[string]any{"name": name, "code": code, "type": want, "company_id": num(company)}).id
}

// account finds or makes an account of a type in a company.
func (t *tx) account(company int64, typ, code, name string) int64 {
	m := t.s.model("account.account")
	for _, r := range m.recs {
		a := rec{t, m, r}
		if a.str("account_type") == typ && slices.Contains(a.ids("company_ids"), company) {
			return a.id
		}
	}
	return t.create(m, map[string]any{"name": name, "code": code, "account_type": typ, "company_ids": []any{num(company)}}).id
}

func (t *tx) moveLineDefaults(vals map[string]any) {
	r := t.s.model("account.move").get(toInt(vals["move_id"]))
	if r == nil {
		return
	}
	m := rec{t, t.s.model("account.move"), r}
	setDefault(vals, "sequence", num(10))
	setDefault(vals, "display_type", "product")
	vals["currency_id"] = num(m.ref("currency_id"))
	vals["company_id"], vals["parent_state"], vals["date"] = num(m.ref("company_id")), m.str("state"), m.str("date")
	if _, given := vals["partner_id"]; !given && m.ref("partner_id") != 0 {
		vals["partner_id"] = num(m.ref("partner_id"))
	}
	if !invoiceType(m.str("move_type")) {
		splitBalance(vals)
		return
	}
	if vals["display_type"] != "product" {
		return
	}
	if _, given := vals["quantity"]; !given {
		vals["quantity"] = one
	}
	t.productDefaults(vals, m.ref("company_id"))
	if isFalse(vals["account_id"]) {
		vals["account_id"] = num(t.expenseAccount(m, vals["product_id"]))
	}
}

func (t *tx) expenseAccount(m rec, product any) int64 {
	if p := t.s.model("product.product").get(toInt(product)); p != nil {
		if id := (rec{t, t.s.model("product.product"), p}).ref("property_account_expense_id"); id != 0 {
			return id
		}
	}
	if j, ok := m.follow("journal_id"); ok && j.ref("default_account_id") != 0 {
		return j.ref("default_account_id")
	}
	if strings.HasPrefix(m.str("move_type"), "out_") {
		return t.account(m.ref("company_id"), "income", "400000", "Product Sales")
	}
	return t.account(m.ref("company_id"), "expense", "600000", "Expenses")
}

// splitBalance completes debit, credit, balance and amount in currency of a journal entry's line from what is given.
func splitBalance(vals map[string]any) {
	balance := 0.0
	switch {
	case vals["balance"] != nil:
		balance = toFloat(vals["balance"])
	case vals["debit"] != nil || vals["credit"] != nil:
		balance = toFloat(vals["debit"]) - toFloat(vals["credit"])
	case vals["amount_currency"] != nil:
		balance = toFloat(vals["amount_currency"])
	default:
		return
	}
	vals["balance"] = number(dec(balance))
	vals["debit"], vals["credit"] = number(dec(max(balance, 0))), number(dec(max(-balance, 0)))
	setDefault(vals, "amount_currency", vals["balance"])
}

// balanceGiven applies debit, credit or balance written to a line of a plain entry.
func (t *tx) balanceGiven(l rec, vals map[string]any) {
	m, _ := l.follow("move_id")
	if invoiceType(m.str("move_type")) {
		return
	}
	given := map[string]any{}
	for _, name := range []string{"debit", "credit", "balance"} {
		if v, ok := vals[name]; ok {
			given[name] = v
		}
	}
	splitBalance(given)
	for name, v := range given {
		t.set(l.m, l.record, l.m.field(name), toFloat(v))
		t.reanalyse[l.id] = true
	}
}
