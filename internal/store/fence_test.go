package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/store"
)

// planned is the intent of a plan for the order's commitment.
func planned(plan int64) store.SendIntent {
	in := intent(order, "purchase.order/1", 1, 1)
	in.Kind, in.PlanID = store.KindCommitment, plan
	return in
}

// status is the binding of the order's commitment with another status; with a plan it is its Approve.
func status(status string, plan int64) *store.BindingUpdate {
	return &store.BindingUpdate{
		Binding: store.Binding{Kind: store.KindCommitment, Part: "55", ProcoreID: 7, Status: status}, Approve: plan != 0, PlanID: plan,
	}
}

// A plan may write a part until a newer plan begins there, somebody looks at it, or its Approve is done; see plan_is_over.
func TestPlanIsOver(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]func(b *bundle){
		"a newer plan has begun":  func(b *bundle) { b.finishSend(b.begin(planned(4)).ID, store.ResultError, nil) },
		"somebody looked at it":   func(b *bundle) { b.finishSend(b.begin(planned(0)).ID, store.ResultOK, nil) },
		"its Approve is done":     func(b *bundle) { b.finishSend(b.begin(planned(3)).ID, store.ResultOK, status("approved", 3)) },
		"a newer plan, abandoned": func(b *bundle) { b.age(b.begin(planned(4)).ID, "2 minutes") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.read(doc(order, 1, `{"a": 1}`))
			b.finishSend(b.begin(planned(2)).ID, store.ResultOK, status("approved", 2))
			reopen := planned(3)
			reopen.Reopen = true
			b.finishSend(b.begin(reopen).ID, store.ResultOK, status("draft", 0))
			require.True(t, b.begin(planned(2)).Stale, "older than the one that reopened it")
			require.True(t, b.begin(planned(1)).Stale, "older, and never began")
			b.finishSend(b.begin(planned(3)).ID, store.ResultOK, nil)
			ends(b)
			require.True(t, b.begin(planned(3)).Stale)
			require.NotZero(t, b.begin(planned(5)).ID)
		})
	}
}

// Of two ways back that began side by side the second finds that nothing is half written any more.
func TestWayBackOfWhatIsWhole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{"a": 1}`))
	b.finishSend(b.begin(planned(2)).ID, store.ResultOK, status("approved", 2))
	reopen := planned(3)
	reopen.Reopen = true
	b.finishSend(b.begin(reopen).ID, store.ResultOK, status("draft", 0))
	first, second := planned(4), planned(5)
	first.Reopen, first.Restore, second.Reopen, second.Restore = true, true, true, true
	b.finishSend(b.begin(first).ID, store.ResultOK, status("draft", 0))
	b.finishSend(b.begin(planned(4)).ID, store.ResultOK, status("approved", 4))
	require.True(t, b.begin(second).Stale)
}

// A closed or deleted commitment is reopened by nobody any more.
func TestClosedIsNotReopened(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"closed", "deleted"} {
		b := setup(t)
		b.read(doc(order, 1, `{"a": 1}`))
		b.finishSend(b.begin(planned(2)).ID, store.ResultOK, status("approved", 2))
		reopen := planned(3)
		reopen.Reopen = true
		b.finishSend(b.begin(reopen).ID, store.ResultOK, status("draft", 0))
		b.finishSend(b.begin(planned(3)).ID, store.ResultOK, status(end, 0))
		got, err := b.BindingsByKind(t.Context(), acme, store.KindCommitment)
		require.NoError(t, err)
		require.Zero(t, got[0].ReopenedBy)
	}
}

// After a lost answer nobody looks or writes before the pause is over.
func TestPauseAfterALostAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{"a": 1}`))
	in := planned(2)
	in.Pause = time.Minute
	lost := b.begin(in)
	b.finishSend(lost.ID, store.ResultUnknown, nil)
	busy := b.begin(in)
	require.Zero(t, busy.ID)
	require.WithinDuration(t, time.Now().Add(time.Minute), busy.BusyUntil, 30*time.Second)
	_, err := b.Pool().Exec(t.Context(), `UPDATE sends SET finished_at = finished_at - interval '2 minutes' WHERE id = $1`, lost.ID)
	require.NoError(t, err)
	require.True(t, b.begin(in).LookUp)
}
