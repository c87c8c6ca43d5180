package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// WriteVendor links the supplier to a vendor of Procore's company directory, creates it where there is none, or
// updates the one it is bound to. A vendor that Procore had first keeps its fields; only empty ones are filled.
func (r *Records) WriteVendor(ctx context.Context, ref StepRef) (StepResult, error) {
	s, err := r.open(ctx, ref)
	if err != nil {
		return StepResult{}, err
	}
	binding, bound := s.binding(mapping.KindVendor, s.step.Part)
	if bound && binding.ProcoreID != 0 {
		return r.updateVendor(ctx, s, binding)
	}
	return r.linkOrCreate(ctx, s)
}

// madeHere marks a vendor that the connector made (Procore: origin_data, free text), so that one whose answer was lost can
// be told from one that Procore had first.
const madeHere = "made by ml-connector"

// linkOrCreate is fenced by all that makes two suppliers the same vendor: its tax number, so that two branches with one
// cannot both create it, and its name, which also links one with a tax number to one without.
func (r *Records) linkOrCreate(ctx context.Context, s *stepContext) (StepResult, error) {
	want := s.step.Vendor
	return r.send(ctx, s, write{
		kind: mapping.KindVendor, subject: "vendor/" + vendorKey(want), part: s.step.Part, operation: "link or create vendor",
		lane: nameLane(want),
		send: func(ctx context.Context) (written, error) {
			dir := r.seen.directory(s.connection)
			candidates, err := dir.refresh(ctx, s.connection.Procore)
			if err != nil {
				return written{}, err
			}
			match := mapping.MatchVendor(*want, candidates)
			switch {
			case len(match.Candidates) > 1:
				return written{cause: ambiguousVendor(want, match.Candidates)}, nil
			case len(match.Candidates) == 1 && match.Candidates[0].Inactive:
				return written{cause: &mapping.Cause{
					Key:    cause.Key(cause.VendorInactive, fmt.Sprintf("res.partner/%d", want.Partner)),
					Detail: map[string]string{"name": want.Name},
				}}, nil
			case len(match.Candidates) == 1:
				if vendor := dir.vendor(match.Candidates[0].ID); vendor.OriginID != want.OriginID || vendor.OriginData != madeHere {
					return r.link(ctx, s, match, vendor)
				}
			}
			update := vendorFields(want)
			update.OriginID, update.Name = &want.OriginID, &want.Name
			update.OriginData, update.IsActive = new(madeHere), new(true)
			return r.syncVendor(ctx, s, update, want.OriginID, 0, mapping.StatusApproved)
		},
	})
}

// link binds an existing vendor. One that belongs to another integration, or to another supplier of ours, is bound
// without being written.
func (r *Records) link(ctx context.Context, s *stepContext, match mapping.VendorMatch, vendor procore.Vendor) (written, error) {
	want := s.step.Vendor
	if vendor.OriginID == want.OriginID {
		// An earlier attempt linked it (what we made carries madeHere), and its answer was lost: nothing is overwritten.
		return vendorWritten(s, vendor.ID, mapping.StatusLinked)
	}
	update := fillEmpty(vendorFields(want), vendor)
	if vendor.OriginID != "" {
		return vendorWritten(s, vendor.ID, mapping.StatusLinked)
	}
	update.ID, update.OriginID = &vendor.ID, &want.OriginID
	result, err := r.syncVendor(ctx, s, update, "", vendor.ID, mapping.StatusLinked)
	if err == nil && r.log != nil {
		r.log.InfoContext(ctx, "vendor linked", "tenant", s.ref.Tenant, "partner", want.Partner, "vendor", vendor.ID, "why", match.Why)
	}
	return result, err
}

func (r *Records) updateVendor(ctx context.Context, s *stepContext, binding store.Binding) (StepResult, error) {
	want := s.step.Vendor
	return r.send(ctx, s, write{kind: mapping.KindVendor, part: s.step.Part, operation: "update vendor", send: func(ctx context.Context) (written, error) {
		if binding.Status == mapping.StatusLinked {
			dir := r.seen.directory(s.connection)
			if _, err := dir.refresh(ctx, s.connection.Procore); err != nil {
				return written{}, err
			}
			vendor := dir.vendor(binding.ProcoreID)
			update := fillEmpty(vendorFields(want), vendor)
			if vendor.OriginID != want.OriginID || update == (procore.VendorUpdate{}) {
				return vendorWritten(s, binding.ProcoreID, mapping.StatusLinked)
			}
			update.OriginID = &want.OriginID
			return r.syncVendor(ctx, s, update, want.OriginID, 0, mapping.StatusLinked)
		}
		update := vendorFields(want)
		update.OriginID, update.Name = &want.OriginID, &want.Name
		return r.syncVendor(ctx, s, update, want.OriginID, 0, mapping.StatusApproved)
	}})
}

