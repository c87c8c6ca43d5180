package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/activities"
)

// A worker sleeps with the order to remove a document in hand. Another one removes it and makes the next one of the same
// part; when the first wakes up, it must not take that for the one it was sent for.
func TestLateRemovalSparesTheNextDocument(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, id := then(newDirectBill, func(b *bundle, id int64) {
		b.do(bill, "button_draft", id, nil)
		b.do(bill, "write", id, values{"ref": "D-1b"})
		b.do(bill, "action_post", id, nil)
	})(b, b.worker("one"))
	slow, next := b.worker("slow"), b.worker("next")
	plan, err := slow.Records.Resolve(t.Context(), activities.RecordRef{Tenant: b.tenant, Model: bill, ID: id})
	require.NoError(t, err)
	require.Len(t, plan.Steps, 2, "removed, and made again")
	step := func(index int) activities.StepRef {
		return activities.StepRef{RecordRef: activities.RecordRef{Tenant: b.tenant, Model: bill, ID: id}, Want: plan.Want, PlanID: plan.PlanID, Index: index}
	}
	_, err = next.Records.RetireDirectCost(t.Context(), step(0))
	require.NoError(t, err)
	_, err = next.Records.WriteDirectCost(t.Context(), step(1))
	require.NoError(t, err)
	want := []string{ordered, "invoice D-1b on Tower approved: 03 30 00.L 7.50"}
	require.Equal(t, want, b.holds())

	_, err = slow.Records.RetireDirectCost(t.Context(), step(0))
	require.NoError(t, err)
	require.Equal(t, want, b.holds())
	_, err = next.Records.Finish(t.Context(), activities.FinishInput{RecordRef: step(0).RecordRef, Want: plan.Want, PlanID: plan.PlanID})
	require.NoError(t, err)
	b.settled(next, want)
}
