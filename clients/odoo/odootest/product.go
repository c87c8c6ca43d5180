package odootest

import "slices"

// templateFields are the values of a product that live on its template.
var templateFields = []string{"name", "default_code", "type", "categ_id", "uom_id", "list_price", "purchase_ok", "purchase_method", "supplier_taxes_id", "property_account_expense_id"}

func (s *Server) installProducts() {
	m, tmpl := s.model("product.product"), s.model("product.template")
	m.field("write_date").label = "Write Date"
	m.display = func(t *tx, r *record) string {
		p := rec{t, m, r}
		if code := p.str("default_code"); code != "" {
			return "[" + code + "] " + p.str("name")
		}
		return p.str("name")
	}
	m.defaults = func(t *tx, vals map[string]any) {
		setDefault(vals, "type", "consu")
		setDefault(vals, "purchase_method", "purchase")
		setDefault(vals, "purchase_ok", true)
		if isFalse(vals["uom_id"]) {
			vals["uom_id"] = num(t.unit())
		}
	}
	m.created = func(t *tx, r *record) {
		p := rec{t, m, r}
		if p.ref("product_tmpl_id") == 0 {
			made := t.create(tmpl, map[string]any{"name": p.str("name"), "default_code": p.val("default_code")})
			t.set(m, r, m.field("product_tmpl_id"), made.id)
		}
	}
	m.wrote = func(t *tx, r *record, vals map[string]any) {
		p := rec{t, m, r}
		up, ok := p.follow("product_tmpl_id")
		if !ok || !slices.ContainsFunc(templateFields, func(n string) bool { _, given := vals[n]; return given }) {
			return
		}
		for _, name := range []string{"name", "default_code"} {
			t.set(tmpl, up.record, tmpl.field(name), p.val(name))
		}
		up.touch()
	}
	tmpl.wrote = func(t *tx, r *record, vals map[string]any) {
		up := rec{t, tmpl, r}
		for _, id := range up.ids("product_variant_ids") {
			p := t.rec("product.product", id)
			for _, name := range []string{"name", "default_code", "categ_id"} {
				if _, given := vals[name]; given {
					t.set(m, p.record, m.field(name), up.val(name))
				}
			}
			if !t.s.dialect.old {
				p.touch()
			}
		}
	}
	m.unlinked = func(t *tx, rs []*record) {
		lines := t.s.model("purchase.order.line")
		f := lines.field("product_id")
		for _, r := range rs {
			if slices.ContainsFunc(lines.recs, func(l *record) bool { return l.at(f.slot) == r.id }) {
				t.badForeignKey(lines, f)
			}
		}
	}
	s.installTree("product.category", "complete_name", " / ")
	s.model("uom.uom").defaults = func(_ *tx, vals map[string]any) {
		setDefault(vals, "relative_factor", one)
		setDefault(vals, "factor", one)
		setDefault(vals, "rounding", cent)
	}
}

// unit is the first unit of measure, made when there is none.
func (t *tx) unit() int64 {
	m := t.s.model("uom.uom")
	if len(m.ids) == 0 {
		return t.create(m, map[string]any{"name": "Units"}).id
	}
	return m.ids[0]
}

// installTree keeps the full name of a model with parents up to date.
func (s *Server) installTree(model, full, sep string) {
	m := s.model(model)
	var name func(t *tx, r *record)
	name = func(t *tx, r *record) {
		c := rec{t, m, r}
		text := c.str("name")
		if up, ok := c.follow("parent_id"); ok {
			text = up.str(full) + sep + text
		}
		c.put(full, text)
		for _, kid := range slices.Clone(m.index[m.field("parent_id").slot][r.id]) {
			name(t, m.get(kid))
		}
	}
	m.display = func(_ *tx, r *record) string { return str(r.at(m.field(full).slot)) }
	m.created = name
	m.wrote = func(t *tx, r *record, _ map[string]any) { name(t, r) }
}

// storePrice puts a confirmed price in the vendor's price list, unless the vendor is there already.
func (t *tx) storePrice(line, order rec) {
	p, ok := line.follow("product_id")
	if !ok || p.ref("product_tmpl_id") == 0 {
		return
	}
	m := t.s.model("product.supplierinfo")
	for _, id := range m.index[m.field("product_tmpl_id").slot][p.ref("product_tmpl_id")] {
		if t.rec(m.name, id).ref("partner_id") == order.ref("partner_id") {
			return
		}
	}
	made := t.create(m, map[string]any{"partner_id": num(order.ref("partner_id")), "product_tmpl_id": num(p.ref("product_tmpl_id"))})
	t.set(m, made, m.field("price"), line.num("price_unit"))
	p.touch()
	if up, ok := p.follow("product_tmpl_id"); ok {
		up.touch()
	}
}
