package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// checkDoubtful looks at the parts of a record whose last write has an end that is not known: the worker died, the
// answer was lost, or a worker that was given up may have written after its successor (the zombie writer). A plan is a
// difference against bindings, so what Procore really holds must be known before it is made: otherwise a document
// could be left behind, or a change taken back in Odoo could stay in Procore.
func (r *Records) checkDoubtful(ctx context.Context, s *stepContext) (StepResult, error) {
	rows, err := r.doubtful(ctx, s)
	if err != nil || len(rows) == 0 {
		return StepResult{}, err
	}
	for _, row := range rows {
		if result, err := r.check(ctx, s, row); err != nil || result.Ended() {
			return result, err
		}
	}
	if s.bindings, err = r.store.Bindings(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID); err != nil {
		return StepResult{}, fmt.Errorf("reading the bindings: %w", err)
	}
	s.step = mapping.Step{}
	return StepResult{}, nil
}

// doubtful lists the last write of each such part, with the plan that it belongs to.
func (r *Records) doubtful(ctx context.Context, s *stepContext) ([]store.SendRow, error) {
	all, err := r.store.Sends(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID)
	if err != nil {
		return nil, err
	}
	late, err := r.store.UncheckedSends(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID)
	if err != nil {
		return nil, err
	}
	samePart := func(a store.SendRow) func(store.SendRow) bool {
		return func(b store.SendRow) bool { return a.Subject == b.Subject && a.Part == b.Part }
	}
	var last []store.SendRow
	for _, row := range slices.Backward(all) {
		i := slices.IndexFunc(last, samePart(row))
		switch {
		case row.Kind == "":
		case i < 0:
			last = append(last, row)
		case last[i].PlanID == 0: // a check: what it was about is in the plan of the write before it
			last[i].PlanID = row.PlanID
		}
	}
	return slices.DeleteFunc(last, func(row store.SendRow) bool {
		open := row.Result == "" || row.Result == store.ResultUnknown || row.Result == store.ResultOvertaken
		return !open && !slices.ContainsFunc(late, samePart(row))
	}), nil
}

// check reads one part in Procore under an intent row of its own and corrects the binding: draft when the document is
// not as was sent last, deleted when it is gone, bound when a lost create did make it.
func (r *Records) check(ctx context.Context, s *stepContext, row store.SendRow) (StepResult, error) {
	s.step = mapping.Step{Part: row.Part}
	b, bound := s.binding(row.Kind, row.Part)
	bound = bound && b.ProcoreID != 0
	if row.Kind == mapping.KindVendor && !bound {
		return StepResult{}, nil // linking looks in the company directory anyway
	}
	return r.send(ctx, s, write{
		kind: row.Kind, subject: row.Subject, part: row.Part, operation: "check after a doubtful write",
		// As a look-up: one that fails leaves the doubt, and the next attempt looks again.
		lookUpAlways: true,
		send:         func(context.Context) (written, error) { return written{}, nil },
		lookUp: func(ctx context.Context, _ bool) (written, error) {
			if !bound || b.Status == mapping.StatusDeleted {
				return r.findLost(ctx, s, row)
			}
			status, err := r.look(ctx, s.connection, b)
			if err != nil || status == b.Status {
				return written{found: true, id: b.ProcoreID}, err
			}
			update := s.bind(store.BindingUpdate{Binding: store.Binding{Status: status}}, row.Kind, b.Project, b.ProcoreID, b.OriginID)
			return written{found: true, id: b.ProcoreID, binding: &update}, nil
		},
	})
}

// findLost looks for the document of a create whose answer was lost, by the origin id in its plan.
func (r *Records) findLost(ctx context.Context, s *stepContext, row store.SendRow) (written, error) {
	steps, err := r.steps(ctx, row.PlanID)
	if err != nil {
		return written{}, err
	}
	i := slices.IndexFunc(steps, func(step mapping.Step) bool {
		return step.Part == row.Part && (step.Commitment != nil && row.Kind == mapping.KindCommitment ||
			step.Requisition != nil && row.Kind == mapping.KindRequisition || step.DirectCost != nil && row.Kind == mapping.KindDirectCost)
	})
	if i < 0 {
		return written{}, nil
	}
	id, originID, sent, err := r.byOrigin(ctx, s.connection.Procore, steps[i])
	if procore.IsNotFound(err) { // the project or commitment that it was for: the tenant has another company now
		return written{}, nil
	}
	if err != nil || id == 0 {
		return written{}, err
	}
	// A rebind may have come between: then the document is let go, or the original's.
	if nobodys, err := r.nobodys(ctx, s, originID); err != nil || nobodys {
		return written{}, err
	}
	content, err := json.Marshal(sent)
	if err != nil {
		return written{}, fmt.Errorf("encoding what was sent: %w", err)
	}
	update := s.bind(store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusDraft, Content: content}}, row.Kind,
		stepProject(steps[i]), id, originID)
	return written{found: true, id: id, binding: &update}, nil
}

