package procoretest

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// Commitment seeds a purchase order contract that somebody typed by hand in Procore.
type Commitment struct {
	Project  int64
	Number   string // empty = the project's next number
	Title    string
	Vendor   int64  // is put on the project too
	Status   string // empty = Draft
	OriginID string
	Lines    []CommitmentLine
}

// CommitmentLine is a line of the schedule of values of a Commitment.
type CommitmentLine struct {
	BudgetCode  int64  // wbs code id
	Amount      string // "1234.50"
	Description string
	OriginID    string
}

type commitment struct {
	record
	lines        []*commitmentLine
	requisitions []*requisition // oldest first
}

var commitmentSchema = schemaOf(
	choice("accounting_method", "amount", "unit"),
	choice("status", commitmentStatuses...),
	fields(text, "bill_to_address", "description", "origin_code", "origin_data", "origin_id", "number",
		"payment_terms", "ship_to_address", "ship_via", "title"),
	fields(quantity, "retainage_percent"),
	fields(day, "approval_letter_date", "contract_date", "delivery_date", "execution_date", "issued_on_date",
		"letter_of_intent_date", "returned_date"),
	fields(whole, "assignee_id", "vendor_id"),
	fields(flag, "executed", "private"),
)

var (
	commitmentBodySchema = schemaOf(commitmentSchema, fields(free, "invoice_contact_user_ids", "drawing_revision_ids",
		"file_version_ids", "form_ids", "image_ids", "upload_ids", "currency_exchange_rate", "currency_iso_code"))
	commitmentSyncSchema = schemaOf(commitmentSchema, fields(whole, "id"))
)

// AddCommitment adds a purchase order contract with its lines.
func (s *Server) AddCommitment(cm Commitment) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := attrs{"title": cm.Title}
	if cm.Number != "" {
		in["number"] = cm.Number
	}
	if cm.OriginID != "" {
		in["origin_id"] = cm.OriginID
	}
	if cm.Vendor != 0 {
		in["vendor_id"] = cm.Vendor
		s.projectVendors[projectVendor{cm.Project, cm.Vendor}] = true
	}
	row, bad := s.createCommitment(cm.Project, in)
	mustSeed("commitment "+cm.Number, bad)
	for _, line := range cm.Lines {
		in := attrs{"wbs_code_id": line.BudgetCode, "amount": decimal.RequireFromString(line.Amount), "description": line.Description}
		if line.OriginID != "" {
			in["origin_id"] = line.OriginID
		}
		_, bad := s.createLine(row, in)
		mustSeed("line of commitment "+cm.Number, bad)
	}
	if cm.Status != "" {
		mustSeed("commitment "+cm.Number, s.updateCommitment(row, attrs{"status": cm.Status}))
	}
	return row.id
}

// CommitmentLines are the ids of a commitment's lines in their order.
func (s *Server) CommitmentLines(id int64) []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	cm, found := s.commitments.get(id)
	if !found {
		return nil
	}
	ids := make([]int64, 0, len(cm.lines))
	for _, line := range cm.lines {
		ids = append(ids, line.id)
	}
	return ids
}

func (s *Server) checkCommitment(cm *commitment, next attrs) faults {
	bad := faults{}
	bad.merge(checkVendorChosen(next))
	bad.merge(checkVendorUnlocked(cm.attrs, next))
	bad.merge(checkAccountingMethod(cm, next))
	bad.merge(checkLengths(next))
	bad.merge(s.checkNumberFree(cm.project, next.text("number"), cm.id))
	bad.merge(s.checkOrigin(typeCommitment, next.text("origin_id"), cm.id))
	if next.id("vendor_id") != cm.attrs.id("vendor_id") {
		bad.merge(s.checkVendorOnProject(cm.project, next.id("vendor_id")))
	}
	return bad
}

func (s *Server) createCommitment(projectID int64, in attrs) (*commitment, faults) {
	pr, _ := s.projects.get(projectID)
	if pr == nil {
		return nil, fault("project_id", "is invalid")
	}
	next := attrs{"status": statusDraft, "accounting_method": "amount", "private": pr.DefaultPrivate, "executed": false}.with(in)
	if next.text("number") == "" {
		next["number"] = s.nextNumber(projectID)
	}
	if bad := s.checkCommitment(&commitment{record: record{project: projectID}}, next); len(bad) > 0 {
		return nil, bad
	}
	cm := &commitment{record: s.newRecord(projectID)}
	cm.attrs = next
	s.commitments.put(cm.id, cm)
	s.origins.move(typeCommitment, cm.id, "", cm.origin())
	return cm, nil
}

