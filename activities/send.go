package activities

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// write is one write to Procore under its intent row.
type write struct {
	kind      string // of the binding that is written
	subject   string // default: the record
	part      string
	operation string
	lane      string // requisitions: their commitment; vendors: their name
	laneDate  string
	reopen    bool // an Approved commitment goes back to Draft: its binding remembers by whom
	// lookUp runs before send when an earlier attempt's outcome is not known (inDoubt), or always with lookUpAlways. A
	// found result means the write is there already; what is there with an older content is brought to this plan's.
	lookUp       func(ctx context.Context, inDoubt bool) (written, error)
	lookUpAlways bool
	send         func(ctx context.Context) (written, error)
}

// written is what a write or its look-up found. A cause means: this must not be written.
type written struct {
	found   bool
	id      int64
	binding *store.BindingUpdate
	cause   *mapping.Cause
}

// vendorTurn is how long a supplier waits for another of its name.
const vendorTurn = 3 * time.Second

// send writes intent, call and result (DESIGN §4.12). If we are killed before the call, the row is open and nothing
// happened; after it, the row is open and Procore has it: whoever comes next waits for the settle time and looks up.
func (r *Records) send(ctx context.Context, s *stepContext, w write) (StepResult, error) {
	grant, err := r.store.BeginSend(ctx, r.intent(ctx, s, w))
	if err != nil {
		return StepResult{}, fmt.Errorf("writing the intent: %w", err)
	}
	switch {
	case grant.Stale, grant.Held: // Resolve looks why, and ends the run
		return StepResult{Stale: true}, nil
	case !grant.BusyUntil.IsZero():
		return deferred(lookAgain(grant)), nil
	case grant.LaneHead != "" && w.kind == mapping.KindVendor: // in no order: the other one has done in a moment
		return deferred(time.Now().Add(vendorTurn)), nil
	case grant.LaneHead != "":
		return r.parkStep(ctx, s, s.cause(cause.Dependency, grant.LaneHead, nil))
	}
	// The whole write ends before others may think that this worker is gone.
	performCtx, cancel := context.WithTimeout(ctx, r.cfg.Settle*9/10)
	defer cancel()
	result, status, err := r.perform(performCtx, grant, w)
	return r.settle(ctx, s, grant.ID, result, status, err)
}

func (r *Records) perform(ctx context.Context, grant store.SendGrant, w write) (written, string, error) {
	ctx = procore.WithRequestID(ctx, strconv.FormatInt(grant.ID, 10))
	if w.lookUp != nil && (grant.LookUp || w.lookUpAlways) {
		result, err := w.lookUp(ctx, grant.LookUp)
		switch {
		case err != nil && (grant.LookUp || procore.Classify(err) == procore.Ambiguous):
			return result, store.ResultUnknown, err // what the earlier attempt did is still not known
		case err != nil:
			return result, store.ResultError, err
		case result.cause != nil:
			return result, store.ResultSkipped, nil
		case result.found:
			return result, store.ResultOK, nil
		}
	}
	result, err := w.send(ctx)
	switch {
	case err == nil && result.cause != nil:
		return result, store.ResultSkipped, nil
	case err == nil:
		return result, store.ResultOK, nil
	case procore.Classify(err) == procore.Ambiguous:
		return result, store.ResultUnknown, err
	}
	return result, store.ResultError, err
}

// settle finishes the row; it must happen also when the attempt's time is over, or the part is held until the settle
// time has passed.
func (r *Records) settle(ctx context.Context, s *stepContext, id int64, result written, outcome string, failure error) (StepResult, error) {
	finishCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	text := ""
	if failure != nil {
		text = failure.Error()
	}
	binding := result.binding
	if outcome != store.ResultOK {
		binding = nil
	}
	if err := r.store.FinishSend(finishCtx, id, outcome, statusOf(failure), result.id, text, binding); err != nil {
		return StepResult{}, fmt.Errorf("writing the result: %w", err)
	}
	if failure != nil {
		result, err := r.failed(ctx, s, failure)
		if outcome == store.ResultUnknown {
			err = r.afterPause(ctx, failure, err)
		}
		return result, err
	}
	if result.cause != nil {
		return r.parkStep(ctx, s, *result.cause)
	}
	return StepResult{}, nil
}

