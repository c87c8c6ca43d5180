package activities

import (
	"context"
	"fmt"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// source is one thing to poll: a model, or the lines of one.
type source struct {
	cursor string // the cursor's name: the model that is polled
	model  string // the model whose snapshots it writes; its lock is taken
	lines  bool
	read   func(ctx context.Context, c *odoo.Client, w odoo.Window) (page, error)
}

type page struct {
	snapshots []store.Snapshot
	last      int64
	full      bool
}

type readByID func(ctx context.Context, c *odoo.Client, ids []int64) ([]store.Snapshot, error)

// sources in the order of reading: what a document names comes before the document.
var sources = []source{
	documents(odoo.ModelCompany, (*odoo.Client).Companies, noRef, nil),
	documents(odoo.ModelCurrency, (*odoo.Client).Currencies, noRef, nil),
	documents(odoo.ModelAnalyticPlan, (*odoo.Client).AnalyticPlans, noRef, nil),
	documents(odoo.ModelAnalyticAccount, (*odoo.Client).AnalyticAccounts, noRef, nil),
	documents(odoo.ModelCategory, (*odoo.Client).Categories, noRef, nil),
	documents(odoo.ModelProduct, (*odoo.Client).Products, noRef, nil),
	documents(odoo.ModelAccount, (*odoo.Client).Accounts, noRef, nil),
	documents(odoo.ModelTax, (*odoo.Client).Taxes, noRef, nil),
	documents(odoo.ModelPartner, (*odoo.Client).Partners, partnerRef, nil),
	documents(odoo.ModelPurchaseOrder, (*odoo.Client).PurchaseOrders, orderRef, rereadOrders),
	parents("purchase.order.line", odoo.ModelPurchaseOrder, (*odoo.Client).ChangedOrderLines, ordersByID),
	documents(odoo.ModelMove, (*odoo.Client).VendorBills, billRef, rereadBills),
	parents("account.move.line", odoo.ModelMove, (*odoo.Client).ChangedMoveLines, billsByID),
}

// header is what the store keeps beside a snapshot's content.
type header struct {
	ref     string
	company int64
	wanted  bool
}

func noRef[T any](odoo.Record[T]) header { return header{} }

// partnerRef: a partner is carried over only when a document in scope needs it, so a snapshot alone raises nothing.
func partnerRef(p odoo.Partner) header { return header{ref: p.Name} }

func orderRef(o odoo.PurchaseOrder) header {
	return header{ref: o.Name, company: o.Company, wanted: true}
}

func billRef(b odoo.VendorBill) header {
	ref := b.Name
	if ref == "" {
		ref = fmt.Sprintf("draft bill %d", b.ID)
	}
	return header{ref: ref, company: b.Company, wanted: true}
}

type reread[T any] func(ctx context.Context, c *odoo.Client, docs []T) ([]T, error)

// documents polls a model by windows.
func documents[T odoo.Dated](model string, list func(*odoo.Client, context.Context, odoo.Window) ([]T, error), head func(T) header, again reread[T]) source {
	return source{cursor: model, model: model, read: func(ctx context.Context, c *odoo.Client, w odoo.Window) (page, error) {
		docs, err := list(c, ctx, w)
		if err != nil {
			return page{}, err
		}
		p := page{full: len(docs) >= w.Limit}
		if len(docs) > 0 {
			p.last = docs[len(docs)-1].OdooID()
		}
		if again != nil {
			if docs, err = again(ctx, c, docs); err != nil {
				return page{}, err
			}
		}
		p.snapshots, err = snapshots(model, docs, head)
		return p, err
	}}
}

// parents polls a line model and reads the documents of the changed lines: an analytic change of an order line never
// touches its order.
func parents(lineModel, model string, list func(*odoo.Client, context.Context, odoo.Window) ([]odoo.LineRef, error), read readByID) source {
	return source{cursor: lineModel, model: model, lines: true, read: func(ctx context.Context, c *odoo.Client, w odoo.Window) (page, error) {
		lines, err := list(c, ctx, w)
		if err != nil || len(lines) == 0 {
			return page{}, err
		}
		seen := map[int64]bool{}
		var ids []int64
		for _, l := range lines {
			if !seen[l.Parent] && l.Parent != 0 {
				seen[l.Parent] = true
				ids = append(ids, l.Parent)
			}
		}
		p := page{last: lines[len(lines)-1].ID, full: len(lines) >= w.Limit}
		p.snapshots, err = read(ctx, c, ids)
		return p, err
	}}
}

func partnersByID(ctx context.Context, c *odoo.Client, ids []int64) ([]store.Snapshot, error) {
	docs, err := c.PartnersByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	return snapshots(odoo.ModelPartner, docs, partnerRef)
}

func ordersByID(ctx context.Context, c *odoo.Client, ids []int64) ([]store.Snapshot, error) {
	docs, err := c.PurchaseOrdersByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	if docs, err = rereadOrders(ctx, c, docs); err != nil {
		return nil, err
	}
	return snapshots(odoo.ModelPurchaseOrder, docs, orderRef)
}

func billsByID(ctx context.Context, c *odoo.Client, ids []int64) ([]store.Snapshot, error) {
	docs, err := c.VendorBillsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	if docs, err = rereadBills(ctx, c, docs); err != nil {
		return nil, err
	}
	return snapshots(odoo.ModelMove, docs, billRef)
}

func rereadOrders(ctx context.Context, c *odoo.Client, docs []odoo.PurchaseOrder) ([]odoo.PurchaseOrder, error) {
	return rereadTorn(ctx, c, docs, odoo.PurchaseOrder.Torn, (*odoo.Client).PurchaseOrdersByID)
}

func rereadBills(ctx context.Context, c *odoo.Client, docs []odoo.VendorBill) ([]odoo.VendorBill, error) {
	return rereadTorn(ctx, c, docs, odoo.VendorBill.Torn, (*odoo.Client).VendorBillsByID)
}

// rereadTorn reads documents again whose lines do not sum to their header: header and lines are two requests, and a
// save may lie between them.
func rereadTorn[T odoo.Dated](ctx context.Context, c *odoo.Client, docs []T, torn func(T) bool, read func(*odoo.Client, context.Context, []int64) ([]T, error)) ([]T, error) {
	for range tornReads {
		var ids []int64
		for _, d := range docs {
			if torn(d) {
				ids = append(ids, d.OdooID())
			}
		}
		if len(ids) == 0 {
			return docs, nil
		}
		again, err := read(c, ctx, ids)
		if err != nil {
			return nil, err
		}
		fresh := make(map[int64]T, len(again))
		for _, d := range again {
			fresh[d.OdooID()] = d
		}
		docs = append([]T(nil), docs...)
		for i, d := range docs {
			if f, ok := fresh[d.OdooID()]; ok {
				docs[i] = f
			}
		}
	}
	return docs, nil
}

func snapshots[T odoo.Dated](model string, docs []T, head func(T) header) ([]store.Snapshot, error) {
	out := make([]store.Snapshot, 0, len(docs))
	for _, d := range docs {
		content, err := d.Canonical()
		if err != nil {
			return nil, err
		}
		h := head(d)
		out = append(out, store.Snapshot{
			Model: model, ID: d.OdooID(), Company: h.company, Ref: h.ref, WriteDate: d.Written(), CreateDate: d.Created(),
			Content: content, Wanted: h.wanted, Priority: priorityScheduled,
		})
	}
	return out, nil
}

// LastSource is the cursor that a cycle moves last: when it was moved, the cycle had read everything.
func LastSource() string { return sources[len(sources)-1].cursor }
