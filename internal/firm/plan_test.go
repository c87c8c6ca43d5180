package firm

import (
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	f := New(1)
	require.Len(t, f.orders, 120)
	require.Len(t, f.bills, 200)
	require.GreaterOrEqual(t, len(vendors), 38)
	jobless, history := 0, 0
	for _, b := range f.bills {
		if b.booked < goLive {
			history++
		}
		onJob := false
		for _, l := range b.lines {
			onJob = onJob || len(l.to) > 0
		}
		if !onJob {
			jobless++
		}
	}
	require.InDelta(t, 100, jobless, 15, "about half of the bills have no project")
	require.Greater(t, history, 20, "there is history before go-live")
}

func TestSameSeedSameFirm(t *testing.T) {
	t.Parallel()
	require.Equal(t, New(7).Ledger(), New(7).Ledger())
	require.NotEqual(t, New(7).Ledger(), New(8).Ledger())
}

// Every amount of the plan has one right answer: nothing lies on half a cent, no two shares have the same
// claim on a last cent, and tax is whole cents on every line and share.
func TestNoCentIsInDoubt(t *testing.T) {
	t.Parallel()
	f := New(1)
	check := func(ref string, lines []line) {
		for _, l := range lines {
			if l.display != "" {
				continue
			}
			require.True(t, certain(l), "%s, %q: a cent is in doubt", ref, l.text)
			if l.tax != useTax {
				continue
			}
			tax, exact := percent(l.subtotal(), useTaxRate)
			require.True(t, exact, "%s, %q: tax of a fraction of a cent", ref, l.text)
			for _, s := range l.to {
				require.Zero(t, int64(tax)*int64(s.of)%int64(whole), "%s, %q: tax does not split", ref, l.text)
				require.Zero(t, int64(l.subtotal())*int64(s.of)%int64(whole), "%s, %q: cost does not split", ref, l.text)
			}
		}
	}
	for _, o := range f.orders {
		check(o.name, slices.Concat(o.lines, o.after))
	}
	for _, b := range f.bills {
		check(b.name, slices.Concat(b.lines, b.after))
	}
}

// What is split sums to what was there.
func TestSplitKeepsTheTotal(t *testing.T) {
	t.Parallel()
	for _, amount := range []cents{0, 1, 2, 3, 100, 781695, -84751, 1_000_000_007} {
		for _, shares := range [][]points{{whole}, {6000, 4000}, {3333, 3333, 3334}, {5000}} {
			parts, _ := split(amount, shares)
			sum, of := cents(0), points(0)
			for i := range parts {
				sum, of = sum+parts[i], of+shares[i]
			}
			exact := big.NewRat(int64(amount)*int64(of), int64(whole))
			off := new(big.Rat).Sub(exact, big.NewRat(int64(sum), 1))
			require.LessOrEqual(t, off.Abs(off).Cmp(big.NewRat(1, 2)), 0, "%d over %v is %v", amount, shares, parts)
		}
	}
}

// Numbers and vendor references are unique where the story does not say otherwise.
func TestNumbers(t *testing.T) {
	t.Parallel()
	f := New(1)
	orders := map[string]int{}
	for _, o := range f.orders {
		orders[o.name]++
	}
	require.Equal(t, 2, orders[f.order["twin"].name], "one number in two companies")
	require.Len(t, orders, len(f.orders)-1)
	names, refs := map[string]bool{}, map[string]int{}
	for _, b := range f.bills {
		if b.name != "" {
			require.False(t, names[b.name], "%s twice", b.name)
			names[b.name] = true
		}
		if b.ref != "" {
			refs[b.vendor+" "+b.ref]++
		}
	}
	twice := 0
	for _, n := range refs {
		if n > 1 {
			twice++
		}
	}
	require.Equal(t, 1, twice, "one reference is used twice")
}
