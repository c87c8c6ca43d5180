package main

import (
	"maps"

	"github.com/stretchr/testify/require"
)

// bill enters a bill, and posts it.
func (s *oddServer) bill(name string, vals map[string]any, lines ...map[string]any) {
	s.t.Helper()
	all := map[string]any{
		"move_type": "in_invoice", "partner_id": s.ids["Azure Interior"], "company_id": s.ids["home"], "ref": name,
		"invoice_date": "2026-02-10", "date": "2026-02-10", "invoice_line_ids": commands(lines),
	}
	maps.Copy(all, vals)
	id := s.add("bill "+name, "account.move", all)
	if name != "draft" {
		s.do("account.move", "action_post", id, nil)
	}
}

func (s *oddServer) bills() {
	line := func(price float64, distribution map[string]any) map[string]any {
		l := map[string]any{"name": "Desk", "product_id": s.ids["desk"], "quantity": 1, "price_unit": price}
		if distribution != nil {
			l["analytic_distribution"] = distribution
		}
		return l
	}
	job := s.on(100, "Millennium Industries")
	s.bill("plain", nil, line(75, job), map[string]any{"display_type": "line_note", "name": "see delivery note"})
	s.bill("no analytic", nil, line(75, nil))
	s.bill("draft", nil, line(75, job))
	s.bill("receipt", map[string]any{"move_type": "in_receipt"}, line(12.34, job))
	s.bill("refund", map[string]any{"move_type": "in_refund", "reversed_entry_id": s.ids["bill plain"]}, line(25, job))
	s.bill("loose refund", map[string]any{"move_type": "in_refund", "partner_id": s.ids["Deco Addict"]}, line(5, job))
	s.bill("dollars", map[string]any{"currency_id": s.ids["USD"]}, line(75, job))
	s.bill("zero", nil, line(0, job))
	s.bill("minus", nil, line(100, job), line(-40, s.on(100, "Our Super Product")))
	s.bill("department", nil, line(100, s.on(100, "Administrative")))
	s.bill("over", nil, line(100, s.on(150, "Our Super Product")))
	s.bill("unknown", nil, line(100, map[string]any{"9999": 100}))
	s.bill("twice", map[string]any{"partner_id": s.ids["Deco Addict"]}, line(10, job))
	s.bill("twice", map[string]any{"partner_id": s.ids["Deco Addict"], "invoice_date": "2026-02-11"}, line(10, job))
	s.bill("abroad", map[string]any{"company_id": s.ids["abroad"]}, line(10, s.on(100, "Chicago only")))
	s.bill("old", map[string]any{"invoice_date": "2019-05-05", "date": "2019-05-05"}, line(10, job))
	s.bill("customer", map[string]any{"move_type": "out_invoice"}, line(900, job))
	s.bill("cancelled", nil, line(10, job))
	s.do("account.move", "button_draft", s.ids["bill cancelled"], nil)
	s.do("account.move", "button_cancel", s.ids["bill cancelled"], nil)
	taxed := line(115, job)
	taxed["tax_ids"] = []any{[]any{6, 0, []any{s.ids["tax"]}}}
	s.bill("taxed", nil, taxed)
	for _, name := range []string{"no number", "no number either"} {
		s.bill(name, map[string]any{"ref": false}, line(10, job))
	}
	s.billOrders()
	s.otherCosts()
}

// billOrders bills an order in part, and takes some of it back.
func (s *oddServer) billOrders() {
	made, err := s.Do("purchase.order", "action_create_invoice", []int64{s.ids["P00001"]}, nil)
	require.NoError(s.t, err)
	id, ok := made.(map[string]any)["res_id"].(int64)
	require.True(s.t, ok)
	s.do("account.move", "write", id, map[string]any{"vals": map[string]any{"invoice_date": "2026-03-05", "ref": "INV-1"}})
	s.do("account.move", "action_post", id, nil)
	s.bill("order refund", map[string]any{"move_type": "in_refund", "reversed_entry_id": id},
		map[string]any{"name": "back", "quantity": 1, "price_unit": 100, "analytic_distribution": s.on(100, "Millennium Industries")})
}

// otherCosts are on a job without being a vendor's: wages by a journal entry, hours by a timesheet.
func (s *oddServer) otherCosts() {
	item := func(account string, debit, credit float64, distribution map[string]any) []any {
		return []any{0, 0, map[string]any{
			"account_id": s.ids[account], "name": "wages", "debit": debit, "credit": credit, "analytic_distribution": distribution,
		}}
	}
	entry := s.add("entry", "account.move", map[string]any{"move_type": "entry", "company_id": s.ids["home"], "date": "2026-02-28", "line_ids": []any{
		item("wages", 321, 0, s.on(100, "Our Super Product")), item("due", 0, 321, nil),
	}})
	s.do("account.move", "action_post", entry, nil)
	s.add("hours", "account.analytic.line", map[string]any{
		"name": "/", "date": "2026-02-27", "amount": -80, "unit_amount": 2, "company_id": s.ids["home"], "account_id": s.ids["Millennium Industries"],
	})
}
