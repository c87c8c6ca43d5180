package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// Resolve decides what Procore should hold of a record: it saves an immutable plan, parks the causes that stand in
// its way, or finishes a record for which there is nothing to do. It writes nothing to Procore except a missing budget
// code whose parts exist, and the way back of a commitment that another run reopened and nobody will carry through.
func (r *Records) Resolve(ctx context.Context, ref RecordRef) (Resolution, error) {
	connection, err := r.connections.Get(ctx, ref.Tenant)
	if err != nil {
		return Resolution{}, setupError(err)
	}
	if may, err := r.identity.MayWrite(ctx, connection); err != nil || !may {
		return Resolution{Outcome: OutcomePending}, err
	}
	record, err := r.store.Record(ctx, ref.Tenant, ref.Model, ref.ID)
	if err != nil {
		return Resolution{}, fmt.Errorf("reading the record: %w", err)
	}
	if record.Done >= record.Want {
		return Resolution{Want: record.Want, Outcome: OutcomeUnchanged}, nil
	}
	s := &stepContext{ref: StepRef{RecordRef: ref, Want: record.Want}, connection: connection, record: record}
	if s.bindings, err = r.store.Bindings(ctx, ref.Tenant, ref.Model, ref.ID); err != nil {
		return Resolution{}, fmt.Errorf("reading the bindings: %w", err)
	}
	if c := identityChanged(s); c != nil {
		result, err := r.park(ctx, ref, s.ref.Want, []mapping.Cause{*c}) // nothing is written, not even a way back
		return ended(s, result), err
	}
	if result, err := r.checkDoubtful(ctx, s); err != nil || result.Ended() {
		return ended(s, result), err
	}
	plan, err := r.plan(ctx, s)
	if err != nil {
		return r.resolveFailed(ctx, s, err)
	}
	if codes := missingCodes(plan); len(codes) > 0 && len(plan.Causes) == 0 {
		result, err := r.makeCodes(ctx, s, codes)
		if err != nil || result.Ended() {
			return ended(s, result), err
		}
		if plan, err = r.plan(ctx, s); err != nil {
			return r.resolveFailed(ctx, s, err)
		}
	}
	return r.resolved(ctx, s, plan)
}

// cancelled is Odoo's state of a document that counts no more. One that was deleted is treated as that.
const cancelled = "cancel"

// plan applies the rules with the cached codes; where one is missing, once more with fresh ones.
func (r *Records) plan(ctx context.Context, s *stepContext) (mapping.Plan, error) {
	plan, err := r.planWith(ctx, s, codesMaxAge)
	if err != nil || !missesCodes(plan) {
		return plan, err
	}
	return r.planWith(ctx, s, codesAge)
}

func (r *Records) planWith(ctx context.Context, s *stepContext, maxAge time.Duration) (mapping.Plan, error) {
	if s.record.Deleted && !slices.ContainsFunc(s.bindings, func(b store.Binding) bool { return b.ProcoreID != 0 }) {
		return mapping.Plan{}, nil // Odoo has it no more, and a rebind let go what was made of it
	}
	switch s.ref.Model {
	case odoo.ModelPartner:
		if s.record.Deleted {
			return mapping.Plan{}, nil // merged into another, or not used by anything: the vendor in Procore stays
		}
		return r.planVendor(ctx, s, maxAge)
	case odoo.ModelPurchaseOrder:
		return r.planOrder(ctx, s, maxAge)
	case odoo.ModelMove:
		return r.planBill(ctx, s, maxAge)
	}
	return mapping.Plan{}, fmt.Errorf("records of model %s are not carried", s.ref.Model)
}

func (r *Records) planVendor(ctx context.Context, s *stepContext, maxAge time.Duration) (mapping.Plan, error) {
	partner, err := decode[odoo.Partner](s.record)
	if err != nil {
		return mapping.Plan{}, err
	}
	n := newNeeds()
	n.partners[partner.ID] = true
	rules, _, err := r.rules(ctx, s.connection, n, maxAge)
	if err != nil {
		return mapping.Plan{}, err
	}
	return mapping.ResolveVendor(partner, toMapping(s.bindings), rules), nil
}

