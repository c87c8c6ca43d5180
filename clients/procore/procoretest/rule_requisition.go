package procoretest

import (
	"slices"

	"github.com/shopspring/decimal"
)

// requisitionStatuses in Procore's exact writing.
var requisitionStatuses = []string{
	"draft", "under_review", "revise_and_resubmit", "approved", "approved_as_noted", "pending_owner_approval",
}

// checkCommitmentBillable: only an Approved commitment that has invoices switched on is billed.
func checkCommitmentBillable(cm *commitment) *problem {
	if cm.attrs.yes("invoices_disabled") {
		return refusedText("Invoices are not enabled for this commitment")
	}
	if cm.attrs.text("status") != statusApproved {
		return unprocessable("commitment", "must be approved")
	}
	return nil
}

// choosePeriod: the period named, open or closed, else the project's open one;
// without either the refusal is a bare string.
func (s *Server) choosePeriod(projectID, wanted int64) (int64, *problem) {
	if wanted != 0 {
		bp, found := s.periods.get(wanted)
		if !found || bp.project != projectID {
			return 0, unprocessable("period_id", "is invalid")
		}
		return wanted, nil
	}
	for _, bp := range slices.Backward(s.periodsOf(projectID)) {
		if bp.attrs.text("status") == "open" {
			return bp.id, nil
		}
	}
	return 0, refusedText("The project must have an open billing period (or admin can specify a period_id) to create an invoice")
}

// checkNewest: only the requisition created last on a commitment is edited or deleted.
func checkNewest(cm *commitment, rq *requisition) *problem {
	if cm.requisitions[len(cm.requisitions)-1] == rq {
		return nil
	}
	return refusedText("Only the most recent invoice of a commitment can be edited or deleted")
}

// checkItemLine: an item bills a line of its own commitment.
func checkItemLine(cm *commitment, lineID int64) faults {
	for _, line := range cm.lines {
		if line.id == lineID {
			return nil
		}
	}
	return fault("line_item_id", "does not belong to the commitment")
}

// checkOverbilling: where the project forbids it, a line is not billed beyond its
// scheduled value, previous requisitions included. Lines below zero count downwards.
func (s *Server) checkOverbilling(cm *commitment, items []*requisitionItem, without *requisition) faults {
	pr, _ := s.projects.get(cm.project)
	if !pr.ForbidOverbilling {
		return nil
	}
	for _, item := range items {
		line, found := s.lines[item.line]
		if !found {
			continue
		}
		billed := cm.billed(item.line).Add(item.completed())
		if without != nil {
			if old := without.itemOf(item.line); old != nil {
				billed = billed.Sub(old.completed())
			}
		}
		if exceeds(billed, line.attrs.amount("amount")) {
			return fault("items", "cannot be billed for more than the scheduled value")
		}
	}
	return nil
}

func exceeds(billed, scheduled decimal.Decimal) bool {
	if scheduled.IsNegative() {
		return billed.LessThan(scheduled)
	}
	return billed.GreaterThan(scheduled)
}
