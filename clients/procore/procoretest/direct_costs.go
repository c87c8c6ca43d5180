package procoretest

import (
	"net/http"

	"github.com/shopspring/decimal"
)

// DirectCost seeds a direct cost that somebody typed in Procore.
type DirectCost struct {
	Project       int64
	Type          string // invoice, expense, payroll or subcontractor_invoice
	Vendor        int64  // is put on the project too
	InvoiceNumber string
	Date          string // direct_cost_date, YYYY-MM-DD
	ReceivedDate  string
	Status        string // empty = draft
	Description   string
	OriginID      string
	Lines         []DirectCostLine
}

// DirectCostLine is a line of a DirectCost.
type DirectCostLine struct {
	BudgetCode  int64 // wbs code id
	Amount      string
	Description string
	OriginID    string
}

type directCost struct {
	record
	lines []*directCostLine
}

var directCostSchema = schemaOf(
	choice("status", directCostStatuses...),
	fields(text, "description", "origin_data", "origin_id", "terms"),
	fields(day, "direct_cost_date", "payment_date", "received_date"),
	fields(whole, "employee_id", "vendor_id"),
)

var (
	directCostCreateSchema = schemaOf(directCostSchema, choice("direct_cost_type", directCostTypes...),
		fields(text, "invoice_number"), fields(free, "line_items"))
	directCostUpdateSchema = schemaOf(directCostSchema, choice("direct_cost_type", directCostTypes...), fields(free, "line_items"))
	directCostSyncSchema   = schemaOf(directCostSchema, choice("direct_cost_type", directCostSyncTypes...),
		fields(text, "invoice_number", "currency_iso_code"), fields(whole, "id"), fields(number, "currency_exchange_rate"))
)

// AddDirectCost adds a direct cost with its lines.
func (s *Server) AddDirectCost(dc DirectCost) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := attrs{"direct_cost_type": dc.Type}
	for name, value := range map[string]string{
		"invoice_number": dc.InvoiceNumber, "direct_cost_date": dc.Date, "received_date": dc.ReceivedDate,
		"status": dc.Status, "description": dc.Description, "origin_id": dc.OriginID,
	} {
		if value != "" {
			in[name] = value
		}
	}
	if dc.Vendor != 0 {
		in["vendor_id"] = dc.Vendor
		s.projectVendors[projectVendor{dc.Project, dc.Vendor}] = true
	}
	lines := make([]attrs, 0, len(dc.Lines))
	for _, line := range dc.Lines {
		in := attrs{"wbs_code_id": line.BudgetCode, "manual_amount": decimal.RequireFromString(line.Amount), "description": line.Description}
		if line.OriginID != "" {
			in["origin_id"] = line.OriginID
		}
		lines = append(lines, in)
	}
	row, bad := s.createDirectCost(dc.Project, in, lines)
	mustSeed("direct cost "+dc.InvoiceNumber, bad)
	return row.id
}

func (s *Server) checkDirectCost(dc *directCost, next attrs) faults {
	bad := faults{}
	bad.merge(checkType(dc, next))
	bad.merge(checkInvoice(next))
	bad.merge(s.checkOrigin(typeDirectCost, next.text("origin_id"), dc.id))
	if next.id("vendor_id") != dc.attrs.id("vendor_id") {
		bad.merge(s.checkVendorOnProject(dc.project, next.id("vendor_id")))
	}
	return bad
}

// createDirectCost makes the cost with all its lines or nothing.
func (s *Server) createDirectCost(projectID int64, in attrs, lines []attrs) (*directCost, faults) {
	if _, found := s.projects.get(projectID); !found {
		return nil, fault("project_id", "is invalid")
	}
	next := attrs{"status": "draft"}.with(in)
	delete(next, "line_items")
	blank := &directCost{record: record{project: projectID}}
	bad := s.checkDirectCost(blank, next)
	bad.merge(checkLineCount(lines))
	bad.merge(s.checkNestedLines(blank, lines))
	if len(bad) > 0 {
		return nil, bad
	}
	dc := &directCost{record: s.newRecord(projectID)}
	dc.attrs = next
	s.directCosts.put(dc.id, dc)
	s.origins.move(typeDirectCost, dc.id, "", dc.origin())
	s.writeNestedLines(dc, lines)
	return dc, nil
}

