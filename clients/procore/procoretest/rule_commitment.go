package procoretest

import "slices"

const (
	statusDraft             = "Draft"
	statusApproved          = "Approved"
	statusPartiallyReceived = "Partially Received"
)

// commitmentStatuses in Procore's exact writing.
var commitmentStatuses = []string{
	statusDraft, "Processing", "Submitted", statusPartiallyReceived, "Received", statusApproved, "Closed",
}

// checkVendorChosen: a vendor is needed as soon as the status is not Draft.
func checkVendorChosen(next attrs) faults {
	if next.text("status") != statusDraft && next.id("vendor_id") == 0 {
		return fault("vendor_id", "can't be blank")
	}
	return nil
}

// checkVendorUnlocked: the vendor of an Approved commitment does not change.
func checkVendorUnlocked(before, next attrs) faults {
	if before.text("status") == statusApproved && before.id("vendor_id") != next.id("vendor_id") {
		return fault("vendor_id", "cannot be changed when the contract is Approved")
	}
	return nil
}

// checkLinesUnlocked: the schedule of values of an Approved commitment does not change.
func checkLinesUnlocked(cm *commitment) faults {
	if cm.attrs.text("status") == statusApproved {
		return fault("base", "Line items cannot be changed when the contract is Approved")
	}
	return nil
}

// checkCommitmentDeletable: neither Approved nor invoiced commitments go away.
func checkCommitmentDeletable(cm *commitment) faults {
	if cm.attrs.text("status") == statusApproved {
		return fault("base", "An Approved contract cannot be deleted")
	}
	if len(cm.requisitions) > 0 {
		return fault("base", "A contract with invoices cannot be deleted")
	}
	return nil
}

// checkAccountingMethod: amount or unit is fixed once a line exists.
func checkAccountingMethod(cm *commitment, next attrs) faults {
	if len(cm.lines) > 0 && cm.attrs.text("accounting_method") != next.text("accounting_method") {
		return fault("accounting_method", "cannot be changed once line items exist")
	}
	return nil
}

// checkNumberFree: the number is unique among the project's commitments.
func (s *Server) checkNumberFree(projectID int64, number string, self int64) faults {
	taken := slices.ContainsFunc(s.commitments.all(), func(other *commitment) bool {
		return other.id != self && other.project == projectID && !other.deleted && other.attrs.text("number") == number
	})
	if taken {
		return fault("number", "has already been taken")
	}
	return nil
}

// checkLengths: number and title have 255 characters at most.
func checkLengths(next attrs) faults {
	bad := faults{}
	for _, name := range []string{"number", "title"} {
		if len([]rune(next.text(name))) > 255 {
			bad.add(name, "is too long (maximum is 255 characters)")
		}
	}
	return bad
}

// checkLineUnbilled: a line that requisitions have billed stays.
func checkLineUnbilled(cm *commitment, line *commitmentLine) faults {
	for _, rq := range cm.requisitions {
		if item := rq.itemOf(line.id); item != nil && !item.completed().IsZero() {
			return fault("base", "Line item has been invoiced and cannot be deleted")
		}
	}
	return nil
}

// checkNotBelowBilled: a line is not reduced below what requisitions have billed on it.
// Growing a line that is overbilled already is allowed.
func checkNotBelowBilled(cm *commitment, line *commitmentLine, next attrs) faults {
	billed := cm.billed(line.id)
	before, after := line.attrs.amount("amount"), next.amount("amount")
	below := billed.IsPositive() && after.LessThan(billed) && after.LessThan(before)
	above := billed.IsNegative() && after.GreaterThan(billed) && after.GreaterThan(before)
	if below || above {
		return fault("amount", "cannot be less than the amount invoiced")
	}
	return nil
}
