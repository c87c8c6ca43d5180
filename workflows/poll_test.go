package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/workflows"
)

func TestTenantSyncPollsAndWakes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(polls.FetchChanges, mock.Anything, activities.FetchInput{Tenant: "acme"}).Return(activities.FetchResult{OdooCalls: 14}, nil).Once()
	b.OnActivity(polls.WakeDispatch, mock.Anything, activities.WakeInput{Tenant: "acme", ReleaseDue: true}).Return(nil).Once()
	b.ExecuteWorkflow(workflows.TenantSync, workflows.TenantSyncInput{Tenant: "acme"})
	require.NoError(t, b.GetWorkflowError())
}

func TestPausedTenantIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(polls.FetchChanges, mock.Anything, mock.Anything).Return(activities.FetchResult{Paused: true}, nil).Once()
	b.ExecuteWorkflow(workflows.TenantSync, workflows.TenantSyncInput{Tenant: "acme"})
	require.NoError(t, b.GetWorkflowError())
}

func TestBackfillReadsModelByModel(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, model := range []string{"purchase.order", "account.move"} {
		b.OnActivity(polls.FetchPeriod, mock.Anything, activities.FetchPeriodInput{Tenant: "acme", Model: model, Since: "2026-01-01", Until: "2026-03-31"}).
			Return(activities.FetchResult{Models: map[string]activities.FetchCount{model: {Fetched: 3}}}, nil).Once()
	}
	b.OnActivity(polls.WakeDispatch, mock.Anything, activities.WakeInput{Tenant: "acme"}).Return(nil).Twice()
	b.ExecuteWorkflow(workflows.Backfill, workflows.BackfillInput{Tenant: "acme", Since: "2026-01-01", Until: "2026-03-31"})
	require.NoError(t, b.GetWorkflowError())
	var results []activities.FetchResult
	require.NoError(t, b.GetWorkflowResult(&results))
	require.Len(t, results, 2)
}

func TestBackfillEndsWhereTheTenantIsPaused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(polls.FetchPeriod, mock.Anything, mock.Anything).Return(activities.FetchResult{Paused: true}, nil).Once()
	b.ExecuteWorkflow(workflows.Backfill, workflows.BackfillInput{Tenant: "acme", Since: "2026-01-01", Until: "2026-03-31"})
	require.NoError(t, b.GetWorkflowError())
	var results []activities.FetchResult
	require.NoError(t, b.GetWorkflowResult(&results))
	require.Equal(t, []activities.FetchResult{{Paused: true}}, results)
}

func TestBackfillRefusesOtherModels(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ExecuteWorkflow(workflows.Backfill, workflows.BackfillInput{Tenant: "acme", Models: []string{"res.users"}})
	require.ErrorContains(t, b.GetWorkflowError(), "cannot be backfilled")
}
