package odootest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

func (s *Server) installAnalytic() {
	s.installTree("account.analytic.plan", "complete_name", " / ")
	plans, accounts, lines := s.model("account.analytic.plan"), s.model("account.analytic.account"), s.model("account.analytic.line")
	if !s.dialect.old {
		lines.field("account_id").domain = "[('plan_id', 'child_of', 1)]"
	}
	named := plans.created
	plans.defaults = func(_ *tx, vals map[string]any) {
		setDefault(vals, "default_applicability", "optional")
		setDefault(vals, "sequence", num(10))
	}
	plans.created = func(t *tx, r *record) {
		named(t, r)
		t.placePlan(r)
	}
	plans.wrote = func(t *tx, r *record, _ map[string]any) {
		named(t, r)
		t.placePlan(r)
	}
	plans.computed("root_id", func(t *tx, r *record) any { return t.rootPlan(r.id) })
	plans.computed("children_count", func(_ *tx, r *record) any {
		return int64(len(plans.index[plans.field("parent_id").slot][r.id]))
	})
	plans.unlinked = func(t *tx, rs []*record) {
		for _, r := range rs {
			if len(accounts.index[accounts.field("plan_id").slot][r.id]) > 0 {
				t.badForeignKey(accounts, accounts.field("plan_id"))
			}
			for _, kid := range slices.Clone(plans.index[plans.field("parent_id").slot][r.id]) {
				t.unlink(plans, []*record{plans.get(kid)})
			}
		}
	}
	accounts.display = func(t *tx, r *record) string {
		a := rec{t, accounts, r}
		name := a.str("name")
		if code := a.str("code"); code != "" {
			name = "[" + code + "] " + name
		}
		if p, ok := a.follow("partner_id"); ok {
			name += " - " + p.str("name")
		}
		return name
	}
	accounts.defaults = func(t *tx, vals map[string]any) {
		if _, given := vals["company_id"]; !given {
			vals["company_id"] = num(t.company())
		}
	}
	accounts.created = func(t *tx, r *record) {
		a := rec{t, accounts, r}
		t.set(accounts, r, accounts.field("root_plan_id"), t.rootPlan(a.ref("plan_id")))
	}
	accounts.wrote = func(t *tx, r *record, vals map[string]any) {
		if _, moved := vals["plan_id"]; moved {
			accounts.created(t, r)
		}
	}
	accounts.unlinked = func(t *tx, rs []*record) {
		for _, r := range rs {
			if t.s.dialect.old {
				t.forget14(r.id)
			}
			for _, f := range lines.fields {
				if f.idx && f.rel == accounts.name && len(lines.index[f.slot][r.id]) > 0 {
					t.badForeignKey(lines, f)
				}
			}
		}
	}
	accounts.computed("currency_id", func(t *tx, r *record) any { return t.homeOf(rec{t, accounts, r}) })
	for name, keep := range map[string]func(float64) float64{
		"balance": func(f float64) float64 { return f },
		"debit":   func(f float64) float64 { return -min(f, 0) },
		"credit":  func(f float64) float64 { return max(f, 0) },
	} {
		accounts.computed(name, func(t *tx, r *record) any { return t.analyticSum(r.id, keep) })
	}
	lines.defaults = func(t *tx, vals map[string]any) {
		setDefault(vals, "date", t.today())
		setDefault(vals, "amount", num(0))
		setDefault(vals, "category", "other")
		if isFalse(vals["company_id"]) {
			vals["company_id"] = num(t.company())
		}
	}
	lines.created = func(t *tx, r *record) {
		l := rec{t, lines, r}
		t.set(lines, r, lines.field("currency_id"), t.homeOf(l))
	}
	lines.computed("auto_account_id", func(*tx, *record) any { return nil })
}

// homeOf is the company currency of a document.
func (t *tx) homeOf(r rec) any {
	if co, ok := r.follow("company_id"); ok {
		return co.val("currency_id")
	}
	return nil
}

func (t *tx) analyticSum(account int64, keep func(float64) float64) float64 {
	m := t.s.model("account.analytic.line")
	sum := decimal.Zero
	for _, f := range m.fields {
		if !f.idx || f.rel != "account.analytic.account" {
			continue
		}
		for _, id := range m.index[f.slot][account] {
			sum = sum.Add(dec(keep(t.rec(m.name, id).num("amount"))))
		}
	}
	return flt(sum)
}

// rootPlan climbs to the plan without a parent; nil for an unknown plan.
func (t *tx) rootPlan(id int64) any {
	m := t.s.model("account.analytic.plan")
	for m.get(id) != nil {
		up := t.rec(m.name, id).ref("parent_id")
		if up == 0 {
			return id
		}
		id = up
	}
	return nil
}

