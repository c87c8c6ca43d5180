package procoretest

import (
	"slices"

	"github.com/shopspring/decimal"
)

// renderRequisition holds items and summary according to the view asked for:
// neither by default, items with items, both with extended.
func (s *Server) renderRequisition(c *call, rq *requisition) map[string]any {
	out := s.renderPlainRequisition(rq)
	switch c.query.Get("view") {
	case "items":
		out["items"] = s.renderItems(rq)
	case "extended":
		out["items"] = s.renderItems(rq)
		out["summary"] = s.renderSummary(rq)
	}
	return out
}

func (s *Server) renderPlainRequisition(rq *requisition) map[string]any {
	out := map[string]any{}
	rq.stamp(out)
	rq.attrs.copyTo(out, "requisition_start", "requisition_end", "billing_date", "payment_date", "submitted_at",
		"invoice_number", "origin_data", "origin_id", "period_id", "final", "status")
	cm, _ := s.commitments.get(rq.commitment)
	pr, _ := s.projects.get(rq.project)
	out["project_id"], out["commitment_id"], out["commitment_type"] = rq.project, rq.commitment, "PurchaseOrderContract"
	out["contract_name"], out["number"], out["invoice_type"] = cm.attrs.text("title"), rq.number, "progress"
	out["previous_requisition_id"] = nil
	if rq.previous != 0 {
		out["previous_requisition_id"] = rq.previous
	}
	out["deletable"] = checkNewest(cm, rq) == nil
	out["vendor_id"], out["vendor_name"] = nil, nil
	if v, found := s.vendors.get(cm.attrs.id("vendor_id")); found {
		out["vendor_id"], out["vendor_name"] = v.id, v.name()
	}
	out["total_claimed_amount"] = cents(rq.total())
	out["percent_complete"] = percent(s.billedUpTo(rq), cm.total())
	out["erp_status"] = nil
	out["currency_configuration"] = map[string]any{"currency_iso_code": pr.CurrencyISO}
	out["attachments"] = []any{}
	return out
}

func percent(part, whole decimal.Decimal) string {
	if whole.IsZero() {
		return "0.0"
	}
	return part.Mul(decimal.NewFromInt(100)).Div(whole).StringFixed(1)
}

// chain is the requisitions of the commitment up to and including rq.
func (s *Server) chain(rq *requisition) []*requisition {
	cm, _ := s.commitments.get(rq.commitment)
	at := slices.Index(cm.requisitions, rq)
	return cm.requisitions[:at+1]
}

func (s *Server) billedUpTo(rq *requisition) decimal.Decimal {
	sum := decimal.Zero
	for _, one := range s.chain(rq) {
		sum = sum.Add(one.total())
	}
	return sum
}

func (s *Server) renderItems(rq *requisition) []any {
	out := make([]any, 0, len(rq.items))
	for n, item := range rq.items {
		out = append(out, s.renderItem(rq, item, n+1))
	}
	return out
}

func (s *Server) renderItem(rq *requisition, item *requisitionItem, position int) map[string]any {
	cm, _ := s.commitments.get(rq.commitment)
	pr, _ := s.projects.get(rq.project)
	previous := decimal.Zero
	for _, one := range s.chain(rq) {
		if old := one.itemOf(item.line); old != nil && one != rq {
			previous = previous.Add(old.completed())
		}
	}
	out := map[string]any{
		"id": item.id, "item_type": "contract_item", "line_item_id": item.line, "position": position,
		"accounting_method":      cm.attrs.text("accounting_method"),
		"currency_configuration": map[string]any{"currency_iso_code": pr.CurrencyISO},
		"status":                 item.attrs.text("status"),
		"comment":                item.attrs.text("comment"),
	}
	for _, name := range itemMoney {
		out[name] = cents(item.attrs.amount(name))
	}
	out["gross_amount"], out["net_amount"] = cents(item.completed()), cents(item.completed().Sub(item.retained()))
	out["work_completed_from_previous_application"] = cents(previous)
	out["total_completed_and_stored_to_date"] = cents(previous.Add(item.completed()))
	out["total_completed_and_stored_to_date_from_previous"] = cents(previous)
	if line, found := s.lines[item.line]; found {
		scheduled := line.attrs.amount("amount")
		out["scheduled_value"], out["description_of_work"] = cents(scheduled), line.attrs.text("description")
		out["total_completed_and_stored_to_date_percent"] = percent(previous.Add(item.completed()), scheduled)
		w, _ := s.wbsCodes.get(line.wbs)
		out["cost_code_id"] = w.pair.costCode
		out["wbs_code"] = map[string]any{"id": w.id, "flat_code": s.flat(w), "description": w.description}
		line.attrs.copyTo(out, "uom")
	}
	return out
}

func (s *Server) renderSummary(rq *requisition) map[string]any {
	cm, _ := s.commitments.get(rq.commitment)
	total, toDate := cm.total(), s.billedUpTo(rq)
	retained := decimal.Zero
	for _, one := range s.chain(rq) {
		retained = retained.Add(one.retainage())
	}
	return map[string]any{
		"original_contract_sum":                  cents(total),
		"contract_sum_to_date":                   cents(total),
		"net_change_by_change_orders":            "0.00",
		"total_completed_and_stored_to_date":     cents(toDate),
		"total_retainage":                        cents(retained),
		"total_earned_less_retainage":            cents(toDate.Sub(retained)),
		"less_previous_certificates_for_payment": cents(toDate.Sub(rq.total()).Sub(retained.Sub(rq.retainage()))),
		"current_payment_due":                    cents(rq.total().Sub(rq.retainage())),
		"balance_to_finish_including_retainage":  cents(total.Sub(toDate).Add(retained)),
		"tax_applicable_to_this_payment":         "0.00",
	}
}
