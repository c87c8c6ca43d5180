package workflows

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
)

// The histories were recorded by the shipped worker in the demo. When a workflow changes on purpose, and no release
// with the old path is in use, record them again:
//
//	go run ./cmd/demo -once -histories workflows/testdata/histories
const histories = "testdata/histories"

// paths that must be among the histories, whatever else is.
var neededPaths = []string{
	"TenantSync.json",
	"Dispatch.json",
	"Dispatch.children.json",
	"Backfill.json",
	"Sweep.json",
	"SyncVendor.synced.*.json",
	"SyncVendor.exception*.json",
	"SyncPurchaseOrder.synced.*WriteHeader*Approve.json",
	"SyncPurchaseOrder.synced.*Reopen*.json",
	"SyncPurchaseOrder.synced.*Retire*.json",
	"SyncPurchaseOrder.exception*.json",
	"SyncVendorBill.synced.*WriteRequisition*.json",
	"SyncVendorBill.synced.*WriteDirectCost*.json",
	"SyncVendorBill.exception*.json",
}

func replay(register func(worker.WorkflowReplayer), path string) error {
	replayer := worker.NewWorkflowReplayer()
	register(replayer)
	return replayer.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), path)
}

// TestReplay runs this build's workflow code against what released code did.
func TestReplay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(histories, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := replay(func(r worker.WorkflowReplayer) { RegisterWorkflows(r) }, file)
			workflowName, _, _ := strings.Cut(name, ".")
			require.NoError(t, err, "Deploying this build would break every open run of %s that went the way of %s: its worker "+
				"asks for other steps than the history holds, and Temporal stops the run until a worker with the old code is "+
				"back. Keep the old path behind workflow.GetVersion, or pin old runs to the old build.", workflowName, file)
		})
	}
}

func TestReplayCoversEveryPath(t *testing.T) {
	t.Parallel()
	for _, pattern := range neededPaths {
		files, err := filepath.Glob(filepath.Join(histories, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files, "no recorded history is named %s", pattern)
	}
}

// TestReplayFindsReorderedActivities: the replay is worth something only if it fails on changed code.
func TestReplayFindsReorderedActivities(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		workflow string
		history  string
		swapped  any
	}{
		{"TenantSync", "TenantSync.json", swappedTenantSync},
		{"SyncPurchaseOrder", "SyncPurchaseOrder.synced.*Reopen*.json", swappedPurchaseOrder},
	} {
		t.Run(c.workflow, func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Glob(filepath.Join(histories, c.history))
			require.NoError(t, err)
			require.NotEmpty(t, files)
			err = replay(func(r worker.WorkflowReplayer) {
				r.RegisterWorkflowWithOptions(c.swapped, workflow.RegisterOptions{Name: c.workflow})
			}, files[0])
			require.ErrorContains(t, err, "nondeterministic")
		})
	}
}

// swappedTenantSync wakes Dispatch before it reads Odoo.
func swappedTenantSync(ctx workflow.Context, in TenantSyncInput) (activities.FetchResult, error) {
	var fetched activities.FetchResult
	if err := workflow.ExecuteActivity(short(ctx, "Wake"), polls.WakeDispatch,
		activities.WakeInput{Tenant: in.Tenant, ReleaseDue: true}).Get(ctx, nil); err != nil {
		return fetched, err
	}
	err := workflow.ExecuteActivity(fetch(ctx, "Read"), polls.FetchChanges, activities.FetchInput{Tenant: in.Tenant}).Get(ctx, &fetched)
	return fetched, err
}

// swappedPurchaseOrder writes the lines of a commitment before its header; everything else is as in [SyncPurchaseOrder].
func swappedPurchaseOrder(ctx workflow.Context, in RecordInput) (RecordResult, error) {
	r := newRecordRun(in)
	resolution, err := r.resolve(ctx)
	if err != nil {
		return RecordResult{}, err
	}
	plan := activities.StepRef{RecordRef: r.ref, Want: resolution.Want, PlanID: resolution.PlanID}
	for _, activity := range []any{records.Prepare, records.WriteLines, records.WriteHeader, records.Approve} {
		if _, err := r.call(ctx, "Step", activity, plan); err != nil {
			return RecordResult{}, err
		}
	}
	var finished activities.FinishResult
	err = workflow.ExecuteActivity(short(ctx, "Finish"), records.Finish,
		activities.FinishInput{RecordRef: r.ref, Want: resolution.Want, PlanID: resolution.PlanID}).Get(ctx, &finished)
	return RecordResult{Outcome: finished.Outcome}, err
}