// placePlan keeps the path and makes the column that analytic lines get for a root plan and for its sub-plans.
func (t *tx) placePlan(r *record) {
	m, lines := t.s.model("account.analytic.plan"), t.s.model("account.analytic.line")
	p := rec{t, m, r}
	path := itoa(r.id) + "/"
	if up, ok := p.follow("parent_id"); ok {
		path = up.str("parent_path") + path
	}
	p.put("parent_path", path)
	root, _ := t.rootPlan(r.id).(int64)
	column := t.planColumn(root)
	if root == r.id && lines.byKey[column] == nil {
		lines.add(&field{name: column, label: p.str("name"), kind: kMany2one, rel: "account.analytic.account", idx: true})
		return
	}
	if sub := column + "_1"; root != r.id && column != "account_id" && lines.byKey[sub] == nil {
		lines.add(&field{
			name: sub, label: p.str("name"), kind: kMany2one, rel: m.name, readonly: true, nostore: true,
			compute: func(t *tx, r *record) any {
				if a, ok := (rec{t, lines, r}).follow(column); ok {
					return null(a.ref("plan_id"))
				}
				return nil
			},
		})
	}
}

// planColumn is account_id for the project plan, which is the first root, and x_plan<id>_id for any other.
func (t *tx) planColumn(root int64) string {
	m := t.s.model("account.analytic.plan")
	for _, r := range m.recs {
		if r.at(m.field("parent_id").slot) == nil {
			if r.id == root {
				return "account_id"
			}
			break
		}
	}
	return "x_plan" + itoa(root) + "_id"
}

// analyse makes the analytic lines of a journal item anew, rounding as Odoo 19 does: every share is rounded, then the
// difference is taken back cent by cent from the first ones; shares that round to nothing leave no line.
func (t *tx) analyse(line rec) {
	m := t.s.model("account.analytic.line")
	t.unlink(m, t.found(m, line.ids("analytic_line_ids")))
	mv, _ := line.follow("move_id")
	if mv.str("state") != "posted" {
		return
	}
	if t.s.dialect.old {
		t.analyse14(line, mv)
		return
	}
	dist, _ := line.val("analytic_distribution").(map[string]float64)
	company, _ := mv.follow("company_id")
	home := company.ref("currency_id")
	type share struct {
		columns map[string]int64
		amount  decimal.Decimal
	}
	var shares []share
	spent := map[int64]decimal.Decimal{}
	for _, key := range jsonbKeys(dist) {
		columns, amount := t.split(key, dec(dist[key]), dec(line.num("balance")), spent)
		if !t.round(home, amount).IsZero() {
			shares = append(shares, share{columns, amount})
		}
	}
	off := decimal.Zero
	for i := range shares {
		rounded := t.round(home, shares[i].amount)
		off = off.Add(rounded.Sub(shares[i].amount))
		shares[i].amount = rounded
	}
	for i := range shares {
		if t.round(home, off).IsZero() {
			break
		}
		step := decimal.Max(decimal.New(1, -t.places(home)), t.round(home, off.Div(decimal.NewFromInt(int64(len(shares))))).Abs())
		if off.IsNegative() {
			step = step.Neg()
		}
		shares[i].amount, off = shares[i].amount.Sub(step), off.Sub(step)
	}
	for _, s := range shares {
		t.bookAnalytic(line, mv, s.columns, flt(s.amount))
	}
}

// split reads one key of a distribution ("35,36"): the columns and the amount, negative for costs. The share that
// completes 100 % of a plan takes what is left of it.
func (t *tx) split(key string, percent, balance decimal.Decimal, spent map[int64]decimal.Decimal) (map[string]int64, decimal.Decimal) {
	accounts := t.s.model("account.analytic.account")
	columns, amount := map[string]int64{}, decimal.Zero
	for part := range strings.SplitSeq(key, ",") {
		id, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil || accounts.get(id) == nil {
			continue
		}
		root := t.rec(accounts.name, id).ref("root_plan_id")
		sum := spent[root].Add(percent)
		use := percent
		if sum.Sub(hundred).Abs().LessThan(decimal.New(5, -3)) {
			use = hundred.Sub(spent[root])
		}
		amount = balance.Neg().Mul(use).Div(hundred)
		spent[root] = sum
		columns[t.planColumn(root)] = id
	}
	return columns, amount
}

func (t *tx) bookAnalytic(line, mv rec, columns map[string]int64, amount float64) {
	m := t.s.model("account.analytic.line")
	name := line.str("name")
	if name == "" {
		name = cmpString(mv.str("ref"), "/")
	}
	vals := map[string]any{"name": name, "date": line.str("date"), "company_id": num(mv.ref("company_id"))}
	if strings.HasPrefix(mv.str("move_type"), "in_") {
		vals["category"] = "vendor_bill"
	}
	r := t.create(m, vals)
	for field, v := range map[string]any{
		"amount": amount, "unit_amount": line.num("quantity"), "product_id": line.val("product_id"),
		"general_account_id": line.val("account_id"), "move_line_id": line.id, "partner_id": line.val("partner_id"), "ref": mv.val("ref"),
	} {
		t.set(m, r, m.field(field), v)
	}
	for column, id := range columns {
		t.set(m, r, m.field(column), id)
	}
}

func cmpString(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
