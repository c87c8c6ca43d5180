package odootest

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/shopspring/decimal"
)

func (s *Server) installTaxes() {
	m, rep := s.model("account.tax"), s.model("account.tax.repartition.line")
	m.defaults = func(t *tx, vals map[string]any) {
		setDefault(vals, "type_tax_use", "purchase")
		includeInPrice(vals)
		setDefault(vals, "amount_type", "percent")
		setDefault(vals, "amount", json.Number("0"))
		setDefault(vals, "sequence", one)
		if isFalse(vals["company_id"]) {
			vals["company_id"] = num(t.company())
		}
	}
	m.guard = func(_ *tx, _ []*record, vals map[string]any) { includeInPrice(vals) }
	m.created = func(t *tx, r *record) {
		tax := rec{t, m, r}
		if tax.ref("tax_group_id") == 0 {
			tax.put("tax_group_id", t.taxGroup())
		}
		if co, ok := tax.follow("company_id"); ok && tax.ref("country_id") == 0 {
			tax.put("country_id", co.val("country_id"))
		}
		for doc, name := range map[string]string{"invoice": "invoice_repartition_line_ids", "refund": "refund_repartition_line_ids"} {
			if len(tax.ids(name)) > 0 {
				continue
			}
			for _, what := range []string{"base", "tax"} {
				t.create(rep, map[string]any{"tax_id": num(r.id), "document_type": doc, "repartition_type": what})
			}
		}
	}
	rep.display = func(_ *tx, r *record) string { return str(r.at(rep.field("repartition_type").slot)) }
	rep.defaults = func(t *tx, vals map[string]any) {
		setDefault(vals, "document_type", "invoice")
		setDefault(vals, "repartition_type", "tax")
		setDefault(vals, "factor_percent", json.Number("100"))
		setDefault(vals, "sequence", one)
		if _, given := vals["use_in_tax_closing"]; !given {
			vals["use_in_tax_closing"] = vals["repartition_type"] == "tax" && t.closable(vals["account_id"])
		}
	}
	rep.wrote = func(t *tx, r *record, vals map[string]any) {
		if v, moved := vals["account_id"]; moved && vals["use_in_tax_closing"] == nil {
			(rec{t, rep, r}).put("use_in_tax_closing", t.closable(v))
		}
	}
	rep.computed("factor", func(t *tx, r *record) any { return (rec{t, rep, r}).num("factor_percent") / 100 })
	acc := s.model("account.account")
	acc.display = func(t *tx, r *record) string {
		a := rec{t, acc, r}
		if code := a.str("code"); code != "" {
			return code + " " + a.str("name")
		}
		return a.str("name")
	}
	acc.defaults = func(t *tx, vals map[string]any) {
		setDefault(vals, "account_type", "expense")
		if isFalse(vals["company_ids"]) {
			vals["company_ids"] = []any{[]any{json.Number("6"), json.Number("0"), []any{num(t.company())}}}
		}
	}
}

// includeInPrice keeps the flag and the choice that decides it together; the sandbox lets the flag be given too.
func includeInPrice(vals map[string]any) {
	choice, chosen := vals["price_include_override"]
	flag, flagged := vals["price_include"]
	switch {
	case chosen:
		vals["price_include"] = choice == "tax_included"
	case flagged && truthy(flag):
		vals["price_include_override"] = "tax_included"
	case flagged:
		vals["price_include_override"] = "tax_excluded"
	}
}

func (t *tx) taxGroup() int64 {
	m := t.s.model("account.tax.group")
	if len(m.ids) == 0 {
		return t.create(m, map[string]any{"name": "Taxes", "sequence": num(10)}).id
	}
	return m.ids[0]
}

// closable tells whether tax booked on an account is recoverable: it has an account, and not one of income or expense.
func (t *tx) closable(account any) bool {
	if isFalse(account) {
		return false
	}
	r := t.s.model("account.account").get(toInt(account))
	if r == nil {
		return false
	}
	typ := (rec{t, t.s.model("account.account"), r}).str("account_type")
	return !slices.Contains([]string{"expense", "expense_other", "expense_depreciation", "expense_direct_cost", "income", "income_other"}, typ)
}

// baseLine is a document line as the tax engine sees it. Amounts are in the document's currency, unrounded when named
// raw; home amounts are in the company's currency.
type baseLine struct {
	line     rec
	price    decimal.Decimal
	qty      decimal.Decimal
	discount decimal.Decimal
	taxes    []int64

	raw, excluded, home decimal.Decimal // untaxed: raw; rounded; rounded with the document's rounding difference, in home
	delta               decimal.Decimal // the document's rounding difference that this line carries
	parts               []taxPart
}

