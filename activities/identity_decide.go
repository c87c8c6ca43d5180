package activities

import (
	"context"
	"fmt"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// decide goes through the records, the bindings and what Procore has besides.
func (s *surveyor) decide(ctx context.Context, known []store.Stamped) (*Survey, error) {
	for _, k := range known {
		key := store.RecordKey{Model: k.Model, OdooID: k.ID}
		stamp, there := s.stamps[key]
		switch {
		case !there:
			s.out.change.Gone = append(s.out.change.Gone, key)
		case !k.Created.IsZero() && !stamp.Created.IsZero() && !stamp.Created.Equal(k.Created):
			s.out.Again++
			s.again[key] = true
		}
	}
	if len(s.out.change.Gone) == len(known) && len(known) > 0 && !s.options.NewEpoch {
		return nil, fmt.Errorf("odoo shows none of the %d documents that are known: check odoo.url and odoo.database of the tenant file, and what the user may see", len(known))
	}
	bound := map[store.PartKey]bool{}
	for _, b := range s.bindings {
		if b.ProcoreID == 0 || b.Status == mapping.StatusDeleted {
			continue
		}
		bound[partOf(b)] = true
		if err := s.bound(b); err != nil {
			return nil, err
		}
	}
	if err := s.strangers(ctx, bound); err != nil {
		return nil, err
	}
	for _, kind := range []string{mapping.KindVendor, mapping.KindCommitment, mapping.KindRequisition, mapping.KindDirectCost} {
		s.out.Kinds = append(s.out.Kinds, *s.counts[kind])
	}
	for key := range s.raised {
		s.out.change.Raise = append(s.out.change.Raise, key)
	}
	slices.SortFunc(s.out.change.Raise, compareRecords)
	s.out.Gone, s.out.Raised = len(s.out.change.Gone), len(s.out.change.Raise)
	return s.out, nil
}

// bound decides what becomes of a binding.
func (s *surveyor) bound(b store.Binding) error {
	count := s.counts[b.Kind]
	count.Bound++
	key := partOf(b)
	stamp, there := s.stamps[key.RecordKey]
	live, found := s.live[key]
	switch {
	case s.options.NewEpoch:
		s.letGo(b, "it is the original's")
	case !there:
		s.letGo(b, "Odoo has no such record any more")
	case !b.CreateDate.IsZero() && !stamp.Created.Equal(b.CreateDate):
		s.letGo(b, "the number belongs to another record in Odoo now")
	case found: // an older generation too: the tenant is back in the company where it was made
		return s.keep(b, key, live)
	case b.Kind == mapping.KindVendor && b.Status == mapping.StatusLinked && s.samePlace && s.vendors[b.ProcoreID]:
		count.Found++ // it was there before us, and carries another's origin id or none
		return nil
	default:
		count.Missing++
		s.drop(key, "it is not in Procore")
	}
	if there {
		s.raised[key.RecordKey] = true
	}
	return nil
}

// keep leaves a binding that Procore agrees with, and corrects another: what is there is what the next plan starts from.
func (s *surveyor) keep(b store.Binding, key store.PartKey, live liveDocument) error {
	if b.Kind != mapping.KindVendor && b.Status != mapping.StatusClosed {
		s.out.change.Doubt = append(s.out.change.Doubt, key)
	}
	if live.id == b.ProcoreID && live.originID == b.OriginID && live.same(b) {
		s.counts[b.Kind].Found++
		return nil
	}
	s.counts[b.Kind].Corrected++
	s.raised[key.RecordKey] = true
	update, err := s.bind(key, live, b)
	s.out.change.Bindings = append(s.out.change.Bindings, update)
	return err
}

func (s *surveyor) drop(key store.PartKey, why string) {
	key.Why = why
	s.out.change.Drop = append(s.out.change.Drop, key)
}

// letGo is drop for a document that is still there, as far as is known.
func (s *surveyor) letGo(b store.Binding, why string) {
	key := partOf(b)
	s.counts[b.Kind].LetGo++
	s.drop(key, why)
	s.out.change.LetGo = append(s.out.change.LetGo, b.OriginID, s.live[key].originID)
	s.out.LetGo = append(s.out.LetGo, SurveyDocument{
		Kind: b.Kind, Record: documentName(b.Model, b.OdooID, s.refs[key.RecordKey]), Project: b.Project, ID: b.ProcoreID, OriginID: b.OriginID, Why: why,
	})
}

// strangers are documents of this tenant in Procore that no binding knows: our own database is older than they are.
// They are adopted where Odoo has their record.
func (s *surveyor) strangers(ctx context.Context, bound map[store.PartKey]bool) error {
	var adopted []store.PartKey
	for _, key := range sortedParts(s.live) {
		live := s.live[key]
		switch _, there := s.stamps[key.RecordKey]; {
		case bound[key] || key.Kind == mapping.KindVendor || s.options.NewEpoch: // a vendor is found by its origin id anyway
		case s.again[key.RecordKey]: // its binding, dropped at once, is what the next generation comes after
			update, err := s.bind(key, live, store.Binding{})
			if err != nil {
				return err
			}
			s.out.change.Bindings = append(s.out.change.Bindings, update)
			s.letGo(update.Binding, "the number belongs to another record in Odoo now")
			s.raised[key.RecordKey] = true
		case !there:
			s.out.Unknown = append(s.out.Unknown, SurveyDocument{
				Kind: key.Kind, Record: documentName(key.Model, key.OdooID, ""), Project: live.project, ID: live.id, OriginID: live.originID,
				Why: "Odoo has no such record",
			})
		default:
			adopted = append(adopted, key)
		}
	}
	dates, err := s.accountingDates(ctx, adopted)
	if err != nil {
		return err
	}
	for _, key := range adopted {
		live := s.live[key]
		live.accounting = dates[key.OdooID]
		update, err := s.bind(key, live, store.Binding{})
		if err != nil {
			return err
		}
		s.out.change.Bindings = append(s.out.change.Bindings, update)
		s.counts[key.Kind].Adopted++
		s.raised[key.RecordKey] = true
	}
	return nil
}

// accountingDates reads those of the bills of adopted subcontractor invoices: Procore does not keep them.
func (s *surveyor) accountingDates(ctx context.Context, adopted []store.PartKey) (map[int64]odoo.Date, error) {
	ids := map[int64]bool{}
	for _, key := range adopted {
		if key.Kind == mapping.KindRequisition {
			ids[key.OdooID] = true
		}
	}
	dates := map[int64]odoo.Date{}
	for chunk := range slices.Chunk(keys(ids), pageSize) {
		bills, err := s.c.Odoo.VendorBillsByID(ctx, chunk)
		if err != nil {
			return nil, fmt.Errorf("reading the bills of unknown subcontractor invoices: %w", err)
		}
		for _, b := range bills {
			dates[b.ID] = b.Date
		}
	}
	return dates, nil
}
