package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// WriteRequisition creates a subcontractor invoice, or changes the newest one. Procore has no idempotency for it: the
// invoices of the commitment are read first, always.
func (r *Records) WriteRequisition(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	want := s.step.Requisition
	lane := "commitment/" + strconv.FormatInt(want.Commitment, 10)
	if s.step.Kind == mapping.StepUpdateRequisition {
		return r.send(ctx, s, write{
			kind: mapping.KindRequisition, part: s.step.Part, operation: "update subcontractor invoice", lane: lane, laneDate: string(want.BillingDate),
			send: func(ctx context.Context) (written, error) { return r.updateRequisition(ctx, s, s.step.ProcoreID) },
		})
	}
	period, stop, err := r.billingPeriod(ctx, s, want)
	if err != nil || stop != nil {
		return r.stopOr(ctx, s, stop, err)
	}
	return r.send(ctx, s, write{
		kind: mapping.KindRequisition, part: s.step.Part, operation: "create subcontractor invoice", lane: lane, laneDate: string(want.BillingDate),
		lookUpAlways: true,
		lookUp:       func(ctx context.Context, _ bool) (written, error) { return r.findRequisition(ctx, s) },
		send:         func(ctx context.Context) (written, error) { return r.createRequisition(ctx, s, period) },
	})
}

// RetireRequisition deletes a subcontractor invoice; Procore allows it for the newest of a commitment only.
func (r *Records) RetireRequisition(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	binding, ok := s.retiring(mapping.KindRequisition)
	if !ok || binding.Status == mapping.StatusDeleted {
		return StepResult{}, nil
	}
	return r.send(ctx, s, write{kind: mapping.KindRequisition, part: s.step.Part, operation: "delete subcontractor invoice", send: func(ctx context.Context) (written, error) {
		_, err := s.connection.Procore.Requisitions.Delete(ctx, binding.Project, binding.ProcoreID)
		if refusedAs(err, notEditable...) {
			return r.notNewest(ctx, s, binding.Project, commitmentOf(binding), binding.ProcoreID, err)
		}
		return gone(s, mapping.KindRequisition, binding, err)
	}})
}

// findRequisition looks for ours by origin id, and for one that somebody entered in Procore under the same number.
func (r *Records) findRequisition(ctx context.Context, s *stepContext) (written, error) {
	want := s.step.Requisition
	list, _, err := s.connection.Procore.Requisitions.List(ctx, want.Project, want.Commitment, procore.RequisitionListOptions{})
	if err != nil {
		return written{}, err
	}
	for _, q := range list {
		if q.OriginID == want.OriginID {
			return r.updateRequisition(ctx, s, q.ID)
		}
	}
	for _, q := range list {
		if !mapping.SameNumber(q.InvoiceNumber, want.InvoiceNumber) {
			continue
		}
		if nobodys, err := r.nobodys(ctx, s, q.OriginID); err != nil {
			return written{}, err
		} else if nobodys {
			return written{cause: new(s.cause(cause.RequisitionExists, s.subject(), map[string]string{"number": want.InvoiceNumber}))}, nil
		}
	}
	return written{}, nil
}

func (r *Records) createRequisition(ctx context.Context, s *stepContext, period int64) (written, error) {
	want := s.step.Requisition
	body := requisitionBody(want)
	body.PeriodID = &period
	body.OriginID = &want.OriginID
	for _, item := range want.Items {
		body.Items = append(body.Items, requisitionItem(item.Line, item))
	}
	created, _, err := s.connection.Procore.Requisitions.Create(ctx, want.Project, want.Commitment, body)
	if err != nil {
		return written{}, originTaken(err, want.OriginID)
	}
	return requisitionWritten(s, created.ID)
}

// updateRequisition sets the items of an existing invoice; lines that are no longer billed go to zero. One that shows
// all of it already is left alone: it need not be the newest.
func (r *Records) updateRequisition(ctx context.Context, s *stepContext, id int64) (written, error) {
	want := s.step.Requisition
	current, _, err := s.connection.Procore.Requisitions.Get(ctx, want.Project, id)
	if err != nil {
		return written{}, err
	}
	amounts := make(map[int64]mapping.RequisitionItem, len(want.Items))
	for _, item := range want.Items {
		amounts[item.Line] = item
	}
	body := requisitionBody(want)
	same := current.InvoiceNumber == want.InvoiceNumber && current.BillingDate.String() == string(want.BillingDate)
	for _, item := range current.Items {
		wanted, billed := amounts[item.LineItemID]
		delete(amounts, item.LineItemID)
		same = same && wanted.Amount.Equal(item.WorkCompletedThisPeriod.Decimal)
		if !billed && item.WorkCompletedThisPeriod.IsZero() {
			continue
		}
		update := requisitionItem(item.LineItemID, wanted)
		update.ID = new(item.ID)
		body.Items = append(body.Items, update)
	}
	if len(amounts) > 0 {
		return written{}, fmt.Errorf("subcontractor invoice %d has no item for %d of the billed lines", id, len(amounts))
	}
	if same {
		return requisitionWritten(s, id)
	}
	updated, _, err := s.connection.Procore.Requisitions.Update(ctx, want.Project, want.Commitment, id, body)
	if refusedAs(err, notEditable...) {
		return r.notNewest(ctx, s, want.Project, want.Commitment, current.ID, err)
	}
	if err != nil {
		return written{}, err
	}
	return requisitionWritten(s, updated.ID)
}

func requisitionBody(want *mapping.Requisition) procore.RequisitionWrite {
	return procore.RequisitionWrite{InvoiceNumber: &want.InvoiceNumber, Status: &want.Status, BillingDate: dateOf(want.BillingDate)}
}

func requisitionItem(line int64, item mapping.RequisitionItem) procore.RequisitionItemWrite {
	return procore.RequisitionItemWrite{
		ItemType: procore.ItemContract, LineItemID: new(line),
		WorkCompletedThisPeriod: new(procore.NewMoney(item.Amount)),
	}
}

func requisitionWritten(s *stepContext, id int64) (written, error) {
	content, err := json.Marshal(s.step.Requisition)
	if err != nil {
		return written{}, fmt.Errorf("encoding the subcontractor invoice: %w", err)
	}
	b := s.bind(store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusApproved, Content: content}}, mapping.KindRequisition,
		s.step.Requisition.Project, id, s.step.Requisition.OriginID)
	return written{found: true, id: id, binding: &b}, nil
}

// notNewest explains a refusal: a newer invoice on the commitment, or else what Procore says.
func (r *Records) notNewest(ctx context.Context, s *stepContext, project, commitment, id int64, refusal error) (written, error) {
	list, _, err := s.connection.Procore.Requisitions.List(ctx, project, commitment, procore.RequisitionListOptions{})
	if err != nil {
		return written{}, refusal
	}
	if slices.ContainsFunc(list, func(q procore.Requisition) bool { return q.ID > id }) {
		return written{cause: new(s.cause(cause.NotNewest, s.subject(), nil))}, nil
	}
	return written{}, refusal
}

// commitmentOf is the Procore commitment of a subcontractor invoice.
func commitmentOf(b store.Binding) int64 {
	content, err := mapping.DecodeContent[mapping.Requisition](binding(b))
	if err != nil {
		return 0
	}
	return content.Commitment
}

// stopOr parks a cause that was found before anything was written, or treats an error as any other.
func (r *Records) stopOr(ctx context.Context, s *stepContext, stop *mapping.Cause, err error) (StepResult, error) {
	if err != nil {
		return r.failed(ctx, s, err)
	}
	return r.parkStep(ctx, s, *stop)
}
