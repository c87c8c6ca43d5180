package activities_test

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/workflows"
)

// product is the whole of it: a worker on a task queue of its own, on the real Temporal server.
type product struct {
	*bundle

	client client.Client
	queue  string
}

func (b *bundle) start() *product {
	b.t.Helper()
	p := &product{bundle: b, client: devtest.TemporalClient(b.t), queue: b.tenant}
	w := sdkworker.New(p.client, p.queue, sdkworker.Options{WorkerStopTimeout: 20 * time.Second})
	workflows.Register(w, activities.New(b.store, b.box, p.client, p.queue, b.config("one"), slog.New(slog.DiscardHandler)))
	require.NoError(b.t, w.Start())
	b.t.Cleanup(w.Stop)
	b.t.Cleanup(func() { // nothing of this tenant stays behind on the server
		ctx := context.WithoutCancel(b.t.Context())
		for _, id := range []string{workflows.DispatchID(b.tenant), workflows.SyncID(b.tenant)} {
			err := p.client.TerminateWorkflow(ctx, id, "", "the test is over")
			var over *serviceerror.NotFound
			if err != nil && !errors.As(err, &over) {
				require.NoError(b.t, err)
			}
		}
	})
	return p
}

// sync is one cycle of the schedule; it returns when nothing is pending and Dispatch has ended.
func (p *product) sync() activities.FetchResult {
	p.t.Helper()
	p.tick()
	run, err := p.client.ExecuteWorkflow(p.t.Context(), client.StartWorkflowOptions{ID: workflows.SyncID(p.tenant), TaskQueue: p.queue},
		workflows.TenantSync, workflows.TenantSyncInput{Tenant: p.tenant})
	require.NoError(p.t, err)
	var fetched activities.FetchResult
	require.NoError(p.t, run.Get(p.t.Context(), &fetched))
	p.quiet()
	return fetched
}

func (p *product) quiet() {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		pending, offered, _, err := p.store.Pending(p.t.Context(), p.tenant)
		return err == nil && pending+offered == 0
	}, time.Minute, 20*time.Millisecond)
	require.NoError(p.t, p.client.GetWorkflow(p.t.Context(), workflows.DispatchID(p.tenant), "").Get(p.t.Context(), nil))
}

// lastRun is the run id of a record's last workflow, empty when there was none.
func (p *product) lastRun(model string, id int64) string {
	p.t.Helper()
	d, err := p.client.DescribeWorkflowExecution(p.t.Context(), workflows.RecordID(p.tenant, model, id), "")
	if _, ok := errors.AsType[*serviceerror.NotFound](err); ok {
		return ""
	}
	require.NoError(p.t, err)
	return d.GetWorkflowExecutionInfo().GetExecution().GetRunId()
}