type taxPart struct {
	tax               rec
	whole             decimal.Decimal // unrounded, before the tax's distribution factors
	raw, amount, home decimal.Decimal // unrounded; with the document's rounding difference; the same in the company's currency
}

// included is the line's own total: untaxed and each tax rounded for the line alone.
func (t *tx) included(b *baseLine, currency int64) decimal.Decimal {
	sum := b.excluded
	for _, p := range b.parts {
		sum = sum.Add(t.round(currency, p.raw))
	}
	return sum
}

var hundred = decimal.NewFromInt(100)

// computeTaxes fills raw amounts of a line: price-included taxes are taken out of the price first, later ones build on
// the base and on earlier taxes that affect it.
func (t *tx) computeTaxes(b *baseLine) {
	gross := b.price.Mul(b.qty).Mul(decimal.NewFromInt(1).Sub(b.discount.Div(hundred)))
	taxes := t.flatten(b.taxes)
	included := make([]decimal.Decimal, len(taxes))
	base := gross
	for hi := len(taxes); hi > 0; {
		lo := hi - 1
		for lo > 0 && !taxes[lo-1].is("include_base_amount") {
			lo--
		}
		base = t.takeOut(taxes[lo:hi], included[lo:hi], base, b)
		hi = lo
	}
	b.raw = base
	on := base
	for i, tax := range taxes {
		amount := included[i]
		if !tax.is("price_include") {
			amount = addedTax(tax, on, b)
		}
		if tax.is("include_base_amount") {
			on = on.Add(amount)
		}
		b.parts = append(b.parts, taxPart{tax: tax, whole: amount, raw: amount.Mul(t.factorSum(tax))})
	}
}

// takeOut removes the price-included taxes of one batch, which share their base.
func (t *tx) takeOut(taxes []rec, amounts []decimal.Decimal, total decimal.Decimal, b *baseLine) decimal.Decimal {
	rate, gross := decimal.Zero, total
	for i, tax := range taxes {
		if !tax.is("price_include") {
			continue
		}
		a := dec(tax.num("amount"))
		switch tax.str("amount_type") {
		case "fixed":
			amounts[i] = fixed(a, b)
			total = total.Sub(amounts[i])
		case "division":
			amounts[i] = gross.Mul(a).Div(hundred)
			total = total.Sub(amounts[i])
		default:
			rate = rate.Add(a)
		}
	}
	base := total.Div(decimal.NewFromInt(1).Add(rate.Div(hundred)))
	for i, tax := range taxes {
		if tax.is("price_include") && tax.str("amount_type") == "percent" {
			amounts[i] = base.Mul(dec(tax.num("amount"))).Div(hundred)
		}
	}
	return base
}

func addedTax(tax rec, on decimal.Decimal, b *baseLine) decimal.Decimal {
	a := dec(tax.num("amount"))
	switch tax.str("amount_type") {
	case "fixed":
		return fixed(a, b)
	case "division":
		return on.Div(decimal.NewFromInt(1).Sub(a.Div(hundred))).Sub(on)
	}
	return on.Mul(a).Div(hundred)
}

func fixed(a decimal.Decimal, b *baseLine) decimal.Decimal {
	if b.price.IsNegative() {
		return a.Mul(b.qty).Neg()
	}
	return a.Mul(b.qty)
}

// factorSum is what the tax repartition lets reach the total: 1, or 0 for a reverse charge.
func (t *tx) factorSum(tax rec) decimal.Decimal {
	sum := decimal.Zero
	for _, id := range tax.ids("invoice_repartition_line_ids") {
		if rep := t.rec("account.tax.repartition.line", id); rep.str("repartition_type") == "tax" {
			sum = sum.Add(dec(rep.num("factor_percent")))
		}
	}
	return sum.Div(hundred)
}

// flatten resolves groups and orders by sequence.
func (t *tx) flatten(ids []int64) []rec {
	var out []rec
	for _, id := range ids {
		tax := t.rec("account.tax", id)
		if tax.str("amount_type") == "group" {
			out = append(out, t.flatten(tax.ids("children_tax_ids"))...)
		} else {
			out = append(out, tax)
		}
	}
	slices.SortStableFunc(out, func(a, b rec) int {
		return cmp.Or(cmp.Compare(a.num("sequence"), b.num("sequence")), cmp.Compare(a.id, b.id))
	})
	return out
}

