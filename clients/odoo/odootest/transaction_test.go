package odootest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// written gives the write dates of a model's records with microseconds, by id.
func (b *bundle) written(model string) map[int64]time.Time {
	out := map[int64]time.Time{}
	for _, r := range b.s.model(model).recs {
		out[r.id] = time.UnixMicro(r.written).UTC()
	}
	return out
}

func TestLongTransactionCommitsBehindOthers(t *testing.T) {
	t.Parallel()
	for _, version := range Versions() {
		b := setupVersion(t, version)
		start := b.clock.Now().Truncate(time.Microsecond)
		long := b.s.Begin()
		line := []any{[]any{0, 0, map[string]any{"name": "x", "product_id": 1, "price_unit": 5}}}
		late := long.Create("purchase.order", map[string]any{"partner_id": 2, "order_line": line})
		b.clock.Advance(time.Minute)
		early := b.order(map[string]any{"name": "y", "price_unit": 5})
		require.Less(t, late, early, "the id was taken first")
		require.Len(t, b.rows("purchase.order", nil), 1, "nothing is visible before the commit")
		b.clock.Advance(time.Minute)
		require.NoError(t, long.Commit())

		at := b.written("purchase.order")
		require.Equal(t, start, at[late], "the start of the transaction")
		require.Equal(t, start.Add(time.Minute), at[early])
		require.Equal(t, start, b.written("purchase.order.line")[2], "all that it wrote has one time")
		require.Equal(t, early+1, b.order(map[string]any{"name": "z", "price_unit": 1}), "the commit takes no second id")
		require.Equal(t, []any{"P00001", "P00002"}, []any{b.read("purchase.order", late)["name"], b.read("purchase.order", early)["name"]})
	}
}

func TestOverlappingTransactions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := b.order(map[string]any{"name": "a", "price_unit": 1}), b.order(map[string]any{"name": "b", "price_unit": 1})
	start := b.clock.Now().Truncate(time.Microsecond)
	first := b.s.Begin()
	first.Do("purchase.order", "write", []int64{one}, vals("partner_ref", "first"))
	b.clock.Advance(time.Second)
	second := b.s.Begin()
	second.Do("purchase.order", "write", []int64{two}, vals("partner_ref", "second"))
	b.clock.Advance(time.Second)
	require.NoError(t, second.Commit())
	require.NoError(t, first.Commit())
	require.Equal(t, map[int64]time.Time{one: start, two: start.Add(time.Second)}, b.written("purchase.order"))

	third, fourth := b.s.Begin(), b.s.Begin()
	third.Do("purchase.order", "write", []int64{one}, vals("partner_ref", "third"))
	fourth.Do("purchase.order", "write", []int64{one}, vals("origin", "fourth"))
	b.clock.Advance(time.Second)
	require.NoError(t, fourth.Commit())
	b.clock.Advance(time.Second)
	require.NoError(t, third.Commit())
	row := b.read("purchase.order", one)
	require.Equal(t, []any{"third", "fourth"}, []any{row["partner_ref"], row["origin"]})
	require.Equal(t, b.clock.Now().Truncate(time.Microsecond), b.written("purchase.order")[one], "a serialization failure: retried in a transaction of its own time")

	fifth := b.s.Begin()
	fifth.Do("purchase.order", "write", []int64{two}, vals("origin", "undone"))
	fifth.Do("purchase.order", "write", []int64{99}, vals("origin", "missing"))
	require.ErrorContains(t, fifth.Commit(), "MissingError")
	require.Equal(t, false, b.read("purchase.order", two)["origin"], "one failure undoes all")

	unknown := b.s.Begin()
	require.Zero(t, unknown.Create("no.model", nil))
	require.ErrorContains(t, unknown.Commit(), "no.model")

	gap := b.s.Begin().Create("purchase.order", map[string]any{"partner_id": 2})
	require.Equal(t, gap+1, b.order(map[string]any{"name": "c", "price_unit": 1}), "a transaction that never ends leaves a gap")
}

func TestOpenTransactionsOfANewServer(t *testing.T) {
	t.Parallel()
	s := New(Config{})
	first, second := s.Begin(), s.Begin()
	id := first.Create("res.partner", map[string]any{"name": "A"})
	second.Do("res.partner", "write", []int64{id}, vals("name", "B"))
	require.ErrorContains(t, second.Commit(), "MissingError", "not visible yet")
	require.NoError(t, first.Commit())
	require.NoError(t, second.Commit())
}

func TestClockSteps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.order(map[string]any{"name": "a", "price_unit": 1})
	b.clock.Advance(-time.Hour)
	b.do("purchase.order", "write", []int64{id}, vals("origin", "back"))
	require.Equal(t, b.clock.Now().Truncate(time.Microsecond), b.written("purchase.order")[id], "the database's clock, wherever it went")
	require.Equal(t, map[int64]time.Time{1: b.clock.Now().Add(time.Hour).Truncate(time.Microsecond)}, b.written("purchase.order.line"))
}
