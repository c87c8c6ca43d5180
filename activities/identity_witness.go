package activities

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/ml-connector/odoo-procore/internal/store"
)

// witness keeps the number of a tenant's last cycle outside of the database, in the memo of a workflow that does
// nothing: nothing inside of a database tells that it was put back to an older state. It is an aid, not a truth:
// where Temporal has forgotten it (retention, lost data) there is nothing to compare.
type witness struct {
	temporal  client.Client
	taskQueue string
}

// witnessWorkflow is the registered name of workflows.Witness, which activities cannot import.
const witnessWorkflow = "Witness"

// WitnessID is the workflow id of a tenant's witness.
func WitnessID(tenant string) string { return tenant + "/witness" }

// The fields of the memo. The prefix tells a tenant from an earlier one of the same name.
const (
	memoCycle  = "cycle"
	memoPrefix = "origin_prefix"
)

// tell leaves the number of a cycle in Temporal.
func (w witness) tell(ctx context.Context, tenant store.Tenant, cycle int64) error {
	if w.temporal == nil {
		return nil
	}
	_, err := w.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: WitnessID(tenant.Name), TaskQueue: w.taskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
		Memo:                     map[string]any{memoCycle: cycle, memoPrefix: tenant.OriginPrefix},
		StaticSummary:            fmt.Sprintf("Cycle %d of %s", cycle, tenant.Name),
		TypedSearchAttributes:    tenantAttribute(tenant.Name),
	}, witnessWorkflow)
	if err != nil {
		return fmt.Errorf("leaving the number of the cycle in Temporal: %w", err)
	}
	return nil
}

// recall is the number of the last cycle as Temporal remembers it; 0 when it does not.
func (w witness) recall(ctx context.Context, tenant store.Tenant) (int64, error) {
	if w.temporal == nil {
		return 0, nil
	}
	found, err := w.temporal.DescribeWorkflowExecution(ctx, WitnessID(tenant.Name), "")
	if _, absent := errors.AsType[*serviceerror.NotFound](err); absent {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("asking Temporal for the last cycle: %w", err)
	}
	memo := found.GetWorkflowExecutionInfo().GetMemo().GetFields()
	var cycle int64
	var prefix string
	for name, into := range map[string]any{memoCycle: &cycle, memoPrefix: &prefix} {
		if memo[name] == nil {
			return 0, nil // not ours
		}
		if err := converter.GetDefaultDataConverter().FromPayload(memo[name], into); err != nil {
			return 0, fmt.Errorf("reading the last cycle from Temporal: %w", err)
		}
	}
	if prefix != tenant.OriginPrefix {
		return 0, nil
	}
	return cycle, nil
}
