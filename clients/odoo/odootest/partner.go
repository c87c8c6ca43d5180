package odootest

import (
	"encoding/json"
	"maps"
	"slices"
)

// commercialFields are a company's values that its contacts share: changing one rewrites the contacts too.
var commercialFields = []string{"name", "vat", "city", "street", "street2", "zip", "state_id", "country_id", "property_supplier_payment_term_id", "company_id"}

func (s *Server) installPartners() {
	m := s.model("res.partner")
	m.display = func(_ *tx, r *record) string { return str(r.at(m.field("complete_name").slot)) }
	m.defaults = func(_ *tx, vals map[string]any) { setDefault(vals, "type", "contact") }
	m.created = func(t *tx, r *record) {
		if r.at(m.field("name").slot) == nil && r.at(m.field("type").slot) == "contact" {
			validationError("The operation cannot be completed: Contacts require a name")
		}
		t.namePartner(rec{t, m, r})
	}
	m.wrote = func(t *tx, r *record, vals map[string]any) {
		p := rec{t, m, r}
		_, renamed := vals["name"]
		t.namePartner(p)
		for _, name := range commercialFields {
			if _, ok := vals[name]; ok {
				for _, kid := range m.index[m.field("parent_id").slot][r.id] {
					t.touch(m, m.get(kid))
				}
				break
			}
		}
		if renamed {
			t.renameVendor(r.id)
		}
	}
	m.unlinked = func(t *tx, rs []*record) {
		for _, r := range rs {
			for _, model := range []string{"account.move", "purchase.order"} {
				rel := t.s.model(model)
				if len(rel.index[rel.field("partner_id").slot][r.id]) > 0 {
					t.badForeignKey(rel, rel.field("partner_id"))
				}
			}
		}
	}
	s.methods["base.partner.merge.automatic.wizard.action_merge"] = method{needs: "write", run: func(t *tx, m *model, rs []*record, _ args) any {
		for _, r := range rs {
			t.merge(rec{t, m, r})
		}
		return true
	}}
	s.model("res.company").created = func(t *tx, r *record) {
		co := rec{t, s.model("res.company"), r}
		if co.ref("currency_id") == 0 {
			co.put("currency_id", t.currencyNamed("USD"))
		}
		if co.ref("partner_id") == 0 {
			p := t.create(m, map[string]any{"name": co.str("name"), "is_company": true})
			co.put("partner_id", p.id)
		}
	}
	s.model("res.company").defaults = func(_ *tx, vals map[string]any) {
		setDefault(vals, "tax_calculation_rounding_method", "round_globally")
	}
}

// namePartner recomputes display name and commercial entity, down the tree.
func (t *tx) namePartner(p rec) {
	full, commercial := p.str("name"), p.id
	if up, ok := p.follow("parent_id"); ok {
		if !p.is("is_company") {
			full = up.str("complete_name") + ", " + full
			commercial = up.ref("commercial_partner_id")
		}
	}
	p.put("complete_name", null(full))
	p.put("commercial_partner_id", commercial)
	for _, kid := range p.ids("child_ids") {
		t.namePartner(t.rec("res.partner", kid))
	}
}

// renameVendor rewrites the stored partner name of every bill, which gives each a new write date.
func (t *tx) renameVendor(id int64) {
	moves := t.s.model("account.move")
	for _, mid := range moves.index[moves.field("partner_id").slot][id] {
		mv := t.rec("account.move", mid)
		p, _ := mv.follow("partner_id")
		mv.put("invoice_partner_display_name", null(p.str("complete_name")))
	}
}

// rankSupplier counts a posted bill on the vendor.
// Version 14 does it in SQL, without a new write date.
func (t *tx) rankSupplier(partner int64) {
	p := t.rec("res.partner", partner)
	ranked := []rec{p}
	if c := p.ref("commercial_partner_id"); c != 0 && c != partner {
		ranked = append(ranked, t.rec("res.partner", c))
	}
	for _, p := range ranked {
		t.set(p.m, p.record, p.m.field("supplier_rank"), p.val("supplier_rank").(int64)+1)
		if !t.s.dialect.old {
			p.touch()
		}
	}
}

func num(id int64) json.Number { return json.Number(itoa(id)) }

// merge points everything at the surviving partner in SQL, without new write dates but for the bills, and deletes the others.
func (t *tx) merge(wizard rec) {
	to := wizard.ref("dst_partner_id")
	for _, from := range wizard.ids("partner_ids") {
		if from == to {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(t.s.models)) {
			t.repoint(t.s.models[name], from, to)
		}
		partners := t.s.model("res.partner")
		for _, r := range t.found(partners, []int64{from}) {
			t.remove(partners, r)
		}
	}
}

func (t *tx) repoint(m *model, from, to int64) {
	for _, f := range m.fields {
		if f.kind != kMany2one || f.rel != "res.partner" || f.slot < 0 {
			continue
		}
		for _, r := range m.recs {
			if r.at(f.slot) != from {
				continue
			}
			t.set(m, r, f, to)
			if m.name == "account.move" {
				t.touch(m, r)
			}
		}
	}
}
