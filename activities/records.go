package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// Records resolve a record and carry its plan into Procore.
type Records struct {
	store       *store.Store
	connections *Connections
	identity    *Identity
	cfg         Config
	log         *slog.Logger
	seen        sightings
}

// stepContext is what every step works with: the plan's step, the record's connection and bindings.
type stepContext struct {
	ref        StepRef
	connection *Connection
	step       mapping.Step
	record     store.Record
	bindings   []store.Binding
	restoring  bool // a commitment is being put back: what stops that must not start it again
}

func (r *Records) open(ctx context.Context, ref StepRef) (*stepContext, error) {
	connection, err := r.connections.Get(ctx, ref.Tenant)
	if err != nil {
		return nil, setupError(err)
	}
	steps, err := r.planned(ctx, ref)
	if err != nil {
		return nil, err
	}
	if ref.Index >= len(steps) {
		return nil, fmt.Errorf("plan %d has no step %d", ref.PlanID, ref.Index)
	}
	record, err := r.store.Record(ctx, ref.Tenant, ref.Model, ref.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the record: %w", err)
	}
	bindings, err := r.store.Bindings(ctx, ref.Tenant, ref.Model, ref.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the bindings: %w", err)
	}
	return &stepContext{ref: ref, connection: connection, step: steps[ref.Index], record: record, bindings: bindings}, nil
}

func (r *Records) steps(ctx context.Context, planID int64) ([]mapping.Step, error) {
	plan, err := r.store.Plan(ctx, planID)
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	return decodeSteps(plan)
}

func decodeSteps(plan store.PlanRow) ([]mapping.Step, error) {
	var steps []mapping.Step
	if err := json.Unmarshal(plan.Steps, &steps); err != nil {
		return nil, fmt.Errorf("reading plan %d: %w", plan.ID, err)
	}
	return steps, nil
}

