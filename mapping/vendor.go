package mapping

import (
	"cmp"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// ResolveVendor plans the company vendor of a commercial partner. A contact is none (its commercial partner
// is); an employee or a company of the same database waits for a person. Vendors are never deactivated
// here: that needs to know that no commitment is open.
func ResolveVendor(p odoo.Partner, b []Binding, r Rules) Plan {
	plan := Plan{Steps: []Step{}}
	if p.Commercial != 0 && p.Commercial != p.ID {
		return plan
	}
	binding, bound := latest(b, KindVendor)[VendorPart]
	bound = bound && exists(binding)
	found := causes{}
	switch {
	case bound:
	case r.ownCompany(p.ID, nil) && r.Settings.Intercompany == "ignore":
		return plan
	case r.ownCompany(p.ID, nil) && r.Settings.Intercompany != "sync":
		found.add("vendor.intercompany:"+record(odoo.ModelPartner, p.ID), decimal.Zero, "vendor", p.Name)
	case p.Employee:
		found.add("vendor.employee:"+record(odoo.ModelPartner, p.ID), decimal.Zero, "vendor", p.Name)
	}
	plan.InScope = true
	plan.Causes = found.sorted()
	if len(plan.Causes) > 0 {
		return plan
	}
	wanted := r.vendor(p, binding)
	if written, err := DecodeContent[Vendor](binding); bound && err == nil {
		written.OriginID, written.Partner = wanted.OriginID, wanted.Partner // a linked vendor may have another's
		if written == wanted && !unfinished(binding, StatusApproved) {
			return plan
		}
	}
	step := Step{Kind: StepVendor, Part: VendorPart, Vendor: &wanted}
	if bound {
		step.ProcoreID = binding.ProcoreID
	}
	plan.Steps = append(plan.Steps, step)
	return plan
}

// vendor is what Procore should hold of a partner; bank data is never read.
func (r Rules) vendor(p odoo.Partner, b Binding) Vendor {
	return Vendor{
		Partner:  p.ID,
		OriginID: originOf(r.Settings, odoo.ModelPartner, p.ID, KindVendor, VendorPart, b),
		Name:     oneLine(p.Name), TaxID: strings.TrimSpace(p.VAT),
		Email: strings.TrimSpace(p.Email), Phone: oneLine(p.Phone),
		Address: strings.Join(strings.FieldsFunc(oneLine(p.Street)+"\n"+oneLine(p.Street2), newline), ", "),
		City:    oneLine(p.City), Zip: oneLine(p.Zip), State: p.State, Country: p.Country,
		Active: true,
	}
}

func newline(r rune) bool { return r == '\n' }

// commercial is the partner that is the vendor of a document.
func (r Rules) commercial(partner int64) odoo.Partner {
	p := r.Partners[partner]
	if p.Commercial != 0 && p.Commercial != partner {
		id := p.Commercial
		if p = r.Partners[id]; p.ID == 0 {
			p = odoo.Partner{ID: id}
		}
	}
	p.ID = cmp.Or(p.ID, partner)
	return p
}

// ownCompany says whether a commercial partner is a company of the same database.
func (r Rules) ownCompany(partner int64, internal map[int64]int64) bool {
	if _, ok := internal[partner]; ok {
		return true
	}
	for _, c := range r.Companies {
		if c.Partner != 0 && (c.Partner == partner || r.commercial(c.Partner).ID == partner) {
			return true
		}
	}
	return false
}

// party is the vendor of a document.
type party struct {
	partner odoo.Partner
	vendor  int64 // Procore id, 0 when not bound
	ignored bool  // intercompany, by setting out of scope
}

// party finds the vendor of a document and notes why it cannot be used yet.
func (r Rules) party(partner int64, vendors, internal map[int64]int64, found *causes, ref string, waits decimal.Decimal) party {
	p := party{partner: r.commercial(partner)}
	p.vendor = vendors[p.partner.ID]
	own := r.ownCompany(p.partner.ID, internal) || r.ownCompany(partner, internal)
	switch {
	case own && r.Settings.Intercompany == "ignore":
		p.ignored = true
	case own && r.Settings.Intercompany != "sync":
		found.add("vendor.intercompany:"+record(odoo.ModelPartner, p.partner.ID), waits, "ref", ref, "vendor", p.partner.Name)
	case p.vendor == 0:
		found.add("dep:"+record(odoo.ModelPartner, p.partner.ID), waits, "ref", ref, "vendor", p.partner.Name)
	}
	return p
}
