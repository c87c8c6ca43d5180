package activities

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// bind is the binding of a document as it is in Procore. A direct cost's content cannot be told from there: as a draft
// it is compared by its next write, which writes nothing where all is right.
func (s *surveyor) bind(key store.PartKey, d liveDocument, before store.Binding) (store.Relink, error) {
	update := store.Relink{BindingUpdate: store.BindingUpdate{Binding: store.Binding{
		Tenant: s.c.Tenant.Name, Model: key.Model, OdooID: key.OdooID, Kind: key.Kind, Part: key.Part, Project: d.project,
		ProcoreID: d.id, OriginID: d.originID, Generation: d.generation, CreateDate: s.stamps[key.RecordKey].Created, Status: mapping.StatusDraft,
	}}}
	var content any
	var err error
	switch {
	case d.commitment != nil:
		written := commitmentFrom(*d.commitment, key.Part, d.project, before)
		content, update.Status, update.Lines = written, statusFrom(d.commitment.Status), linesFrom(*d.commitment)
		if update.Status == mapping.StatusApproved {
			if update.Steps, err = json.Marshal([]mapping.Step{{Kind: mapping.StepRewriteCommitment, Part: key.Part, Commitment: &written}}); err != nil {
				return update, fmt.Errorf("encoding the way back: %w", err)
			}
		}
	case d.requisition != nil:
		content, update.Status = requisitionFrom(d, key.Part, before), mapping.StatusApproved
	case d.directCost != nil:
		return update, nil
	default:
		update.Status = before.Status
		return update, nil
	}
	if update.Content, err = json.Marshal(content); err != nil {
		return update, fmt.Errorf("encoding what Procore holds: %w", err)
	}
	return update, nil
}

func statusFrom(status string) string {
	switch status {
	case procore.CommitmentDraft:
		return mapping.StatusDraft
	case procore.CommitmentClosed:
		return mapping.StatusClosed
	}
	return mapping.StatusApproved
}

func linesFrom(c procore.Commitment) map[string]int64 {
	lines := map[string]int64{}
	for _, l := range c.LineItems {
		if key, ours := strings.CutPrefix(l.OriginID, mapping.LineOriginID(c.OriginID, "")); ours {
			lines[key] = l.ID
		}
	}
	return lines
}

// commitmentFrom is what would have been sent for what is there.
func commitmentFrom(c procore.Commitment, part string, project int64, before store.Binding) mapping.Commitment {
	out, err := mapping.DecodeContent[mapping.Commitment](binding(before))
	if err != nil {
		out = mapping.Commitment{}
	}
	out.Part, out.Project, out.OriginID, out.Status, out.Lines = part, project, c.OriginID, c.Status, nil
	out.Number, out.Title, out.Description, out.ContractDate = c.Number, c.Title, c.Description, odoo.Date(c.ContractDate.String())
	out.Vendor = 0
	if c.Vendor != nil {
		out.Vendor = c.Vendor.ID
	}
	for _, l := range c.LineItems {
		key, ours := strings.CutPrefix(l.OriginID, mapping.LineOriginID(c.OriginID, ""))
		if !ours {
			continue
		}
		line := mapping.CommitmentLine{Key: key, OriginID: l.OriginID, Amount: l.Amount.Decimal, Description: l.Description}
		if l.BudgetCode != nil {
			line.BudgetCode, line.WBSCode = l.BudgetCode.FlatCode, l.BudgetCode.ID
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

// requisitionFrom is what would have been sent for what is there.
func requisitionFrom(d liveDocument, part string, before store.Binding) mapping.Requisition {
	q := *d.requisition
	out, err := mapping.DecodeContent[mapping.Requisition](binding(before))
	if err != nil {
		out = mapping.Requisition{AccountingDate: d.accounting}
	}
	order, _, _ := strings.Cut(part, "@")
	if id, err := strconv.ParseInt(order, 10, 64); err == nil {
		out.Order = id
	}
	out.Part, out.Project, out.Commitment, out.OriginID, out.Items = part, d.project, q.CommitmentID, q.OriginID, nil
	out.InvoiceNumber, out.BillingDate, out.Status = q.InvoiceNumber, odoo.Date(q.BillingDate.String()), q.Status
	for _, i := range q.Items {
		if !i.WorkCompletedThisPeriod.IsZero() {
			out.Items = append(out.Items, mapping.RequisitionItem{LineKey: d.keys[i.LineItemID], Line: i.LineItemID, Amount: i.WorkCompletedThisPeriod.Decimal})
		}
	}
	return out
}
