package workflows_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/mapping"
	"github.com/ml-connector/odoo-procore/workflows"
)

const order = "purchase.order"

var (
	records    *activities.Records
	dispatches *activities.Dispatches
	polls      *activities.Polls
)

// bundle is Temporal's test environment, which skips timers, with mocked activities. Children of Dispatch are stand-ins
// that the test registers, so it names the only workflow that is ours.
type bundle struct {
	*testsuite.TestWorkflowEnvironment

	t *testing.T
}

func setup(t *testing.T, only ...any) *bundle {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	b := &bundle{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t}
	b.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute}) // a busy machine is no deadlock
	for _, w := range only {
		b.RegisterWorkflow(w)
	}
	if len(only) == 0 {
		workflows.RegisterWorkflows(b)
	}
	b.RegisterActivity(&activities.Polls{})
	b.RegisterActivity(&activities.Dispatches{})
	b.RegisterActivity(&activities.Records{})
	t.Cleanup(func() { b.AssertExpectations(t) })
	return b
}

var input = workflows.RecordInput{
	Tenant: "acme", Model: order, ID: 42, Timing: activities.Timing{StartToClose: time.Minute, Attempts: 3},
}

// run carries order 42.
func (b *bundle) run() workflows.RecordResult {
	b.t.Helper()
	b.ExecuteWorkflow(workflows.SyncPurchaseOrder, input)
	require.True(b.t, b.IsWorkflowCompleted())
	require.NoError(b.t, b.GetWorkflowError())
	var result workflows.RecordResult
	require.NoError(b.t, b.GetWorkflowResult(&result))
	return result
}

// plan makes Resolve answer with one step.
func (b *bundle) plan(kind mapping.StepKind) {
	b.OnActivity(records.Resolve, mock.Anything, mock.Anything).Return(activities.Resolution{
		Want: 5, PlanID: 9, Steps: []activities.StepSummary{{Kind: kind, Part: "7", Project: 7}},
	}, nil)
}

func (b *bundle) finish() {
	b.OnActivity(records.Finish, mock.Anything, activities.FinishInput{
		RecordRef: activities.RecordRef{Tenant: "acme", Model: order, ID: 42}, Want: 5, PlanID: 9,
	}).Return(activities.FinishResult{Outcome: activities.OutcomeSynced}, nil).Once()
}

type step = func(context.Context, activities.StepRef) (activities.StepResult, error)
