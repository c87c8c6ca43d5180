package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/mapping"
)

var errDown = errors.New("procore: no answer")

func TestNothingToDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(records.Resolve, mock.Anything, activities.RecordRef{Tenant: "acme", Model: order, ID: 42}).
		Return(activities.Resolution{Want: 5, Outcome: activities.OutcomeOutOfScope}, nil).Once()
	require.Equal(t, activities.OutcomeOutOfScope, b.run().Outcome)
}

func TestParkedByResolve(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(records.Resolve, mock.Anything, mock.Anything).
		Return(activities.Resolution{Want: 5, Outcome: activities.OutcomeWaiting, Causes: []string{"dep:res.partner/9"}}, nil).Once()
	result := b.run()
	require.Equal(t, activities.OutcomeWaiting, result.Outcome)
	require.Equal(t, []string{"dep:res.partner/9"}, result.Causes)
}

func TestCommitmentInThreeSteps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan(mapping.StepCreateCommitment)
	var calls []string
	for name, activity := range map[string]step{"header": records.WriteHeader, "lines": records.WriteLines, "approve": records.Approve} {
		b.OnActivity(activity, mock.Anything, mock.Anything).Return(func(_ context.Context, ref activities.StepRef) (activities.StepResult, error) {
			require.Equal(t, int64(9), ref.PlanID)
			calls = append(calls, name)
			return activities.StepResult{}, nil
		}).Once()
	}
	b.finish()
	require.Equal(t, activities.OutcomeSynced, b.run().Outcome)
	require.Equal(t, []string{"header", "lines", "approve"}, calls)
}

func TestThreeRoundsThenPending(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan(mapping.StepCreateDirectCost)
	b.OnActivity(records.WriteDirectCost, mock.Anything, mock.Anything).Return(activities.StepResult{}, nil).Times(3)
	b.OnActivity(records.Finish, mock.Anything, mock.Anything).Return(activities.FinishResult{Stale: true}, nil).Times(3)
	require.Equal(t, activities.OutcomePending, b.run().Outcome)
}

func TestStaleResolveCountsAsARound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(records.Resolve, mock.Anything, mock.Anything).Return(activities.Resolution{Want: 5, Stale: true}, nil).Times(3)
	require.Equal(t, activities.OutcomePending, b.run().Outcome)
}

func TestNewerWantStopsBeforeTheNextDocument(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan(mapping.StepCreateDirectCost)
	b.OnActivity(records.WriteDirectCost, mock.Anything, mock.Anything).Return(activities.StepResult{Stale: true}, nil).Once()
	b.OnActivity(records.WriteDirectCost, mock.Anything, mock.Anything).Return(activities.StepResult{}, nil).Once()
	b.finish()
	require.Equal(t, activities.OutcomeSynced, b.run().Outcome)
}

func TestDeferralSleeps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(records.Resolve, mock.Anything, mock.Anything).Return(activities.Resolution{DeferSeconds: 100}, nil).Once()
	b.plan(mapping.StepCreateDirectCost)
	b.OnActivity(records.WriteDirectCost, mock.Anything, mock.Anything).Return(activities.StepResult{DeferSeconds: 600}, nil).Once()
	b.OnActivity(records.WriteDirectCost, mock.Anything, mock.Anything).Return(activities.StepResult{}, nil).Once()
	b.finish()
	start := b.Now()
	require.Equal(t, activities.OutcomeSynced, b.run().Outcome)
	require.GreaterOrEqual(t, b.Now().Sub(start), 700*time.Second)
}

func TestPatienceOverParks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan(mapping.StepCreateDirectCost)
	b.OnActivity(records.WriteDirectCost, mock.Anything, mock.Anything).Return(activities.StepResult{}, errDown).Times(3)
	b.OnActivity(records.Park, mock.Anything, mock.MatchedBy(func(in activities.ParkInput) bool {
		return in.Want == 5 && in.ID == 42 && in.Message == errDown.Error()
	})).Return(activities.StepResult{Outcome: activities.OutcomeException, Causes: []string{"procore.unavailable:acme"}}, nil).Once()
	result := b.run()
	require.Equal(t, activities.OutcomeException, result.Outcome)
	require.Equal(t, []string{"procore.unavailable:acme"}, result.Causes)
}