func (r *Records) planOrder(ctx context.Context, s *stepContext, maxAge time.Duration) (mapping.Plan, error) {
	order, err := decode[odoo.PurchaseOrder](s.record)
	if err != nil {
		return mapping.Plan{}, err
	}
	if s.record.Deleted {
		order.State = cancelled
	}
	n := newNeeds()
	n.order(order)
	rules, forbidden, err := r.rules(ctx, s.connection, n, maxAge)
	if err != nil {
		return mapping.Plan{}, err
	}
	if c := missingPlan(s.connection, rules); c != nil {
		return mapping.Plan{Causes: []mapping.Cause{*c}}, nil
	}
	state := mapping.OrderState{Bindings: toMapping(s.bindings)}
	if state.Vendors, err = r.vendors(ctx, s.ref.Tenant, rules); err != nil {
		return mapping.Plan{}, err
	}
	if state.Billed, state.BilledLines, err = r.billed(ctx, s.ref.Tenant, s.bindings); err != nil {
		return mapping.Plan{}, err
	}
	return named(mapping.ResolveOrder(order, rules, state), forbidden), nil
}

// billed tells which commitments have subcontractor invoices, and on which lines.
func (r *Records) billed(ctx context.Context, tenant string, bindings []store.Binding) (parts, lines map[string]bool, err error) {
	parts, lines = map[string]bool{}, map[string]bool{}
	for _, b := range bindings {
		if b.Kind != mapping.KindCommitment || b.ProcoreID == 0 {
			continue
		}
		on, err := r.store.RequisitionsOn(ctx, tenant, b.ProcoreID)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the subcontractor invoices: %w", err)
		}
		for _, q := range on {
			if q.Status == mapping.StatusDeleted {
				continue
			}
			parts[b.Part] = true
			content, err := mapping.DecodeContent[mapping.Requisition](binding(q))
			if err != nil {
				return nil, nil, err
			}
			for _, item := range content.Items {
				lines[item.LineKey] = true
			}
		}
	}
	return parts, lines, nil
}

// vendors maps commercial partners to the Procore vendors that they are bound to.
func (r *Records) vendors(ctx context.Context, tenant string, rules mapping.Rules) (map[int64]int64, error) {
	vendors := map[int64]int64{}
	for id := range rules.Partners {
		bindings, err := r.store.Bindings(ctx, tenant, odoo.ModelPartner, id)
		if err != nil {
			return nil, fmt.Errorf("reading the vendor bindings: %w", err)
		}
		for _, b := range bindings {
			if b.Kind == mapping.KindVendor && b.ProcoreID != 0 {
				vendors[id] = b.ProcoreID
			}
		}
	}
	return vendors, nil
}

// resolved writes down what the rules came to.
func (r *Records) resolved(ctx context.Context, s *stepContext, plan mapping.Plan) (Resolution, error) {
	if len(plan.Causes) > 0 {
		result, err := r.parkStep(ctx, s, plan.Causes...)
		return ended(s, result), err
	}
	if len(plan.Steps) == 0 {
		if result, err := r.putBack(ctx, s); err != nil || result.Ended() {
			return ended(s, result), err
		}
		outcome := OutcomeOutOfScope
		if plan.InScope {
			outcome = OutcomeUnchanged
			if len(s.bindings) > 0 {
				outcome = OutcomeSynced
			}
		}
		stale, err := r.store.Finish(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID, s.ref.Want, outcome, audit(ctx, outcome, 0))
		if err != nil {
			return Resolution{}, fmt.Errorf("finishing the record: %w", err)
		}
		return Resolution{Want: s.ref.Want, Outcome: outcome, Stale: stale}, nil
	}
	steps, err := json.Marshal(plan.Steps)
	if err != nil {
		return Resolution{}, fmt.Errorf("encoding the plan: %w", err)
	}
	id, stale, err := r.store.SavePlan(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID, s.ref.Want, s.connection.Tenant.RulesEpoch, steps)
	if err != nil {
		return Resolution{}, fmt.Errorf("saving the plan: %w", err)
	}
	resolution := Resolution{Want: s.ref.Want, PlanID: id, Stale: stale}
	for _, step := range plan.Steps {
		resolution.Steps = append(resolution.Steps, StepSummary{Kind: step.Kind, Part: step.Part, Project: stepProject(step)})
		resolution.Prepare = resolution.Prepare || step.Commitment != nil || step.Requisition != nil || step.DirectCost != nil
	}
	return resolution, r.warn(ctx, s, plan.Warnings)
}