// nextNumber is the project's own numbering, used where the number is blank.
func (s *Server) nextNumber(projectID int64) string {
	for n := 1; ; n++ {
		number := fmt.Sprintf("PO-%04d", n)
		if len(s.checkNumberFree(projectID, number, 0)) == 0 {
			return number
		}
	}
}

func (s *Server) updateCommitment(cm *commitment, in attrs) faults {
	next := cm.attrs.with(in)
	if bad := s.checkCommitment(cm, next); len(bad) > 0 {
		return bad
	}
	s.origins.move(typeCommitment, cm.id, cm.origin(), next.text("origin_id"))
	cm.attrs = next
	s.touch(&cm.record)
	return nil
}

func (s *Server) deleteCommitment(cm *commitment) faults {
	if bad := checkCommitmentDeletable(cm); len(bad) > 0 {
		return bad
	}
	cm.deleted = true
	s.touch(&cm.record)
	return nil
}

func (cm *commitment) total() decimal.Decimal {
	sum := decimal.Zero
	for _, line := range cm.lines {
		sum = sum.Add(line.attrs.amount("amount"))
	}
	return sum
}

func (cm *commitment) invoiced() decimal.Decimal {
	sum := decimal.Zero
	for _, rq := range cm.requisitions {
		sum = sum.Add(rq.total())
	}
	return sum
}

// billed is what all requisitions together have billed on a line.
func (cm *commitment) billed(lineID int64) decimal.Decimal {
	sum := decimal.Zero
	for _, rq := range cm.requisitions {
		if item := rq.itemOf(lineID); item != nil {
			sum = sum.Add(item.completed())
		}
	}
	return sum
}

func (s *Server) renderCommitment(cm *commitment) map[string]any {
	out := map[string]any{}
	cm.stamp(out)
	cm.attrs.copyTo(out, "accounting_method", "status", "bill_to_address", "description", "origin_code", "origin_data",
		"origin_id", "number", "payment_terms", "retainage_percent", "ship_to_address", "ship_via", "title",
		"approval_letter_date", "contract_date", "delivery_date", "execution_date", "issued_on_date",
		"letter_of_intent_date", "returned_date", "executed", "private")
	total, invoiced := cm.total(), cm.invoiced()
	out["grand_total"], out["revised_contract"], out["pending_revised_contract"] = cents(total), cents(total), cents(total)
	out["total_requisitions_amount"], out["remaining_balance_outstanding"] = cents(invoiced), cents(total.Sub(invoiced))
	for _, name := range []string{"approved_change_orders", "draft_change_orders_amount", "pending_change_orders", "total_payments", "total_draw_requests_amount"} {
		out[name] = "0.00"
	}
	out["percentage_paid"] = "0.0"
	out["requisitions_are_enabled"] = !cm.attrs.yes("invoices_disabled")
	out["deleted_at"] = nil
	if cm.deleted {
		out["deleted_at"] = timestamp(cm.updated)
	}
	pr, _ := s.projects.get(cm.project)
	out["project"] = map[string]any{"id": pr.id, "name": pr.Name}
	out["currency_configuration"] = map[string]any{"currency_iso_code": pr.CurrencyISO}
	out["vendor"], out["assignee"] = nil, nil
	if v, found := s.vendors.get(cm.attrs.id("vendor_id")); found {
		out["vendor"] = map[string]any{"id": v.id, "company": v.name()}
	}
	return out
}

func (s *Server) renderFullCommitment(cm *commitment) map[string]any {
	out := s.renderCommitment(cm)
	if v, found := s.vendors.get(cm.attrs.id("vendor_id")); found {
		vendor := map[string]any{"id": v.id, "company": v.name()}
		v.attrs.copyTo(vendor, "origin_id", "origin_data")
		out["vendor"] = vendor
	}
	lines := make([]any, 0, len(cm.lines))
	for _, line := range cm.lines {
		lines = append(lines, s.renderLine(cm, line))
	}
	out["line_items"] = lines
	return out
}

