package activities

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// Prepare checks and makes what the documents of a plan need before the first of them is written: budget codes, the
// vendor on each project, an open billing period, and no commitment typed by hand under the same number. What is
// missing parks the record while nothing is half-written.
func (r *Records) Prepare(ctx context.Context, ref StepRef) (StepResult, error) {
	steps, err := r.planned(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	for i := range steps {
		ref.Index = i
		s, err := r.open(ctx, ref)
		if err != nil {
			return StepResult{}, err
		}
		if result, err := r.prepareStep(ctx, s); err != nil || result.Ended() {
			return result, err
		}
	}
	return StepResult{}, nil
}

func (r *Records) prepareStep(ctx context.Context, s *stepContext) (StepResult, error) {
	project, vendor := int64(0), int64(0)
	switch {
	case s.step.Commitment != nil:
		project, vendor = s.step.Commitment.Project, s.step.Commitment.Vendor
	case s.step.DirectCost != nil:
		project, vendor = s.step.DirectCost.Project, s.step.DirectCost.Vendor
	case s.step.Requisition != nil:
		if _, stop, err := r.billingPeriod(ctx, s, s.step.Requisition); err != nil || stop != nil {
			return r.stopOr(ctx, s, stop, err)
		}
		return StepResult{}, nil
	default:
		return StepResult{}, nil
	}
	if s.step.Kind == mapping.StepCreateCommitment {
		if stop, err := r.typedByHand(ctx, s); err != nil || stop != nil {
			return r.stopOr(ctx, s, stop, err)
		}
	}
	return r.vendorOnProject(ctx, s, project, vendor)
}

// nobodys tells whether a document of Procore belongs to no record: it was typed by hand, it is of another epoch, a rebind
// let it go, or its record is not known. One of another integration is its own.
func (r *Records) nobodys(ctx context.Context, s *stepContext, originID string) (bool, error) {
	if originID == "" {
		return true, nil
	}
	origin, ours := mapping.ParseOriginID(originID, s.connection.Tenant.OriginPrefix)
	if !ours {
		return false, nil
	}
	if origin.Epoch != s.connection.Tenant.OriginEpoch {
		return true, nil
	}
	return r.store.IsNobodys(ctx, s.ref.Tenant, originID, store.RecordKey{Model: origin.Model, OdooID: origin.ID})
}

// typedByHand looks for a commitment that somebody made in Procore for the same order.
func (r *Records) typedByHand(ctx context.Context, s *stepContext) (*mapping.Cause, error) {
	want := s.step.Commitment
	list, err := r.seen.projectCommitments(ctx, s.connection, want.Project)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if !mapping.SameNumber(c.Number, want.Number) {
			continue
		}
		if nobodys, err := r.nobodys(ctx, s, c.OriginID); err != nil || nobodys {
			if err != nil {
				return nil, err
			}
			return new(s.cause(cause.CommitmentExists, s.subject(), map[string]string{"number": c.Number})), nil
		}
	}
	return nil, nil
}

// vendorOnProject adds the vendor to the project's directory: Procore refuses documents that name a stranger.
func (r *Records) vendorOnProject(ctx context.Context, s *stepContext, project, vendor int64) (StepResult, error) {
	seen := r.seen.projectVendors(s.connection, project)
	list, err := seen.get(ctx, func(ctx context.Context) ([]procore.Vendor, error) {
		vendors, _, err := s.connection.Procore.ProjectVendors.List(ctx, project, procore.ListOptions{})
		return vendors, err
	})
	if err != nil {
		return r.failed(ctx, s, err)
	}
	if vendor == 0 || slices.ContainsFunc(list, func(v procore.Vendor) bool { return v.ID == vendor }) {
		return StepResult{}, nil
	}
	result, err := r.send(ctx, s, write{
		subject: fmt.Sprintf("project/%d", project), part: fmt.Sprintf("vendor/%d", vendor), operation: "add vendor to project",
		send: func(ctx context.Context) (written, error) {
			_, _, err := s.connection.Procore.ProjectVendors.Add(ctx, project, vendor)
			return written{found: err == nil, id: vendor}, err
		},
	})
	if err == nil {
		seen.forget()
	}
	return result, err
}

// billingPeriod chooses the open period that holds the accounting date, else the next later one, else the newest.
func (r *Records) billingPeriod(ctx context.Context, s *stepContext, want *mapping.Requisition) (int64, *mapping.Cause, error) {
	list, err := r.seen.openPeriods(ctx, s.connection, want.Project)
	if err != nil {
		return 0, nil, err
	}
	if len(list) == 0 {
		return 0, new(s.cause(cause.BillingPeriodNone, strconv.FormatInt(want.Project, 10), nil)), nil
	}
	date, err := procore.ParseDate(string(want.AccountingDate))
	if err != nil {
		return 0, nil, fmt.Errorf("accounting date %q of the bill: %w", want.AccountingDate, err)
	}
	return choosePeriod(list, date.Time), nil, nil
}

func choosePeriod(open []procore.BillingPeriod, date time.Time) int64 {
	open = slices.Clone(open)
	slices.SortFunc(open, func(a, b procore.BillingPeriod) int { return a.StartDate.Compare(b.StartDate.Time) })
	for _, p := range open {
		if !p.EndDate.Before(date) {
			return p.ID
		}
	}
	return open[len(open)-1].ID
}

// dateOf is a date of Odoo's, whose form its reader has checked, as Procore takes it; nil when there is none.
func dateOf(d odoo.Date) *procore.Date {
	date, err := procore.ParseDate(string(d))
	if err != nil {
		return nil
	}
	return &date
}