// warn writes warnings to the audit trail; they hold nothing up.
func (r *Records) warn(ctx context.Context, s *stepContext, warnings []mapping.Cause) error {
	for _, w := range warnings {
		detail, err := json.Marshal(map[string]string{"cause": w.Key, "sentence": cause.Sentence(w.Key, w.Detail)})
		if err != nil {
			return fmt.Errorf("encoding a warning: %w", err)
		}
		a := audit(ctx, "warning", 0)
		a.Detail = detail
		if err := r.store.InsertAudit(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID, a); err != nil {
			return fmt.Errorf("writing a warning: %w", err)
		}
	}
	return nil
}

func (r *Records) resolveFailed(ctx context.Context, s *stepContext, err error) (Resolution, error) {
	result, err := r.failed(ctx, s, err)
	return ended(s, result), err
}

func ended(s *stepContext, result StepResult) Resolution {
	return Resolution{
		Want: s.ref.Want, Outcome: result.Outcome, Causes: result.Causes, Stale: result.Stale, DeferSeconds: result.DeferSeconds,
	}
}

// identityChanged: a record with our number but another creation date is not the one that was sent; the database was
// restored or copied and the number given again.
func identityChanged(s *stepContext) *mapping.Cause {
	for _, b := range s.bindings {
		if b.CreateDate.IsZero() || s.record.CreateDate.IsZero() || b.CreateDate.Equal(s.record.CreateDate) {
			continue
		}
		return &mapping.Cause{Key: cause.Key(cause.IdentityChanged, recordSubject(s.ref.Model, s.ref.ID)), Detail: map[string]string{
			"created": s.record.CreateDate.UTC().Format(time.RFC3339), "sent": b.CreateDate.UTC().Format(time.RFC3339),
		}}
	}
	return nil
}

// named turns "unknown" into "not permitted" for projects that Procore refused.
func named(plan mapping.Plan, forbidden map[int64]bool) mapping.Plan {
	for i, c := range plan.Causes {
		if cause.Code(c.Key) != cause.ProjectUnknown {
			continue
		}
		if id, err := strconv.ParseInt(cause.Subject(c.Key), 10, 64); err == nil && forbidden[id] {
			plan.Causes[i].Key = cause.Key(cause.ProjectForbidden, cause.Subject(c.Key))
		}
	}
	return plan
}

func missesCodes(plan mapping.Plan) bool {
	for _, c := range plan.Causes {
		switch cause.Code(c.Key) {
		case cause.BudgetCode, cause.ProjectUnknown, cause.ProjectClosed:
			return true
		}
	}
	return len(missingCodes(plan)) > 0
}

func missingCodes(plan mapping.Plan) []mapping.MissingCode {
	var codes []mapping.MissingCode
	seen := map[mapping.MissingCode]bool{}
	for _, step := range plan.Steps {
		for _, code := range step.Codes {
			if !seen[code] {
				seen[code] = true
				codes = append(codes, code)
			}
		}
	}
	return codes
}

func stepProject(step mapping.Step) int64 {
	switch {
	case step.Commitment != nil:
		return step.Commitment.Project
	case step.Requisition != nil:
		return step.Requisition.Project
	case step.DirectCost != nil:
		return step.DirectCost.Project
	}
	return step.Project
}

func toMapping(rows []store.Binding) []mapping.Binding {
	out := make([]mapping.Binding, 0, len(rows))
	for _, row := range rows {
		out = append(out, binding(row))
	}
	return out
}

// binding is what the rules read of one. A commitment that a run reopened and did not approve again may be Draft in
// Procore, whatever was written down: it is half written.
func binding(b store.Binding) mapping.Binding {
	status := b.Status
	if b.ReopenedBy != 0 && status == mapping.StatusApproved {
		status = mapping.StatusDraft
	}
	return mapping.Binding{
		Kind: b.Kind, Part: b.Part, Project: b.Project, ProcoreID: b.ProcoreID, OriginID: b.OriginID,
		Generation: b.Generation, Status: status, Content: b.Content, Lines: b.Lines,
	}
}
