package odootest

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func (b *bundle) search(model string, domain []any, extra map[string]any) []any {
	b.t.Helper()
	args := map[string]any{"domain": domain, "order": "id asc"}
	maps.Copy(args, extra)
	out, ok := b.do(model, "search", nil, args).([]any)
	require.True(b.t, ok)
	return out
}

func is(ids ...int64) []any {
	out := []any{}
	for _, id := range ids {
		out = append(out, id)
	}
	return out
}

func term(field, op string, v any) []any { return []any{field, op, v} }

func TestDatetimesMeanWholeSeconds(t *testing.T) {
	t.Parallel()
	b := setup(t) // everything is written at 07:05:43.636199
	tests := []struct {
		op, value string
		match     bool
	}{
		{"=", "2026-11-23 07:05:43", true},
		{">", "2026-11-23 07:05:43", false},
		{">", "2026-11-23 07:05:42", true},
		{">=", "2026-11-23 07:05:43", true},
		{">=", "2026-11-23 07:05:43.900000", true},
		{">=", "2026-11-23T07:05:43", true},
		{"<=", "2026-11-23 07:05:43", true},
		{"<", "2026-11-23 07:05:44", true},
		{"<", "2026-11-23 07:05:43", false},
		{">=", "2026-11-23 07:05:44", false},
		{"!=", "2026-11-23 07:05:43", false},
		{">", "2026-11-23", false},
		{">=", "2026-11-23", true},
		{"<=", "2026-11-23", true},
		{"=", "2026-11-23", true},
	}
	for _, tt := range tests {
		got := b.search("res.company", []any{term("write_date", tt.op, tt.value)}, nil)
		require.Equal(t, tt.match, len(got) == 1, "%s %s", tt.op, tt.value)
		// the same inside an "or", where no scan narrowing helps
		got = b.search("res.company", []any{"|", term("id", "=", 0), term("write_date", tt.op, tt.value)}, nil)
		require.Equal(t, tt.match, len(got) == 1, "or: %s %s", tt.op, tt.value)
	}
	for _, value := range []string{"2026-11-23 07:05:43Z", "2026-11-23 07:05:43+02:00"} {
		e := b.refused("res.company", "search", nil, map[string]any{"domain": []any{term("write_date", ">", value)}})
		require.Equal(t, 500, e.status)
		require.Equal(t, "builtins.ValueError", e.name)
	}
	require.Equal(t, "2026-11-23 07:05:43", b.read("res.company", 1)["write_date"])
}

