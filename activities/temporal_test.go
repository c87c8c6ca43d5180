package activities_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
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
	return b.startWith(b.config("one"))
}

func (b *bundle) startWith(cfg activities.Config, interceptors ...interceptor.WorkerInterceptor) *product {
	b.t.Helper()
	p := &product{bundle: b, client: devtest.TemporalClient(b.t), queue: b.tenant}
	w := sdkworker.New(p.client, p.queue, sdkworker.Options{WorkerStopTimeout: 20 * time.Second, Interceptors: interceptors})
	workflows.Register(w, activities.New(b.store, b.box, p.client, p.queue, cfg, slog.New(slog.DiscardHandler)))
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
	fetched, err := p.poll()
	require.NoError(p.t, err)
	p.quiet()
	return fetched
}

// poll is the cycle alone, with how it ended.
func (p *product) poll() (fetched activities.FetchResult, err error) {
	p.t.Helper()
	p.tick()
	run, err := p.client.ExecuteWorkflow(p.t.Context(), client.StartWorkflowOptions{ID: workflows.SyncID(p.tenant), TaskQueue: p.queue},
		workflows.TenantSync, workflows.TenantSyncInput{Tenant: p.tenant})
	require.NoError(p.t, err)
	err = run.Get(p.t.Context(), &fetched)
	return fetched, err
}

func (p *product) quiet() {
	p.t.Helper()
	var left string
	done := assert.Eventually(p.t, func() bool {
		left = p.left()
		return left == ""
	}, 3*time.Minute, 50*time.Millisecond)
	require.True(p.t, done, left)
	require.NoError(p.t, p.client.GetWorkflow(p.t.Context(), workflows.DispatchID(p.tenant), "").Get(p.t.Context(), nil))
}

// left tells what is pending, with how long it is not offered again.
func (p *product) left() string {
	rows, err := p.store.Pool().Query(p.t.Context(), `SELECT model || '/' || odoo_id || ' ' || want || '>' || done || ' for ' ||
			coalesce(offered_until - clock_timestamp(), '0') || '; ' FROM records r
		WHERE tenant = $1 AND want > done AND content IS NOT NULL AND NOT is_parked(tenant, model, odoo_id)`, p.tenant)
	if err != nil {
		return err.Error()
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err.Error()
	}
	return strings.Join(list, "")
}

// lastRun is the run id of a record's last workflow, empty when there was none.
func (p *product) lastRun(model string, id int64) string {
	p.t.Helper()
	return p.lastRunOf(workflows.RecordID(p.tenant, model, id))
}

// lastRunOf is the same for any workflow id.
func (p *product) lastRunOf(id string) string {
	p.t.Helper()
	d, err := p.client.DescribeWorkflowExecution(p.t.Context(), id, "")
	if _, ok := errors.AsType[*serviceerror.NotFound](err); ok {
		return ""
	}
	require.NoError(p.t, err)
	return d.GetWorkflowExecutionInfo().GetExecution().GetRunId()
}
