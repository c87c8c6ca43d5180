package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/store"
)

func intent(model, subject string, id, want int64) store.SendIntent {
	return store.SendIntent{
		Tenant: acme, Subject: subject, Part: "55", Operation: "write", Model: model, OdooID: id, Want: want, Worker: "w1", Settle: time.Minute,
	}
}

func (b *bundle) begin(in store.SendIntent) store.SendGrant {
	b.t.Helper()
	g, err := b.BeginSend(b.ctx, in)
	require.NoError(b.t, err)
	return g
}

func (b *bundle) finishSend(id int64, result string, u *store.BindingUpdate) {
	b.t.Helper()
	require.NoError(b.t, b.FinishSend(b.ctx, id, result, 200, 5, "", u))
}

// age makes a send so much older.
func (b *bundle) age(id int64, by string) {
	b.t.Helper()
	b.exec("UPDATE sends SET started_at = started_at - $2::interval, overtaken_at = overtaken_at - $2::interval WHERE id = $1", id, by)
}

func TestSends(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{"a": 1}`))
	in := intent(order, "purchase.order/1", 1, 1)
	first := b.begin(in)
	require.True(t, first.Go)
	require.Nil(t, first.Previous)

	busy := b.begin(in)
	require.Zero(t, busy.ID)
	require.WithinDuration(t, time.Now().Add(time.Minute), busy.BusyUntil, 30*time.Second)
	require.Equal(t, "w1", busy.Previous.Worker)
	elsewhere := in
	elsewhere.Part = "56"
	require.True(t, b.begin(elsewhere).Go, "another part is free")

	b.finishSend(first.ID, store.ResultUnknown, nil)
	second := b.begin(in)
	require.True(t, second.LookUp, "a lost answer needs the look, not the settle time")
	require.False(t, second.Go)
	require.Equal(t, store.ResultUnknown, second.Previous.Result)
	b.finishSend(second.ID, store.ResultError, nil)
	third := b.begin(in)
	require.True(t, third.Go, "a refusal is certain")
	b.finishSend(third.ID, store.ResultOK, nil)
	b.finishSend(third.ID, store.ResultOK, nil) // told twice
	require.ErrorContains(t, b.FinishSend(t.Context(), third.ID, store.ResultError, 400, 0, "", nil), "already finished as ok")
	require.ErrorIs(t, b.FinishSend(t.Context(), 9999, store.ResultOK, 200, 0, "", nil), store.ErrNotFound)

	b.read(doc(order, 1, `{"a": 2}`))
	require.True(t, b.begin(in).Stale)
	in.Want = 2
	in.PlanID = 8
	fourth := b.begin(in)
	require.True(t, fourth.LookUp, "another plan wrote this part: it may have done so after this one was made")
	b.finishSend(fourth.ID, store.ResultOK, nil)
	require.True(t, b.begin(in).Go, "the same plan goes on")
	require.False(t, b.finish(order, 1, 2))
	elsewhere.Want = 2
	require.True(t, b.begin(elsewhere).Stale, "done: nothing is left to write")

	sends, err := b.Sends(t.Context(), acme, order, 1)
	require.NoError(t, err)
	require.Len(t, sends, 6)
	all, err := b.AllSends(t.Context(), acme, sends[4].ID, 10)
	require.NoError(t, err)
	require.Len(t, all, 1)
	_, err = b.BeginSend(t.Context(), store.SendIntent{Tenant: acme, Subject: "x"})
	require.ErrorContains(t, err, "settle time")
}

func TestOvertakenWriter(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{"a": 1}`))
	in := intent(order, "purchase.order/1", 1, 1)
	zombie := b.begin(in)
	b.age(zombie.ID, "2 minutes")
	heir := b.begin(in)
	require.True(t, heir.LookUp)
	require.Equal(t, store.ResultOvertaken, heir.Previous.Result)
	b.finishSend(heir.ID, store.ResultOK, &store.BindingUpdate{Binding: store.Binding{Kind: store.KindCommitment, Part: "55", ProcoreID: 7}})
	require.False(t, b.finish(order, 1, 1))

	b.finishSend(zombie.ID, store.ResultOK, &store.BindingUpdate{Binding: store.Binding{Kind: store.KindCommitment, Part: "55", ProcoreID: 8}})
	b.want(order, 1, 2, 1)
	bindings, err := b.Bindings(t.Context(), acme, order, 1)
	require.NoError(t, err)
	require.Len(t, bindings, 1)
	require.Equal(t, int64(7), bindings[0].ProcoreID, "an overtaken worker binds nothing")
	unchecked, err := b.UncheckedSends(t.Context(), acme, order, 1)
	require.NoError(t, err)
	require.Len(t, unchecked, 1)
	require.Equal(t, store.ResultOK, unchecked[0].LateResult)

	in.Want = 2
	look := b.begin(in)
	require.True(t, look.LookUp, "the part is read once more")
	b.finishSend(look.ID, store.ResultSkipped, nil)
	require.True(t, b.begin(in).Go)
	unchecked, err = b.UncheckedSends(t.Context(), acme, order, 1)
	require.NoError(t, err)
	require.Empty(t, unchecked)
}

