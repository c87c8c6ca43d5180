package odootest

import (
	"strings"

	"github.com/shopspring/decimal"
)

// taxKey is what makes two tax amounts one journal item.
type taxKey struct {
	rep, account int64
	distribution string
	share        string // version 14: account and tags
}

type booked struct {
	key          taxKey
	tax          rec
	distribution map[string]float64
	share        share14
	amount, home decimal.Decimal
	base         decimal.Decimal
}

// bookTaxes brings the tax items in line with the base lines and returns them.
func (t *tx) bookTaxes(m rec, lines []*baseLine) []*booked {
	entries := t.groupTaxes(m, lines)
	ml := t.s.model("account.move.line")
	sign := direction(m.str("move_type"))
	old := map[taxKey]int64{}
	for _, id := range m.ids("line_ids") {
		l := t.rec(ml.name, id)
		if l.str("display_type") == "tax" {
			dist, _ := l.val("analytic_distribution").(map[string]float64)
			old[taxKey{l.ref("tax_repartition_line_id"), l.ref("account_id"), encode(dist), t.shareKey(l)}] = id
		}
	}
	for i, e := range entries {
		id, ok := old[e.key]
		delete(old, e.key)
		if e.amount.IsZero() && e.home.IsZero() && e.base.IsZero() {
			if ok {
				t.dropItem(id)
			}
			continue
		}
		if !ok {
			id = t.addItem(m, "tax", 10000+int64(i))
		}
		l := t.rec(ml.name, id)
		ml.assign(t, l, "name", e.tax.val("name"))
		ml.assign(t, l, "tax_line_id", e.tax.id)
		ml.assign(t, l, "tax_repartition_line_id", e.key.rep)
		ml.assign(t, l, "account_id", e.key.account)
		ml.assign(t, l, "tax_base_amount", flt(e.base))
		if len(e.distribution) > 0 {
			ml.assign(t, l, "analytic_distribution", e.distribution)
		}
		t.setAmounts(l, e.amount.Mul(sign), e.home.Mul(sign))
		t.itemPrice14(l)
		if e.share.account != 0 {
			ml.assign(t, l, "analytic_account_id", e.share.account)
		}
		if len(e.share.tags) > 0 {
			ml.assign(t, l, "analytic_tag_ids", e.share.tags)
		}
	}
	for _, id := range old {
		t.dropItem(id)
	}
	return entries
}

// groupTaxes splits each line's tax over the tax's distribution and groups the parts. A part without an account of
// its own is booked on the line's account; it carries the line's analytic distribution if the tax is an analytic cost
// or the part is not closed (recovered) by a tax closing entry.
func (t *tx) groupTaxes(m rec, lines []*baseLine) []*booked {
	doc := "invoice_repartition_line_ids"
	if strings.HasSuffix(m.str("move_type"), "refund") {
		doc = "refund_repartition_line_ids"
	}
	home := t.rec("res.company", m.ref("company_id")).ref("currency_id")
	rate := dec(m.num("invoice_currency_rate"))
	var entries []*booked
	at := map[taxKey]*booked{}
	for _, b := range lines {
		for _, p := range b.parts {
			reps := t.taxReps(p.tax, doc)
			amounts := t.splitTax(p.amount, p.whole, reps, m.ref("currency_id"))
			homes := t.splitTax(p.home, p.whole.Div(rate), reps, home)
			for i, rep := range reps {
				e := &booked{tax: p.tax}
				e.key.rep, e.key.account = rep.id, rep.ref("account_id")
				if e.key.account == 0 {
					e.key.account = b.line.ref("account_id")
				}
				if t.s.dialect.old {
					if e.key.share = t.shareKey(rec{}); p.tax.is("analytic") {
						e.share, e.key.share = shareOf(b.line), t.shareKey(b.line)
					}
				} else if p.tax.is("analytic") || !rep.is("use_in_tax_closing") {
					e.distribution, _ = b.line.val("analytic_distribution").(map[string]float64)
				}
				e.key.distribution = encode(e.distribution)
				if at[e.key] == nil {
					at[e.key] = e
					entries = append(entries, e)
				}
				e = at[e.key]
				e.amount, e.home, e.base = e.amount.Add(amounts[i]), e.home.Add(homes[i]), e.base.Add(b.excluded)
			}
		}
	}
	return entries
}

func (t *tx) taxReps(tax rec, doc string) []rec {
	var reps []rec
	for _, id := range tax.ids(doc) {
		if r := t.rec("account.tax.repartition.line", id); r.str("repartition_type") == "tax" {
			reps = append(reps, r)
		}
	}
	return reps
}

// splitTax shares a rounded tax amount over its distribution; the rounding difference goes to the biggest shares. A
// reverse charge (100 and -100) has a total of zero, so its shares come from the whole tax.
func (t *tx) splitTax(total, whole decimal.Decimal, reps []rec, currency int64) []decimal.Decimal {
	out := make([]decimal.Decimal, len(reps))
	weights := make([]decimal.Decimal, len(reps))
	factors := decimal.Zero
	for i, rep := range reps {
		f := dec(rep.num("factor_percent")).Div(hundred)
		weights[i], factors = f.Abs(), factors.Add(f)
	}
	if !factors.IsZero() {
		whole = total.Div(factors)
	}
	sum := decimal.Zero
	for i, rep := range reps {
		out[i] = t.round(currency, whole.Mul(dec(rep.num("factor_percent"))).Div(hundred))
		sum = sum.Add(out[i])
	}
	for i, d := range spread(total.Sub(sum), weights, t.places(currency)) {
		out[i] = out[i].Add(d)
	}
	return out
}
