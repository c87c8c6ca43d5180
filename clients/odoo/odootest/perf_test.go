package odootest

import (
	"testing"
	"time"
)

func TestPerfTmp(t *testing.T) {
	b := setup(t)
	b.add("x", "account.tax", map[string]any{"name": "t", "amount": 5})
	start := time.Now()
	n := 0
	for range 20 {
		var list []any
		for range 500 {
			list = append(list, map[string]any{"partner_id": 2, "order_line": []any{[]any{0, 0, map[string]any{"name": "x", "product_id": 1, "price_unit": 3, "tax_ids": []int64{1}}}, []any{0, 0, map[string]any{"name": "x", "product_id": 1, "price_unit": 3}}}})
			n++
		}
		b.do("purchase.order", "create", nil, map[string]any{"vals_list": list})
	}
	t.Log(n, time.Since(start))
	b.clock.Advance(time.Hour)
	start = time.Now()
	var list []any
	for range 200000 {
		list = append(list, map[string]any{"name": "P"})
	}
	b.do("res.partner", "create", nil, map[string]any{"vals_list": list})
	t.Log("200k partners", time.Since(start))
	for range 3 {
		start = time.Now()
		b.search("res.partner", []any{term("write_date", ">=", "2026-11-23 07:00:00"), term("write_date", "<", "2026-11-23 08:00:00"), term("id", ">", 0)}, map[string]any{"limit": 500})
		t.Log("window", time.Since(start))
	}
	start = time.Now()
	b.do("purchase.order", "search_read", nil, map[string]any{"domain": []any{term("id", ">", 0)}, "limit": 1000, "order": "id asc", "fields": []string{"name", "partner_id", "amount_total", "order_line", "write_date"}})
	t.Log("page 1000", time.Since(start))
}