func TestPatienceOverForAnOldVersion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(records.Resolve, mock.Anything, mock.Anything).Return(activities.Resolution{}, errDown).Times(3)
	b.OnActivity(records.Park, mock.Anything, mock.Anything).Return(activities.StepResult{Stale: true}, nil).Once()
	require.Equal(t, activities.OutcomePending, b.run().Outcome)
}

func TestRewriteIsTakenBack(t *testing.T) {
	t.Parallel()
	parked := activities.StepResult{Outcome: activities.OutcomeException, Causes: []string{"procore.rejected:purchase.order/42"}}
	for name, lines := range map[string]struct {
		result activities.StepResult
		err    error
	}{"parked": {parked, nil}, "patience over": {activities.StepResult{}, errDown}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.plan(mapping.StepRewriteCommitment)
			b.OnActivity(records.WriteHeader, mock.Anything, mock.Anything).Return(activities.StepResult{}, nil).Once()
			b.OnActivity(records.WriteLines, mock.Anything, mock.Anything).Return(lines.result, lines.err)
			b.OnActivity(records.RestoreCommitment, mock.Anything, mock.Anything).Return(activities.StepResult{DeferSeconds: 5}, nil).Once()
			b.OnActivity(records.RestoreCommitment, mock.Anything, mock.Anything).Return(activities.StepResult{}, nil).Once()
			if lines.err != nil {
				b.OnActivity(records.Park, mock.Anything, mock.Anything).Return(parked, nil).Once()
			}
			require.Equal(t, parked.Causes, b.run().Causes)
		})
	}
}

func TestNewCommitmentIsNotTakenBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan(mapping.StepCreateCommitment)
	b.OnActivity(records.WriteHeader, mock.Anything, mock.Anything).
		Return(activities.StepResult{Outcome: activities.OutcomeException, Causes: []string{"procore.rejected:purchase.order/42"}}, nil).Once()
	require.Equal(t, activities.OutcomeException, b.run().Outcome)
}

func TestCancelledRunTakesBackAndEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan(mapping.StepRewriteCommitment)
	b.OnActivity(records.WriteHeader, mock.Anything, mock.Anything).Return(activities.StepResult{}, nil).Once()
	b.OnActivity(records.WriteLines, mock.Anything, mock.Anything).Return(func(context.Context, activities.StepRef) (activities.StepResult, error) {
		b.CancelWorkflow()
		return activities.StepResult{}, errDown
	})
	b.OnActivity(records.RestoreCommitment, mock.Anything, mock.Anything).Return(activities.StepResult{}, nil).Once()
	b.ExecuteWorkflow("SyncPurchaseOrder", input)
	var cancelled *temporal.CanceledError
	require.ErrorAs(t, b.GetWorkflowError(), &cancelled)
}

func TestPreparationStops(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(records.Resolve, mock.Anything, mock.Anything).Return(activities.Resolution{
		Want: 5, PlanID: 9, Prepare: true, Steps: []activities.StepSummary{{Kind: mapping.StepCreateCommitment, Part: "7", Project: 7}},
	}, nil).Once()
	b.OnActivity(records.Prepare, mock.Anything, mock.Anything).
		Return(activities.StepResult{Outcome: activities.OutcomeException, Causes: []string{"commitment.exists:purchase.order/42"}}, nil).Once()
	require.Equal(t, activities.OutcomeException, b.run().Outcome)
}

func TestUnknownStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.plan("from_the_future")
	b.ExecuteWorkflow("SyncPurchaseOrder", input)
	require.ErrorContains(t, b.GetWorkflowError(), "not known to this worker")
}
