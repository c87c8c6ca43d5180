package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/workflows"
)

// ends registers children that end as they are told: each record has its list, the last one again and again.
func (b *bundle) ends(how map[int64][]func(workflow.Context) (string, error)) map[int64]int {
	started := map[int64]int{}
	b.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.RecordInput) (workflows.RecordResult, error) {
		list := how[in.ID]
		n := min(started[in.ID], len(list)-1)
		started[in.ID]++
		outcome, err := list[n](ctx)
		return workflows.RecordResult{Outcome: outcome}, err
	}, workflow.RegisterOptions{Name: "SyncPurchaseOrder"})
	return started
}

func synced(ctx workflow.Context) (string, error) {
	return activities.OutcomeSynced, workflow.Sleep(ctx, time.Second)
}

// A child that ends without having done its record does not keep it until the offer is over: somebody cancelled or
// terminated it, or the record changed three times under it. Without the giveBack in reap the mock is not called.
func TestDispatchGivesBackWhatIsNotDone(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(workflow.Context) (string, error){
		"cancelled": func(workflow.Context) (string, error) { return "", temporal.NewCanceledError() },
		"failed":    func(workflow.Context) (string, error) { return "", temporal.NewApplicationError("unknown step", "") },
		"pending":   func(workflow.Context) (string, error) { return activities.OutcomePending, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, workflows.Dispatch)
			q := &queue{}
			q.add(1, 2)
			started := b.ends(map[int64][]func(workflow.Context) (string, error){1: {end, end, synced}, 2: {synced}})
			b.OnActivity(dispatches.Offer, mock.Anything, mock.Anything).Return(q.offer)
			for i := range 2 {
				b.OnActivity(dispatches.GiveBack, mock.Anything, activities.GiveBackInput{
					RecordRef: activities.RecordRef{Tenant: "acme", Model: order, ID: 1}, Times: i + 1,
				}).Return(func(context.Context, activities.GiveBackInput) error {
					q.mu.Lock()
					defer q.mu.Unlock()
					q.add(1, 1)
					return nil
				}).Once()
			}
			b.ExecuteWorkflow(workflows.Dispatch, workflows.DispatchInput{Tenant: "acme"})
			require.NoError(t, b.GetWorkflowError())
			require.Equal(t, map[int64]int{1: 3, 2: 1}, started)
		})
	}
}

// A cancelled Dispatch leaves its children alone, and starts what it was offered. With ctx instead of uncancelled in
// run the children are cancelled with it.
func TestCancelledDispatchLeavesItsChildren(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	q := &queue{}
	q.add(1, 3)
	cancelled := 0
	b.OnActivity(dispatches.Offer, mock.Anything, mock.Anything).Return(q.offer)
	b.RegisterWorkflowWithOptions(func(ctx workflow.Context, _ workflows.RecordInput) (workflows.RecordResult, error) {
		if err := workflow.Sleep(ctx, time.Minute); err != nil {
			cancelled++
			return workflows.RecordResult{}, err
		}
		return workflows.RecordResult{Outcome: activities.OutcomeSynced}, nil
	}, workflow.RegisterOptions{Name: "SyncPurchaseOrder"})
	b.RegisterDelayedCallback(b.CancelWorkflow, 10*time.Second)
	b.ExecuteWorkflow(workflows.Dispatch, workflows.DispatchInput{Tenant: "acme"})
	var asked *temporal.CanceledError
	require.ErrorAs(t, b.GetWorkflowError(), &asked)
	require.Zero(t, cancelled)
}

// A child that hangs must not hold up the new run that Dispatch continues as. With a plain Await in settle nothing wakes
// Dispatch when the child leaves the window, and it takes the hour.
func TestSlowChildDoesNotHoldUpContinueAsNew(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	q := &queue{}
	q.add(1, 400)
	b.OnActivity(dispatches.Offer, mock.Anything, mock.Anything).Return(q.offer)
	b.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.RecordInput) (workflows.RecordResult, error) {
		takes := time.Second
		if in.ID == 400 {
			takes = time.Hour
		}
		return workflows.RecordResult{Outcome: activities.OutcomeSynced}, workflow.Sleep(ctx, takes)
	}, workflow.RegisterOptions{Name: "SyncPurchaseOrder"})
	var took time.Duration
	timed := func(ctx workflow.Context) error {
		start := workflow.Now(ctx)
		defer func() { took = workflow.Now(ctx).Sub(start) }()
		return workflows.Dispatch(ctx, workflows.DispatchInput{Tenant: "acme"})
	}
	b.RegisterWorkflow(timed)
	b.SetTestTimeout(time.Minute)
	b.ExecuteWorkflow(timed)
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, b.GetWorkflowError(), &next)
	require.Less(t, took, 5*time.Minute)
}