func TestOvertakenWriterNeverReports(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{"a": 1}`))
	in := intent(order, "purchase.order/1", 1, 1)
	dead := b.begin(in)
	b.age(dead.ID, "2 minutes")
	heir := b.begin(in)
	b.finishSend(heir.ID, store.ResultOK, nil)
	require.False(t, b.finish(order, 1, 1))
	n, err := b.OvertakenDue(t.Context(), acme)
	require.NoError(t, err)
	require.Zero(t, n, "not before an hour")
	b.age(dead.ID, "61 minutes")
	n, err = b.OvertakenDue(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	n, err = b.OvertakenDue(t.Context(), acme)
	require.NoError(t, err)
	require.Zero(t, n, "once")
	b.want(order, 1, 2, 1)
	in.Want = 2
	look := b.begin(in)
	require.True(t, look.LookUp)
	b.finishSend(look.ID, store.ResultSkipped, nil)
	require.True(t, b.begin(in).Go)
}

func TestReopenWithAWayBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{"a": 1}`))
	in := intent(order, "purchase.order/1", 1, 1)
	in.Kind, in.Reopen = store.KindCommitment, true
	_, err := b.BeginSend(t.Context(), in)
	require.ErrorIs(t, err, store.ErrNotFound, "what is not bound cannot be reopened")
	update := store.BindingUpdate{
		Binding: store.Binding{
			Kind: store.KindCommitment, Part: "55", Project: 55, ProcoreID: 7, OriginID: "odoo:x1:1:purchase.order:1:commitment:55", Generation: 1,
			Status: "Approved", Content: []byte(`{"v": 1}`), Lines: map[string]int64{"1/01-100.M": 70}, CreateDate: epoch,
		}, Approve: true, PlanID: 3,
	}
	in.Reopen = false
	b.finishSend(b.begin(in).ID, store.ResultOK, &update)

	in.Reopen, in.PlanID = true, 4
	reopen := b.begin(in)
	b.finishSend(reopen.ID, store.ResultOK, &store.BindingUpdate{Binding: store.Binding{Kind: store.KindCommitment, Part: "55", Status: "Draft"}})
	b.read(doc(order, 1, `{"a": 2}`))
	in.Reopen = false
	lines := b.begin(in)
	require.True(t, lines.Go, "never stale between reopen and Approve")
	b.finishSend(lines.ID, store.ResultOK, &store.BindingUpdate{Binding: store.Binding{Kind: store.KindCommitment, Part: "55", Lines: map[string]int64{"1/01-100.M": 71}}})
	got, err := b.Commitments(t.Context(), acme, []int64{1})
	require.NoError(t, err)
	want := update.Binding
	want.Tenant, want.Model, want.OdooID, want.Status, want.ApprovedPlan, want.ReopenedBy = acme, order, 1, "Draft", 3, reopen.ID
	want.Lines = map[string]int64{"1/01-100.M": 71}
	require.JSONEq(t, string(want.Content), string(got[0].Content))
	want.Content = got[0].Content
	require.Equal(t, []store.Binding{want}, got, "writes never clear the way back")

	approve := b.begin(in)
	b.finishSend(approve.ID, store.ResultOK, &store.BindingUpdate{Binding: store.Binding{Kind: store.KindCommitment, Part: "55", Status: "Approved"}, Approve: true, PlanID: 4})
	got, err = b.BindingsByKind(t.Context(), acme, store.KindCommitment)
	require.NoError(t, err)
	require.Equal(t, int64(4), got[0].ApprovedPlan)
	require.Zero(t, got[0].ReopenedBy)
	require.True(t, b.begin(in).Stale)
}

