package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/store"
)

func TestSnapshots(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, 2, b.read(doc(order, 1, `{"a": 1}`), doc(order, 2, `{"a": 1}`)))
	b.want(order, 1, 1, 0)
	require.Zero(t, b.read(doc(order, 1, `{"a": 1}`)), "the same content writes nothing")

	newer := doc(order, 1, `{"a": 1}`)
	newer.WriteDate = epoch.Add(time.Second)
	require.Zero(t, b.read(newer))
	require.Equal(t, newer.WriteDate, b.record(order, 1).WriteDate, "a newer date is kept")
	b.want(order, 1, 1, 0)

	newer.Content = []byte(`{"a": 2}`)
	require.Equal(t, 1, b.read(newer), "the same second, new content")
	b.want(order, 1, 2, 0)

	last := newer
	last.Content, last.WriteDate = []byte(`{"a": 4}`), newer.WriteDate.Add(time.Second)
	newer.Content = []byte(`{"a": 3}`)
	require.Equal(t, 1, b.read(last, newer), "of one that comes twice the newest counts")
	require.JSONEq(t, `{"a": 4}`, string(b.record(order, 1).Content))

	last.Deleted = true
	require.Equal(t, 1, b.read(last), "a deletion is new content")
	b.want(order, 1, 4, 0)
	all, err := b.AllContent(t.Context(), acme, order)
	require.NoError(t, err)
	require.Len(t, all, 1)
}

func TestPartnersAreWantedWhenAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(partner, 9, `{"name": "A"}`))
	b.want(partner, 9, 0, 0)
	b.read(doc(partner, 9, `{"name": "B"}`))
	b.want(partner, 9, 0, 0)
	n, err := b.RaiseWant(t.Context(), acme, partner, []int64{9, 10}, "test", 3)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	b.read(doc(partner, 9, `{"name": "C"}`))
	b.want(partner, 9, 2, 0)
}

func TestPriorityOfNewContent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := doc(order, 1, `{"a": 1}`)
	d.Priority = 5
	b.read(d)
	require.Equal(t, 5, b.record(order, 1).Priority)
	_, err := b.RaiseWant(t.Context(), acme, order, []int64{1}, "sync now", 1)
	require.NoError(t, err)
	b.read(doc(order, 1, `{"a": 2}`))
	require.Equal(t, 1, b.record(order, 1).Priority, "pending work keeps the better priority")
	require.False(t, b.finish(order, 1, 3))
	require.Equal(t, 3, b.record(order, 1).Priority)
}

func TestFindingRecords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(
		doc(bill, 7, `{"ref": "INV-1", "partner": 9, "lines": [{"id": 1, "purchase_order": 42, "account": 5, "distribution": [{"accounts": [12, 15]}]}]}`),
		doc(bill, 8, `{"ref": "INV-1", "lines": [{"id": 2}]}`), doc(bill, 12, `{"lines": null}`),
	)
	ids := func(list []store.Record, err error) []int64 {
		require.NoError(t, err)
		out := []int64{}
		for _, r := range list {
			out = append(out, r.ID)
		}
		return out
	}
	require.Equal(t, []int64{7}, ids(b.FindRecord(t.Context(), acme, "account.move-7")))
	require.Equal(t, []int64{8}, ids(b.FindRecord(t.Context(), acme, "account.move,8")))
	require.Empty(t, ids(b.FindRecord(t.Context(), acme, "PO, Ltd")))
	require.Equal(t, []int64{7, 8}, ids(b.BillsWithRef(t.Context(), acme, "INV-1")))
	var mentions []string
	err := b.Pool().QueryRow(t.Context(), "SELECT mentions FROM records WHERE model = $1 AND odoo_id = 7", bill).Scan(&mentions)
	require.NoError(t, err)
	require.Subset(t, mentions, []string{"purchase.order/42", "account.account/5", "account.analytic.account/12", "account.analytic.account/15", "res.partner/9"})
	_, err = b.Record(t.Context(), acme, bill, 99)
	require.ErrorIs(t, err, store.ErrNotFound)
}
