package activities

import (
	"context"
	"fmt"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// source is one thing to poll: a model, or the lines of one.
type source struct {
	polled string // the model that is polled, which names its cursor
	model  string // the model whose snapshots it writes; its lock is taken
	read   reader // of the documents
}

// lines tells that the source is a line model.
func (s source) lines() bool { return s.polled != s.model }

// document is the document that an id of the polled model belongs to.
func (s source) document(ref odoo.Ref) int64 {
	if s.lines() {
		return ref.Parent
	}
	return ref.ID
}

// reader reads what a window holds of a model, as snapshots by id.
type reader func(ctx context.Context, c *odoo.Client, w odoo.Window) ([]store.Snapshot, error)

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
	partners,
	orders,
	{polled: odoo.ModelOrderLine, model: odoo.ModelPurchaseOrder, read: orders.read},
	bills,
	{polled: odoo.ModelMoveLine, model: odoo.ModelMove, read: bills.read},
}

var (
	partners = documents(odoo.ModelPartner, (*odoo.Client).Partners, partnerRef, nil)

	orders = documents(odoo.ModelPurchaseOrder, (*odoo.Client).PurchaseOrders, orderRef, odoo.PurchaseOrder.Torn)
	bills  = documents(odoo.ModelMove, (*odoo.Client).VendorBills, billRef, odoo.VendorBill.Torn)
)

// sourceOf is the source that polls a model.
func sourceOf(polled string) (source, bool) {
	i := slices.IndexFunc(sources, func(s source) bool { return s.polled == polled })
	if i < 0 {
		return source{}, false
	}
	return sources[i], true
}

// header is what the store keeps beside a snapshot's content.
type header struct {
	ref     string
	company int64
	wanted  bool
	lines   []store.Ref
}

func noRef[T any](odoo.Record[T]) header { return header{} }

// partnerRef: a partner is carried over only when a document in scope needs it, so a snapshot alone raises nothing.
func partnerRef(p odoo.Partner) header { return header{ref: p.Name} }

func orderRef(o odoo.PurchaseOrder) header {
	return header{ref: o.Name, company: o.Company, wanted: true, lines: lineRefs(o.Lines, func(l odoo.OrderLine) store.Ref {
		return store.Ref{ID: l.ID, Parent: o.ID, WriteDate: l.WriteDate}
	})}
}

func billRef(b odoo.VendorBill) header {
	ref := b.Name
	if ref == "" {
		ref = fmt.Sprintf("draft bill %d", b.ID)
	}
	return header{ref: ref, company: b.Company, wanted: true, lines: lineRefs(b.Lines, func(l odoo.MoveLine) store.Ref {
		return store.Ref{ID: l.ID, Parent: b.ID, WriteDate: l.WriteDate}
	})}
}

func lineRefs[L any](lines []L, ref func(L) store.Ref) []store.Ref {
	out := make([]store.Ref, len(lines))
	for i, l := range lines {
		out[i] = ref(l)
	}
	return out
}

// documents polls a model. torn, where given, tells that header and lines of a document do not agree.
func documents[T odoo.Dated](model string, list func(*odoo.Client, context.Context, odoo.Window) ([]T, error), head func(T) header, torn func(T) bool) source {
	return source{polled: model, model: model, read: func(ctx context.Context, c *odoo.Client, w odoo.Window) ([]store.Snapshot, error) {
		docs, err := list(c, ctx, w)
		if err != nil {
			return nil, err
		}
		if torn != nil {
			if docs, err = rereadTorn(ctx, c, docs, torn, list); err != nil {
				return nil, err
			}
		}
		return snapshots(model, docs, head)
	}}
}

// tornReads is how often a document whose lines do not sum to its header is read again; the same difference once
// more is content (cash rounding, a tax entered by hand).
const tornReads = 2

// rereadTorn reads documents again whose lines do not sum to their header: header and lines are two requests, and a
// save may lie between them.
func rereadTorn[T odoo.Dated](ctx context.Context, c *odoo.Client, docs []T, torn func(T) bool, list func(*odoo.Client, context.Context, odoo.Window) ([]T, error)) ([]T, error) {
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
		again, err := list(c, ctx, odoo.Window{IDs: ids})
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
			Content: content, Wanted: h.wanted, Priority: priorityScheduled, Lines: h.lines,
		})
	}
	return out, nil
}

// LastSource is the cursor that a cycle moves last: when it was moved, the cycle had read everything.
func LastSource() string { return sources[len(sources)-1].polled }
