package odootest

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// share14 is what a line of version 14 is booked on: one account, tags, and accounts by percentage through tags.
type share14 struct {
	account int64
	tags    []int64
}

func shareOf(l rec) share14 { return share14{l.ref("analytic_account_id"), l.ids("analytic_tag_ids")} }

// billLine14 is the bill's line for an order line as version 14 makes it: the order's number before the text, the
// account and tags of the line.
func (t *tx) billLine14(l rec, vals map[string]any) {
	o, _ := l.follow("order_id")
	vals["name"] = o.str("name") + ": " + l.str("name")
	vals["sequence"] = num(int64(l.num("sequence")))
	if l.str("display_type") != "" {
		return
	}
	s := shareOf(l)
	if s.account != 0 {
		vals["analytic_account_id"] = num(s.account)
	}
	tags := []any{}
	for _, id := range s.tags {
		tags = append(tags, num(id))
	}
	vals["analytic_tag_ids"] = tags
}

// analyse14 books a posted journal item: a line for each share of each distributing tag, and one for the account.
func (t *tx) analyse14(line, mv rec) {
	tagModel, shares := t.s.model("account.analytic.tag"), t.s.model("account.analytic.distribution")
	s := shareOf(line)
	cost := dec(line.num("balance")).Neg()
	home, _ := t.homeOf(mv).(int64)
	var plain []int64
	for _, id := range s.tags {
		tag := t.rec(tagModel.name, id)
		if !tag.is("active_analytic_distribution") {
			plain = append(plain, id)
		}
	}
	for _, id := range s.tags {
		if slices.Contains(plain, id) {
			continue
		}
		for _, sid := range t.rec(tagModel.name, id).ids("analytic_distribution_ids") {
			share := t.rec(shares.name, sid)
			amount := t.round(home, cost.Mul(dec(share.num("percentage"))).Div(hundred))
			t.book14(line, mv, share.ref("account_id"), append([]int64{id}, plain...), amount)
		}
	}
	if s.account != 0 {
		t.book14(line, mv, s.account, plain, cost)
	}
}

func (t *tx) book14(line, mv rec, account int64, tags []int64, amount decimal.Decimal) {
	m := t.s.model("account.analytic.line")
	before := m.seq
	t.bookAnalytic(line, mv, map[string]int64{"account_id": account}, flt(amount))
	slices.Sort(tags)
	if len(tags) > 0 {
		t.set(m, m.get(before+1), m.field("tag_ids"), tags)
	}
}

// forget14 empties what points to an analytic account that is deleted, in SQL: no write date tells.
func (t *tx) forget14(account int64) {
	for _, name := range []string{"purchase.order.line", "account.move.line"} {
		m := t.s.model(name)
		f := m.field("analytic_account_id")
		for _, id := range slices.Clone(m.index[f.slot][account]) {
			t.set(m, m.get(id), f, nil)
		}
	}
}

// shareKey tells tax items of different shares apart; no share has one key too.
func (t *tx) shareKey(l rec) string {
	if !t.s.dialect.old {
		return ""
	}
	var s share14
	if l.record != nil {
		s = shareOf(l)
	}
	return fmt.Sprint(s.account, s.tags)
}
