package procoretest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

const contracts = "/rest/v1.0/purchase_order_contracts"

// draft is an empty Draft commitment with a vendor.
func (b *bundle) draft(t *testing.T) int64 {
	t.Helper()
	return b.server.AddCommitment(procoretest.Commitment{Project: b.project, Vendor: b.vendor})
}

func (b *bundle) postContract(t *testing.T, contract m) result {
	t.Helper()
	return b.call(t, http.MethodPost, contracts, m{"project_id": b.project, "purchase_order_contract": contract})
}

func (b *bundle) patchContract(t *testing.T, id int64, contract m) result {
	t.Helper()
	return b.call(t, http.MethodPatch, fmt.Sprintf("%s/%d", contracts, id), m{"project_id": b.project, "purchase_order_contract": contract})
}

func (b *bundle) deleteContract(t *testing.T, id int64) result {
	t.Helper()
	return b.call(t, http.MethodDelete, fmt.Sprintf("%s/%d?project_id=%d", contracts, id, b.project), nil)
}

func (b *bundle) postLine(t *testing.T, contract int64, line m) result {
	t.Helper()
	return b.call(t, http.MethodPost, fmt.Sprintf("%s/%d/line_items", contracts, contract), m{"project_id": b.project, "line_item": line})
}

func (b *bundle) patchLine(t *testing.T, contract, line int64, change m) result {
	t.Helper()
	return b.call(t, http.MethodPatch, fmt.Sprintf("%s/%d/line_items/%d", contracts, contract, line), m{"project_id": b.project, "line_item": change})
}

func (b *bundle) deleteLine(t *testing.T, contract, line int64) result {
	t.Helper()
	return b.call(t, http.MethodDelete, fmt.Sprintf("%s/%d/line_items/%d?project_id=%d", contracts, contract, line, b.project), nil)
}

func (b *bundle) syncLines(t *testing.T, contract int64, lines ...m) result {
	t.Helper()
	return b.call(t, http.MethodPatch, fmt.Sprintf("%s/%d/line_items/sync?project_id=%d", contracts, contract, b.project), m{"updates": lines})
}

func TestCommitmentVendorMustBeOnTheProject(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.postContract(t, m{"vendor_id": b.stranger})
	require.Equal(t, 422, r.status)
	require.JSONEq(t, `{"errors":{"vendor_id":["has not been added to this project"]}}`, r.raw)
	b.patchContract(t, b.draft(t), m{"vendor_id": b.stranger}).refused(t, 422, "vendor_id", "has not been added to this project")
	b.server.AddVendorToProject(b.project, b.stranger)
	require.Equal(t, http.StatusCreated, b.postContract(t, m{"vendor_id": b.stranger}).status)
}

func TestCommitmentNeedsAVendorWhenNotDraft(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.postContract(t, m{"status": "Approved"}).refused(t, 422, "vendor_id", "can't be blank")
	id := b.postContract(t, m{"title": "no vendor yet"}).id(t, "id")
	b.patchContract(t, id, m{"status": "Submitted"}).refused(t, 422, "vendor_id", "can't be blank")
}

func TestCommitmentStatusesAreExact(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.draft(t)
	for _, bad := range []string{"approved", "PartiallyReceived", "Void", ""} {
		b.patchContract(t, id, m{"status": bad}).refused(t, 422, "status", "is not included in the list")
	}
	for _, good := range []string{"Processing", "Submitted", "Partially Received", "Received", "Closed", "Approved", "Draft"} {
		require.Equal(t, good, b.patchContract(t, id, m{"status": good}).text(t, "status"))
	}
}

func TestApprovedLocksTheVendor(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.server.AddVendorToProject(b.project, b.stranger)
	id := b.approved(t, "10.00")
	b.patchContract(t, id, m{"vendor_id": b.stranger}).refused(t, 422, "vendor_id", "Approved")
	b.patchContract(t, id, m{"vendor_id": b.stranger, "status": "Draft"}).refused(t, 422, "vendor_id", "Approved")
	require.Equal(t, http.StatusOK, b.patchContract(t, id, m{"vendor_id": b.vendor, "title": "free"}).status)
	b.patchContract(t, id, m{"status": "Draft"})
	require.Equal(t, http.StatusOK, b.patchContract(t, id, m{"vendor_id": b.stranger}).status)
}

