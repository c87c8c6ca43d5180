package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/mapping"
)

// maxRounds is how often one run resolves its record anew when it changes under it; then it ends as pending.
const maxRounds = 3

// RecordInput names one record.
type RecordInput struct {
	Tenant string            `json:"tenant"`
	Model  string            `json:"model"`
	ID     int64             `json:"id"`
	Timing activities.Timing `json:"timing"`
}

// RecordResult says how a run ended.
type RecordResult struct {
	Outcome string   `json:"outcome"` // synced, unchanged, out_of_scope, waiting, exception, pending
	Causes  []string `json:"causes,omitempty"`
}

// SyncVendor carries one supplier into Procore's company directory.
func SyncVendor(ctx workflow.Context, in RecordInput) (RecordResult, error) {
	return newRecordRun(in).run(ctx)
}

// SyncPurchaseOrder carries one purchase order into Procore: one commitment for each project.
func SyncPurchaseOrder(ctx workflow.Context, in RecordInput) (RecordResult, error) {
	return newRecordRun(in).run(ctx)
}

// SyncVendorBill carries one vendor bill, credit note or receipt into Procore: subcontractor invoices on the
// commitments of its orders, direct costs for the rest.
func SyncVendorBill(ctx workflow.Context, in RecordInput) (RecordResult, error) {
	return newRecordRun(in).run(ctx)
}

func recordWorkflow(model string) (any, string) {
	switch model {
	case "res.partner":
		return SyncVendor, "Vendor"
	case "purchase.order":
		return SyncPurchaseOrder, "Purchase order"
	default:
		return SyncVendorBill, "Vendor bill"
	}
}

type recordRun struct {
	in  RecordInput
	ref activities.RecordRef
}

func newRecordRun(in RecordInput) *recordRun {
	return &recordRun{in: in, ref: activities.RecordRef{Tenant: in.Tenant, Model: in.Model, ID: in.ID}}
}

// run tells the story: resolve, send what the plan says, finish. A record that changed meanwhile goes round again.
func (r *recordRun) run(ctx workflow.Context) (RecordResult, error) {
	var result RecordResult
	for round := 0; round < maxRounds; {
		resolution, err := r.resolve(ctx)
		if err != nil {
			return r.unavailable(ctx, resolution, err)
		}
		if resolution.Stale {
			round++
			continue
		}
		if resolution.PlanID == 0 {
			return r.end(ctx, RecordResult{Outcome: resolution.Outcome, Causes: resolution.Causes}, 0)
		}
		result, err = r.send(ctx, resolution)
		if err != nil {
			return r.unavailable(ctx, resolution, err)
		}
		if result.Outcome != "" {
			return r.end(ctx, result, project(resolution))
		}
		round++
	}
	return r.end(ctx, RecordResult{Outcome: activities.OutcomePending}, 0)
}

// resolve asks for a plan; a rate limit that speaks while the rules read Procore's codes is waited for here.
func (r *recordRun) resolve(ctx workflow.Context) (activities.Resolution, error) {
	var resolution activities.Resolution
	for {
		resolution = activities.Resolution{}
		if err := workflow.ExecuteActivity(step(ctx, r.in.Timing, "Decide what Procore should hold"),
			records.Resolve, r.ref).Get(ctx, &resolution); err != nil {
			return resolution, err
		}
		if resolution.DeferSeconds == 0 {
			return resolution, nil
		}
		if err := r.sleep(ctx, resolution.DeferSeconds); err != nil {
			return resolution, err
		}
	}
}

// send runs the steps in order and finishes. An empty outcome means: the record changed, go round again.
func (r *recordRun) send(ctx workflow.Context, resolution activities.Resolution) (RecordResult, error) {
	plan := activities.StepRef{RecordRef: r.ref, Want: resolution.Want, PlanID: resolution.PlanID}
	if resolution.Prepare {
		result, err := r.call(ctx, "Check what the documents need in Procore", records.Prepare, plan)
		if err != nil || result.Stop() {
			return RecordResult{Outcome: result.Outcome, Causes: result.Causes}, err
		}
	}
	for i, s := range resolution.Steps {
		plan.Index = i
		result, err := r.runStep(ctx, s, plan)
		if err != nil || result.Stop() {
			return RecordResult{Outcome: result.Outcome, Causes: result.Causes}, err
		}
	}
	var finished activities.FinishResult
	err := workflow.ExecuteActivity(short(ctx, "Write down that it is done"), records.Finish,
		activities.FinishInput{RecordRef: r.ref, Want: resolution.Want, PlanID: resolution.PlanID}).Get(ctx, &finished)
	if err != nil || finished.Stale {
		return RecordResult{}, err
	}
	return RecordResult{Outcome: finished.Outcome}, nil
}

