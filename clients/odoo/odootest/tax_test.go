package odootest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTaxesOfAnOrder(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		taxes              []map[string]any
		price, qty         float64
		untaxed, tax, full float64
	}{
		"percent":                 {[]map[string]any{{"amount": 15}}, 99.99, 1, 99.99, 15, 114.99},
		"half a cent goes up":     {[]map[string]any{{"amount": 5}}, 0.1, 1, 0.1, 0.01, 0.11},
		"fixed by quantity":       {[]map[string]any{{"amount_type": "fixed", "amount": 1.5}}, 10, 3, 30, 4.5, 34.5},
		"included":                {[]map[string]any{{"amount": 15, "price_include": true}}, 115, 2, 200, 30, 230},
		"included, uneven":        {[]map[string]any{{"amount": 21, "price_include": true}}, 100, 1, 82.64, 17.36, 100},
		"two on the base":         {[]map[string]any{{"amount": 10}, {"amount": 5}}, 100, 1, 100, 15, 115},
		"one on the other":        {[]map[string]any{{"amount": 10, "include_base_amount": true}, {"amount": 5, "sequence": 2}}, 100, 1, 100, 15.5, 115.5},
		"two included":            {[]map[string]any{{"amount": 10, "price_include": true}, {"amount": 5, "price_include": true}}, 115, 1, 100, 15, 115},
		"included and added":      {[]map[string]any{{"amount": 10, "price_include": true}, {"amount": 5}}, 110, 1, 100, 15, 115},
		"included on the other":   {[]map[string]any{{"amount": 10, "price_include": true, "include_base_amount": true}, {"amount": 5, "price_include": true, "sequence": 2}}, 115.5, 1, 100, 15.5, 115.5},
		"fixed included":          {[]map[string]any{{"amount_type": "fixed", "amount": 10, "price_include": true}}, 110, 1, 100, 10, 110},
		"negative line":           {[]map[string]any{{"amount": 15}}, -10, 1, -10, -1.5, -11.5},
		"zero":                    {[]map[string]any{{"amount": 0}}, 10, 1, 10, 0, 10},
		"division (tax of gross)": {[]map[string]any{{"amount_type": "division", "amount": 20}}, 80, 1, 80, 20, 100},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			var ids []int64
			for _, tax := range tt.taxes {
				tax["name"] = "tax"
				ids = append(ids, b.add("tax", "account.tax", tax))
			}
			po := b.read("purchase.order", b.order(map[string]any{"name": "x", "price_unit": tt.price, "product_qty": tt.qty, "tax_ids": ids}))
			require.Equal(t, tt.untaxed, po["amount_untaxed"])
			require.Equal(t, tt.tax, po["amount_tax"])
			require.Equal(t, tt.full, po["amount_total"])
		})
	}
}

func TestRoundingPerLineOrPerDocument(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]float64{"round_globally": 0.15, "round_per_line": 0.16} {
		b := setup(t)
		b.do("res.company", "write", []int64{1}, vals("tax_calculation_rounding_method", method))
		tax := b.add("tax", "account.tax", map[string]any{"name": "t", "amount": 5})
		line := func() map[string]any { return map[string]any{"name": "x", "price_unit": 0.75, "tax_ids": []int64{tax}} }
		po := b.read("purchase.order", b.order(line(), line(), line(), line()))
		require.Equal(t, want, po["amount_tax"], method)
	}
}

// taxItems are account, amount and distribution of a bill's tax items.
func (b *bundle) taxItems(bill int64) []map[string]any {
	return b.rows("account.move.line", []any{term("move_id", "=", bill), term("display_type", "=", "tax")})
}

