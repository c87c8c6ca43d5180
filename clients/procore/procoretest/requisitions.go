package procoretest

import (
	"net/http"

	"github.com/shopspring/decimal"
)

// Requisition seeds a subcontractor invoice that somebody made in Procore.
type Requisition struct {
	Commitment    int64
	Period        int64 // 0 = the project's open billing period
	InvoiceNumber string
	BillingDate   string // YYYY-MM-DD
	Status        string // empty = draft
	OriginID      string
	Items         []RequisitionItem
}

// RequisitionItem bills an amount on a line of the commitment.
type RequisitionItem struct {
	Line   int64
	Amount string
}

type requisition struct {
	record
	commitment int64
	previous   int64
	number     int
	items      []*requisitionItem
}

var requisitionSchema = schemaOf(
	choice("status", requisitionStatuses...),
	fields(day, "requisition_start", "requisition_end", "billing_date", "payment_date", "submitted_at"),
	fields(text, "invoice_number", "origin_data", "origin_id"),
	fields(whole, "period_id"),
	fields(flag, "final"),
	fields(free, "items", "prostore_file_ids", "upload_ids"),
)

// AddRequisition adds a subcontractor invoice; the commitment has to be Approved.
func (s *Server) AddRequisition(rq Requisition) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := attrs{"invoice_number": rq.InvoiceNumber}
	for name, value := range map[string]string{"billing_date": rq.BillingDate, "status": rq.Status, "origin_id": rq.OriginID} {
		if value != "" {
			in[name] = value
		}
	}
	if rq.Period != 0 {
		in["period_id"] = rq.Period
	}
	cm, found := s.commitments.get(rq.Commitment)
	if !found {
		mustSeed("requisition "+rq.InvoiceNumber, fault("commitment_id", "is invalid"))
	}
	items := make([]attrs, 0, len(rq.Items))
	for _, item := range rq.Items {
		items = append(items, attrs{
			"item_type": "contract_item", "line_item_id": item.Line,
			"work_completed_this_period": decimal.RequireFromString(item.Amount),
		})
	}
	row, p := s.createRequisition(cm, in, items)
	if p != nil {
		mustSeed("requisition "+rq.InvoiceNumber, fault("base", p.Error()))
	}
	return row.id
}

// createRequisition makes an item for every line of the schedule of values; lines
// that are not mentioned get 0.00.
func (s *Server) createRequisition(cm *commitment, in attrs, items []attrs) (*requisition, *problem) {
	if p := checkCommitmentBillable(cm); p != nil {
		return nil, p
	}
	period, p := s.choosePeriod(cm.project, in.id("period_id"))
	if p != nil {
		return nil, p
	}
	next := attrs{"status": "draft", "final": false}.with(in).with(attrs{"period_id": period})
	delete(next, "items")
	bad := s.checkOrigin(typeRequisition, next.text("origin_id"), 0)
	if bad == nil {
		bad = faults{}
	}
	rq := &requisition{commitment: cm.id, number: 1}
	if n := len(cm.requisitions); n > 0 {
		rq.previous, rq.number = cm.requisitions[n-1].id, cm.requisitions[n-1].number+1
	}
	made, badItems := s.newItems(cm, items)
	bad.merge(badItems)
	bad.merge(s.checkOverbilling(cm, made, nil))
	if len(bad) > 0 {
		return nil, bad.refusal()
	}
	rq.record = s.newRecord(cm.project)
	rq.attrs, rq.items = next, made
	for _, item := range rq.items {
		item.id = s.nextID()
	}
	s.requisitions.put(rq.id, rq)
	cm.requisitions = append(cm.requisitions, rq)
	s.origins.move(typeRequisition, rq.id, "", rq.origin())
	return rq, nil
}

// updateRequisition changes the newest requisition; items are named by their id.
func (s *Server) updateRequisition(cm *commitment, rq *requisition, in attrs, items []attrs) *problem {
	if p := checkNewest(cm, rq); p != nil {
		return p
	}
	if in.has("period_id") {
		if _, p := s.choosePeriod(cm.project, in.id("period_id")); p != nil {
			return p
		}
	}
	next := rq.attrs.with(in)
	delete(next, "items")
	bad := faults{}
	bad.merge(s.checkOrigin(typeRequisition, next.text("origin_id"), rq.id))
	changed, badItems := s.changedItems(cm, rq, items)
	bad.merge(badItems)
	bad.merge(s.checkOverbilling(cm, changed, rq))
	if len(bad) > 0 {
		return bad.refusal()
	}
	s.origins.move(typeRequisition, rq.id, rq.origin(), next.text("origin_id"))
	rq.attrs = next
	rq.replace(changed)
	s.touch(&rq.record)
	return nil
}

func (s *Server) deleteRequisition(cm *commitment, rq *requisition) *problem {
	if p := checkNewest(cm, rq); p != nil {
		return p
	}
	cm.requisitions = dropOne(cm.requisitions, rq)
	s.requisitions.drop(rq.id)
	s.origins.move(typeRequisition, rq.id, rq.origin(), "")
	return nil
}

