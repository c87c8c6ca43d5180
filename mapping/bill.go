package mapping

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// BillState is what is known of a vendor bill beside its content.
type BillState struct {
	Bindings []Binding
	Vendors  map[int64]int64 // commercial partner → Procore vendor
	Orders   map[int64]odoo.PurchaseOrder
	// OrderPending: the order is absent or not yet carried over.
	OrderPending map[int64]bool
	// Commitments: order → project → commitment.
	Commitments      map[int64]map[int64]Binding
	Reversed         *odoo.VendorBill // the bill that a refund reverses
	ReversedBindings []Binding
	// ReversedPending: the reversed bill is not carried over yet, or only in part.
	ReversedPending bool
	// DuplicateRef names another posted bill of the same vendor and ref; "" when there is none.
	DuplicateRef string
	// NewestOnly: part → our requisition is the newest of its commitment.
	NewestOnly       map[string]bool
	OpenCommitments  []OpenCommitment // of the same vendor
	InternalPartners map[int64]int64  // partner → company of the same database
}

// OpenCommitment is an Approved commitment of a vendor in one project, for the warning "possible unmatched
// PO".
type OpenCommitment struct {
	Order     int64  // 0 when it was not made by us
	Number    string // what people call it
	Project   int64
	ProcoreID int64
	Codes     []string // its budget codes
}

// MaxDirectCostLines is what one direct cost can hold (Procore: direct costs, at most 100 lines).
const MaxDirectCostLines = 100

// BillInScope says whether a bill's documents are wanted: posted, and with an accounting date from go-live
// on unless it is in Procore already.
func BillInScope(b odoo.VendorBill, r Rules, bindings []Binding) bool {
	return b.State == "posted" && (live(bindings) || b.Date >= r.Settings.GoLive)
}

// ResolveBill plans the requisitions and direct costs of a vendor bill, refund or receipt.
func ResolveBill(b odoo.VendorBill, r Rules, st BillState) Plan {
	bound := live(st.Bindings)
	found := &causes{currency: r.Currencies[b.Currency].Name}
	switch {
	case b.State == "posted" && BillInScope(b, r, st.Bindings):
	case !bound:
		return Plan{Steps: []Step{}}
	case b.State == "cancel":
		d := billDiff{b: b, r: r, st: st, causes: found}
		d.compare(wantedBill{})
		return finish(d.steps, found, Allocated{}, bound)
	default: // reset to draft, left alone for the grace period
		found.add("bill.reset:"+record(odoo.ModelMove, b.ID), sent(st.Bindings), "ref", billRef(b))
		return finish(nil, found, Allocated{}, bound)
	}
	alloc := AllocateBill(b, r)
	found.take(alloc.Causes)
	var p party
	if len(alloc.Lines) > 0 {
		p = r.party(b.Partner, st.Vendors, st.InternalPartners, found, billRef(b), total(alloc.Lines))
	}
	if p.ignored {
		return Plan{Steps: []Step{}, Excluded: alloc.Excluded}
	}
	if len(alloc.Lines) > 0 {
		checkBill(b, r, st, alloc, found)
	}
	w := newRouter(b, r, st, alloc, found).route(p)
	d := billDiff{b: b, r: r, st: st, alloc: alloc, causes: found}
	d.compare(w)
	plan := finish(d.steps, found, alloc, bound)
	plan.Warnings = unmatched(b, r, st, alloc, w)
	return plan
}

// WantBill returns the requisitions and direct costs that a bill in scope should have, and the allocation
// behind them; parts that wait are in the causes of its plan. It is what the reconciliation compares with.
func WantBill(b odoo.VendorBill, r Rules, st BillState) ([]Requisition, []DirectCost, Allocated) {
	if !BillInScope(b, r, st.Bindings) {
		return nil, nil, Allocated{}
	}
	alloc := AllocateBill(b, r)
	w := newRouter(b, r, st, alloc, &causes{}).route(party{partner: r.commercial(b.Partner)})
	return w.requisitions, w.directCosts, alloc
}

// checkBill notes what is wrong with the bill as a whole.
func checkBill(b odoo.VendorBill, r Rules, st BillState, alloc Allocated, found *causes) {
	ref, id, waits := billRef(b), record(odoo.ModelMove, b.ID), total(alloc.Lines)
	if st.DuplicateRef != "" && !live(st.Bindings) {
		found.add("bill.duplicate_ref:"+id, waits, "ref", b.Ref, "bill", b.Name, "other", st.DuplicateRef)
	}
	if invoiceNumber(b) == "" {
		found.add("bill.no_number:"+id, waits, "ref", ref)
	}
	if b.Type == "in_refund" && r.Settings.CreditNote == "park" {
		found.add("bill.credit_note:"+id, waits, "ref", ref)
	}
}

// invoiceNumber is the vendor's number, else Odoo's name.
func invoiceNumber(b odoo.VendorBill) string {
	return cmp.Or(strings.TrimSpace(b.Ref), strings.TrimSpace(b.Name))
}

// sent is what a bill's documents in Procore sum to.
func sent(bindings []Binding) decimal.Decimal {
	sum := decimal.Zero
	for _, b := range bindings {
		if !exists(b) {
			continue
		}
		switch b.Kind {
		case KindRequisition:
			if c, err := DecodeContent[Requisition](b); err == nil {
				sum = sum.Add(c.total())
			}
		case KindDirectCost:
			if c, err := DecodeContent[DirectCost](b); err == nil {
				sum = sum.Add(c.total())
			}
		}
	}
	return sum
}

func (q Requisition) total() decimal.Decimal {
	sum := decimal.Zero
	for _, i := range q.Items {
		sum = sum.Add(i.Amount)
	}
	return sum
}

func (c DirectCost) total() decimal.Decimal {
	sum := decimal.Zero
	for _, l := range c.Lines {
		sum = sum.Add(l.Amount)
	}
	return sum
}

// unmatched warns of untied cost whose vendor has an open commitment on the same project and budget code:
// the commonest double count. Orders that the bill is tied to are known to whoever matched it.
func unmatched(b odoo.VendorBill, r Rules, st BillState, alloc Allocated, w wantedBill) []Cause {
	if b.Type == "in_refund" {
		return nil
	}
	tied := map[int64]bool{}
	for _, l := range alloc.Lines {
		tied[l.Order] = true
	}
	warnings := causes{currency: r.Currencies[b.Currency].Name}
	open := slices.SortedFunc(slices.Values(st.OpenCommitments), func(x, y OpenCommitment) int {
		return cmp.Or(cmp.Compare(x.Order, y.Order), cmp.Compare(x.ProcoreID, y.ProcoreID))
	})
	for _, c := range w.directCosts {
		for _, l := range c.Lines {
			i := slices.IndexFunc(open, func(o OpenCommitment) bool {
				return o.Project == c.Project && (o.Order == 0 || !tied[o.Order]) && slices.Contains(o.Codes, l.BudgetCode)
			})
			if i >= 0 {
				warnings.add("bill.unmatched_po:"+record(odoo.ModelMove, b.ID), l.Amount, "ref", billRef(b),
					"order", open[i].Number, "project", r.Procore[c.Project].Name, "code", l.BudgetCode)
			}
		}
	}
	return warnings.sorted()
}