// afterPause makes Temporal's next attempt wait until the part is free again after a lost answer, or longer where its
// retry policy or Procore says so.
func (r *Records) afterPause(ctx context.Context, failure, err error) error {
	if err == nil {
		return nil
	}
	wait := max(r.cfg.Pause, backoff(ctx))
	if until, ok := procore.RetryAt(failure); ok {
		wait = max(wait, time.Until(until))
	}
	text, kind := err.Error(), ""
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		text, kind = application.Message(), application.Type()
	}
	return temporal.NewApplicationErrorWithOptions(text, kind, temporal.ApplicationErrorOptions{
		NextRetryDelay: wait,
	})
}

// backoff is how long Temporal would wait before the next attempt of an activity by its retry policy.
func backoff(ctx context.Context) time.Duration {
	if !activity.IsActivity(ctx) {
		return 0
	}
	info := activity.GetInfo(ctx)
	if info.RetryPolicy == nil {
		return 0
	}
	wait := float64(info.RetryPolicy.InitialInterval) * math.Pow(info.RetryPolicy.BackoffCoefficient, float64(info.Attempt-1))
	return time.Duration(min(wait, float64(info.RetryPolicy.MaximumInterval)))
}

func (r *Records) intent(ctx context.Context, s *stepContext, w write) store.SendIntent {
	intent := store.SendIntent{
		Tenant: s.ref.Tenant, Subject: w.subject, Part: w.part, Operation: w.operation, Kind: w.kind, Model: s.ref.Model, OdooID: s.ref.ID,
		Want: s.ref.Want, PlanID: s.ref.PlanID, Worker: r.cfg.Worker, Settle: r.cfg.Settle, Pause: r.cfg.Pause,
		Lane: w.lane, LaneDate: w.laneDate, Reopen: w.reopen, Restore: w.reopen && s.restoring,
	}
	if intent.Subject == "" {
		intent.Subject = s.subject()
	}
	if activity.IsActivity(ctx) {
		info := activity.GetInfo(ctx)
		intent.WorkflowID, intent.RunID, intent.Attempt = info.WorkflowExecution.ID, info.WorkflowExecution.RunID, int(info.Attempt)
		// The SDK counts the activities of a run.
		if step, err := strconv.ParseInt(info.ActivityID, 10, 64); err == nil {
			intent.Step = step
		}
	}
	return intent
}

// failed decides what an error of Procore means for the record: wait for the limit, let Temporal retry, or park.
func (r *Records) failed(ctx context.Context, s *stepContext, err error) (StepResult, error) {
	c, deferUntil, err := explain(s, err)
	switch {
	case c != nil:
		return r.parkStep(ctx, s, *c)
	case !deferUntil.IsZero():
		return deferred(deferUntil), nil
	}
	return StepResult{}, forHistory(err)
}

// The types of application errors.
const (
	typeProcore = "procore"      // Procore or the network; what it said is in sends
	typeSetup   = "tenant.setup" // the tenant cannot be opened

	// typePlanLost: the plan that a run carries out is not in the database any more.
	typePlanLost = "plan.lost"
)

// forHistory is an error of Procore without its texts: they may name vendors and amounts, and history keeps them.
func forHistory(err error) error {
	var text string
	if refused, ok := errors.AsType[*procore.ErrorResponse](err); ok {
		text = fmt.Sprintf("Procore answered %s with %d %s", refused.Operation, refused.Status, refused.Code)
	} else if network, ok := errors.AsType[*procore.NetworkError](err); ok {
		text = "Procore did not answer " + network.Operation
	} else if unknown, ok := errors.AsType[*procore.UnknownOutcomeError](err); ok {
		text = "Procore's answer to " + unknown.Operation + " does not say what became of the record"
	} else if decode, ok := errors.AsType[*procore.DecodeError](err); ok {
		text = "Procore's answer to " + decode.Operation + " cannot be read"
	} else {
		return err
	}
	return temporal.NewApplicationError(text+"; the write's row in sends has the whole text", typeProcore)
}