func TestTaxItems(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := map[string]any{itoa(b.ids["job"]): 100}
	expense := b.add("expense", "account.account", map[string]any{"code": "601", "name": "Cost", "account_type": "expense"})
	asset := b.add("asset", "account.account", map[string]any{"code": "131", "name": "Tax paid", "account_type": "asset_current"})
	line := func(tax int64, dist map[string]any) map[string]any {
		return map[string]any{"name": "x", "price_unit": 100, "account_id": expense, "tax_ids": []int64{tax}, "analytic_distribution": dist}
	}

	own := b.add("no account", "account.tax", map[string]any{"name": "cost", "amount": 10})
	id := b.bill(nil, line(own, job), line(own, nil))
	items := b.taxItems(id)
	require.Len(t, items, 2, "tax to cost keeps the lines' distributions apart")
	require.Equal(t, expense, items[0]["account_id"])
	require.Equal(t, map[string]any{"1": 100.0}, items[0]["analytic_distribution"])
	require.Equal(t, 10.0, items[0]["balance"])
	require.Equal(t, false, items[1]["analytic_distribution"])

	analytic := b.recoverable(10)
	b.do("account.tax", "write", []int64{analytic}, vals("analytic", true))
	require.Equal(t, map[string]any{"1": 100.0}, b.taxItems(b.bill(nil, line(analytic, job)))[0]["analytic_distribution"])

	rep := func(percent float64, account any) []any {
		return []any{0, 0, map[string]any{"repartition_type": "tax", "factor_percent": percent, "account_id": account}}
	}
	split := []any{[]any{0, 0, map[string]any{"repartition_type": "base"}}, rep(50, asset), rep(50, false)}
	half := b.add("half", "account.tax", map[string]any{"name": "half", "amount": 9.25, "invoice_repartition_line_ids": split, "refund_repartition_line_ids": split})
	items = b.taxItems(b.bill(nil, line(half, job)))
	require.Len(t, items, 2)
	require.Equal(t, asset, items[0]["account_id"])
	require.Equal(t, false, items[0]["analytic_distribution"])
	require.Equal(t, 4.62, items[0]["balance"], "the rounding cent is taken from the first of equals")
	require.Equal(t, 4.63, items[1]["balance"])
	require.Equal(t, map[string]any{"1": 100.0}, items[1]["analytic_distribution"])

	charge := []any{[]any{0, 0, map[string]any{"repartition_type": "base"}}, rep(100, asset), rep(-100, asset)}
	reverse := b.add("reverse", "account.tax", map[string]any{"name": "reverse", "amount": 21, "invoice_repartition_line_ids": charge, "refund_repartition_line_ids": charge})
	id = b.bill(nil, line(reverse, nil))
	require.Equal(t, 100.0, b.read("account.move", id)["amount_total"])
	items = b.taxItems(id)
	require.Equal(t, 21.0, items[0]["balance"])
	require.Equal(t, -21.0, items[1]["balance"])
}

func TestAnalyticRoundingIsOdoos(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		price float64
		dist  map[string]any
		want  []float64
	}{
		"two cents over thirds": {0.02, map[string]any{"1": 33.33, "3": 33.33, "4": 33.34}, []float64{0, -0.01, -0.01}},
		"one cent leaves none":  {0.01, map[string]any{"1": 33.33, "3": 33.33, "4": 33.34}, nil},
		"thirds of ten":         {10, map[string]any{"1": 33.33, "3": 33.33, "4": 33.34}, []float64{-3.34, -3.33, -3.33}},
		"sixty and forty":       {3703.71, map[string]any{"1,2": 60, "3,2": 40}, []float64{-2222.23, -1481.48}},
		"half of it":            {10, map[string]any{"1": 50}, []float64{-5}},
		"unknown account":       {10, map[string]any{"1": 50, "999": 50}, []float64{-5}},
		"no number":             {10, map[string]any{"abc": 100}, nil},
		"more than all of it":   {10, map[string]any{"1": 150}, []float64{-15}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.add("job 2", "account.analytic.account", map[string]any{"name": "B", "plan_id": 1})
			b.add("job 3", "account.analytic.account", map[string]any{"name": "C", "plan_id": 1})
			id := b.bill(nil, map[string]any{"name": "x", "price_unit": tt.price, "analytic_distribution": tt.dist})
			require.Empty(t, b.rows("account.analytic.line", nil), "a draft has no analytic lines")
			b.do("account.move", "action_post", []int64{id}, nil)
			var got []float64
			for _, row := range b.rows("account.analytic.line", nil) {
				amount, ok := row["amount"].(float64)
				require.True(t, ok)
				got = append(got, amount)
			}
			require.Equal(t, tt.want, got)
			b.do("account.move", "button_draft", []int64{id}, nil)
			require.Empty(t, b.rows("account.analytic.line", nil))
		})
	}
}

func TestAnalyticColumns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.add("phase", "account.analytic.plan", map[string]any{"name": "Phases", "parent_id": b.ids["codes"]})
	steel := b.add("steel", "account.analytic.account", map[string]any{"name": "Steel", "plan_id": b.ids["phase"]})
	id := b.bill(nil, map[string]any{"name": "x", "price_unit": 10, "analytic_distribution": map[string]any{"1," + itoa(steel): 100}})
	b.do("account.move", "action_post", []int64{id}, nil)
	row := b.rows("account.analytic.line", nil)[0]
	require.Equal(t, b.ids["job"], row["account_id"])
	require.Equal(t, steel, row["x_plan2_id"])
	require.Equal(t, b.ids["phase"], row["x_plan2_id_1"])
	require.Contains(t, b.refused("account.analytic.account", "unlink", []int64{steel}, nil).message, "Another model is using")

	b.do("account.move.line", "write", []int64{1}, vals("analytic_distribution", map[string]any{"1": 50}))
	rows := b.rows("account.analytic.line", nil)
	require.Len(t, rows, 1)
	require.Equal(t, int64(2), rows[0]["id"], "made anew")
	require.Equal(t, -5.0, rows[0]["amount"])
	b.do("account.move.line", "write", []int64{1}, vals("price_unit", 30))
	require.Equal(t, 30.0, b.read("account.move", id)["amount_total"])
	require.Equal(t, -15.0, b.rows("account.analytic.line", nil)[0]["amount"])
}