func TestDomains(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.add("contact", "res.partner", map[string]any{"name": "Ann", "parent_id": b.ids["vendor"]})           // 3
	b.add("archived", "res.partner", map[string]any{"name": "Gone", "active": false, "supplier_rank": 1})  // 4
	b.add("percent", "res.partner", map[string]any{"name": "50% off_", "ref": "R1", "city": "Liège"})      // 5
	b.add("phase", "account.analytic.plan", map[string]any{"name": "Phases", "parent_id": b.ids["codes"]}) // 3
	b.add("steel", "account.analytic.account", map[string]any{"name": "Steel", "plan_id": b.ids["phase"]}) // 3
	b.order(map[string]any{"name": "x", "price_unit": 1, "analytic_distribution": map[string]any{"1,2": 60, "3": 40}}, map[string]any{"name": "y", "price_unit": 9})
	tests := map[string]struct {
		model  string
		domain []any
		want   []any
	}{
		"everything":        {"res.partner", []any{}, is(1, 2, 3, 5)},
		"archived by leaf":  {"res.partner", []any{term("active", "=", false)}, is(4)},
		"both by leaf":      {"res.partner", []any{term("active", "in", []bool{true, false}), term("id", ">", 3)}, is(4, 5)},
		"or":                {"res.partner", []any{"|", term("name", "=", "Ann"), term("ref", "=", "R1")}, is(3, 5)},
		"or of and":         {"res.partner", []any{"|", "&", term("id", ">", 1), term("id", "<", 3), term("id", "=", 5)}, is(2, 5)},
		"not":               {"res.partner", []any{"!", term("id", "in", []int{1, 2})}, is(3, 5)},
		"implicit and":      {"res.partner", []any{term("id", ">=", 2), term("id", "<=", 3)}, is(2, 3)},
		"null":              {"res.partner", []any{term("ref", "=", false)}, is(1, 2, 3)},
		"not null":          {"res.partner", []any{term("ref", "!=", false)}, is(5)},
		"different or null": {"res.partner", []any{term("ref", "!=", "R2")}, is(1, 2, 3, 5)},
		"not in":            {"res.partner", []any{term("id", "not in", []int{1, 2, 3})}, is(5)},
		"in nothing":        {"res.partner", []any{term("id", "in", []int{})}, is()},
		"like":              {"res.partner", []any{term("name", "like", "end")}, is(2)},
		"like is exact":     {"res.partner", []any{term("name", "like", "VEND")}, is()},
		"ilike":             {"res.partner", []any{term("name", "ilike", "VEND")}, is(2)},
		"=like":             {"res.partner", []any{term("name", "=like", "Ven%")}, is(2)},
		"like escaped":      {"res.partner", []any{term("name", "like", `50\%`)}, is(5)},
		"unicode":           {"res.partner", []any{term("city", "=", "Liège")}, is(5)},
		"not ilike":         {"res.partner", []any{term("name", "not ilike", "e")}, is(1, 3, 5)},
		"many2one":          {"res.partner", []any{term("parent_id", "=", 2)}, is(3)},
		"many2one null":     {"res.partner", []any{term("parent_id", "=", false)}, is(1, 2, 5)},
		"many2one by name":  {"res.partner", []any{term("parent_id", "ilike", "vendor")}, is(3)},
		"path":              {"res.partner", []any{term("parent_id.supplier_rank", ">", 0)}, is(3)},
		"one2many":          {"res.partner", []any{term("child_ids", "=", 3)}, is(2)},
		"one2many path":     {"res.partner", []any{term("child_ids.name", "=", "Ann")}, is(2)},
		"child_of partner":  {"res.partner", []any{term("id", "child_of", 2)}, is(2, 3)},
		"child_of plan":     {"account.analytic.account", []any{term("plan_id", "child_of", 2)}, is(2, 3)},
		"root plan":         {"account.analytic.account", []any{term("root_plan_id", "=", 2)}, is(2, 3)},
		"parent_of":         {"account.analytic.plan", []any{term("id", "parent_of", []int{3})}, is(2, 3)},
		"distribution":      {"purchase.order.line", []any{term("analytic_distribution", "in", []int{2})}, is(1)},
		"no distribution":   {"purchase.order.line", []any{term("analytic_distribution", "=", false)}, is(2)},
		"order path":        {"purchase.order.line", []any{term("order_id.company_id", "=", 1)}, is(1, 2)},
		"state of order":    {"purchase.order.line", []any{term("state", "=", "draft")}, is(1, 2)},
		"any":               {"purchase.order", []any{term("order_line", "any", []any{term("price_unit", ">", 5)})}, is(1)},
		"true leaf":         {"purchase.order", []any{[]any{1, "=", 1}}, is(1)},
		"false leaf":        {"purchase.order", []any{[]any{0, "=", 1}}, is()},
		"amount":            {"purchase.order", []any{term("amount_total", ">=", 10)}, is(1)},
		"window":            {"purchase.order", []any{term("write_date", ">=", "2026-11-23 07:05:43"), term("write_date", "<", "2026-11-23 07:05:44"), term("id", ">", 0)}, is(1)},
	}
	for name, tt := range tests {
		require.Equal(t, tt.want, b.search(tt.model, tt.domain, nil), name)
	}
	require.Equal(t, is(1, 2, 3, 4, 5), b.search("res.partner", nil, map[string]any{"context": map[string]any{"active_test": false}}))
	require.Equal(t, is(5, 3), b.search("res.partner", nil, map[string]any{"order": "id desc", "limit": 2}))
	require.Equal(t, is(2, 3), b.search("res.partner", nil, map[string]any{"offset": 1, "limit": 2}))
	require.Equal(t, is(5, 1, 2, 3), b.search("res.partner", nil, map[string]any{"order": "ref, id"}))
	require.Equal(t, 500, b.refused("res.partner", "search", nil, map[string]any{"domain": []any{}, "limit": -1}).status)
}

func TestLateCommitAppearsBehindTheCursor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	start := b.clock.Now().Add(-time.Hour)
	_, err := b.s.DoStarted(start, "res.partner", "create", nil, map[string]any{"vals_list": []any{map[string]any{"name": "A"}, map[string]any{"name": "B"}}})
	require.NoError(t, err)
	require.Empty(t, b.search("res.partner", []any{term("write_date", ">=", "2026-11-23 07:05:43"), term("id", ">", 2)}, nil))
	require.Len(t, b.search("res.partner", []any{term("write_date", "<", "2026-11-23 06:05:44")}, nil), 2)
}

func TestRollbackLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	po := b.order(map[string]any{"name": "x", "price_unit": 1})
	before := encode(b.s.State())
	b.clock.Advance(time.Minute)
	_ = b.refused("purchase.order", "write", []int64{po}, map[string]any{"vals": map[string]any{
		"partner_ref": "new",
		"order_line":  []any{[]any{1, 1, map[string]any{"price_unit": 5}}, []any{0, 0, map[string]any{"name": "y", "product_id": 1}}, []any{1, 99, map[string]any{}}},
	}})
	require.Equal(t, before, encode(b.s.State()))
	_ = b.refused("res.partner", "create", nil, map[string]any{"vals_list": []any{map[string]any{"name": "A"}, map[string]any{"nope": 1}}})
	require.Equal(t, before, encode(b.s.State()))
}
