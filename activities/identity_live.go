package activities

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// liveDocument is a document of Procore that carries an origin id of the tenant. One of the pointers is set; vendors
// have none.
type liveDocument struct {
	id, project int64
	originID    string
	generation  int64

	commitment  *procore.Commitment
	requisition *procore.Requisition
	keys        map[int64]string // requisitions: commitment line → its key
	accounting  odoo.Date        // requisitions: of the bill
	directCost  *procore.DirectCost
	lines       []procore.DirectCostLine
}

// readProcore reads the directory, and every project that is mapped or has documents of the tenant.
func (s *surveyor) readProcore(ctx context.Context, mapped []store.ProjectMapping) error {
	if err := s.readVendors(ctx); err != nil {
		return err
	}
	projects, targets := map[int64]bool{}, map[int64]bool{}
	for _, b := range s.bindings {
		projects[b.Project] = projects[b.Project] || b.ProcoreID != 0
	}
	for _, m := range mapped {
		projects[m.ProcoreProject], targets[m.ProcoreProject] = true, true
	}
	for _, project := range keys(projects) {
		if project == 0 || !projects[project] {
			continue
		}
		documents, err := s.c.Procore.Projects.Documents(ctx, project)
		switch {
		case procore.IsNotFound(err):
			if targets[project] {
				s.out.MissingProjects = append(s.out.MissingProjects, project)
			}
		case err != nil:
			return err
		default:
			s.documents(project, documents)
		}
	}
	return nil
}

func (s *surveyor) readVendors(ctx context.Context) error {
	for _, inactive := range []bool{false, true} {
		var list []procore.Vendor
		if err := procore.Patiently(ctx, func() (err error) {
			if inactive {
				list, _, err = s.c.Procore.Vendors.ListInactive(ctx, procore.ListOptions{})
				return err
			}
			list, _, err = s.c.Procore.Vendors.List(ctx, procore.VendorListOptions{})
			return err
		}); err != nil {
			return fmt.Errorf("reading the company directory: %w", err)
		}
		for _, v := range list {
			s.vendors[v.ID] = true
			s.see(liveDocument{id: v.ID, originID: v.OriginID})
		}
	}
	return nil
}

func (s *surveyor) documents(project int64, d procore.ProjectDocuments) {
	lineKeys := map[int64]string{}
	for i, c := range d.Commitments {
		for _, l := range c.LineItems {
			lineKeys[l.ID] = strings.TrimPrefix(l.OriginID, mapping.LineOriginID(c.OriginID, ""))
		}
		s.see(liveDocument{id: c.ID, project: project, originID: c.OriginID, commitment: &d.Commitments[i]})
	}
	for i, q := range d.Requisitions {
		s.see(liveDocument{id: q.ID, project: project, originID: q.OriginID, requisition: &d.Requisitions[i], keys: lineKeys})
	}
	lines := map[int64][]procore.DirectCostLine{}
	for _, l := range d.DirectCostLines {
		if l.Holder != nil {
			lines[l.Holder.ID] = append(lines[l.Holder.ID], l)
		}
	}
	for i, c := range d.DirectCosts {
		s.see(liveDocument{id: c.ID, project: project, originID: c.OriginID, directCost: &d.DirectCosts[i], lines: lines[c.ID]})
	}
}

// see keeps a document of the tenant: the newest generation of each part.
func (s *surveyor) see(d liveDocument) {
	epoch, key, ok := parseOrigin(d.originID, s.c.Tenant.OriginPrefix)
	if !ok || s.counts[key.Kind] == nil {
		return
	}
	if epoch != s.c.Tenant.OriginEpoch {
		s.counts[key.Kind].OtherEpoch++
		return
	}
	d.generation = mapping.Generation(d.originID)
	if known, ok := s.live[key]; !ok || d.generation > known.generation {
		s.live[key] = d
	}
}

// parseOrigin reads odoo:<prefix>:<epoch>:<model>:<id>:<kind>:<part>[:<generation>]; ok only for this prefix.
func parseOrigin(originID, prefix string) (epoch int64, key store.PartKey, ok bool) {
	parts := strings.Split(originID, ":")
	if len(parts) < 7 || len(parts) > 8 || parts[0] != "odoo" || parts[1] != prefix {
		return 0, key, false
	}
	epoch, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return 0, key, false
	}
	id, err := strconv.ParseInt(parts[4], 10, 64)
	key = store.PartKey{RecordKey: store.RecordKey{Model: parts[3], OdooID: id}, Kind: parts[5], Part: parts[6]}
	return epoch, key, err == nil
}

// same tells whether the document is as it was sent last.
func (d liveDocument) same(b store.Binding) bool {
	switch {
	case d.commitment != nil:
		return sameCommitment(*d.commitment, b)
	case d.requisition != nil:
		return sameRequisition(*d.requisition, b)
	case d.directCost != nil:
		return sameDirectCost(d.lines, b)
	}
	return true
}

// bind is the binding of a document as it is in Procore. A direct cost's content cannot be told from there: as a draft
// it is compared by its next write, which writes nothing where all is right.
func (s *surveyor) bind(key store.PartKey, d liveDocument, before store.Binding) (store.BindingUpdate, error) {
	update := store.BindingUpdate{Binding: store.Binding{
		Tenant: s.c.Tenant.Name, Model: key.Model, OdooID: key.OdooID, Kind: key.Kind, Part: key.Part, Project: d.project,
		ProcoreID: d.id, OriginID: d.originID, Generation: d.generation, CreateDate: s.stamps[key.RecordKey].Created, Status: mapping.StatusDraft,
	}}
	var content any
	switch {
	case d.commitment != nil:
		written := commitmentFrom(*d.commitment, key.Part, d.project, before)
		content, update.Status, update.Lines = written, statusFrom(d.commitment.Status), linesFrom(*d.commitment)
	case d.requisition != nil:
		content, update.Status = requisitionFrom(d, key.Part, before), mapping.StatusApproved
	case d.directCost != nil:
		return update, nil
	default:
		update.Status = before.Status
		return update, nil
	}
	var err error
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

func partOf(b store.Binding) store.PartKey {
	return store.PartKey{RecordKey: store.RecordKey{Model: b.Model, OdooID: b.OdooID}, Kind: b.Kind, Part: b.Part}
}

func compareRecords(a, b store.RecordKey) int {
	return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.OdooID, b.OdooID))
}

func sortedParts(live map[store.PartKey]liveDocument) []store.PartKey {
	return slices.SortedFunc(maps.Keys(live), func(a, b store.PartKey) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), compareRecords(a.RecordKey, b.RecordKey), cmp.Compare(a.Part, b.Part))
	})
}
