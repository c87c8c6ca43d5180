package odootest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// filled makes a server with n orders of one line, a hundred in each transaction, a second between them.
func filled(t testing.TB, n int) *bundle {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	b := &bundle{s: New(Config{Now: c.Now}), clock: c, ids: map[string]int64{}}
	create := func(model string, vals ...any) {
		if _, err := b.s.Do(model, "create", nil, map[string]any{"vals_list": vals}); err != nil {
			t.Fatal(err)
		}
	}
	create("res.partner", map[string]any{"name": "Vendor"})
	create("product.product", map[string]any{"name": "Service"})
	for made := 0; made < n; made += 100 {
		orders := make([]any, 0, 100)
		for i := range min(100, n-made) {
			orders = append(orders, map[string]any{"partner_id": 1, "partner_ref": fmt.Sprint(made + i), "order_line": []any{
				[]any{0, 0, map[string]any{"name": "x", "product_id": 1, "product_qty": 2, "price_unit": 10}},
			}})
		}
		create("purchase.order", orders...)
		c.Advance(time.Second)
	}
	return b
}

// steps counts the records that a search looks at.
func (b *bundle) page(t testing.TB, model string, domain []any, limit int) int {
	t.Helper()
	v, err := b.s.Do(model, "search_read", nil, map[string]any{"domain": domain, "fields": []any{"name", "write_date"}, "limit": limit, "order": "id asc", "load": ""})
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := v.([]any)
	return len(rows)
}

func TestTenThousandOrders(t *testing.T) {
	t.Parallel()
	b := filled(t, 10_000)
	window := []any{term("write_date", ">=", "2026-11-01 00:00:50"), term("write_date", "<", "2026-11-01 00:00:55")}
	require.Equal(t, 500, b.page(t, "purchase.order", window, 0))
	read, after := 0, int64(0)
	for {
		n := b.page(t, "purchase.order.line", []any{term("id", ">", after)}, 1000)
		if n == 0 {
			break
		}
		read, after = read+n, after+int64(n)
	}
	require.Equal(t, 10_000, read)
}

func BenchmarkWindow(b *testing.B) {
	for _, n := range []int{10_000, 40_000} {
		s := filled(b, n)
		window := []any{term("write_date", ">=", "2026-11-01 00:00:50"), term("write_date", "<", "2026-11-01 00:00:55")}
		b.Run(fmt.Sprint("window of ", n), func(b *testing.B) {
			for b.Loop() {
				s.page(b, "purchase.order", window, 0)
			}
		})
		b.Run(fmt.Sprint("page of ", n), func(b *testing.B) {
			for b.Loop() {
				s.page(b, "purchase.order", []any{term("id", ">", n/2)}, 1000)
			}
		})
		b.Run(fmt.Sprint("no change in ", n), func(b *testing.B) {
			for b.Loop() {
				s.page(b, "purchase.order", []any{term("write_date", ">=", "2026-12-01 00:00:00")}, 1000)
			}
		})
	}
}
