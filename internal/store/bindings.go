package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// The kinds of bindings that the protocol knows; others may be added.
const (
	KindVendor      = "vendor"
	KindCommitment  = "commitment"
	KindRequisition = "requisition"
	KindDirectCost  = "direct_cost"
)

// StatusDeleted is the status of a binding whose resource is gone from Procore; another one is never taken for it.
const StatusDeleted = "deleted"

// Binding ties a part of a record to what stands for it in Procore.
type Binding struct {
	Tenant, Model string
	OdooID        int64
	Kind, Part    string
	Project       int64 // of Procore; 0: of the company
	ProcoreID     int64 // 0: not created yet
	OriginID      string
	Generation    int64
	Status        string
	// Content is what was sent last, JSON.
	Content []byte
	// Lines maps our keys of lines to ids of Procore.
	Lines map[string]int64
	// ApprovedPlan is the plan of the last Approve: the way back.
	ApprovedPlan int64
	// ReopenedBy is the send that reopened it and was not followed by an Approve; 0: none.
	ReopenedBy int64
	CreateDate time.Time // of the Odoo record
}

// BindingUpdate is what a write made known. Zero values keep what was known. Tenant, Model, OdooID, Kind and Part are
// the key, the first three by default those of the send's record; ApprovedPlan and ReopenedBy are not written: see Approve.
type BindingUpdate struct {
	Binding
	// Approve says that the resource now holds PlanID, approved: it becomes ApprovedPlan, and ReopenedBy is cleared.
	Approve bool
	PlanID  int64
}

func (b *BindingUpdate) encode() ([]byte, error) {
	raw, err := json.Marshal(struct {
		Tenant     string           `json:"tenant"`
		Model      string           `json:"model"`
		OdooID     int64            `json:"odoo_id"`
		Kind       string           `json:"kind"`
		Part       string           `json:"part"`
		Project    int64            `json:"project"`
		ProcoreID  int64            `json:"procore_id"`
		OriginID   string           `json:"origin_id"`
		Generation int64            `json:"generation"`
		Status     string           `json:"status"`
		Content    json.RawMessage  `json:"content"`
		Lines      map[string]int64 `json:"lines"`
		CreateDate *time.Time       `json:"create_date"`
		Approve    bool             `json:"approve"`
		PlanID     int64            `json:"plan_id"`
	}{
		b.Tenant, b.Model, b.OdooID, b.Kind, b.Part, b.Project, b.ProcoreID, b.OriginID, b.Generation, b.Status, b.Content, b.Lines,
		timeOrNil(b.CreateDate), b.Approve, b.PlanID,
	})
	if err != nil {
		return nil, fmt.Errorf("writing the binding: %w", err)
	}
	return raw, nil
}

// SaveBinding writes a binding without a write to Procore: a resource that was there and is linked.
func (s *Store) SaveBinding(ctx context.Context, b BindingUpdate) error {
	raw, err := b.encode()
	if err != nil {
		return err
	}
	_, err = again(fmt.Sprintf("saving the binding of %s %d", b.Model, b.OdooID), func() (struct{}, error) {
		return struct{}{}, s.q.SaveBinding(ctx, raw)
	})
	return err
}

// Bindings returns all bindings of a record.
func (s *Store) Bindings(ctx context.Context, tenant, model string, id int64) ([]Binding, error) {
	return toBindings(s.q.Bindings(ctx, db.BindingsParams{Tenant: tenant, Model: model, OdooID: id}))
}

// BindingsByKind returns all bindings of a kind.
func (s *Store) BindingsByKind(ctx context.Context, tenant, kind string) ([]Binding, error) {
	return toBindings(s.q.BindingsByKind(ctx, db.BindingsByKindParams{Tenant: tenant, Kind: kind}))
}

// BindingsOf returns the bindings of a kind of several records of a model.
func (s *Store) BindingsOf(ctx context.Context, tenant, model, kind string, ids []int64) ([]Binding, error) {
	return toBindings(s.q.BindingsOf(ctx, db.BindingsOfParams{Tenant: tenant, Model: model, Kind: kind, Ids: ids}))
}

// Commitments returns the commitments of purchase orders.
func (s *Store) Commitments(ctx context.Context, tenant string, orderIDs []int64) ([]Binding, error) {
	return s.BindingsOf(ctx, tenant, "purchase.order", KindCommitment, orderIDs)
}

// CommitmentsOfPartner returns the commitments of a vendor's purchase orders, those of its contacts included.
func (s *Store) CommitmentsOfPartner(ctx context.Context, tenant string, partner int64) ([]Binding, error) {
	return toBindings(s.q.CommitmentsOfPartner(ctx, db.CommitmentsOfPartnerParams{Tenant: tenant, Partner: partner}))
}

// RequisitionsOn returns the requisitions that we made on a commitment, by their id in Procore.
func (s *Store) RequisitionsOn(ctx context.Context, tenant string, commitmentID int64) ([]Binding, error) {
	return toBindings(s.q.RequisitionsOn(ctx, db.RequisitionsOnParams{Tenant: tenant, Commitment: commitmentID}))
}

func toBindings(rows []db.Binding, err error) ([]Binding, error) {
	if err != nil {
		return nil, fmt.Errorf("reading bindings: %w", err)
	}
	out := make([]Binding, 0, len(rows))
	for _, r := range rows {
		b := Binding{
			Tenant: r.Tenant, Model: r.Model, OdooID: r.OdooID, Kind: r.Kind, Part: r.Part, Project: r.Project, ProcoreID: r.ProcoreID,
			OriginID: r.OriginID, Generation: r.Generation, Status: r.Status, Content: r.Content, ApprovedPlan: r.ApprovedPlan,
			ReopenedBy: r.ReopenedBy, CreateDate: timeOrZero(r.CreateDate),
		}
		if err := json.Unmarshal(r.Lines, &b.Lines); err != nil {
			return nil, fmt.Errorf("reading the lines of a binding of %s %d: %w", r.Model, r.OdooID, err)
		}
		out = append(out, b)
	}
	return out, nil
}
