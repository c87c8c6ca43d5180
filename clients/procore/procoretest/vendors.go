package procoretest

import (
	"strings"
)

// Vendor seeds a company of the directory.
type Vendor struct {
	Name        string
	TaxID       string
	Email       string
	Phone       string
	Address     string
	City        string
	Zip         string
	StateCode   string
	CountryCode string
	OriginID    string
	OriginCode  string
	Inactive    bool
}

type vendor struct{ record }

var vendorSchema = schemaOf(
	fields(text, "name", "address", "city", "zip", "business_phone", "mobile_phone", "fax_number",
		"email_address", "state_code", "country_code", "labor_union", "license_number", "website",
		"abbreviated_name", "notes", "origin_id", "origin_data", "origin_code", "trade_name"),
	fields(flag, "is_active", "authorized_bidder", "prequalified", "union_member", "non_union_prevailing_wage"),
	fields(whole, "vendor_group_id", "parent_id", "primary_contact_id"),
	fields(free, "trade_ids", "bidding_distribution_ids", "standard_cost_code_ids", "bidding"),
)

var vendorSyncSchema = schemaOf(vendorSchema,
	fields(whole, "id"), fields(free, "business_register_attributes", "origin_custom_fields"))

// AddVendor adds a company to the directory.
func (s *Server) AddVendor(v Vendor) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := attrs{"name": v.Name}
	for name, value := range map[string]string{
		"email_address": v.Email, "business_phone": v.Phone, "address": v.Address, "city": v.City, "zip": v.Zip,
		"state_code": v.StateCode, "country_code": v.CountryCode, "origin_id": v.OriginID, "origin_code": v.OriginCode,
	} {
		if value != "" {
			in[name] = value
		}
	}
	if v.TaxID != "" {
		in["business_register_attributes"] = map[string]any{"type": "EIN", "identifier": v.TaxID}
	}
	added, bad := s.createVendor(in)
	mustSeed("vendor "+v.Name, bad)
	added.attrs["is_active"] = !v.Inactive
	return added.id
}

func (s *Server) checkVendor(before, next, in attrs, self int64) faults {
	bad := faults{}
	bad.merge(checkVendorName(next))
	bad.merge(checkAbbreviation(next))
	bad.merge(checkAddress(next))
	bad.merge(checkReactivation(before, in))
	bad.merge(s.checkParent(next))
	bad.merge(s.checkOrigin(typeVendor, next.text("origin_id"), self))
	return bad
}

func (s *Server) createVendor(in attrs) (*vendor, faults) {
	next := attrs{"is_active": true}.with(in)
	if bad := s.checkVendor(nil, next, in, 0); len(bad) > 0 {
		return nil, bad
	}
	v := &vendor{s.newRecord(0)}
	v.attrs = next
	s.vendors.put(v.id, v)
	s.origins.move(typeVendor, v.id, "", v.origin())
	return v, nil
}

func (s *Server) updateVendor(v *vendor, in attrs) faults {
	next := v.attrs.with(in)
	if bad := s.checkVendor(v.attrs, next, in, v.id); len(bad) > 0 {
		return bad
	}
	s.origins.move(typeVendor, v.id, v.origin(), next.text("origin_id"))
	v.attrs = next
	s.touch(&v.record)
	return nil
}

func (v *vendor) name() string { return v.attrs.text("name") }

func (v *vendor) taxID() string {
	register, _ := v.attrs["business_register_attributes"].(map[string]any)
	id, _ := register["identifier"].(string)
	return id
}

func (v *vendor) active() bool { return v.attrs.yes("is_active") }

func (s *Server) renderVendor(v *vendor) map[string]any {
	out := map[string]any{}
	v.stamp(out)
	v.attrs.copyTo(out, "name", "abbreviated_name", "address", "city", "zip", "business_phone", "mobile_phone",
		"fax_number", "email_address", "is_active", "state_code", "country_code", "authorized_bidder", "prequalified",
		"labor_union", "license_number", "website", "union_member", "non_union_prevailing_wage", "notes",
		"origin_id", "origin_data", "origin_code", "trade_name")
	out["company"] = v.name()
	out["company_vendor"] = true
	out["synced_to_erp"] = v.origin() != ""
	out["attachments"] = []any{}
	out["business_register"] = nil
	if register, ok := v.attrs["business_register_attributes"].(map[string]any); ok {
		out["business_register"] = map[string]any{
			"id": v.id + 1, "type": register["type"], "identifier": register["identifier"],
			"verified_at": nil, "verification_status": "not_verified",
		}
	}
	out["parent"] = nil
	if parent, ok := s.vendors.get(v.attrs.id("parent_id")); ok {
		out["parent"] = map[string]any{"id": parent.id, "name": parent.name()}
	}
	out["project_ids"] = s.projectsOf(v.id)
	return out
}

// viewVendor cuts the answer down to what the view holds.
func (s *Server) viewVendor(c *call, v *vendor) map[string]any {
	full := s.renderVendor(v)
	switch c.query.Get("view") {
	case "ids_only":
		return pick(full, "id")
	case "name", "minimal":
		return pick(full, "id", "name")
	case "compact", "list":
		return pick(full, "id", "name", "is_active", "origin_id", "updated_at")
	default:
		return full
	}
}