func (s *Server) listCommitments(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	deleted := c.query.Get("filters[include_deleted]")
	rows := keep(s.commitments.all(), func(cm *commitment) bool {
		return cm.project == pr.id && (deleted == "with" || cm.deleted == (deleted == "only"))
	})
	rows, p = commonFilters(c, rows, func(cm *commitment) *record { return &cm.record })
	if p != nil {
		return answer{}, p
	}
	rows = filter(c, rows, "status", func(cm *commitment) string { return cm.attrs.text("status") })
	rows, p = page(c, rows, ordinaryPaging)
	if p != nil {
		return answer{}, p
	}
	render := s.renderCommitment
	if c.query.Get("view") == "extended" {
		render = s.renderFullCommitment
	}
	out := make([]any, 0, len(rows))
	for _, cm := range rows {
		out = append(out, render(cm))
	}
	return ok(out), nil
}

// commitmentOf finds a commitment by its path parameter, in its own project only.
func (s *Server) commitmentOf(c *call, parameter string, pr *project) (*commitment, *problem) {
	id, p := c.pathID(parameter)
	if p != nil {
		return nil, p
	}
	cm, found := s.commitments.get(id)
	if !found || cm.project != pr.id || cm.deleted {
		return nil, notFound()
	}
	return cm, nil
}

func (s *Server) getCommitment(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	cm, p := s.commitmentOf(c, "id", pr)
	if p != nil {
		return answer{}, p
	}
	return ok(s.renderFullCommitment(cm)), nil
}

func (c *call) readCommitment() (attrs, *problem) {
	c.siblings("project_id", "attachments", "purchase_order_contract")
	raw, p := c.wrapped("purchase_order_contract")
	if p != nil {
		return nil, p
	}
	in, bad := c.read(commitmentBodySchema, raw, "purchase_order_contract.")
	return in, bad.refusal()
}

func (s *Server) postCommitment(c *call) (answer, error) {
	pr, p := s.bodyProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	in, p := c.readCommitment()
	if p != nil {
		return answer{}, p
	}
	cm, bad := s.createCommitment(pr.id, in)
	if p := bad.refusal(); p != nil {
		return answer{}, p
	}
	return created(s.renderFullCommitment(cm)), nil
}

func (s *Server) patchCommitment(c *call) (answer, error) {
	pr, p := s.bodyProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	cm, p := s.commitmentOf(c, "id", pr)
	if p != nil {
		return answer{}, p
	}
	in, p := c.readCommitment()
	if p != nil {
		return answer{}, p
	}
	if p := s.updateCommitment(cm, in).refusal(); p != nil {
		return answer{}, p
	}
	return ok(s.renderFullCommitment(cm)), nil
}

func (s *Server) removeCommitment(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	cm, p := s.commitmentOf(c, "id", pr)
	if p != nil {
		return answer{}, p
	}
	if p := s.deleteCommitment(cm).refusal(); p != nil {
		return answer{}, p
	}
	return answer{status: 200}, nil
}

func (s *Server) syncCommitments(c *call) (answer, error) {
	pr, p := s.bodyProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	c.siblings("project_id", "updates")
	here := func(id int64) bool {
		cm, found := s.commitments.get(id)
		return found && cm.project == pr.id && !cm.deleted
	}
	return s.sync(c, syncTarget{
		schema: commitmentSyncSchema,
		prefix: "updates.",
		byID:   here,
		byOrigin: func(origin string) (int64, bool) {
			id, found := s.origins.find(typeCommitment, origin)
			return id, found && here(id)
		},
		create: func(in attrs) (any, faults) {
			cm, bad := s.createCommitment(pr.id, in)
			if len(bad) > 0 {
				return nil, bad
			}
			return s.renderCommitment(cm), nil
		},
		update: func(id int64, in attrs) (any, faults) {
			cm, _ := s.commitments.get(id)
			if bad := s.updateCommitment(cm, in); len(bad) > 0 {
				return nil, bad
			}
			return s.renderCommitment(cm), nil
		},
	})
}

func dropOne[T comparable](rows []T, row T) []T {
	return slices.DeleteFunc(rows, func(other T) bool { return other == row })
}