func (s *Server) requisitionOf(c *call, parameter string, pr *project) (*commitment, *requisition, *problem) {
	id, p := c.pathID(parameter)
	if p != nil {
		return nil, nil, p
	}
	rq, found := s.requisitions.get(id)
	if !found || rq.project != pr.id {
		return nil, nil, notFound()
	}
	cm, _ := s.commitments.get(rq.commitment)
	return cm, rq, nil
}

func (s *Server) listRequisitions(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	rows := keep(s.requisitions.all(), func(rq *requisition) bool { return rq.project == pr.id })
	rows, p = commonFilters(c, rows, func(rq *requisition) *record { return &rq.record })
	if p != nil {
		return answer{}, p
	}
	rows = filter(c, rows, "commitment_id", func(rq *requisition) string { return idText(rq.commitment) })
	rows = filter(c, rows, "period_id", func(rq *requisition) string { return idText(rq.attrs.id("period_id")) })
	rows = filter(c, rows, "status", func(rq *requisition) string { return rq.attrs.text("status") })
	rows = filter(c, rows, "is_last", func(rq *requisition) string {
		cm, _ := s.commitments.get(rq.commitment)
		if checkNewest(cm, rq) == nil {
			return "true"
		}
		return "false"
	})
	rows, p = page(c, rows, paging{usual: 30, most: 2000})
	if p != nil {
		return answer{}, p
	}
	out := make([]any, 0, len(rows))
	for _, rq := range rows {
		out = append(out, s.renderRequisition(c, rq))
	}
	return ok(out), nil
}

func (s *Server) getRequisition(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.readable)
	if p != nil {
		return answer{}, p
	}
	_, rq, p := s.requisitionOf(c, "id", pr)
	if p != nil {
		return answer{}, p
	}
	return ok(s.renderRequisition(c, rq)), nil
}

// readRequisition reads the wrapper and its items; both may be absent.
func (c *call) readRequisition() (attrs, []attrs, *problem) {
	c.siblings("project_id", "commitment_id", "requisition")
	if c.body["requisition"] == nil {
		return attrs{}, nil, nil
	}
	raw, p := c.wrapped("requisition")
	if p != nil {
		return nil, nil, p
	}
	in, bad := c.read(requisitionSchema, raw, "requisition.")
	items, badItems := c.readItems(requisitionItemSchema, in["items"], "requisition.items.")
	bad.merge(badItems)
	return in, items, bad.refusal()
}

func (s *Server) postRequisition(c *call) (answer, error) {
	pr, p := s.bodyProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	id, p := c.bodyID("commitment_id")
	if p != nil {
		return answer{}, p
	}
	in, items, p := c.readRequisition()
	if p != nil {
		return answer{}, p
	}
	cm, found := s.commitments.get(id)
	if !found || cm.project != pr.id || cm.deleted {
		return answer{}, notFound()
	}
	rq, p := s.createRequisition(cm, in, items)
	if p != nil {
		return answer{}, p
	}
	return created(s.renderRequisition(c, rq)), nil
}

func (s *Server) patchRequisition(c *call) (answer, error) {
	pr, p := s.bodyProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	id, p := c.bodyID("commitment_id")
	if p != nil {
		return answer{}, p
	}
	cm, rq, p := s.requisitionOf(c, "id", pr)
	if p != nil {
		return answer{}, p
	}
	if cm.id != id {
		return answer{}, notFound()
	}
	in, items, p := c.readRequisition()
	if p != nil {
		return answer{}, p
	}
	if p := s.updateRequisition(cm, rq, in, items); p != nil {
		return answer{}, p
	}
	return ok(s.renderRequisition(c, rq)), nil
}

func (s *Server) removeRequisition(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	cm, rq, p := s.requisitionOf(c, "id", pr)
	if p != nil {
		return answer{}, p
	}
	if p := s.deleteRequisition(cm, rq); p != nil {
		return answer{}, p
	}
	return answer{status: http.StatusOK}, nil
}

// bulkItems answers 200 without a body.
func (s *Server) bulkItems(c *call) (answer, error) {
	pr, p := s.queryProject(c, s.writable)
	if p != nil {
		return answer{}, p
	}
	cm, rq, p := s.requisitionOf(c, "requisition_id", pr)
	if p != nil {
		return answer{}, p
	}
	c.siblings("requisition_items")
	if c.body["requisition_items"] == nil {
		return answer{}, missingParam("requisition_items")
	}
	items, bad := c.readItems(bulkItemSchema, c.body["requisition_items"], "requisition_items.")
	if p := bad.refusal(); p != nil {
		return answer{}, p
	}
	if p := s.updateRequisition(cm, rq, attrs{}, items); p != nil {
		return answer{}, p
	}
	return answer{status: http.StatusOK}, nil
}
