package workflows_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/workflows"
)

// queue stands for the records that are pending; Offer takes from it.
type queue struct {
	mu      sync.Mutex
	pending []activities.Offered
	limits  []int
	nextIn  time.Duration
}

func (q *queue) add(from, to int64) {
	for id := from; id <= to; id++ {
		q.pending = append(q.pending, activities.Offered{Model: order, ID: id, Ref: fmt.Sprintf("P%05d", id), Priority: 3})
	}
}

func (q *queue) offer(_ context.Context, in activities.OfferInput) (activities.OfferResult, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.limits = append(q.limits, in.Limit)
	n := min(in.Limit, len(q.pending))
	out := activities.OfferResult{Records: q.pending[:n:n], Timing: input.Timing}
	q.pending = q.pending[n:]
	if n == 0 {
		out.NextIn, q.nextIn = q.nextIn, 0
	}
	return out, nil
}

// children counts what runs at the same time.
type children struct {
	running, most, started int
}

// dispatch runs Dispatch over the queue; each child takes as long as it says.
func (b *bundle) dispatch(q *queue, takes func(id int64) time.Duration) *children {
	b.t.Helper()
	c := &children{}
	b.OnActivity(dispatches.Offer, mock.Anything, mock.Anything).Return(q.offer)
	b.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.RecordInput) (workflows.RecordResult, error) {
		c.running++
		c.started++
		c.most = max(c.most, c.running)
		defer func() { c.running-- }()
		return workflows.RecordResult{Outcome: activities.OutcomeSynced}, workflow.Sleep(ctx, takes(in.ID))
	}, workflow.RegisterOptions{Name: "SyncPurchaseOrder"})
	b.SetTestTimeout(time.Minute)
	b.ExecuteWorkflow(workflows.Dispatch, workflows.DispatchInput{Tenant: "acme"})
	require.True(b.t, b.IsWorkflowCompleted())
	return c
}

func quick(int64) time.Duration { return time.Second }

func TestDispatchEndsWhenNothingIsPending(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	c := b.dispatch(&queue{}, quick)
	require.NoError(t, b.GetWorkflowError())
	require.Zero(t, c.started)
}

func TestDispatchKeepsAWindow(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	q := &queue{}
	q.add(1, 75)
	c := b.dispatch(q, quick)
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, 75, c.started)
	require.Equal(t, 20, c.most)
	require.Equal(t, 20, q.limits[0])
}

func TestDispatchPassesOverARunningChild(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	q := &queue{}
	q.add(1, 2)
	q.add(1, 2)
	q.add(1, 3) // 1 and 2 run already
	for i := range int64(4) {
		b.OnActivity(dispatches.GiveBack, mock.Anything, activities.GiveBackInput{
			RecordRef: activities.RecordRef{Tenant: "acme", Model: order, ID: i%2 + 1}, Times: int(i/2 + 1),
		}).Return(nil).Once()
	}
	c := b.dispatch(q, quick)
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, 3, c.started)
}

func TestDispatchContinuesAsNew(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	q := &queue{}
	q.add(1, 900)
	c := b.dispatch(q, quick)
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, b.GetWorkflowError(), &next)
	require.GreaterOrEqual(t, c.started, 400)
	require.Less(t, c.started, 420)
	require.Zero(t, c.running, "it waits for those in its window")
}

func TestSlowChildrenLeaveTheWindow(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	q := &queue{}
	q.add(1, 40)
	c := b.dispatch(q, func(id int64) time.Duration {
		if id <= 4 {
			return time.Hour
		}
		return 3 * time.Minute / 2
	})
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, 40, c.started)
	require.Greater(t, c.most, 20, "four slow ones hold no place")
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	q := &queue{}
	q.add(1, 60)
	var mu sync.Mutex
	startedAt := map[int64]time.Time{}
	c := b.dispatch(q, func(id int64) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		startedAt[id] = b.Now()
		if id <= 20 {
			return 30 * time.Minute // Procore is down: all of the first window hang in backoff
		}
		return time.Second
	})
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, 60, c.started)
	for id := int64(21); id <= 60; id++ {
		require.GreaterOrEqual(t, startedAt[id].Sub(startedAt[1]), 30*time.Minute, "no new start while five are slow")
	}
}

func TestDispatchWaitsForADeferredRecord(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	q := &queue{nextIn: 90 * time.Second}
	start := b.Now()
	b.dispatch(q, quick)
	require.NoError(t, b.GetWorkflowError())
	require.GreaterOrEqual(t, b.Now().Sub(start), 90*time.Second)
	require.Len(t, q.limits, 2)

	later := setup(t, workflows.Dispatch)
	q = &queue{nextIn: time.Hour}
	later.dispatch(q, quick)
	require.NoError(t, later.GetWorkflowError())
	require.Len(t, q.limits, 1, "the next cycle's")
}

func TestDispatchIsWoken(t *testing.T) {
	t.Parallel()
	b := setup(t, workflows.Dispatch)
	q := &queue{}
	q.add(1, 1)
	b.RegisterDelayedCallback(func() {
		q.mu.Lock()
		q.add(2, 2)
		q.mu.Unlock()
		b.SignalWorkflow(activities.WakeSignal, nil)
	}, 10*time.Second)
	var second time.Time
	start := b.Now()
	c := b.dispatch(q, func(id int64) time.Duration {
		if id == 2 {
			second = b.Now()
		}
		return time.Minute
	})
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, 2, c.started)
	require.Less(t, second.Sub(start), time.Minute, "not only when the first child ends")
}
