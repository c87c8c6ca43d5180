package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

func (r *Records) planBill(ctx context.Context, s *stepContext, maxAge time.Duration) (mapping.Plan, error) {
	bill, err := decode[odoo.VendorBill](s.record)
	if err != nil {
		return mapping.Plan{}, err
	}
	if s.record.Deleted {
		bill.State = cancelled
	}
	state := mapping.BillState{Bindings: toMapping(s.bindings)}
	if err := r.reversed(ctx, s.ref.Tenant, bill, &state); err != nil {
		return mapping.Plan{}, err
	}
	if err := r.ordersOf(ctx, s.ref.Tenant, bill, &state); err != nil {
		return mapping.Plan{}, err
	}
	n := newNeeds()
	n.bill(bill)
	for _, order := range state.Orders {
		n.order(order)
	}
	if state.Reversed != nil {
		n.bill(*state.Reversed)
	}
	rules, forbidden, err := r.rules(ctx, s.connection, n, maxAge)
	if err != nil {
		return mapping.Plan{}, err
	}
	if c := missingPlan(s.connection, rules); c != nil {
		return mapping.Plan{Causes: []mapping.Cause{*c}}, nil
	}
	if state.Vendors, err = r.vendors(ctx, s.ref.Tenant, rules); err != nil {
		return mapping.Plan{}, err
	}
	state.InternalPartners = map[int64]int64{}
	for id, company := range rules.Companies {
		state.InternalPartners[company.Partner] = id
	}
	if state.DuplicateRef, err = r.duplicateRef(ctx, s.ref.Tenant, bill); err != nil {
		return mapping.Plan{}, err
	}
	if state.NewestOnly, err = r.newest(ctx, s.ref.Tenant, s.bindings); err != nil {
		return mapping.Plan{}, err
	}
	if state.OpenCommitments, err = r.openCommitments(ctx, s.ref.Tenant, rules, bill); err != nil {
		return mapping.Plan{}, err
	}
	return named(mapping.ResolveBill(bill, rules, state), forbidden), nil
}

// reversed reads the bill that a credit note reverses, and where it went.
func (r *Records) reversed(ctx context.Context, tenant string, bill odoo.VendorBill, state *mapping.BillState) error {
	if bill.ReversedEntry == 0 {
		return nil
	}
	docs, err := some[odoo.VendorBill](ctx, r.store, tenant, odoo.ModelMove, []int64{bill.ReversedEntry})
	if err != nil {
		return err
	}
	doc, ok := docs[bill.ReversedEntry]
	if !ok {
		return nil
	}
	bindings, err := r.store.Bindings(ctx, tenant, odoo.ModelMove, bill.ReversedEntry)
	if err != nil {
		return fmt.Errorf("reading the bindings of the reversed bill: %w", err)
	}
	state.Reversed, state.ReversedBindings = &doc, toMapping(bindings)
	record, err := r.store.Record(ctx, tenant, odoo.ModelMove, bill.ReversedEntry)
	if err != nil {
		return fmt.Errorf("reading the reversed bill: %w", err)
	}
	state.ReversedPending = record.Want > record.Done
	return nil
}

// ordersOf reads the purchase orders of the bill's lines (and of the bill it reverses), whether they are carried over,
// and their commitments.
func (r *Records) ordersOf(ctx context.Context, tenant string, bill odoo.VendorBill, state *mapping.BillState) error {
	ids := map[int64]bool{}
	for _, l := range bill.Lines {
		ids[l.PurchaseOrder] = true
	}
	if state.Reversed != nil {
		for _, l := range state.Reversed.Lines {
			ids[l.PurchaseOrder] = true
		}
	}
	state.Orders, state.OrderPending = map[int64]odoo.PurchaseOrder{}, map[int64]bool{}
	state.Commitments = map[int64]map[int64]mapping.Binding{}
	orders := keys(ids)
	if len(orders) == 0 {
		return nil
	}
	rows, err := r.store.Records(ctx, tenant, odoo.ModelPurchaseOrder, orders)
	if err != nil {
		return fmt.Errorf("reading the purchase orders: %w", err)
	}
	for _, id := range orders {
		state.OrderPending[id] = true
	}
	for _, row := range rows {
		if len(row.Content) == 0 || row.Deleted {
			continue
		}
		if state.Orders[row.ID], err = decode[odoo.PurchaseOrder](row); err != nil {
			return err
		}
		state.OrderPending[row.ID] = row.Want > row.Done
	}
	bindings, err := r.store.Commitments(ctx, tenant, orders)
	if err != nil {
		return fmt.Errorf("reading the commitments: %w", err)
	}
	for _, b := range bindings {
		if state.Commitments[b.OdooID] == nil {
			state.Commitments[b.OdooID] = map[int64]mapping.Binding{}
		}
		state.Commitments[b.OdooID][b.Project] = binding(b)
	}
	return nil
}