// planned are the steps of the plan that a run carries out. After a restore of our own database the plan may be gone,
// and its number another record's.
func (r *Records) planned(ctx context.Context, ref StepRef) ([]mapping.Step, error) {
	plan, err := r.store.Plan(ctx, ref.PlanID)
	lost := errors.Is(err, store.ErrNotFound)
	if err != nil && !lost {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	if lost || plan.Tenant != ref.Tenant || plan.Model != ref.Model || plan.OdooID != ref.ID || plan.Want != ref.Want {
		return nil, temporal.NewNonRetryableApplicationError(
			fmt.Sprintf("plan %d is not one of this record's: the connector's database is not the one that it was made in", ref.PlanID), typePlanLost, nil)
	}
	return decodeSteps(plan)
}

// binding is the record's binding of a kind and part; ok is false when there is none.
func (s *stepContext) binding(kind, part string) (b store.Binding, ok bool) {
	for _, b := range s.bindings {
		if b.Kind == kind && b.Part == part {
			return b, true
		}
	}
	return store.Binding{}, false
}

// retiring is the binding of the document that a step takes away. The part may hold the next one already, when an attempt
// begins late: that one is not meant.
func (s *stepContext) retiring(kind string) (b store.Binding, ok bool) {
	b, ok = s.binding(kind, s.step.Part)
	return b, ok && b.ProcoreID == s.step.ProcoreID
}

func (s *stepContext) subject() string { return recordSubject(s.ref.Model, s.ref.ID) }

func recordSubject(model string, id int64) string { return model + "/" + strconv.FormatInt(id, 10) }

// Finish writes down that the plan is carried out, unless the record changed meanwhile, or the plan is lost: then what is
// wanted is another database's number.
func (r *Records) Finish(ctx context.Context, in FinishInput) (FinishResult, error) {
	_, err := r.planned(ctx, StepRef{RecordRef: in.RecordRef, Want: in.Want, PlanID: in.PlanID})
	if lost, ok := errors.AsType[*temporal.ApplicationError](err); ok && lost.Type() == typePlanLost {
		return FinishResult{Stale: true}, nil
	}
	if err != nil {
		return FinishResult{}, err
	}
	stale, err := r.store.Finish(ctx, in.Tenant, in.Model, in.ID, in.Want, OutcomeSynced, audit(ctx, "synced", in.PlanID))
	if err != nil {
		return FinishResult{}, fmt.Errorf("finishing the record: %w", err)
	}
	return FinishResult{Outcome: OutcomeSynced, Stale: stale}, nil
}

// failureCauses names the cause of an activity that failed for good, by the type of its application error. Every other
// failure is the connector's own.
var failureCauses = map[string]string{
	typeProcore: cause.ProcoreUnavailable,
	typeSetup:   cause.SetupCredentials,
}

// Park parks a record on which an activity failed for good: Procore or the network did not answer for about an hour,
// the tenant's credentials are missing, or the connector itself failed.
func (r *Records) Park(ctx context.Context, in ParkInput) (StepResult, error) {
	if in.Type == typePlanLost {
		return StepResult{Stale: true}, nil
	}
	want := in.Want
	if want == 0 {
		record, err := r.store.Record(ctx, in.Tenant, in.Model, in.ID)
		if errors.Is(err, store.ErrNotFound) { // the database was restored under the run
			return StepResult{Stale: true}, nil
		}
		if err != nil {
			return StepResult{}, fmt.Errorf("reading the record: %w", err)
		}
		want = record.Want
	}
	code, subject := failureCauses[in.Type], in.Tenant
	if code == "" {
		code, subject = cause.ConnectorError, recordSubject(in.Model, in.ID)
	}
	return r.park(ctx, in.RecordRef, want, []mapping.Cause{{
		Key:    cause.Key(code, subject),
		Detail: map[string]string{"message": in.Message},
	}})
}

// park inserts the waits that are still open, each looked at under its lock. Nothing open any more, or a newer
// version of the record, means: resolve again.
func (r *Records) park(ctx context.Context, ref RecordRef, want int64, causes []mapping.Cause) (StepResult, error) {
	waits := make([]store.Wait, 0, len(causes))
	keys := make([]string, 0, len(causes))
	now := time.Now()
	for _, c := range causes {
		detail, err := json.Marshal(c.Detail)
		if err != nil {
			return StepResult{}, fmt.Errorf("encoding the details of %s: %w", c.Key, err)
		}
		wait := store.Wait{Cause: c.Key, Detail: detail, Amount: decimal.NewNullDecimal(c.Amount), Currency: c.Currency}
		if at := cause.RecheckAt(c.Key, now); at != nil {
			wait.RecheckAt = *at
		}
		waits = append(waits, wait)
	}
	parked, err := r.store.Park(ctx, ref.Tenant, ref.Model, ref.ID, want, waits)
	if err != nil {
		return StepResult{}, fmt.Errorf("parking the record: %w", err)
	}
	if parked.Stale || !parked.Parked {
		return StepResult{Stale: true}, nil
	}
	outcome := OutcomeWaiting
	for _, key := range parked.Open {
		keys = append(keys, key)
		if !cause.Lookup(key).Waiting {
			outcome = OutcomeException
		}
	}
	return StepResult{Outcome: outcome, Causes: keys}, nil
}

func (r *Records) parkStep(ctx context.Context, s *stepContext, causes ...mapping.Cause) (StepResult, error) {
	if result, err := r.putBack(ctx, s); err != nil || result.Ended() {
		return result, err
	}
	return r.park(ctx, s.ref.RecordRef, s.ref.Want, causes)
}

// audit is the audit row of this activity; it carries the workflow's ids, so that one trail leads to the other.
func audit(ctx context.Context, action string, planID int64) store.Audit {
	a := store.Audit{Actor: "worker", Action: action, PlanID: planID}
	if activity.IsActivity(ctx) {
		info := activity.GetInfo(ctx)
		a.WorkflowID, a.RunID = info.WorkflowExecution.ID, info.WorkflowExecution.RunID
	}
	return a
}

// CauseCode is the code of a cause key, for search attributes.
func CauseCode(key string) string { return cause.Code(key) }
