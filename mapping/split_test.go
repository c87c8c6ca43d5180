package mapping

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, total string
		weights     []string
		want        []string
		digits      int32
	}{
		{"even", "100", []string{"50", "50"}, []string{"50.00", "50.00"}, 2},
		{"thirds, ties to the earlier", "100", []string{"1", "1", "1"}, []string{"33.34", "33.33", "33.33"}, 2},
		{"largest remainder", "0.02", []string{"33.33", "33.33", "33.34"}, []string{"0.01", "0.00", "0.01"}, 2},
		{"negative mirrors", "-100", []string{"1", "1", "1"}, []string{"-33.34", "-33.33", "-33.33"}, 2},
		{"mixed signs", "10", []string{"200", "-100"}, []string{"20.00", "-10.00"}, 2},
		{"weights of zero are equal", "9", []string{"0", "0", "0"}, []string{"3", "3", "3"}, 0},
		{"weight zero gets nothing", "0.01", []string{"0", "3", "3"}, []string{"0.00", "0.01", "0.00"}, 2},
		{"yen", "100", []string{"1", "2"}, []string{"33", "67"}, 0},
		{"three digits", "1", []string{"1", "2"}, []string{"0.333", "0.667"}, 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var weights []decimal.Decimal
			for _, w := range c.weights {
				weights = append(weights, dec(w))
			}
			var got []string
			for _, a := range Split(dec(c.total), weights, c.digits) {
				got = append(got, a.StringFixed(c.digits))
			}
			require.Equal(t, c.want, got)
		})
	}
	require.Nil(t, Split(dec("1"), nil, 2))
}

func drawMoney(t *rapid.T, name string) decimal.Decimal {
	return decimal.New(rapid.Int64Range(-10_000_000, 10_000_000).Draw(t, name), -2)
}

func TestSplitConserves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.Int32Range(0, 3).Draw(t, "digits")
		total := drawMoney(t, "total").Round(digits)
		n := rapid.IntRange(1, 12).Draw(t, "n")
		weights := make([]decimal.Decimal, n)
		for i := range weights {
			weights[i] = drawMoney(t, "weight")
		}
		parts, sum := Split(total, weights, digits), decimal.Zero
		for i, p := range parts {
			sum = sum.Add(p)
			require.True(t, p.Equal(p.Round(digits)))
			require.True(t, p.Equal(Split(total.Neg(), weights, digits)[i].Neg()), "mirrored")
		}
		require.True(t, sum.Equal(total), "%s is not %s", sum, total)
	})
}

func drawShares(t *rapid.T) []odoo.Share {
	accounts := rapid.SliceOfN(rapid.SampledFrom([][]int64{
		{tower}, {bridge}, {overhead}, {concrete}, {labor}, {tower, concrete}, {bridge, labor}, {concrete, tower}, {office},
	}), 0, 5).Draw(t, "accounts")
	var list []odoo.Share
	for _, a := range accounts {
		list = append(list, odoo.Share{Accounts: a, Percent: decimal.New(rapid.Int64Range(-2000, 15000).Draw(t, "percent"), -2)})
	}
	return list
}

func sums(a Allocated) decimal.Decimal {
	sum := total(a.Lines)
	for _, e := range a.Excluded {
		sum = sum.Add(e.Amount)
	}
	for _, c := range a.Causes {
		sum = sum.Add(c.Amount)
	}
	return sum
}

func TestAllocateOrderConserves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := testRules()
		var lines []odoo.OrderLine
		want := decimal.Zero
		for i := range rapid.IntRange(0, 6).Draw(t, "lines") {
			l := odoo.OrderLine{
				ID: int64(i + 1), Sequence: rapid.Int64Range(0, 2).Draw(t, "sequence"), Product: steelProduct, Quantity: dec("3"),
				Subtotal: drawMoney(t, "subtotal"), TaxAmount: drawMoney(t, "tax"), Distribution: drawShares(t),
				Taxes: rapid.SliceOfDistinct(rapid.SampledFrom([]int64{vat, useTax, analyticTax}), rapid.ID[int64]).Draw(t, "taxes"),
			}
			want = want.Add(l.Subtotal).Add(l.TaxAmount)
			lines = append(lines, l)
		}
		r.Settings.Tax = rapid.SampledFrom([]string{"as_booked", "exclude", "include"}).Draw(t, "tax")
		alloc := AllocateOrder(testOrder(lines...), r)
		require.True(t, sums(alloc).Equal(want), "%s is not %s", sums(alloc), want)
		require.Equal(t, alloc, AllocateOrder(testOrder(lines...), r), "deterministic")
		shuffled := rapid.Permutation(lines).Draw(t, "order")
		for i := range shuffled {
			shuffled[i].Distribution = rapid.Permutation(shuffled[i].Distribution).Draw(t, "shares")
		}
		require.Equal(t, alloc, AllocateOrder(testOrder(shuffled...), r), "independent of order")
	})
}

func TestAllocateBillConserves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := testRules()
		r.Settings.Tax = rapid.SampledFrom([]string{"as_booked", "exclude", "include"}).Draw(t, "tax")
		var lines []odoo.MoveLine
		want := decimal.Zero
		for i := range rapid.IntRange(0, 8).Draw(t, "lines") {
			l := odoo.MoveLine{
				ID: int64(i + 1), DisplayType: rapid.SampledFrom([]string{"product", "product", "tax", "rounding"}).Draw(t, "type"),
				Account: rapid.SampledFrom([]int64{expense, prepaid, taxAccount}).Draw(t, "account"),
				Amount:  drawMoney(t, "amount"), Distribution: drawShares(t),
				Taxes: []int64{useTax, vat},
			}
			if l.DisplayType == "tax" {
				l.TaxLine = rapid.SampledFrom([]int64{vat, useTax, 99}).Draw(t, "tax line")
			}
			if l.Account == taxAccount {
				l.Product = steelProduct // the account has no rule
			}
			want = want.Add(l.Amount)
			lines = append(lines, l)
		}
		alloc := AllocateBill(testBill(lines...), r)
		require.True(t, sums(alloc).Equal(want), "%s is not %s", sums(alloc), want)
		require.Equal(t, alloc, AllocateBill(testBill(rapid.Permutation(lines).Draw(t, "order")...), r))
		for i := range lines {
			lines[i].Amount = lines[i].Amount.Neg()
		}
		require.True(t, sums(AllocateBill(testBill(lines...), r)).Equal(want.Neg()), "a credit note mirrors")
	})
}