func (r *Records) syncVendor(ctx context.Context, s *stepContext, update procore.VendorUpdate, originID string, id int64, status string) (written, error) {
	result, _, err := s.connection.Procore.Vendors.Sync(ctx, []procore.VendorUpdate{update})
	if err != nil {
		return written{}, err
	}
	find := func() (*procore.Vendor, error) { return result.Find(originID) }
	if originID == "" {
		find = func() (*procore.Vendor, error) { return result.FindID(id) }
	}
	entity, err := find()
	if err != nil {
		return written{}, err
	}
	return vendorWritten(s, entity.ID, status)
}

func vendorWritten(s *stepContext, id int64, status string) (written, error) {
	content, err := json.Marshal(s.step.Vendor)
	if err != nil {
		return written{}, fmt.Errorf("encoding the vendor: %w", err)
	}
	b := s.bind(store.BindingUpdate{Binding: store.Binding{Status: status, Content: content}}, mapping.KindVendor, 0, id, s.step.Vendor.OriginID)
	return written{found: true, id: id, binding: &b}, nil
}

// vendorFields are the fields that Odoo has something for. State and country are left out unless they belong together.
func vendorFields(want *mapping.Vendor) procore.VendorUpdate {
	update := procore.VendorUpdate{
		Address: filled(want.Address), City: filled(want.City), Zip: filled(want.Zip),
		BusinessPhone: filled(want.Phone), EmailAddress: filled(want.Email),
	}
	if len(want.Country) == 2 {
		update.CountryCode = &want.Country
		if want.State != "" && statesByCountry[want.Country] {
			update.StateCode = &want.State
		}
	}
	if want.TaxID != "" {
		update.BusinessRegister = &procore.BusinessRegisterUpdate{Type: registerType(want.Country), Identifier: want.TaxID}
	}
	return update
}

// statesByCountry are the countries whose Odoo state codes are the ISO 3166-2 codes that Procore takes.
var statesByCountry = map[string]bool{"US": true, "CA": true, "AU": true}

func registerType(country string) string {
	switch country {
	case "US", "":
		return "EIN"
	case "AU":
		return "ABN"
	}
	return "VAT"
}

// holdsVendor tells whether a vendor is as was sent last. One that Procore had first is left alone anyway.
func (r *Records) holdsVendor(ctx context.Context, c *Connection, b store.Binding) (bool, error) {
	if b.Status == mapping.StatusLinked {
		return true, nil
	}
	dir := r.seen.directory(c)
	if _, err := dir.refresh(ctx, c.Procore); err != nil {
		return false, err
	}
	want, err := mapping.DecodeContent[mapping.Vendor](binding(b))
	if err != nil {
		return false, nil //nolint:nilerr // its content is not known: written again
	}
	live, sent := dir.vendor(b.ProcoreID), vendorFields(&want)
	same := live.Name == want.Name && live.OriginID == b.OriginID
	for _, f := range vendorTexts(&sent, live) {
		same = same && (*f.field == nil || **f.field == f.has)
	}
	if tax := sent.BusinessRegister; tax != nil {
		same = same && live.BusinessRegister != nil && live.BusinessRegister.Identifier == tax.Identifier
	}
	return same, nil
}

// vendorText is a text of an update beside the one that the vendor has.
type vendorText struct {
	field **string
	has   string
}

func vendorTexts(update *procore.VendorUpdate, have procore.Vendor) []vendorText {
	return []vendorText{
		{&update.Address, have.Address},
		{&update.City, have.City},
		{&update.Zip, have.Zip},
		{&update.BusinessPhone, have.BusinessPhone},
		{&update.EmailAddress, have.EmailAddress},
		{&update.CountryCode, have.CountryCode},
		{&update.StateCode, have.StateCode},
	}
}

// fillEmpty drops every field that the vendor already has.
func fillEmpty(update procore.VendorUpdate, have procore.Vendor) procore.VendorUpdate {
	for _, f := range vendorTexts(&update, have) {
		if f.has != "" {
			*f.field = nil
		}
	}
	if have.CountryCode != "" {
		update.StateCode = nil // a state without its country may not belong to the one they have
	}
	if have.BusinessRegister != nil && have.BusinessRegister.Identifier != "" {
		update.BusinessRegister = nil
	}
	return update
}

func filled(text string) *string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return &text
}

// nameLane is held by one supplier of a name at a time, whatever its tax number is.
func nameLane(want *mapping.Vendor) string { return "vendor/name/" + mapping.NormalName(want.Name) }

func vendorKey(want *mapping.Vendor) string {
	if tax := mapping.NormalTaxID(want.TaxID); tax != "" {
		return "tax/" + tax
	}
	return "name/" + mapping.NormalName(want.Name)
}

func ambiguousVendor(want *mapping.Vendor, candidates []mapping.VendorCandidate) *mapping.Cause {
	names := make([]string, 0, len(candidates))
	for _, c := range candidates {
		names = append(names, fmt.Sprintf("%s (%d)", c.Name, c.ID))
	}
	return &mapping.Cause{
		Key:    cause.Key(cause.VendorAmbiguous, fmt.Sprintf("res.partner/%d", want.Partner)),
		Detail: map[string]string{"name": want.Name, "candidates": strings.Join(names, ", ")},
	}
}
