package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// WriteDirectCost creates a direct cost with its lines, or changes it. A create looks up first, always: the same
// answer finds ours after a lost one and the vendor's invoice that somebody typed by hand.
func (r *Records) WriteDirectCost(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	if s.step.Kind == mapping.StepUpdateDirectCost {
		return r.send(ctx, s, write{
			kind: mapping.KindDirectCost, part: s.step.Part, operation: "update direct cost",
			send: func(ctx context.Context) (written, error) { return r.updateDirectCost(ctx, s, s.step.ProcoreID) },
		})
	}
	return r.send(ctx, s, write{
		kind: mapping.KindDirectCost, part: s.step.Part, operation: "create direct cost",
		lookUpAlways: true,
		lookUp:       func(ctx context.Context, inDoubt bool) (written, error) { return r.findDirectCost(ctx, s, inDoubt) },
		send:         func(ctx context.Context) (written, error) { return r.createDirectCost(ctx, s) },
	})
}

// RetireDirectCost deletes a direct cost with its lines.
func (r *Records) RetireDirectCost(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	binding, ok := s.retiring(mapping.KindDirectCost)
	if !ok || binding.Status == mapping.StatusDeleted {
		return StepResult{}, nil
	}
	return r.send(ctx, s, write{kind: mapping.KindDirectCost, part: s.step.Part, operation: "delete direct cost", send: func(ctx context.Context) (written, error) {
		_, err := s.connection.Procore.DirectCosts.Delete(ctx, binding.Project, binding.ProcoreID)
		return gone(s, mapping.KindDirectCost, binding, err)
	}})
}

// findDirectCost looks by invoice number; one that an earlier attempt may have made can have another number, so then it
// looks by origin id too.
func (r *Records) findDirectCost(ctx context.Context, s *stepContext, inDoubt bool) (written, error) {
	want := s.step.DirectCost
	options := procore.DirectCostListOptions{InvoiceNumber: want.InvoiceNumber}
	if want.InvoiceNumber == "" {
		options.OriginID = want.OriginID
	}
	list, _, err := s.connection.Procore.DirectCosts.List(ctx, want.Project, options)
	if err != nil {
		return written{}, err
	}
	if inDoubt && want.InvoiceNumber != "" {
		ours, _, err := s.connection.Procore.DirectCosts.List(ctx, want.Project, procore.DirectCostListOptions{OriginID: want.OriginID})
		if err != nil {
			return written{}, err
		}
		list = append(list, ours...)
	}
	for _, d := range list {
		if d.OriginID == want.OriginID {
			return r.updateDirectCost(ctx, s, d.ID)
		}
	}
	for _, d := range list {
		if d.VendorID != want.Vendor || !mapping.SameNumber(d.InvoiceNumber, want.InvoiceNumber) {
			continue
		}
		if nobodys, err := r.nobodys(ctx, s, d.OriginID); err != nil {
			return written{}, err
		} else if nobodys {
			return written{cause: new(s.cause(cause.DirectCostExists, s.subject(), map[string]string{"number": want.InvoiceNumber}))}, nil
		}
	}
	return written{}, nil
}

func (r *Records) createDirectCost(ctx context.Context, s *stepContext) (written, error) {
	want := s.step.DirectCost
	body := directCostBody(want)
	body.DirectCostType = &want.Type
	body.OriginID = &want.OriginID
	if want.InvoiceNumber != "" {
		body.InvoiceNumber = &want.InvoiceNumber
	}
	for _, l := range want.Lines {
		line := directCostLine(l)
		line.OriginID = new(l.OriginID)
		body.LineItems = append(body.LineItems, line)
	}
	created, _, err := s.connection.Procore.DirectCosts.Create(ctx, want.Project, body)
	if err != nil {
		return written{}, originTaken(err, want.OriginID)
	}
	return directCostWritten(s, created.ID)
}

// updateDirectCost changes header and lines in one request; lines are recognised by their origin id, one that is no
// longer wanted goes to zero. One that shows all of it already is left alone.
func (r *Records) updateDirectCost(ctx context.Context, s *stepContext, id int64) (written, error) {
	want := s.step.DirectCost
	current, _, err := s.connection.Procore.DirectCosts.Get(ctx, want.Project, id)
	if err != nil {
		return written{}, err
	}
	have := make(map[string]procore.DirectCostLine, len(current.LineItems))
	for _, l := range current.LineItems {
		have[l.OriginID] = l
	}
	body := directCostBody(want)
	same := current.VendorID == want.Vendor && current.Description == want.Description &&
		current.DirectCostDate.String() == string(want.Date) && current.ReceivedDate.String() == string(want.ReceivedDate)
	for _, l := range want.Lines {
		line := directCostLine(l)
		existing, ok := have[l.OriginID]
		same = same && ok && existing.Amount.Equal(l.Amount) && existing.Description == l.Description
		if ok {
			line.ID = new(existing.ID)
			delete(have, l.OriginID)
		} else {
			line.OriginID = new(l.OriginID)
		}
		body.LineItems = append(body.LineItems, line)
	}
	for _, l := range current.LineItems {
		if _, left := have[l.OriginID]; left && l.OriginID != "" && !l.Amount.IsZero() {
			body.LineItems = append(body.LineItems, procore.DirectCostLineWrite{ID: new(l.ID), ManualAmount: &procore.NumberMoney{}})
			same = false
		}
	}
	if same {
		return directCostWritten(s, id)
	}
	updated, _, err := s.connection.Procore.DirectCosts.Update(ctx, want.Project, id, body)
	if refusedAs(err, notEditable...) {
		return written{cause: new(s.cause(cause.DirectCostLocked, s.subject(), map[string]string{"message": err.Error()}))}, nil
	}
	if err != nil {
		return written{}, err
	}
	return directCostWritten(s, updated.ID)
}

func directCostBody(want *mapping.DirectCost) procore.DirectCostWrite {
	return procore.DirectCostWrite{
		Status: &want.Status, Description: &want.Description, VendorID: &want.Vendor,
		DirectCostDate: dateOf(want.Date), ReceivedDate: dateOf(want.ReceivedDate),
	}
}

func directCostLine(l mapping.DirectCostLine) procore.DirectCostLineWrite {
	return procore.DirectCostLineWrite{
		BudgetCodeID: new(l.WBSCode), Description: new(l.Description),
		ManualAmount: new(procore.NewNumberMoney(l.Amount)),
	}
}

func directCostWritten(s *stepContext, id int64) (written, error) {
	content, err := json.Marshal(s.step.DirectCost)
	if err != nil {
		return written{}, fmt.Errorf("encoding the direct cost: %w", err)
	}
	b := s.bind(store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusApproved, Content: content}}, mapping.KindDirectCost,
		s.step.DirectCost.Project, id, s.step.DirectCost.OriginID)
	return written{found: true, id: id, binding: &b}, nil
}
