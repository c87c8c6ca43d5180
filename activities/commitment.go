package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// WriteHeader creates a commitment as Draft, reopens an Approved one to Draft, or updates the fields that do not need
// reopening. All three are found by origin id: sending again is harmless.
func (r *Records) WriteHeader(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	want := s.step.Commitment
	switch s.step.Kind {
	case mapping.StepRewriteCommitment:
		return r.reopen(ctx, s)
	case mapping.StepUpdateHeader:
		update := headerUpdate(want)
		update.VendorID = nil // locked while Approved
		content, err := json.Marshal(want)
		if err != nil {
			return StepResult{}, fmt.Errorf("encoding the commitment: %w", err)
		}
		return r.syncCommitment(ctx, s, "update commitment header", update, false,
			approved(content, ref.PlanID))
	default:
		update := headerUpdate(want)
		update.Status = new(procore.CommitmentDraft)
		update.AccountingMethod = new(procore.AccountingAmount)
		return r.syncCommitment(ctx, s, "create commitment", update, false, store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusDraft}})
	}
}

func (r *Records) reopen(ctx context.Context, s *stepContext) (StepResult, error) {
	update := procore.CommitmentUpdate{OriginID: &s.step.Commitment.OriginID, Status: new(procore.CommitmentDraft)}
	return r.syncCommitment(ctx, s, "reopen commitment", update, true, store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusDraft}})
}

// WriteLines writes the schedule of values of a Draft commitment and removes what is no longer wanted.
func (r *Records) WriteLines(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	return r.writeLines(ctx, s, s.step.Commitment)
}

// Approve sets the wanted status and the header; from here on the commitment counts, and its plan is the way back.
func (r *Records) Approve(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	return r.approve(ctx, s)
}

func (r *Records) approve(ctx context.Context, s *stepContext) (StepResult, error) {
	want := s.step.Commitment
	content, err := json.Marshal(want)
	if err != nil {
		return StepResult{}, fmt.Errorf("encoding the commitment: %w", err)
	}
	update := headerUpdate(want)
	update.Status = &want.Status
	return r.syncCommitment(ctx, s, "approve commitment", update, false, approved(content, s.ref.PlanID))
}

// RetireCommitment closes a commitment that is no longer wanted; a Draft that was never approved is deleted.
func (r *Records) RetireCommitment(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	binding, ok := s.retiring(mapping.KindCommitment)
	if !ok || binding.Status == mapping.StatusClosed || binding.Status == mapping.StatusDeleted {
		return StepResult{}, nil
	}
	if binding.ApprovedPlan == 0 {
		return r.send(ctx, s, write{
			kind: mapping.KindCommitment, part: s.step.Part, operation: "delete commitment",
			send: func(ctx context.Context) (written, error) { return r.deleteOrClose(ctx, s, binding) },
		})
	}
	update, closed := closing(binding)
	return r.syncTo(ctx, s, binding.Project, "close commitment", update, false, closed)
}

// deleteOrClose deletes a Draft; one that was approved after all (the answer was lost) is closed.
func (r *Records) deleteOrClose(ctx context.Context, s *stepContext, binding store.Binding) (written, error) {
	live, _, err := s.connection.Procore.Commitments.Get(ctx, binding.Project, binding.ProcoreID)
	if err != nil {
		return gone(s, mapping.KindCommitment, binding, err)
	}
	if live.Status != procore.CommitmentDraft {
		update, closed := closing(binding)
		return r.syncOne(ctx, s, binding.Project, update, closed)
	}
	_, err = s.connection.Procore.Commitments.Delete(ctx, binding.Project, binding.ProcoreID)
	return gone(s, mapping.KindCommitment, binding, err)
}

func closing(binding store.Binding) (procore.CommitmentUpdate, store.BindingUpdate) {
	return procore.CommitmentUpdate{OriginID: &binding.OriginID, Status: new(procore.CommitmentClosed)},
		store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusClosed}}
}