// totals are a document's amounts in its currency.
type totals struct{ untaxed, tax decimal.Decimal }

// roundLines rounds a document's lines. With global rounding the total is the rounded sum of raw amounts, and the
// difference to the sum of the lines goes to the biggest lines (delta); the line's own subtotal does not show it.
func (t *tx) roundLines(lines []*baseLine, currency, company int64, rate decimal.Decimal) totals {
	home := t.rec("res.company", company).ref("currency_id")
	globally := t.rec("res.company", company).str("tax_calculation_rounding_method") != "round_per_line"
	var sum totals
	weights := make([]decimal.Decimal, len(lines))
	var rawSum, homeRaw, homeSum decimal.Decimal
	for i, b := range lines {
		t.computeTaxes(b)
		b.excluded = t.round(currency, b.raw)
		inHome := b.raw
		if !globally {
			inHome = b.excluded
		}
		inHome = inHome.Div(rate)
		b.home = t.round(home, inHome)
		weights[i] = b.raw.Abs()
		rawSum, sum.untaxed = rawSum.Add(b.raw), sum.untaxed.Add(b.excluded)
		homeRaw, homeSum = homeRaw.Add(inHome), homeSum.Add(b.home)
	}
	if globally {
		for i, d := range spread(t.round(currency, rawSum).Sub(sum.untaxed), weights, t.places(currency)) {
			lines[i].delta = d
			sum.untaxed = sum.untaxed.Add(d)
		}
		for i, d := range spread(t.round(home, homeRaw).Sub(homeSum), weights, t.places(home)) {
			lines[i].home = lines[i].home.Add(d)
		}
	}
	for _, tax := range t.taxesOf(lines) {
		sum.tax = sum.tax.Add(t.roundTax(lines, tax, currency, home, rate, globally))
	}
	return sum
}

func (t *tx) taxesOf(lines []*baseLine) []int64 {
	var ids []int64
	for _, b := range lines {
		for _, p := range b.parts {
			if !slices.Contains(ids, p.tax.id) {
				ids = append(ids, p.tax.id)
			}
		}
	}
	return ids
}

// roundTax rounds one tax over the document and gives its total.
func (t *tx) roundTax(lines []*baseLine, tax, currency, home int64, rate decimal.Decimal, globally bool) decimal.Decimal {
	var parts []*taxPart
	var weights []decimal.Decimal
	var raw, sum, homeRaw, homeSum decimal.Decimal
	for _, b := range lines {
		for i := range b.parts {
			p := &b.parts[i]
			if p.tax.id != tax {
				continue
			}
			p.amount = t.round(currency, p.raw)
			inHome := p.raw
			if !globally {
				inHome = p.amount
			}
			inHome = inHome.Div(rate)
			p.home = t.round(home, inHome)
			parts, weights = append(parts, p), append(weights, p.raw.Abs())
			raw, sum = raw.Add(p.raw), sum.Add(p.amount)
			homeRaw, homeSum = homeRaw.Add(inHome), homeSum.Add(p.home)
		}
	}
	if globally {
		for i, d := range spread(t.round(currency, raw).Sub(sum), weights, t.places(currency)) {
			parts[i].amount = parts[i].amount.Add(d)
			sum = sum.Add(d)
		}
		for i, d := range spread(t.round(home, homeRaw).Sub(homeSum), weights, t.places(home)) {
			parts[i].home = parts[i].home.Add(d)
		}
	}
	return sum
}

// spread distributes a rounding difference unit by unit: in proportion first, the rest to the biggest in turn.
func spread(delta decimal.Decimal, weights []decimal.Decimal, places int32) []decimal.Decimal {
	out := make([]decimal.Decimal, len(weights))
	unit := decimal.New(1, -places)
	n := delta.Abs().Div(unit).Round(0).IntPart()
	total := decimal.Sum(decimal.Zero, weights...)
	if n == 0 || total.IsZero() {
		return out
	}
	if delta.IsNegative() {
		unit = unit.Neg()
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return weights[b].Cmp(weights[a]) })
	left := n
	for _, i := range order {
		share := min(weights[i].Mul(decimal.NewFromInt(n)).Div(total).Round(0).IntPart(), left)
		out[i] = out[i].Add(unit.Mul(decimal.NewFromInt(share)))
		left -= share
	}
	for k := 0; left > 0; k, left = k+1, left-1 {
		i := order[k%len(order)]
		out[i] = out[i].Add(unit)
	}
	return out
}
