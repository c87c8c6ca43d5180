package workflows

import (
	"go.temporal.io/sdk/worker"

	"github.com/ml-connector/odoo-procore/activities"
)

// TaskQueue is the one task queue of the product.
const TaskQueue = "ml-connector"

// Register puts every workflow and activity on a worker.
func Register(w worker.Registry, set activities.Set) {
	RegisterWorkflows(w)
	w.RegisterActivity(set.Polls)
	w.RegisterActivity(set.Dispatches)
	w.RegisterActivity(set.Records)
}

// RegisterWorkflows puts every workflow on a worker or a replayer.
func RegisterWorkflows(w worker.WorkflowRegistry) {
	w.RegisterWorkflow(TenantSync)
	w.RegisterWorkflow(Dispatch)
	w.RegisterWorkflow(Backfill)
	w.RegisterWorkflow(Sweep)
	w.RegisterWorkflow(Witness)
	w.RegisterWorkflow(SyncVendor)
	w.RegisterWorkflow(SyncPurchaseOrder)
	w.RegisterWorkflow(SyncVendorBill)
}
