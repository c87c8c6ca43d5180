package mapping

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// billBuilder collects placements into documents.
type billBuilder struct {
	*router

	party        party
	requisitions []Requisition
	directCosts  []DirectCost
}

// add puts a placed share into its document.
func (w *billBuilder) add(a Allocation, to placement) {
	if to.order != 0 {
		w.bill(a.Project, to)
		return
	}
	i := slices.IndexFunc(w.directCosts, func(c DirectCost) bool { return c.Project == a.Project })
	if i < 0 {
		i = len(w.directCosts)
		w.directCosts = append(w.directCosts, w.directCost(a.Project))
	}
	c := &w.directCosts[i]
	key := LineKey(a.LineID, a.BudgetCode)
	j := slices.IndexFunc(c.Lines, func(l DirectCostLine) bool { return l.Key == key })
	if j < 0 {
		c.Lines = append(c.Lines, DirectCostLine{
			Key: key, OriginID: LineOriginID(c.OriginID, key), BudgetCode: a.BudgetCode, WBSCode: a.WBSCode,
			Amount: to.amount, Description: a.Description,
		})
		return
	}
	c.Lines[j].Amount = c.Lines[j].Amount.Add(to.amount)
}

// bill adds to the item of a commitment's line.
func (w *billBuilder) bill(project int64, to placement) {
	i := slices.IndexFunc(w.requisitions, func(q Requisition) bool { return q.Order == to.order && q.Project == project })
	if i < 0 {
		i = len(w.requisitions)
		w.requisitions = append(w.requisitions, w.requisition(to.order, project))
	}
	q := &w.requisitions[i]
	j := slices.IndexFunc(q.Items, func(item RequisitionItem) bool { return item.LineKey == to.key })
	if j < 0 {
		line := w.st.Commitments[to.order][project].Lines[to.key]
		q.Items = append(q.Items, RequisitionItem{LineKey: to.key, Line: line, Amount: to.amount})
		return
	}
	q.Items[j].Amount = q.Items[j].Amount.Add(to.amount)
}

func (w *billBuilder) requisition(order, project int64) Requisition {
	part := RequisitionPart(order, project)
	binding := latest(w.st.Bindings, KindRequisition)[part]
	return Requisition{
		Part: part, Order: order, Project: project, Commitment: w.st.Commitments[order][project].ProcoreID,
		OriginID:      originOf(w.r.Settings, odoo.ModelMove, w.b.ID, KindRequisition, part, binding),
		InvoiceNumber: invoiceNumber(w.b), BillingDate: cmp.Or(w.b.InvoiceDate, w.b.Date), AccountingDate: w.b.Date,
		Status: cmp.Or(w.r.Settings.RequisitionStatus, "approved"),
	}
}

func (w *billBuilder) directCost(project int64) DirectCost {
	part := ProjectPart(project)
	binding := latest(w.st.Bindings, KindDirectCost)[part]
	kind := w.directCostType(part)
	// Type and invoice number can only be set at creation: another one is another document.
	if written, err := DecodeContent[DirectCost](binding); err == nil && exists(binding) && (written.Type != kind || written.InvoiceNumber != invoiceNumber(w.b)) {
		binding.Status = StatusDeleted
	}
	received := cmp.Or(w.b.InvoiceDate, w.b.Date)
	if w.r.Settings.ReceivedDate == "accounting_date" {
		received = w.b.Date
	}
	text := "Odoo " + w.b.Name
	if w.b.Type == "in_refund" && w.st.Reversed != nil {
		text += ", credit note for " + billRef(*w.st.Reversed)
	}
	return DirectCost{
		Part: part, Project: project, Type: kind,
		OriginID: originOf(w.r.Settings, odoo.ModelMove, w.b.ID, KindDirectCost, part, binding),
		Partner:  w.party.partner.ID, Vendor: w.party.vendor, InvoiceNumber: invoiceNumber(w.b),
		Date: w.b.Date, ReceivedDate: received, Description: text,
		Status: cmp.Or(w.r.Settings.DirectCostStatus, "approved"),
	}
}

// directCostType: a receipt is an expense, and a credit note is what it reverses.
func (w *billBuilder) directCostType(part string) string {
	for _, b := range w.reversed {
		if b.Kind != KindDirectCost || b.Part != part {
			continue
		}
		if written, err := DecodeContent[DirectCost](b); err == nil && written.Type != "" {
			return written.Type
		}
	}
	receipt := w.b.Type == "in_receipt"
	if w.b.Type == "in_refund" && w.st.Reversed != nil {
		receipt = w.st.Reversed.Type == "in_receipt"
	}
	if receipt {
		return "expense"
	}
	return "invoice"
}

// wanted drops what came to nothing, sorts, and notes what is too long.
func (w *billBuilder) wanted() wantedBill {
	var out wantedBill
	for _, q := range w.requisitions {
		q.Items = slices.DeleteFunc(q.Items, func(i RequisitionItem) bool { return i.Amount.IsZero() })
		slices.SortFunc(q.Items, func(a, b RequisitionItem) int { return compareParts(a.LineKey, b.LineKey) })
		if len(q.Items) > 0 {
			out.requisitions = append(out.requisitions, q)
		}
	}
	for _, c := range w.directCosts {
		c.Lines = slices.DeleteFunc(c.Lines, func(l DirectCostLine) bool { return l.Amount.IsZero() })
		if len(c.Lines) > MaxDirectCostLines {
			w.causes.add("direct_cost.too_many_lines:"+record(odoo.ModelMove, w.b.ID), c.total(),
				"ref", billRef(w.b), "project", w.r.Procore[c.Project].Name, "lines", decimal.NewFromInt(int64(len(c.Lines))).String())
		}
		if len(c.Lines) > 0 {
			out.directCosts = append(out.directCosts, c)
		}
	}
	slices.SortFunc(out.requisitions, func(a, b Requisition) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Order, b.Order))
	})
	slices.SortFunc(out.directCosts, func(a, b DirectCost) int { return cmp.Compare(a.Project, b.Project) })
	return out
}
