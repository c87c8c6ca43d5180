package rig_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"golang.org/x/sync/errgroup"

	"github.com/ml-connector/odoo-procore/internal/rig"
	"github.com/ml-connector/odoo-procore/workflows"
)

// silence stands before a Procore. While it is on, requests are taken and never answered: the worst way to be away, for
// each attempt lasts until its timeout.
type silence struct{ on atomic.Bool }

func (s *silence) before(procore http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.on.Load() {
			procore.ServeHTTP(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // the server sees only then that the client has gone
		<-r.Context().Done()
	})
}

// sideBySide is how many runs of a tenant Dispatch starts; of slowOnes that last too long it starts none.
const sideBySide, slowOnes = 20, 5

// A Procore that does not answer stops new starts: those that run already are the probes. When it answers, all goes on.
func TestBreaker(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	bench := open(t)
	var procore silence
	tenant, err := bench.NewTenant(ctx, rig.TenantOptions{
		Name: "breaker", Before: procore.before, Timing: rig.Timing{SlowAfter: 2 * time.Second},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tenant.Close()) })
	_, err = tenant.StartWorker(ctx)
	require.NoError(t, err)
	at := newOffice(tenant)
	at.order(1000)
	at.order(2000)
	require.NoError(t, tenant.Cycle(ctx)) // the vendors are there, and that run of Dispatch is over

	procore.on.Store(true)
	for range sideBySide + 10 {
		at.receipt(7.35)
	}
	require.NoError(t, tenant.Sync(ctx))
	run, err := bench.Temporal.DescribeWorkflowExecution(ctx, workflows.DispatchID(tenant.Name), "")
	require.NoError(t, err)
	runID := run.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	// started counts the children, and how often Dispatch has looked since the last one.
	started := func() (children, looks int, err error) {
		events := bench.Temporal.GetWorkflowHistory(ctx, workflows.DispatchID(tenant.Name), runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			if err != nil {
				return 0, 0, err
			}
			switch event.GetEventType() {
			case enums.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:
				children, looks = children+1, 0
			case enums.EVENT_TYPE_TIMER_FIRED:
				looks++
			default:
			}
		}
		return children, looks, nil
	}
	var children int
	require.NoError(t, rig.Until(ctx, "Dispatch to look three times at its slow children", func() (bool, error) {
		var looks int
		var err error
		children, looks, err = started()
		return looks >= 3, err
	}))
	require.GreaterOrEqual(t, children, sideBySide)
	require.Less(t, children, sideBySide+slowOnes, "more were started while nobody answers")

	procore.on.Store(false)
	at.arrived(ctx, t)
	require.NoError(t, tenant.Cycle(ctx))
	at.balanced(t)
	children, _, err = started()
	require.NoError(t, err)
	require.GreaterOrEqual(t, children, sideBySide+10, "the same run has started the rest")
}

// Five tenants share a worker. That one of them has a Procore that does not answer is nothing to the others: all that they
// have arrives meanwhile.
func TestOneBadTenant(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	bench := open(t)
	var procore silence
	var offices []*office
	for n := range 5 {
		options := rig.TenantOptions{Name: fmt.Sprintf("five-%d", n), Queue: "five-" + t.Name()}
		if n == 0 {
			options.Before = procore.before
		}
		tenant, err := bench.NewTenant(ctx, options)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, tenant.Close()) })
		offices = append(offices, newOffice(tenant))
	}
	_, err := offices[0].tenant.StartWorker(ctx)
	require.NoError(t, err)
	bad, good := offices[0], offices[1:]

	first := cycles(ctx, t, offices)
	procore.on.Store(true)
	bad.morning()
	require.NoError(t, bad.tenant.Sync(ctx))
	second := cycles(ctx, t, good)
	t.Logf("a cycle of 20 records, median of the four others: %.1fs with a healthy fifth, %.1fs with a bad one, ratio %.2f",
		median(first[1:]).Seconds(), median(second).Seconds(), median(second).Seconds()/median(first[1:]).Seconds())
	for _, at := range good {
		at.balanced(t)
	}
	held, _ := bad.held()
	require.Less(t, len(held), len(bad.books), "the fifth is still without its Procore")

	procore.on.Store(false)
	bad.arrived(ctx, t)
	require.NoError(t, bad.tenant.Cycle(ctx))
	bad.balanced(t)
}

// cycles gives each office a morning and runs their cycles side by side, and tells how long each took.
func cycles(ctx context.Context, t *testing.T, offices []*office) []time.Duration {
	t.Helper()
	took := make([]time.Duration, len(offices))
	var group errgroup.Group
	for n, at := range offices {
		at.morning()
		group.Go(func() error {
			began := time.Now()
			defer func() { took[n] = time.Since(began) }()
			return at.tenant.Cycle(ctx)
		})
	}
	require.NoError(t, group.Wait())
	return took
}

func median(list []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
