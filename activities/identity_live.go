package activities

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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

// readProcore reads the directory, and every project that is mapped or has documents of the tenant. One that the company
// does not have may have been exchanged with it; one that is only forbidden must have none of them.
func (s *surveyor) readProcore(ctx context.Context, mapped []store.ProjectMapping) error {
	if err := s.readVendors(ctx); err != nil {
		return err
	}
	projects, bound, targets := map[int64]bool{}, map[int64]bool{}, map[int64]bool{}
	for _, b := range s.bindings {
		if b.ProcoreID != 0 && b.Project != 0 {
			projects[b.Project] = true
			bound[b.Project] = bound[b.Project] || b.Status != mapping.StatusDeleted
		}
	}
	for _, m := range mapped {
		if m.ProcoreProject != 0 {
			projects[m.ProcoreProject], targets[m.ProcoreProject] = true, true
		}
	}
	for _, project := range keys(projects) {
		documents, err := s.c.Procore.Projects.Documents(ctx, project)
		switch {
		case procore.IsNotFound(err), !bound[project] && errors.Is(err, &procore.ErrorResponse{Code: procore.CodeProjectForbidden}):
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

// see keeps a document of the tenant that was not let go: the newest generation of each part.
func (s *surveyor) see(d liveDocument) {
	o, ok := mapping.ParseOriginID(d.originID, s.c.Tenant.OriginPrefix)
	if !ok || s.counts[o.Kind] == nil || s.gone[d.originID] {
		return
	}
	if o.Epoch != s.c.Tenant.OriginEpoch {
		s.counts[o.Kind].OtherEpoch++
		return
	}
	key := store.PartKey{RecordKey: store.RecordKey{Model: o.Model, OdooID: o.ID}, Kind: o.Kind, Part: o.Part}
	d.generation = o.Generation
	if known, ok := s.live[key]; !ok || d.generation > known.generation {
		s.live[key] = d
	}
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
