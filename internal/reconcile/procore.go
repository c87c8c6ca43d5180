package reconcile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/mapping"
)

// owner says whose a Procore document is.
type owner struct {
	record subject
	status string // of the binding; empty: our origin id, but no binding
}

// owners finds the record of a Procore document by its binding, else by its origin id.
type owners struct {
	bound  map[string]owner // kind/id
	prefix string
}

func newOwners(b books) owners {
	o := owners{
		bound:  map[string]owner{},
		prefix: fmt.Sprintf("odoo:%s:%d:", b.rules.Settings.OriginPrefix, b.rules.Settings.OriginEpoch),
	}
	for record, list := range b.bindings {
		for _, binding := range list {
			if binding.ProcoreID != 0 && binding.Status != mapping.StatusDeleted {
				o.bound[binding.Kind+"/"+strconv.FormatInt(binding.ProcoreID, 10)] = owner{record, binding.Status}
			}
		}
	}
	return o
}

func (o owners) find(kind string, id int64, originID string) (owner, bool) {
	if found, ok := o.bound[kind+"/"+strconv.FormatInt(id, 10)]; ok {
		return found, true
	}
	rest, ours := strings.CutPrefix(originID, o.prefix)
	parts := strings.Split(rest, ":")
	if !ours || len(parts) < 2 {
		return owner{}, false
	}
	record, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || (parts[0] != odoo.ModelPurchaseOrder && parts[0] != odoo.ModelMove) {
		return owner{}, false
	}
	return owner{record: subject{parts[0], record}}, true
}

// book puts one live amount where it belongs. ours: the line is of our making.
func (c *comparison) book(who owner, owned, ours bool, at cell, ref string, amount decimal.Decimal) {
	if amount.IsZero() {
		return
	}
	row := c.ledger.at(at)
	row.procore = row.procore.Add(amount)
	switch {
	case !owned || !ours && who.status != mapping.StatusLinked:
		c.ledger.explain(at, LineEntered, ref, amount.Neg())
	case who.status == "":
		c.document(who.record).loose.add(at, amount)
	default:
		d := c.document(who.record)
		d.bound.add(at, amount)
		if who.status == mapping.StatusLinked {
			d.linked[at] = true
		}
	}
}

// procoreSide reads the three kinds of documents of a project.
func (c *comparison) procoreSide(project int64, p projectBooks, o owners) {
	codes := map[int64]string{} // commitment line → budget code
	for _, k := range p.commitments {
		who, owned := o.find(mapping.KindCommitment, k.ID, k.OriginID)
		ref := called("commitment", k.Number, k.ID)
		for _, l := range k.LineItems {
			codes[l.ID] = code(l.BudgetCode)
			if commitmentCounts(k.Status) && k.DeletedAt.IsZero() {
				at := cell{project: project, code: code(l.BudgetCode), test: TestCommitments}
				c.book(who, owned, strings.HasPrefix(l.OriginID, o.prefix), at, ref, l.Amount.Decimal)
			}
		}
		if commitmentCounts(k.Status) && k.DeletedAt.IsZero() {
			at := cell{project: project, test: TestCommitments}
			c.book(owner{}, false, false, at, ref+", change orders", k.ApprovedChangeOrders.Decimal)
		}
	}
	for _, q := range p.requisitions {
		if !requisitionCounts(q.Status, c.rules.Settings) {
			continue
		}
		who, owned := o.find(mapping.KindRequisition, q.ID, q.OriginID)
		for _, i := range q.Items {
			at := cell{project: project, code: code(i.BudgetCode), test: TestInvoices}
			if at.code == "" {
				at.code = codes[i.LineItemID]
			}
			gross := i.WorkCompletedThisPeriod.Add(i.MaterialsPresentlyStored.Decimal)
			c.book(who, owned, true, at, called("subcontractor invoice", q.InvoiceNumber, q.ID), gross)
		}
	}
	c.directCosts(project, p, o)
}

func (c *comparison) directCosts(project int64, p projectBooks, o owners) {
	headers := make(map[int64]procore.DirectCost, len(p.directCosts))
	for _, d := range p.directCosts {
		headers[d.ID] = d
	}
	for _, l := range p.directCostLines {
		if l.Holder == nil {
			continue
		}
		d, known := headers[l.Holder.ID]
		if !known || !d.DeletedAt.IsZero() || !directCostCounts(d.Status, c.rules.Settings) {
			continue
		}
		who, owned := o.find(mapping.KindDirectCost, d.ID, d.OriginID)
		at := cell{project: project, code: code(l.BudgetCode), test: TestDirectCosts, kind: d.DirectCostType}
		c.book(who, owned, strings.HasPrefix(l.OriginID, o.prefix), at, called("direct cost", d.InvoiceNumber, d.ID), l.Amount.Decimal)
	}
}

// sent puts down what the bindings of a record say was sent last.
func (c *comparison) sent(record subject, bindings []mapping.Binding) error {
	for _, b := range bindings {
		if b.ProcoreID == 0 || b.Status == mapping.StatusDeleted || len(b.Content) == 0 {
			continue
		}
		d := c.document(record)
		switch b.Kind {
		case mapping.KindCommitment:
			content, err := mapping.DecodeContent[mapping.Commitment](b)
			if err != nil {
				return err
			}
			if b.Status == mapping.StatusApproved && commitmentCounts(content.Status) {
				for _, l := range content.Lines {
					d.sent.add(cell{project: b.Project, code: l.BudgetCode, test: TestCommitments}, l.Amount)
				}
			}
		case mapping.KindRequisition:
			content, err := mapping.DecodeContent[mapping.Requisition](b)
			if err != nil {
				return err
			}
			if requisitionCounts(content.Status, c.rules.Settings) {
				for _, i := range content.Items {
					d.sent.add(cell{project: b.Project, code: codeOfKey(i.LineKey), test: TestInvoices}, i.Amount)
				}
			}
		case mapping.KindDirectCost:
			content, err := mapping.DecodeContent[mapping.DirectCost](b)
			if err != nil {
				return err
			}
			if directCostCounts(content.Status, c.rules.Settings) {
				for _, l := range content.Lines {
					d.sent.add(cell{project: b.Project, code: l.BudgetCode, test: TestDirectCosts, kind: content.Type}, l.Amount)
				}
			}
		}
	}
	return nil
}

// commitmentCounts: only these two statuses are committed cost (Procore: budget view).
func commitmentCounts(status string) bool {
	return status == procore.CommitmentApproved || status == procore.CommitmentPartiallyReceived
}

// requisitionCounts: what the general contractor has accepted, and whatever the tenant sends.
func requisitionCounts(status string, s mapping.Settings) bool {
	accepted := []string{procore.RequisitionApproved, procore.RequisitionApprovedAsNoted, procore.RequisitionPendingOwnerApproval}
	return slices.Contains(accepted, status) || status == s.RequisitionStatus
}

// directCostCounts: everything but drafts, unless the tenant sends drafts.
func directCostCounts(status string, s mapping.Settings) bool {
	return status != procore.DirectCostDraft || s.DirectCostStatus == procore.DirectCostDraft
}

func code(ref *procore.BudgetCodeRef) string {
	if ref == nil {
		return ""
	}
	return ref.FlatCode
}

// called is what people call a document in Procore.
func called(kind, number string, id int64) string {
	if number == "" {
		return fmt.Sprintf("%s %d", kind, id)
	}
	return fmt.Sprintf("%s %s (%d)", kind, number, id)
}