func TestLanes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	invoice := func(date string) string {
		return `{"state": "posted", "invoice_date": "` + date + `", "lines": [{"purchase_order": 42}]}`
	}
	b.read(doc(bill, 1, invoice("2026-02-01")), doc(bill, 2, invoice("2026-01-01")), doc(bill, 3, invoice("2026-01-01")),
		doc(bill, 4, `{"state": "draft", "invoice_date": "2025-01-01", "lines": [{"purchase_order": 42}]}`),
		doc(bill, 5, `{"state": "posted", "invoice_date": "2025-01-01", "lines": [{"purchase_order": 43}]}`))
	require.NoError(t, b.SaveBinding(t.Context(), store.BindingUpdate{Binding: store.Binding{
		Tenant: acme, Model: order, OdooID: 42, Kind: store.KindCommitment, Part: "55", Project: 55, ProcoreID: 900,
	}}))
	in := func(id int64) store.SendIntent {
		i := intent(bill, "account.move/"+string(rune('0'+id)), id, 1)
		i.Part, i.Lane = "42@55", "commitment/900"
		return i
	}
	require.Equal(t, "account.move/2", b.begin(in(1)).LaneHead)
	require.Equal(t, "account.move/2", b.begin(in(3)).LaneHead)
	first := b.begin(in(2))
	require.True(t, first.Go)
	require.Equal(t, "account.move/2", b.begin(in(3)).LaneHead)
	b.parked(bill, 3, 1, "dep:account.move/2")
	b.finishSend(first.ID, store.ResultOK, &store.BindingUpdate{Binding: store.Binding{Kind: store.KindRequisition, Part: "42@55", Project: 55, ProcoreID: 31}})
	require.False(t, b.finish(bill, 2, 1))
	require.Empty(t, b.waits(bill, 3))
	require.Equal(t, "account.move/3", b.begin(in(1)).LaneHead)
	b.parked(bill, 3, 1, "period.closed:55")
	second := b.begin(in(1))
	require.True(t, second.Go, "a parked head is passed by")
	require.Equal(t, 1, b.free("period.closed:55"))
	require.Equal(t, "account.move/1", b.begin(in(3)).LaneHead, "one at a time")
	b.age(second.ID, "2 minutes")
	require.True(t, b.begin(in(3)).Go, "a late bill is appended")

	on, err := b.RequisitionsOn(t.Context(), acme, 900)
	require.NoError(t, err)
	require.Len(t, on, 1)
	require.Equal(t, int64(31), on[0].ProcoreID)
}

func TestCommitmentsOfPartner(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(partner, 9, `{"commercial": 9}`), doc(partner, 10, `{"commercial": 9}`), doc(partner, 11, `{"commercial": 11}`))
	b.read(doc(order, 1, `{"partner": 9}`), doc(order, 2, `{"partner": 10}`), doc(order, 3, `{"partner": 11}`))
	for id := int64(1); id <= 3; id++ {
		require.NoError(t, b.SaveBinding(t.Context(), store.BindingUpdate{Binding: store.Binding{Tenant: acme, Model: order, OdooID: id, Kind: store.KindCommitment, Part: "55", ProcoreID: id}}))
	}
	list, err := b.CommitmentsOfPartner(t.Context(), acme, 9)
	require.NoError(t, err)
	require.Len(t, list, 2)
}
