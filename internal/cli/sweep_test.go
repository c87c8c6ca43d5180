package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/workflows"
)

// knowsOrders makes orders known to beta that its Odoo does not have.
func (w *world) knowsOrders(n int) {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.database)
	require.NoError(w.t, err)
	defer s.Close()
	require.NoError(w.t, s.InTx(w.t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockModel(ctx, w.second, odoo.ModelPurchaseOrder); err != nil {
			return err
		}
		var orders []store.Snapshot
		for i := range n {
			orders = append(orders, store.Snapshot{Model: odoo.ModelPurchaseOrder, ID: int64(100 + i), Ref: fmt.Sprintf("P%05d", i), Company: 1, Content: []byte("{}")})
		}
		_, err := tx.UpsertSnapshots(ctx, w.second, orders)
		return err
	}))
}

func sweepingWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, newDatabases(t, 1))
	w.beta()
	w.worker()
	return w
}

// More records missing than is plausible fails the command, with what is wrong and the way out, until a person has said
// that they were really deleted.
func TestSweepWithAnAlert(t *testing.T) {
	t.Parallel()
	w := sweepingWorld(t)
	w.knowsOrders(6)
	const wrong = "6 of 6 records of purchase.order are not found in Odoo any more, or hidden from the connector's user"
	wayOut := "`ml-connector sweep start " + w.second + " --deletions` says so."

	code, said := w.person("sweep start BETA --wait --timeout 25s")
	require.Equal(t, 1, code, said)
	require.Contains(t, said, wrong)
	require.Contains(t, said, wayOut)
	require.Regexp(t, `purchase\.order +0 +0 +0 +6 +0\n`, said)

	code, said = w.person("sweep start BETA --wait --timeout 25s -o json")
	require.Equal(t, 1, code, said)
	var results []activities.SweepResult
	require.NoError(t, json.Unmarshal([]byte(said), &results), said)
	for _, r := range results {
		require.Equal(t, r.Model == odoo.ModelPurchaseOrder, r.Alert != "", "%+v", r)
	}
	_, said = w.person("status show BETA")
	require.Contains(t, said, wrong)
	require.Contains(t, said, wayOut)

	code, said = w.person("sweep start BETA --deletions --wait --timeout 25s")
	require.Zero(t, code, said)
	require.Regexp(t, `purchase\.order +0 +0 +0 +6 +6\n`, said)
	_, said = w.person("exceptions list BETA")
	require.NotContains(t, said, "odoo.visibility")
}

// The schedule goes on while the tenant is paused: its runs end at once, without a result.
func TestSweepOfAPausedTenant(t *testing.T) {
	t.Parallel()
	w := sweepingWorld(t)
	w.exec("UPDATE tenants SET state = 'paused', paused_reason = 'audit week'")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sweep, err := devtest.TemporalClient(t).ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.SweepID(w.second) + "/now", TaskQueue: w.env["ML_TASK_QUEUE"],
	}, workflows.Sweep, activities.SweepInput{Tenant: w.second})
	require.NoError(t, err)
	var results []activities.SweepResult
	require.NoError(t, sweep.Get(ctx, &results))
	require.Empty(t, results)
}

// A sweep under which the tenant is paused must not end as "Nothing is pending."
func TestSweepOfATenantThatPausesItself(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &App{output: "table", stdout: &out}
	for _, results := range [][]activities.SweepResult{nil, {{Model: odoo.ModelPartner}, {Model: odoo.ModelMove, Paused: true}}} {
		require.ErrorContains(t, a.readSweep(t.Context(), swept{results: results}, "acme"), "tenant acme was paused meanwhile")
	}
	require.NoError(t, a.readSweep(t.Context(), swept{results: []activities.SweepResult{{Model: odoo.ModelPartner, Compared: 7, Missing: 2}}}, "acme"))
	require.Regexp(t, `res\.partner +7 +0 +0 +2 +0\n`, out.String())
}

// swept is a sweep that has ended.
type swept struct {
	client.WorkflowRun

	results []activities.SweepResult
}

func (s swept) Get(_ context.Context, into any) error {
	*into.(*[]activities.SweepResult) = s.results
	return nil
}

// A tenant has two schedules; a file that is applied again changes both.
func TestSchedules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newDatabases(t, 1))
	w.beta()
	c, a := devtest.TemporalClient(t), &App{}
	a.cfg.TaskQueue = w.env["ML_TASK_QUEUE"]
	file := w.goldenFile()
	file.Tenant, file.Schedule.TimeZone = w.second, "America/Denver"
	w.takesSchedulesAway(w.second)
	for _, at := range []string{"02:00", "23:45"} {
		file.Schedule.SweepAt = at
		require.NoError(t, a.applySchedules(t.Context(), c, file))
		sweeps, err := c.ScheduleClient().GetHandle(t.Context(), workflows.SweepID(w.second)).Describe(t.Context())
		require.NoError(t, err)
		require.Equal(t, "America/Denver", sweeps.Schedule.Spec.TimeZoneName)
		require.NotEmpty(t, sweeps.Info.NextActionTimes)
		denver, err := time.LoadLocation("America/Denver")
		require.NoError(t, err)
		for _, next := range sweeps.Info.NextActionTimes {
			hour, err := time.Parse("15:04", at)
			require.NoError(t, err)
			due := time.Date(next.In(denver).Year(), next.In(denver).Month(), next.In(denver).Day(), hour.Hour(), hour.Minute(), 0, 0, denver)
			require.Less(t, next.Sub(due).Abs(), 11*time.Minute, "%s: %s", at, next)
		}
		cycles, err := c.ScheduleClient().GetHandle(t.Context(), workflows.SyncID(w.second)).Describe(t.Context())
		require.NoError(t, err)
		require.Equal(t, time.Duration(file.Schedule.Every), cycles.Schedule.Spec.Intervals[0].Every)
	}
}
