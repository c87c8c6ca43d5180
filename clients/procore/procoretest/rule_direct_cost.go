package procoretest

import "strings"

// Direct cost types; subcontractor_invoice exists on v1.1 only.
var (
	directCostTypes     = []string{"invoice", "expense", "payroll", "subcontractor_invoice"}
	directCostSyncTypes = []string{"invoice", "expense", "payroll"}
	directCostStatuses  = []string{"draft", "pending", "revise_and_resubmit", "approved"}
)

// maxCostLines is the number of lines that one v1.1 request may carry.
const maxCostLines = 100

// checkType: the type is given at creation and never changes.
func checkType(dc *directCost, next attrs) faults {
	if next.text("direct_cost_type") == "" {
		return fault("direct_cost_type", "can't be blank")
	}
	if before := dc.attrs.text("direct_cost_type"); before != "" && before != next.text("direct_cost_type") {
		return fault("direct_cost_type", "cannot be changed")
	}
	return nil
}

// checkInvoice: invoices have a number and a vendor, expenses and payroll need neither.
func checkInvoice(next attrs) faults {
	bad := faults{}
	kind := next.text("direct_cost_type")
	if kind == "invoice" && strings.TrimSpace(next.text("invoice_number")) == "" {
		bad.add("invoice_number", "can't be blank")
	}
	if (kind == "invoice" || kind == "subcontractor_invoice") && next.id("vendor_id") == 0 {
		bad.add("vendor", "can't be blank")
	}
	return bad
}

// checkOriginLock: with the option on, origin_id makes a direct cost immutable.
func (s *Server) checkOriginLock(dc *directCost) faults {
	if s.cfg.LockOriginDirectCosts && dc.origin() != "" {
		return fault("base", "Direct cost is synced with ERP and cannot be changed")
	}
	return nil
}

// checkLineCount: at most 100 lines per request.
func checkLineCount(lines []attrs) faults {
	if len(lines) > maxCostLines {
		return fault("line_items", "cannot be more than 100 per request")
	}
	return nil
}
