package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// loseFrom lets the first call of an operation have its effect, and loses its answer and all that follow.
func loseFrom(b *bundle, operation string) {
	down := false
	b.procore.SetHook(procoretest.Hook{After: func(r procoretest.Request) *procoretest.Fault {
		if down = down || r.Operation == operation; down {
			return &procoretest.Fault{Drop: true}
		}
		return nil
	}})
}

func answerAgain(b *bundle) {
	b.procore.SetHook(procoretest.Hook{})
	b.procore.ResetJournal()
}

// The answer to a write is lost, and then Odoo is restored and gives the document's number to another one. What the lost
// write left in Procore is let go: neither adopted by the rebind nor taken up by the look after the doubt.
func TestLetGoAfterALostAnswer(t *testing.T) {
	t.Parallel()
	t.Run("create", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		w := b.worker("one")
		kept(b, w)
		backup := b.odoo.Backup()
		lost := b.bill("in_invoice", b.peak, "D-2", "2026-03-12", nil, share{amount: 9, project: b.mill, code: b.labor})
		b.fetch(w)
		loseFrom(b, createDirectCost)
		b.work(w)
		answerAgain(b)
		b.odoo.Restore(backup)
		again := b.bill("in_invoice", b.peak, "D-9", "2026-03-12", nil, share{amount: 77, project: b.mill, code: b.labor})
		require.Equal(t, lost, again)
		b.held(w)
		_, counts := b.rebind(nil, activities.RebindOptions{})
		require.Equal(t, 1, counts["direct_cost"].LetGo)
		require.Zero(t, counts["direct_cost"].Adopted)
		b.cycle(w)
		require.Contains(t, b.holds(), "invoice D-2 on Mill approved: 03 30 00.L 9.00")
		require.Contains(t, b.holds(), "invoice D-9 on Mill approved: 03 30 00.L 77.00")
	})
	t.Run("update", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		w := b.worker("one")
		kept(b, w)
		backup := b.odoo.Backup()
		lost, _ := b.order(b.peak, share{amount: 5, project: b.mill, code: b.labor})
		b.cycle(w)
		reprice(b, lost, 6)
		b.fetch(w)
		loseFrom(b, syncCommitments)
		b.work(w)
		answerAgain(b)
		before := b.holds()
		b.odoo.Restore(backup)
		again, _ := b.order(b.boulder, share{amount: 77, project: b.mill, code: b.labor})
		require.Equal(t, lost, again)
		b.held(w)
		b.rebind(nil, activities.RebindOptions{})
		b.cycle(w)
		require.Equal(t, before, b.holds())
		require.Contains(t, b.waits(order, again), "commitment.exists:purchase.order/"+itoa(again))
	})
}

// A copy is rebound with an epoch of its own while the answer to a create is lost: what that made is the original's.
func TestNewEpochAfterALostAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	kept(b, w)
	id, _ := b.order(b.peak, share{amount: 5, project: b.mill, code: b.labor})
	b.fetch(w)
	loseFrom(b, syncCommitments)
	b.work(w)
	answerAgain(b)
	before := b.holds()
	b.rebind(nil, activities.RebindOptions{NewEpoch: true})
	reprice(b, id, 88) // in the copy
	b.cycle(w)
	require.Equal(t, before, b.holds())
	require.Contains(t, b.waits(order, id), "commitment.exists:purchase.order/"+itoa(id))
}

// A run sleeps on a timer while its tenant is rebound: its plan is one of the time before, and nothing of it is written.
func TestPlanOfBeforeARebind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	kept(b, w)
	id, _ := b.order(b.peak, share{amount: 5, project: b.mill, code: b.labor})
	b.fetch(w)
	ref := activities.RecordRef{Tenant: b.tenant, Model: order, ID: id}
	planned, err := w.Records.Resolve(t.Context(), ref)
	require.NoError(t, err)
	step := activities.StepRef{RecordRef: ref, Want: planned.Want, PlanID: planned.PlanID}
	_, err = w.Records.Prepare(t.Context(), step)
	require.NoError(t, err)
	b.procore.ResetJournal()
	b.rebind(nil, activities.RebindOptions{NewEpoch: true})
	b.fetch(w) // and linked
	written, err := w.Records.WriteHeader(t.Context(), step)
	require.NoError(t, err)
	require.True(t, written.Stale)
	finished, err := w.Records.Finish(t.Context(), activities.FinishInput{RecordRef: ref, Want: planned.Want, PlanID: planned.PlanID})
	require.NoError(t, err)
	require.True(t, finished.Stale)
	require.Empty(t, b.writes())
}