func TestApprovedLocksTheLines(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.approved(t, "10.00")
	line := b.server.CommitmentLines(id)[0]
	b.postLine(t, id, m{"amount": "1.00", "wbs_code_id": b.concrete}).refused(t, 422, "base", "Approved")
	b.patchLine(t, id, line, m{"amount": "1.00"}).refused(t, 422, "base", "Approved")
	b.deleteLine(t, id, line).refused(t, 422, "base", "Approved")
	b.syncLines(t, id, m{"id": line, "amount": "1.00"}).failed(t, "base", "Approved")
	b.patchContract(t, id, m{"status": "Draft"})
	require.Equal(t, http.StatusOK, b.patchLine(t, id, line, m{"amount": "1.00"}).status)
	require.Equal(t, http.StatusOK, b.deleteLine(t, id, line).status)
}

func TestApprovedLocksDeletion(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.approved(t, "10.00")
	b.deleteContract(t, id).refused(t, 422, "base", "Approved")
	b.patchContract(t, id, m{"status": "Draft"})
	require.Equal(t, http.StatusOK, b.deleteContract(t, id).status)
	require.Equal(t, http.StatusNotFound, b.deleteContract(t, id).status)
}

func TestInvoicedCommitmentIsNotDeleted(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id, _ := b.billed(t, "10.00", "4.00")
	require.Equal(t, http.StatusOK, b.patchContract(t, id, m{"status": "Draft"}).status, "reopening is allowed with invoices too")
	b.deleteContract(t, id).refused(t, 422, "base", "invoices")
}

func TestDeletedCommitmentKeepsItsOriginAndFreesItsNumber(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.postContract(t, m{"origin_id": "po:1", "number": "7"}).id(t, "id")
	require.Equal(t, http.StatusOK, b.deleteContract(t, id).status)
	list := contracts + "?project_id=" + itoa(b.project)
	require.Zero(t, b.get(t, list).len(t))
	require.Equal(t, 1, b.get(t, list+"&filters[include_deleted]=with").len(t))
	b.postContract(t, m{"origin_id": "po:1"}).refused(t, 422, "origin_id", "has already been taken")
	require.Equal(t, http.StatusCreated, b.postContract(t, m{"number": "7"}).status)
}

func TestCommitmentNumberIsUniqueInTheProject(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	require.Equal(t, http.StatusCreated, b.postContract(t, m{"number": "7"}).status)
	b.postContract(t, m{"number": "7"}).refused(t, 422, "number", "has already been taken")
	r := b.call(t, http.MethodPost, contracts, m{"project_id": b.other, "purchase_order_contract": m{"number": "7"}})
	require.Equal(t, http.StatusCreated, r.status)
	require.NotEmpty(t, b.postContract(t, m{"number": ""}).text(t, "number"), "a blank number takes the project's")
}

func TestCommitmentTitleHas255Characters(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	long := fmt.Sprintf("%0256d", 1)
	b.postContract(t, m{"title": long}).refused(t, 422, "title", "too long")
	require.Equal(t, http.StatusCreated, b.postContract(t, m{"title": long[1:]}).status)
}

func TestAccountingMethodIsFixedByTheFirstLine(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.draft(t)
	require.Equal(t, "unit", b.patchContract(t, id, m{"accounting_method": "unit"}).text(t, "accounting_method"))
	b.postLine(t, id, m{"quantity": "2", "unit_cost": "3.5", "extended_type": "calculated", "wbs_code_id": b.concrete})
	b.patchContract(t, id, m{"accounting_method": "amount"}).refused(t, 422, "accounting_method", "cannot be changed")
}

func TestPrivateFollowsTheProject(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	require.Equal(t, "false", b.postContract(t, m{}).text(t, "private"))
	b.edit(t, procoretest.Edit{Resource: "projects", ID: b.project, Set: m{"default_private": true}})
	require.Equal(t, "true", b.postContract(t, m{}).text(t, "private"))
	require.Equal(t, "false", b.postContract(t, m{"private": false}).text(t, "private"))
}

