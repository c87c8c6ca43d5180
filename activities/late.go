package activities

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// checkLate looks at the parts of a record on which a worker that was given up may have written after its successor
// (the zombie writer). What Procore holds is compared with what was sent last; a difference marks the part as
// unfinished, and the plan that follows writes it again.
func (r *Records) checkLate(ctx context.Context, s *stepContext) (StepResult, error) {
	rows, err := r.store.UncheckedSends(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID)
	if err != nil || len(rows) == 0 {
		return StepResult{}, err
	}
	done := map[string]bool{}
	for _, row := range rows {
		s.step = mapping.Step{Part: row.Part}
		binding, bound := s.binding(row.Kind, row.Part)
		key := row.Subject + " " + row.Part
		if !bound || binding.ProcoreID == 0 || done[key] {
			continue // never bound: the create that follows looks up
		}
		done[key] = true
		result, err := r.send(ctx, s, write{
			kind: row.Kind, subject: row.Subject, part: row.Part, operation: "check after a late write",
			send: func(ctx context.Context) (written, error) {
				same, err := r.holds(ctx, s.connection.Procore, binding)
				if err != nil || same {
					return written{found: same, id: binding.ProcoreID}, err
				}
				b := s.bind(store.BindingUpdate{Binding: store.Binding{Status: mapping.StatusDraft}}, row.Kind, binding.Project, binding.ProcoreID, binding.OriginID)
				return written{found: true, id: binding.ProcoreID, binding: &b}, nil
			},
		})
		if err != nil || result.DeferSeconds > 0 || result.Stop() {
			return result, err
		}
	}
	if s.bindings, err = r.store.Bindings(ctx, s.ref.Tenant, s.ref.Model, s.ref.ID); err != nil {
		return StepResult{}, fmt.Errorf("reading the bindings: %w", err)
	}
	s.step = mapping.Step{}
	return StepResult{}, nil
}

// holds tells whether Procore's document is as its binding says.
func (r *Records) holds(ctx context.Context, client *procore.Client, b store.Binding) (bool, error) {
	switch b.Kind {
	case mapping.KindCommitment:
		return holdsCommitment(ctx, client, b)
	case mapping.KindRequisition:
		return holdsRequisition(ctx, client, b)
	case mapping.KindDirectCost:
		return holdsDirectCost(ctx, client, b)
	}
	return b.Status == mapping.StatusLinked, nil // our own vendor is written again, another's never
}

func holdsCommitment(ctx context.Context, client *procore.Client, b store.Binding) (bool, error) {
	live, _, err := client.Commitments.Get(ctx, b.Project, b.ProcoreID)
	if err != nil {
		return b.Status == mapping.StatusDeleted && procore.IsNotFound(err), ignoreNotFound(err)
	}
	if b.Status == mapping.StatusClosed {
		return live.Status == procore.CommitmentClosed, nil
	}
	want, err := mapping.DecodeContent[mapping.Commitment](binding(b))
	if err != nil {
		return false, nil //nolint:nilerr // never approved: written again
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
	return same, nil
}

func holdsRequisition(ctx context.Context, client *procore.Client, b store.Binding) (bool, error) {
	live, _, err := client.Requisitions.Get(ctx, b.Project, b.ProcoreID)
	if err != nil {
		return b.Status == mapping.StatusDeleted && procore.IsNotFound(err), ignoreNotFound(err)
	}
	want, err := mapping.DecodeContent[mapping.Requisition](binding(b))
	if err != nil {
		return false, nil //nolint:nilerr // its content is not known: written again
	}
	amounts := map[int64]decimal.Decimal{}
	for _, i := range live.Items {
		if !i.WorkCompletedThisPeriod.IsZero() {
			amounts[i.LineItemID] = i.WorkCompletedThisPeriod.Decimal
		}
	}
	for _, i := range want.Items {
		if !amounts[i.Line].Equal(i.Amount) {
			return false, nil
		}
		delete(amounts, i.Line)
	}
	return len(amounts) == 0 && live.InvoiceNumber == want.InvoiceNumber, nil
}

func holdsDirectCost(ctx context.Context, client *procore.Client, b store.Binding) (bool, error) {
	live, _, err := client.DirectCosts.Get(ctx, b.Project, b.ProcoreID)
	if err != nil {
		return b.Status == mapping.StatusDeleted && procore.IsNotFound(err), ignoreNotFound(err)
	}
	want, err := mapping.DecodeContent[mapping.DirectCost](binding(b))
	if err != nil {
		return false, nil //nolint:nilerr // its content is not known: written again
	}
	amounts := map[string]decimal.Decimal{}
	for _, l := range live.LineItems {
		if !l.Amount.IsZero() {
			amounts[l.OriginID] = l.Amount.Decimal
		}
	}
	for _, l := range want.Lines {
		if !amounts[l.OriginID].Equal(l.Amount) {
			return false, nil
		}
		delete(amounts, l.OriginID)
	}
	return len(amounts) == 0, nil
}

func ignoreNotFound(err error) error {
	if procore.IsNotFound(err) {
		return nil
	}
	return err
}
