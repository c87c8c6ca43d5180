package mapping

import (
	"maps"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// billDiff compares the wanted documents of a bill with its bindings.
type billDiff struct {
	b      odoo.VendorBill
	r      Rules
	st     BillState
	alloc  Allocated
	causes *causes
	steps  []Step
}

func (d *billDiff) compare(w wantedBill) {
	requisitions := latest(d.st.Bindings, KindRequisition)
	for _, q := range w.requisitions {
		d.requisition(q, requisitions[q.Part])
		delete(requisitions, q.Part)
	}
	for _, part := range slices.SortedFunc(maps.Keys(requisitions), compareParts) {
		if b := requisitions[part]; owned(b) {
			d.newest(b)
			d.retire(StepRetireRequisition, b)
		}
	}
	costs := latest(d.st.Bindings, KindDirectCost)
	for _, c := range w.directCosts {
		d.directCost(c, costs[c.Part])
		delete(costs, c.Part)
	}
	for _, part := range slices.SortedFunc(maps.Keys(costs), compareParts) {
		if b := costs[part]; owned(b) {
			d.retire(StepRetireDirectCost, b)
		}
	}
}

func (d *billDiff) retire(kind StepKind, b Binding) {
	d.steps = append(d.steps, Step{Kind: kind, Part: b.Part, Project: b.Project, ProcoreID: b.ProcoreID})
}

// newest notes that a requisition cannot be touched any more: Procore lets only the newest one of a
// commitment be changed or deleted.
func (d *billDiff) newest(b Binding) {
	if d.st.NewestOnly[b.Part] {
		return
	}
	written, err := DecodeContent[Requisition](b)
	amount := total(d.alloc.Lines)
	if err == nil {
		amount = written.total()
	}
	d.causes.add("requisition.not_newest:"+record(odoo.ModelMove, d.b.ID), amount,
		"ref", billRef(d.b), "project", d.r.Procore[b.Project].Name, "order", d.st.Orders[written.Order].Name)
}

func (d *billDiff) requisition(q Requisition, b Binding) {
	step := Step{Kind: StepCreateRequisition, Part: q.Part, Project: q.Project, Requisition: &q}
	if exists(b) {
		written, err := DecodeContent[Requisition](b)
		same := err == nil && sameRequisition(written, q)
		if b.Status == StatusLinked || same && !unfinished(b, q.Status) {
			return
		}
		d.newest(b)
		step.Kind, step.ProcoreID = StepUpdateRequisition, b.ProcoreID
	}
	d.steps = append(d.steps, step)
}

func (d *billDiff) directCost(c DirectCost, b Binding) {
	used := map[string]bool{}
	for _, l := range c.Lines {
		used[l.BudgetCode] = true
	}
	step := Step{
		Kind: StepCreateDirectCost, Part: c.Part, Project: c.Project, DirectCost: &c,
		Codes: codesOf(d.alloc.MissingCodes, c.Project, used),
	}
	if exists(b) {
		written, err := DecodeContent[DirectCost](b)
		switch {
		case b.Status == StatusLinked:
			return
		case err == nil && (written.Type != c.Type || written.InvoiceNumber != c.InvoiceNumber):
			// Procore takes both at creation only (v1.1 direct costs): removed, and made again under the next generation.
			d.retire(StepRetireDirectCost, b)
		case err == nil && sameDirectCost(written, c) && !unfinished(b, c.Status):
			return
		default:
			step.Kind, step.ProcoreID = StepUpdateDirectCost, b.ProcoreID
		}
	}
	d.steps = append(d.steps, step)
}

// sameRequisition compares what a requisition shows; a changed setting of the status is no change.
func sameRequisition(a, b Requisition) bool {
	return a.Commitment == b.Commitment && a.InvoiceNumber == b.InvoiceNumber &&
		a.BillingDate == b.BillingDate && a.AccountingDate == b.AccountingDate &&
		sameItems(a.Items, b.Items)
}

// sameItems compares by line: the order says nothing in Procore, and each line is billed once.
func sameItems(a, b []RequisitionItem) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x RequisitionItem) bool {
		return !slices.ContainsFunc(b, func(y RequisitionItem) bool { return x.LineKey == y.LineKey && x.Amount.Equal(y.Amount) })
	})
}

// sameDirectCost compares what a direct cost shows; ids of budget codes follow from the codes.
func sameDirectCost(a, b DirectCost) bool {
	return a.Vendor == b.Vendor && a.InvoiceNumber == b.InvoiceNumber && a.Date == b.Date &&
		a.ReceivedDate == b.ReceivedDate && a.Description == b.Description &&
		slices.EqualFunc(a.Lines, b.Lines, func(x, y DirectCostLine) bool {
			return x.Key == y.Key && x.Amount.Equal(y.Amount) && x.Description == y.Description
		})
}