// duplicateRef names a posted bill of the same vendor with the same number that is earlier, or in Procore already.
func (r *Records) duplicateRef(ctx context.Context, tenant string, bill odoo.VendorBill) (string, error) {
	if bill.State != "posted" || bill.Type == "in_refund" || strings.TrimSpace(bill.Ref) == "" {
		return "", nil
	}
	rows, err := r.store.BillsWithRef(ctx, tenant, bill.Ref)
	if err != nil {
		return "", fmt.Errorf("looking for bills with the same number: %w", err)
	}
	for _, row := range rows {
		other, err := decode[odoo.VendorBill](row)
		if err != nil {
			return "", err
		}
		if other.ID == bill.ID || other.State != "posted" || other.Type == "in_refund" {
			continue
		}
		same, err := r.sameVendor(ctx, tenant, other.Partner, bill.Partner)
		if err != nil {
			return "", err
		}
		if same && !earlier(other, bill) {
			if same, err = r.sent(ctx, tenant, other.ID); err != nil {
				return "", err
			}
		}
		if same {
			return row.Ref, nil
		}
	}
	return "", nil
}

// sameVendor tells whether two partners are one vendor: a contact is its commercial partner.
func (r *Records) sameVendor(ctx context.Context, tenant string, a, b int64) (bool, error) {
	if a == b {
		return true, nil
	}
	partners, err := some[odoo.Partner](ctx, r.store, tenant, odoo.ModelPartner, []int64{a, b})
	return err == nil && partners[a].Commercial != 0 && partners[a].Commercial == partners[b].Commercial, err
}

// sent tells whether anything of a bill is in Procore.
func (r *Records) sent(ctx context.Context, tenant string, bill int64) (bool, error) {
	bindings, err := r.store.Bindings(ctx, tenant, odoo.ModelMove, bill)
	return slices.ContainsFunc(bindings, func(b store.Binding) bool {
		return b.ProcoreID != 0 && b.Status != mapping.StatusDeleted
	}), err
}

// earlier orders bills by invoice date, then id.
func earlier(a, b odoo.VendorBill) bool {
	if a.InvoiceDate != b.InvoiceDate {
		return a.InvoiceDate < b.InvoiceDate
	}
	return a.ID < b.ID
}

// newest tells for each subcontractor invoice of the bill whether it is the newest of its commitment that we know.
func (r *Records) newest(ctx context.Context, tenant string, bindings []store.Binding) (map[string]bool, error) {
	newest := map[string]bool{}
	for _, b := range bindings {
		if b.Kind != mapping.KindRequisition || b.Status == mapping.StatusDeleted {
			continue
		}
		content, err := mapping.DecodeContent[mapping.Requisition](binding(b))
		if err != nil {
			return nil, err
		}
		on, err := r.store.RequisitionsOn(ctx, tenant, content.Commitment)
		if err != nil {
			return nil, fmt.Errorf("reading the subcontractor invoices: %w", err)
		}
		newest[b.Part] = !slices.ContainsFunc(on, func(other store.Binding) bool {
			return other.Status != mapping.StatusDeleted && other.ProcoreID > b.ProcoreID
		})
	}
	return newest, nil
}

// openCommitments are the vendor's Approved commitments, for the warning of a bill without its order.
func (r *Records) openCommitments(ctx context.Context, tenant string, rules mapping.Rules, bill odoo.VendorBill) ([]mapping.OpenCommitment, error) {
	untied := slices.ContainsFunc(bill.Lines, func(l odoo.MoveLine) bool { return l.PurchaseLine == 0 && len(l.Distribution) > 0 })
	if !untied {
		return nil, nil
	}
	partner := bill.Partner
	if p, ok := rules.Partners[partner]; ok && p.Commercial != 0 {
		partner = p.Commercial
	}
	bindings, err := r.store.CommitmentsOfPartner(ctx, tenant, partner)
	if err != nil {
		return nil, fmt.Errorf("reading the vendor's commitments: %w", err)
	}
	var open []mapping.OpenCommitment
	for _, b := range bindings {
		if b.Status != mapping.StatusApproved {
			continue
		}
		content, err := mapping.DecodeContent[mapping.Commitment](binding(b))
		if err != nil {
			return nil, err
		}
		o := mapping.OpenCommitment{Order: b.OdooID, Number: content.Number, Project: b.Project, ProcoreID: b.ProcoreID}
		for _, l := range content.Lines {
			o.Codes = append(o.Codes, l.BudgetCode)
		}
		open = append(open, o)
	}
	return open, nil
}