func (r *recordRun) runStep(ctx workflow.Context, s activities.StepSummary, ref activities.StepRef) (activities.StepResult, error) {
	switch s.Kind {
	case mapping.StepVendor:
		return r.call(ctx, "Link or write the vendor", records.WriteVendor, ref)
	case mapping.StepCreateCommitment, mapping.StepRewriteCommitment:
		return r.commitment(ctx, s, ref)
	case mapping.StepUpdateHeader:
		return r.call(ctx, fmt.Sprintf("Update the commitment's header on project %d", s.Project), records.WriteHeader, ref)
	case mapping.StepRetireCommitment:
		return r.call(ctx, fmt.Sprintf("Close the commitment on project %d", s.Project), records.RetireCommitment, ref)
	case mapping.StepCreateRequisition, mapping.StepUpdateRequisition:
		return r.call(ctx, fmt.Sprintf("Write the subcontractor invoice on project %d", s.Project), records.WriteRequisition, ref)
	case mapping.StepRetireRequisition:
		return r.call(ctx, fmt.Sprintf("Remove the subcontractor invoice on project %d", s.Project), records.RetireRequisition, ref)
	case mapping.StepCreateDirectCost, mapping.StepUpdateDirectCost:
		return r.call(ctx, fmt.Sprintf("Write the direct cost on project %d", s.Project), records.WriteDirectCost, ref)
	case mapping.StepRetireDirectCost:
		return r.call(ctx, fmt.Sprintf("Remove the direct cost on project %d", s.Project), records.RetireDirectCost, ref)
	}
	return activities.StepResult{}, fmt.Errorf("step %q is not known to this worker", s.Kind)
}

// commitment writes header, lines and Approve. A reopened commitment that cannot be finished is put back to its
// last approved content, also when the run is cancelled: committed cost must not stay at zero.
func (r *recordRun) commitment(ctx workflow.Context, s activities.StepSummary, ref activities.StepRef) (activities.StepResult, error) {
	result, err := r.commitmentSteps(ctx, s, ref)
	if s.Kind == mapping.StepCreateCommitment || (err == nil && !result.Stop()) {
		return result, err
	}
	restore, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	if _, restoreErr := r.call(restore, fmt.Sprintf("Put the commitment on project %d back as it was", s.Project),
		records.RestoreCommitment, ref); restoreErr != nil {
		workflow.GetLogger(ctx).Error("the reopened commitment could not be put back; the next run goes on with it",
			"project", s.Project, "error", restoreErr)
	}
	return result, err
}

func (r *recordRun) commitmentSteps(ctx workflow.Context, s activities.StepSummary, ref activities.StepRef) (activities.StepResult, error) {
	verb := "Create"
	if s.Kind == mapping.StepRewriteCommitment {
		verb = "Reopen"
	}
	result, err := r.call(ctx, fmt.Sprintf("%s the commitment on project %d", verb, s.Project), records.WriteHeader, ref)
	if err != nil || result.Stop() {
		return result, err
	}
	result, err = r.call(ctx, fmt.Sprintf("Write the schedule of values on project %d", s.Project), records.WriteLines, ref)
	if err != nil || result.Stop() {
		return result, err
	}
	return r.call(ctx, fmt.Sprintf("Approve the commitment on project %d", s.Project), records.Approve, ref)
}

// call runs one step; while it answers "deferred" (a rate limit, another worker on the same part) it waits on a timer.
func (r *recordRun) call(ctx workflow.Context, summary string, activity any, in activities.StepRef) (activities.StepResult, error) {
	for {
		var result activities.StepResult
		if err := workflow.ExecuteActivity(step(ctx, r.in.Timing, summary), activity, in).Get(ctx, &result); err != nil {
			return result, err
		}
		if result.DeferSeconds == 0 {
			return result, nil
		}
		if err := r.sleep(ctx, result.DeferSeconds); err != nil {
			return result, err
		}
	}
}

func (r *recordRun) sleep(ctx workflow.Context, seconds int64) error {
	return workflow.NewTimerWithOptions(ctx, time.Duration(seconds)*time.Second,
		workflow.TimerOptions{Summary: "Wait for Procore's limit or another worker"}).Get(ctx, nil)
}

// unavailable ends a run whose patience is over; a cancelled run closes as Canceled, and its record is pending again.
func (r *recordRun) unavailable(ctx workflow.Context, resolution activities.Resolution, err error) (RecordResult, error) {
	if cancelled := ctx.Err(); cancelled != nil {
		if _, err := r.end(ctx, RecordResult{Outcome: activities.OutcomePending}, project(resolution)); err != nil {
			return RecordResult{}, err
		}
		return RecordResult{}, cancelled
	}
	if !patienceOver(err) {
		return RecordResult{}, err
	}
	kind, text := failure(err)
	var parked activities.StepResult
	if err := workflow.ExecuteActivity(short(ctx, "Write down what failed"), records.Park,
		activities.ParkInput{RecordRef: r.ref, Want: resolution.Want, Type: kind, Message: text}).Get(ctx, &parked); err != nil {
		return RecordResult{}, err
	}
	if parked.Stale {
		return r.end(ctx, RecordResult{Outcome: activities.OutcomePending}, 0)
	}
	return r.end(ctx, RecordResult{Outcome: parked.Outcome, Causes: parked.Causes}, 0)
}

func (r *recordRun) end(ctx workflow.Context, result RecordResult, project int64) (RecordResult, error) {
	cause := ""
	if len(result.Causes) > 0 {
		cause = activities.CauseCode(result.Causes[0])
	}
	updates := append(AttrUpdate(result.Outcome, cause), projectUpdate(project)...)
	return result, workflow.UpsertTypedSearchAttributes(ctx, updates...)
}

func project(resolution activities.Resolution) int64 {
	for _, s := range resolution.Steps {
		if s.Project != 0 {
			return s.Project
		}
	}
	return 0
}