func (r *Records) syncCommitment(ctx context.Context, s *stepContext, operation string, update procore.CommitmentUpdate, reopen bool, b store.BindingUpdate) (StepResult, error) {
	return r.syncTo(ctx, s, s.step.Commitment.Project, operation, update, reopen, b)
}

func (r *Records) syncTo(ctx context.Context, s *stepContext, project int64, operation string, update procore.CommitmentUpdate, reopen bool, b store.BindingUpdate) (StepResult, error) {
	return r.send(ctx, s, write{
		kind: mapping.KindCommitment, part: s.step.Part, operation: operation, reopen: reopen,
		send: func(ctx context.Context) (written, error) { return r.syncOne(ctx, s, project, update, b) },
	})
}

func (r *Records) syncOne(ctx context.Context, s *stepContext, project int64, update procore.CommitmentUpdate, b store.BindingUpdate) (written, error) {
	result, _, err := s.connection.Procore.Commitments.Sync(ctx, project, []procore.CommitmentUpdate{update})
	if err != nil {
		return written{}, err
	}
	entity, err := result.Find(*update.OriginID)
	if err != nil {
		return written{}, err
	}
	b = s.bind(b, mapping.KindCommitment, project, entity.ID, *update.OriginID)
	return written{found: true, id: entity.ID, binding: &b}, nil
}

// approved is the binding of a commitment that now holds a plan.
func approved(content []byte, planID int64) store.BindingUpdate {
	return store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusApproved, Content: content}, Approve: true, PlanID: planID}
}

// bind fills what every binding update of a step has in common.
func (s *stepContext) bind(b store.BindingUpdate, kind string, project, id int64, originID string) store.BindingUpdate {
	b.Tenant, b.Model, b.OdooID = s.ref.Tenant, s.ref.Model, s.ref.ID
	b.Kind, b.Part, b.Project, b.ProcoreID, b.OriginID = kind, s.step.Part, project, id, originID
	b.Generation = mapping.Generation(originID)
	b.CreateDate = s.record.CreateDate
	return b
}

func headerUpdate(want *mapping.Commitment) procore.CommitmentUpdate {
	return procore.CommitmentUpdate{
		OriginID: &want.OriginID, Number: &want.Number, Title: &want.Title, Description: &want.Description,
		VendorID: &want.Vendor, Private: want.Private, ContractDate: dateOf(want.ContractDate),
	}
}

// writeLines makes the commitment's lines those that are wanted: first what is not wanted goes, then the rest is written.
func (r *Records) writeLines(ctx context.Context, s *stepContext, want *mapping.Commitment) (StepResult, error) {
	binding, ok := s.binding(mapping.KindCommitment, s.step.Part)
	if !ok {
		return StepResult{}, fmt.Errorf("the commitment of part %s has no binding: its header must be written first", s.step.Part)
	}
	lines, err := r.linesOf(ctx, s, binding)
	if err != nil {
		return r.failed(ctx, s, err)
	}
	for _, key := range slices.Sorted(maps.Keys(lines)) {
		if slices.ContainsFunc(want.Lines, func(l mapping.CommitmentLine) bool { return l.Key == key }) {
			continue
		}
		id := lines[key]
		delete(lines, key)
		result, err := r.removeLine(ctx, s, binding, id, maps.Clone(lines))
		if err != nil || result.Ended() {
			return result, err
		}
	}
	for chunk := range slices.Chunk(want.Lines, procore.MaxSync) {
		result, err := r.syncLines(ctx, s, binding, chunk, lines)
		if err != nil || result.Ended() {
			return result, err
		}
	}
	return StepResult{}, nil
}

const writeLinesOperation = "write commitment lines"