func (s *Server) updateDirectCost(dc *directCost, in attrs, lines []attrs) faults {
	if bad := s.checkOriginLock(dc); len(bad) > 0 {
		return bad
	}
	next := dc.attrs.with(in)
	delete(next, "line_items")
	bad := s.checkDirectCost(dc, next)
	bad.merge(checkLineCount(lines))
	bad.merge(s.checkNestedLines(dc, lines))
	if len(bad) > 0 {
		return bad
	}
	s.origins.move(typeDirectCost, dc.id, dc.origin(), next.text("origin_id"))
	dc.attrs = next
	s.writeNestedLines(dc, lines)
	s.touch(&dc.record)
	return nil
}

// deleteDirectCost takes the lines along.
func (s *Server) deleteDirectCost(dc *directCost) faults {
	if bad := s.checkOriginLock(dc); len(bad) > 0 {
		return bad
	}
	for _, line := range dc.lines {
		delete(s.costLines, line.id)
		s.origins.move(typeDirectCostLine, line.id, line.origin(), "")
	}
	dc.deleted = true
	s.touch(&dc.record)
	return nil
}

func (dc *directCost) total() decimal.Decimal {
	sum := decimal.Zero
	for _, line := range dc.lines {
		sum = sum.Add(line.attrs.amount("amount"))
	}
	return sum
}

func (s *Server) renderDirectCost(dc *directCost) map[string]any {
	out := map[string]any{}
	dc.stamp(out)
	dc.attrs.copyTo(out, "direct_cost_type", "status", "description", "origin_data", "origin_id", "terms",
		"direct_cost_date", "payment_date", "received_date", "invoice_number", "vendor_id")
	pr, _ := s.projects.get(dc.project)
	out["grand_total"], out["line_items_count"], out["attachments_count"] = cents(dc.total()), len(dc.lines), 0
	out["attachments"], out["deleted_at"], out["employee"] = []any{}, nil, nil
	out["company"] = map[string]any{"id": s.cfg.CompanyID, "name": s.cfg.CompanyName}
	out["project"] = map[string]any{"id": pr.id, "name": pr.Name}
	out["currency_configuration"] = map[string]any{"currency_iso_code": pr.CurrencyISO}
	out["vendor"], out["vendor_name"] = nil, nil
	if v, found := s.vendors.get(dc.attrs.id("vendor_id")); found {
		out["vendor"], out["vendor_name"] = map[string]any{"id": v.id, "name": v.name()}, v.name()
	}
	return out
}

func (s *Server) renderFullDirectCost(dc *directCost, refs map[int64]string) map[string]any {
	out := s.renderDirectCost(dc)
	lines := make([]any, 0, len(dc.lines))
	for _, line := range dc.lines {
		rendered := s.renderCostLine(dc, line)
		delete(rendered, "holder")
		if ref, given := refs[line.id]; given {
			rendered["ref"] = ref
		}
		lines = append(lines, rendered)
	}
	out["line_items"] = lines
	return out
}

// renderListedDirectCost is the list's form: vendor is a name there, and the amount stands beside it.
func (s *Server) renderListedDirectCost(dc *directCost) map[string]any {
	out := s.renderDirectCost(dc)
	out["amount"], out["vendor"] = cents(dc.total()), out["vendor_name"]
	for _, name := range []string{"company", "project", "attachments", "attachments_count", "line_items_count"} {
		delete(out, name)
	}
	return out
}

func (s *Server) listDirectCosts(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	rows := keep(s.directCosts.all(), func(dc *directCost) bool { return dc.project == pr.id && !dc.deleted })
	rows, p = commonFilters(c, rows, func(dc *directCost) *record { return &dc.record })
	if p != nil {
		return answer{}, p
	}
	rows = filter(c, rows, "invoice_number", func(dc *directCost) string { return dc.attrs.text("invoice_number") })
	for _, name := range []string{"received_date", "payment_date"} {
		rows, p = filterDay(c, rows, name, func(dc *directCost) string { return dc.attrs.text(name) })
		if p != nil {
			return answer{}, p
		}
	}
	rows, p = page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	out := make([]any, 0, len(rows))
	for _, dc := range rows {
		out = append(out, s.renderListedDirectCost(dc))
	}
	return ok(out), nil
}