func pick(full map[string]any, names ...string) map[string]any {
	out := make(map[string]any, len(names))
	for _, name := range names {
		out[name] = full[name]
	}
	return out
}

func (s *Server) listVendors(c *call) (answer, error) {
	if p := s.checkQueryCompany(c); p != nil {
		return answer{}, p
	}
	rows := keep(s.vendors.all(), (*vendor).active)
	rows, p := commonFilters(c, rows, func(v *vendor) *record { return &v.record })
	if p != nil {
		return answer{}, p
	}
	rows = filter(c, rows, "parent_id", func(v *vendor) string { return idText(v.attrs.id("parent_id")) })
	return s.vendorPage(c, searchVendors(c, rows))
}

func (s *Server) vendorPage(c *call, rows []*vendor) (answer, error) {
	rows, p := page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	out := make([]any, 0, len(rows))
	for _, v := range rows {
		out = append(out, s.viewVendor(c, v))
	}
	return ok(out), nil
}

// searchVendors looks into name, abbreviation, origin code and tax number.
func searchVendors(c *call, rows []*vendor) []*vendor {
	wanted := strings.ToLower(strings.TrimSpace(c.query.Get("filters[search]")))
	if wanted == "" {
		return rows
	}
	return keep(rows, func(v *vendor) bool {
		for _, value := range []string{v.name(), v.attrs.text("abbreviated_name"), v.attrs.text("origin_code"), v.taxID()} {
			if strings.Contains(strings.ToLower(value), wanted) {
				return true
			}
		}
		return false
	})
}

func (s *Server) pathVendor(c *call) (*vendor, *problem) {
	id, p := c.pathID("id")
	if p != nil {
		return nil, p
	}
	v, found := s.vendors.get(id)
	if !found {
		return nil, notFound()
	}
	return v, nil
}

func (s *Server) getVendor(c *call) (answer, error) {
	if p := s.checkQueryCompany(c); p != nil {
		return answer{}, p
	}
	v, p := s.pathVendor(c)
	if p != nil {
		return answer{}, p
	}
	return ok(s.viewVendor(c, v)), nil
}

func (s *Server) readVendorBody(c *call) (attrs, *problem) {
	if p := s.checkBodyCompany(c); p != nil {
		return nil, p
	}
	c.siblings("company_id", "vendor")
	raw, p := c.wrapped("vendor")
	if p != nil {
		return nil, p
	}
	in, bad := c.read(vendorSchema, raw, "vendor.")
	return in, bad.refusal()
}

func (s *Server) postVendor(c *call) (answer, error) {
	in, p := s.readVendorBody(c)
	if p != nil {
		return answer{}, p
	}
	v, bad := s.createVendor(in)
	if p := bad.refusal(); p != nil {
		return answer{}, p
	}
	return created(s.renderVendor(v)), nil
}

func (s *Server) patchVendor(c *call) (answer, error) {
	v, p := s.pathVendor(c)
	if p != nil {
		return answer{}, p
	}
	in, p := s.readVendorBody(c)
	if p != nil {
		return answer{}, p
	}
	if p := s.updateVendor(v, in).refusal(); p != nil {
		return answer{}, p
	}
	return ok(s.renderVendor(v)), nil
}

func (s *Server) syncVendors(c *call) (answer, error) {
	if p := s.checkBodyCompany(c); p != nil {
		return answer{}, p
	}
	c.siblings("company_id", "updates")
	return s.sync(c, syncTarget{
		schema:   vendorSyncSchema,
		prefix:   "updates.",
		byID:     func(id int64) bool { _, found := s.vendors.get(id); return found },
		byOrigin: func(origin string) (int64, bool) { return s.origins.find(typeVendor, origin) },
		create: func(in attrs) (any, faults) {
			v, bad := s.createVendor(in)
			if len(bad) > 0 {
				return nil, bad
			}
			return s.renderVendor(v), nil
		},
		update: func(id int64, in attrs) (any, faults) {
			v, _ := s.vendors.get(id)
			if bad := s.updateVendor(v, in); len(bad) > 0 {
				return nil, bad
			}
			return s.renderVendor(v), nil
		},
	})
}

func (s *Server) listInactiveVendors(c *call) (answer, error) {
	if p := s.checkPathCompany(c); p != nil {
		return answer{}, p
	}
	return s.vendorPage(c, keep(s.vendors.all(), func(v *vendor) bool { return !v.active() }))
}

func (s *Server) reactivateVendor(c *call) (answer, error) {
	if p := s.checkPathCompany(c); p != nil {
		return answer{}, p
	}
	v, p := s.pathVendor(c)
	if p != nil {
		return answer{}, p
	}
	if v.active() {
		return answer{}, notFound()
	}
	v.attrs = v.attrs.with(attrs{"is_active": true})
	s.touch(&v.record)
	return ok(s.renderVendor(v)), nil
}