func TestLineAmounts(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.draft(t)
	code := func(line m) m { line["wbs_code_id"] = b.concrete; return line }
	b.postLine(t, id, code(m{"amount": "1.005"})).refused(t, 422, "amount", "two decimals")
	b.postLine(t, id, code(m{"amount": 1.5})).refused(t, 422, "amount", "must be a string")
	b.postLine(t, id, code(m{"amount": "many"})).refused(t, 422, "amount", "not a number")
	require.Equal(t, "7.10", b.postLine(t, id, code(m{"amount": "7.1"})).text(t, "amount"))
	require.Equal(t, "9.00", b.postLine(t, id, code(m{"amount": "9", "quantity": "2", "unit_cost": "3", "extended_type": "manual"})).text(t, "amount"))
	require.Equal(t, "-6.67", b.postLine(t, id, code(m{"quantity": "-2", "unit_cost": "3.333", "extended_type": "calculated"})).text(t, "amount"))
	require.Equal(t, "9.43", b.get(t, fmt.Sprintf("%s/%d?project_id=%d", contracts, id, b.project)).text(t, "grand_total"))
}

func TestLineNeedsABudgetCodeOfItsProject(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.draft(t)
	b.postLine(t, id, m{"amount": "1.00"}).refused(t, 422, "wbs_code", "can't be blank")
	b.postLine(t, id, m{"amount": "1.00", "wbs_code_id": b.foreignCode}).refused(t, 422, "wbs_code_id", "is invalid")
	r := b.postLine(t, id, m{"amount": "1.00", "cost_code_id": b.cc, "line_item_type_id": b.ctM})
	require.Equal(t, "03 30 00.M", r.text(t, "wbs_code", "flat_code"))
}

func TestBilledLinesStay(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id, line := b.billed(t, "10.00", "4.00")
	b.patchContract(t, id, m{"status": "Draft"})
	b.deleteLine(t, id, line).refused(t, 422, "base", "has been invoiced")
	require.Equal(t, http.StatusOK, b.patchLine(t, id, line, m{"description": "still editable"}).status)
}

func TestLinesAreNotReducedBelowBilled(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id, line := b.billed(t, "10.00", "4.00")
	b.patchContract(t, id, m{"status": "Draft"})
	b.patchLine(t, id, line, m{"amount": "3.99"}).refused(t, 422, "amount", "less than the amount invoiced")
	require.Equal(t, "4.00", b.patchLine(t, id, line, m{"amount": "4.00"}).text(t, "amount"))
	require.Equal(t, http.StatusOK, b.patchLine(t, id, line, m{"amount": "5.00"}).status)

	credit, creditLine := b.billed(t, "-10.00", "-4.00")
	b.patchContract(t, credit, m{"status": "Draft"})
	b.patchLine(t, credit, creditLine, m{"amount": "-3.00"}).refused(t, 422, "amount", "less than the amount invoiced")
}

func TestLineSyncIsBoundToItsContract(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	first, second := b.draft(t), b.draft(t)
	require.Equal(t, 1, b.syncLines(t, first, m{"origin_id": "l1", "amount": "1.00", "wbs_code_id": b.concrete}).len(t, "entities"))
	b.syncLines(t, second, m{"origin_id": "l1", "amount": "1.00", "wbs_code_id": b.concrete}).failed(t, "origin_id", "taken")
	r := b.syncLines(t, first, m{"origin_id": "l1", "amount": "2.00"})
	require.Equal(t, "2.00", r.text(t, "entities", 0, "amount"))
	require.Len(t, b.server.CommitmentLines(first), 1, "lines that are not mentioned stay as they are")
}

func TestNumbersInReadLines(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	id := b.approved(t, "10.50")
	r := b.get(t, fmt.Sprintf("%s/%d/line_items?project_id=%d", contracts, id, b.project))
	require.Contains(t, r.raw, `"amount":"10.50"`)
	require.Contains(t, r.raw, `"total_amount":10.50`)
}