func (s *Server) directCostOf(c *call, parameter string, pr *project) (*directCost, *problem) {
	id, p := c.pathID(parameter)
	if p != nil {
		return nil, p
	}
	dc, found := s.directCosts.get(id)
	if !found || dc.project != pr.id || dc.deleted {
		return nil, notFound()
	}
	return dc, nil
}

func (s *Server) getDirectCost(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	dc, p := s.directCostOf(c, "id", pr)
	if p != nil {
		return answer{}, p
	}
	return ok(s.renderFullDirectCost(dc, nil)), nil
}

func (c *call) readDirectCost(s, line schema) (attrs, []attrs, *problem) {
	c.siblings("attachments", "direct_cost")
	raw, p := c.wrapped("direct_cost")
	if p != nil {
		return nil, nil, p
	}
	in, bad := c.read(s, raw, "direct_cost.")
	lines, badLines := c.readItems(line, in["line_items"], "direct_cost.line_items.")
	bad.merge(badLines)
	return in, lines, bad.refusal()
}

func (s *Server) postDirectCost(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	in, lines, p := c.readDirectCost(directCostCreateSchema, nestedLineSchema)
	if p != nil {
		return answer{}, p
	}
	dc, bad := s.createDirectCost(pr.id, in, lines)
	if p := bad.refusal(); p != nil {
		return answer{}, p
	}
	return created(s.renderFullDirectCost(dc, refsOf(dc, lines))), nil
}

// refsOf echoes the ref of each line just created; it is not stored.
func refsOf(dc *directCost, sent []attrs) map[int64]string {
	refs := map[int64]string{}
	var fresh []attrs
	for _, in := range sent {
		if in.id("id") == 0 {
			fresh = append(fresh, in)
		} else if in.has("ref") {
			refs[in.id("id")] = in.text("ref")
		}
	}
	from := len(dc.lines) - len(fresh)
	for i, in := range fresh {
		if in.has("ref") {
			refs[dc.lines[from+i].id] = in.text("ref")
		}
	}
	return refs
}

func (s *Server) patchDirectCost(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	dc, p := s.directCostOf(c, "id", pr)
	if p != nil {
		return answer{}, p
	}
	in, lines, p := c.readDirectCost(directCostUpdateSchema, nestedLineUpdateSchema)
	if p != nil {
		return answer{}, p
	}
	if p := s.updateDirectCost(dc, in, lines).refusal(); p != nil {
		return answer{}, p
	}
	return ok(s.renderFullDirectCost(dc, refsOf(dc, lines))), nil
}

// removeDirectCost answers 200 with the id.
func (s *Server) removeDirectCost(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	dc, p := s.directCostOf(c, "id", pr)
	if p != nil {
		return answer{}, p
	}
	if p := s.deleteDirectCost(dc).refusal(); p != nil {
		return answer{}, p
	}
	return answer{http.StatusOK, map[string]any{"id": dc.id}}, nil
}

func (s *Server) syncDirectCosts(c *call) (answer, error) {
	pr, p := s.pathProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	c.siblings("updates")
	here := func(id int64) bool {
		dc, found := s.directCosts.get(id)
		return found && dc.project == pr.id && !dc.deleted
	}
	return s.sync(c, syncTarget{
		schema: directCostSyncSchema,
		prefix: "updates.",
		byID:   here,
		byOrigin: func(origin string) (int64, bool) {
			id, found := s.origins.find(typeDirectCost, origin)
			return id, found && here(id)
		},
		create: func(in attrs) (any, faults) {
			dc, bad := s.createDirectCost(pr.id, in, nil)
			if len(bad) > 0 {
				return nil, bad
			}
			return s.renderDirectCost(dc), nil
		},
		update: func(id int64, in attrs) (any, faults) {
			dc, _ := s.directCosts.get(id)
			if bad := s.updateDirectCost(dc, in, nil); len(bad) > 0 {
				return nil, bad
			}
			return s.renderDirectCost(dc), nil
		},
	})
}