// explain classifies: a cause (permanent), a time (limit), or an error for Temporal's retry.
func explain(s *stepContext, err error) (*mapping.Cause, time.Time, error) {
	switch procore.Classify(err) {
	case procore.Limited:
		if until, ok := procore.RetryAt(err); ok {
			return nil, until, nil
		}
	case procore.Conflict:
		// 409: a parallel write on the same record, or a duplicate; a later attempt looks up and tells.
		return nil, time.Time{}, err
	case procore.Permanent:
		if refused, ok := errors.AsType[*procore.ErrorResponse](err); ok {
			return refusal(s, refused), time.Time{}, nil
		}
	case procore.Transient, procore.Ambiguous:
	}
	return nil, time.Time{}, err
}

func refusal(s *stepContext, e *procore.ErrorResponse) *mapping.Cause {
	switch e.Code {
	case procore.CodeProjectForbidden:
		return new(s.cause(cause.ProjectForbidden, strconv.FormatInt(e.ProjectID, 10), nil))
	case procore.CodeForbidden, procore.CodeNotConnected, procore.CodeUnauthorized:
		return new(s.cause(cause.ProcoreForbidden, strconv.FormatInt(s.connection.File.Procore.CompanyID, 10),
			map[string]string{"message": message(e)}))
	}
	return new(s.cause(cause.ProcoreRejected, s.subject(), map[string]string{"resource": resource(s.step), "message": message(e)}))
}

func message(e *procore.ErrorResponse) string {
	if e.Message != "" {
		return e.Message
	}
	return e.Error()
}

// resource is the user's word for what a step writes.
func resource(step mapping.Step) string {
	switch {
	case step.Vendor != nil:
		return "vendor"
	case step.Requisition != nil, step.Kind == mapping.StepRetireRequisition:
		return "subcontractor invoice"
	case step.DirectCost != nil, step.Kind == mapping.StepRetireDirectCost:
		return "direct cost"
	}
	return "commitment"
}

// originTaken turns the refusal of a create whose origin id exists already into an unknown outcome: a request that was
// given up landed after all. The next attempt looks up by origin id and goes on with what it finds.
func originTaken(err error, originID string) error {
	refused, ok := errors.AsType[*procore.ErrorResponse](err)
	if !ok || len(refused.Fields["origin_id"]) == 0 {
		return err
	}
	return &procore.UnknownOutcomeError{Operation: refused.Operation, OriginID: originID}
}

func statusOf(err error) int {
	if refused, ok := errors.AsType[*procore.ErrorResponse](err); ok {
		return refused.Status
	}
	return 0
}

// deferred rounds up, so that the workflow's timer never ends too early.
func deferred(until time.Time) StepResult {
	return StepResult{DeferSeconds: max(int64(time.Until(until)/time.Second)+1, 1)}
}

// lookAgain is when to look whether another writer has left the part: soon after it came, for mostly it is done in a
// moment, and later the longer it stays.
func lookAgain(grant store.SendGrant) time.Time {
	now := time.Now()
	age := time.Second
	if grant.Previous != nil {
		age = max(age, now.Sub(grant.Previous.Started))
	}
	if at := now.Add(age); at.Before(grant.BusyUntil) {
		return at
	}
	return grant.BusyUntil
}

// cause is a reason why this step does not go, with the money that waits for it.
func (s *stepContext) cause(code, subject string, detail map[string]string) mapping.Cause {
	return mapping.Cause{Key: cause.Key(code, subject), Detail: detail, Amount: amount(s.step)}
}

// amount is what a step's document sums to.
func amount(step mapping.Step) decimal.Decimal {
	sum := decimal.Zero
	switch {
	case step.Commitment != nil:
		for _, l := range step.Commitment.Lines {
			sum = sum.Add(l.Amount)
		}
	case step.Requisition != nil:
		for _, i := range step.Requisition.Items {
			sum = sum.Add(i.Amount)
		}
	case step.DirectCost != nil:
		for _, l := range step.DirectCost.Lines {
			sum = sum.Add(l.Amount)
		}
	}
	return sum
}