// byOrigin finds the Procore id of a step's document; 0 when there is none.
func (r *Records) byOrigin(ctx context.Context, client *procore.Client, step mapping.Step) (id int64, originID string, sent any, err error) {
	switch {
	case step.Commitment != nil:
		want := step.Commitment
		list, _, err := client.Commitments.List(ctx, want.Project, procore.CommitmentListOptions{OriginIDs: []string{want.OriginID}})
		return ofOrigin(list, want.OriginID), want.OriginID, want, err
	case step.Requisition != nil:
		want := step.Requisition
		list, _, err := client.Requisitions.List(ctx, want.Project, want.Commitment, procore.RequisitionListOptions{})
		return ofOrigin(list, want.OriginID), want.OriginID, want, err
	default:
		want := step.DirectCost
		list, _, err := client.DirectCosts.List(ctx, want.Project, procore.DirectCostListOptions{OriginID: want.OriginID})
		return ofOrigin(list, want.OriginID), want.OriginID, want, err
	}
}

func ofOrigin[T procore.Synced](list []T, originID string) int64 {
	for _, item := range list {
		if item.GetOriginID() == originID {
			return item.GetID()
		}
	}
	return 0
}

// look says what the status of a binding should be: its own when Procore's document is as was sent last, draft when it
// differs, deleted when it is gone.
func (r *Records) look(ctx context.Context, c *Connection, b store.Binding) (string, error) {
	client := c.Procore
	var same bool
	var err error
	switch b.Kind {
	case mapping.KindCommitment:
		same, err = holdsCommitment(ctx, client, b)
	case mapping.KindRequisition:
		same, err = holdsRequisition(ctx, client, b)
	case mapping.KindDirectCost:
		same, err = holdsDirectCost(ctx, client, b)
	default:
		same, err = r.holdsVendor(ctx, c, b)
	}
	switch {
	case procore.IsNotFound(err):
		return mapping.StatusDeleted, nil
	case err != nil || same:
		return b.Status, err
	}
	return mapping.StatusDraft, nil
}

func holdsCommitment(ctx context.Context, client *procore.Client, b store.Binding) (bool, error) {
	live, _, err := client.Commitments.Get(ctx, b.Project, b.ProcoreID)
	return err == nil && sameCommitment(*live, b), err
}

// sameCommitment compares what is in Procore (with its lines) with what was sent last.
func sameCommitment(live procore.Commitment, b store.Binding) bool {
	if b.Status == mapping.StatusClosed {
		return live.Status == procore.CommitmentClosed
	}
	want, err := mapping.DecodeContent[mapping.Commitment](binding(b))
	if err != nil {
		return false // never approved: written again
	}
	amounts := map[string]decimal.Decimal{}
	for _, l := range live.LineItems {
		if l.OriginID != "" {
			amounts[l.OriginID] = l.Amount.Decimal
		}
	}
	same := live.Status == want.Status && len(amounts) == len(want.Lines)
	for _, l := range want.Lines {
		amount, ok := amounts[l.OriginID]
		same = same && ok && amount.Equal(l.Amount)
	}
	return same
}

func holdsRequisition(ctx context.Context, client *procore.Client, b store.Binding) (bool, error) {
	live, _, err := client.Requisitions.Get(ctx, b.Project, b.ProcoreID)
	return err == nil && sameRequisition(*live, b), err
}

// sameRequisition compares what is in Procore (with its items) with what was sent last.
func sameRequisition(live procore.Requisition, b store.Binding) bool {
	want, err := mapping.DecodeContent[mapping.Requisition](binding(b))
	if err != nil {
		return false // its content is not known: written again
	}
	amounts := map[int64]decimal.Decimal{}
	for _, i := range live.Items {
		if !i.WorkCompletedThisPeriod.IsZero() {
			amounts[i.LineItemID] = i.WorkCompletedThisPeriod.Decimal
		}
	}
	for _, i := range want.Items {
		if !amounts[i.Line].Equal(i.Amount) {
			return false
		}
		delete(amounts, i.Line)
	}
	return len(amounts) == 0 && live.InvoiceNumber == want.InvoiceNumber
}

func holdsDirectCost(ctx context.Context, client *procore.Client, b store.Binding) (bool, error) {
	live, _, err := client.DirectCosts.Get(ctx, b.Project, b.ProcoreID)
	return err == nil && sameDirectCost(live.LineItems, b), err
}

// sameDirectCost compares the lines in Procore with what was sent last.
func sameDirectCost(lines []procore.DirectCostLine, b store.Binding) bool {
	want, err := mapping.DecodeContent[mapping.DirectCost](binding(b))
	if err != nil {
		return false // its content is not known: written again
	}
	amounts := map[string]decimal.Decimal{}
	for _, l := range lines {
		if !l.Amount.IsZero() {
			amounts[l.OriginID] = l.Amount.Decimal
		}
	}
	for _, l := range want.Lines {
		if !amounts[l.OriginID].Equal(l.Amount) {
			return false
		}
		delete(amounts, l.OriginID)
	}
	return len(amounts) == 0
}