// linesOf are our lines of a commitment. Where the last attempt to write them did not end well, Procore is asked: it
// may hold lines that the binding does not know.
func (r *Records) linesOf(ctx context.Context, s *stepContext, binding store.Binding) (map[string]int64, error) {
	attempts, err := r.store.Sends(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the earlier attempts: %w", err)
	}
	inDoubt := false
	for _, a := range attempts {
		if a.Subject == s.subject() && a.Part == s.step.Part && a.Operation == writeLinesOperation {
			inDoubt = a.Result != store.ResultOK
		}
	}
	lines := map[string]int64{}
	if !inDoubt {
		maps.Copy(lines, binding.Lines)
		return lines, nil
	}
	list, _, err := s.connection.Procore.CommitmentLines.List(ctx, binding.Project, binding.ProcoreID, procore.ListOptions{})
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		if key, ours := strings.CutPrefix(l.OriginID, mapping.LineOriginID(binding.OriginID, "")); ours {
			lines[key] = l.ID
		}
	}
	return lines, nil
}

func (r *Records) removeLine(ctx context.Context, s *stepContext, binding store.Binding, line int64, left map[string]int64) (StepResult, error) {
	return r.send(ctx, s, write{kind: mapping.KindCommitment, part: s.step.Part, operation: "delete commitment line", send: func(ctx context.Context) (written, error) {
		_, err := s.connection.Procore.CommitmentLines.Delete(ctx, binding.Project, binding.ProcoreID, line)
		if err != nil && !procore.IsNotFound(err) {
			return written{}, err
		}
		b := s.bind(store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusDraft, Lines: left}}, mapping.KindCommitment, binding.Project, binding.ProcoreID, binding.OriginID)
		return written{found: true, id: line, binding: &b}, nil
	}})
}

// syncLines writes up to 1000 lines and checks that Procore stored the amounts that were sent.
func (r *Records) syncLines(ctx context.Context, s *stepContext, binding store.Binding, want []mapping.CommitmentLine, lines map[string]int64) (StepResult, error) {
	updates := make([]procore.CommitmentLineUpdate, 0, len(want))
	for _, l := range want {
		updates = append(updates, procore.CommitmentLineUpdate{
			OriginID: new(l.OriginID), Description: new(l.Description), BudgetCodeID: new(l.WBSCode),
			Amount: new(procore.NewMoney(l.Amount)), ExtendedType: new(procore.ExtendedManual),
		})
	}
	return r.send(ctx, s, write{kind: mapping.KindCommitment, part: s.step.Part, operation: writeLinesOperation, send: func(ctx context.Context) (written, error) {
		result, _, err := s.connection.Procore.CommitmentLines.Sync(ctx, binding.Project, binding.ProcoreID, updates)
		if err != nil {
			return written{}, err
		}
		for _, l := range want {
			entity, err := result.Find(l.OriginID)
			if err != nil {
				return written{}, err
			}
			if !entity.Amount.Equal(l.Amount) {
				return written{}, fmt.Errorf("procore stored another amount than was sent for line %s of commitment %d", l.Key, binding.ProcoreID)
			}
			lines[l.Key] = entity.ID
		}
		b := s.bind(store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusDraft, Lines: lines}}, mapping.KindCommitment, binding.Project, binding.ProcoreID, binding.OriginID)
		return written{found: true, id: binding.ProcoreID, binding: &b}, nil
	}})
}

// gone is the result of a delete: a document that is not there any more is deleted.
func gone(s *stepContext, kind string, binding store.Binding, err error) (written, error) {
	if err != nil && !procore.IsNotFound(err) {
		return written{}, err
	}
	b := s.bind(store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusDeleted}}, kind, binding.Project, binding.ProcoreID, binding.OriginID)
	return written{found: true, id: binding.ProcoreID, binding: &b}, nil
}

// refusedAs tells whether Procore refused with one of the statuses.
func refusedAs(err error, statuses ...int) bool {
	return slices.Contains(statuses, statusOf(err))
}

var notEditable = []int{http.StatusBadRequest, http.StatusUnprocessableEntity}
