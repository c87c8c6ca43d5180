package procoretest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

const requisitions = "/rest/v1.1/requisitions"

// openPeriod makes an open billing period of the project, once.
func (b *bundle) openPeriod() int64 {
	if all := b.server.State().BillingPeriods; len(all) > 0 {
		return all[0].ID
	}
	return b.server.AddBillingPeriod(b.project, "2026-03-01", "2026-03-31", "2026-04-05", "open")
}

// billed is an Approved commitment with one line, billed once.
func (b *bundle) billed(t *testing.T, amount, billed string) (commitment, line int64) {
	t.Helper()
	b.openPeriod()
	commitment = b.approved(t, amount)
	line = b.server.CommitmentLines(commitment)[0]
	b.server.AddRequisition(procoretest.Requisition{
		Commitment: commitment, InvoiceNumber: "I", Status: "approved",
		Items: []procoretest.RequisitionItem{{Line: line, Amount: billed}},
	})
	return commitment, line
}

func (b *bundle) bill(t *testing.T, commitment int64, requisition m) result {
	t.Helper()
	return b.call(t, http.MethodPost, requisitions+"?view=items", m{"project_id": b.project, "commitment_id": commitment, "requisition": requisition})
}

func work(line int64, amount any) []m {
	return []m{{"item_type": "contract_item", "line_item_id": line, "work_completed_this_period": amount}}
}

func TestRequisitionNeedsAnApprovedCommitment(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.openPeriod()
	b.bill(t, b.draft(t), m{}).refused(t, 422, "commitment", "must be approved")
}

func TestRequisitionNeedsInvoicesSwitchedOn(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.openPeriod()
	cm := b.approved(t, "10.00")
	b.edit(t, procoretest.Edit{Resource: "commitments", ID: cm, Set: m{"invoices_disabled": true}})
	require.Equal(t, 400, b.bill(t, cm, m{}).status)
	require.Equal(t, "false", b.get(t, fmt.Sprintf("%s/%d?project_id=%d", contracts, cm, b.project)).text(t, "requisitions_are_enabled"))
}

func TestRequisitionNeedsAPeriod(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	cm := b.approved(t, "10.00")
	r := b.bill(t, cm, m{})
	require.Equal(t, 400, r.status)
	require.JSONEq(t, `{"errors":"The project must have an open billing period (or admin can specify a period_id) to create an invoice"}`, r.raw)
	closed := b.server.AddBillingPeriod(b.project, "2026-01-01", "2026-01-31", "2026-02-05", "closed")
	require.Equal(t, 400, b.bill(t, cm, m{}).status)
	require.Equal(t, closed, b.bill(t, cm, m{"period_id": closed}).id(t, "period_id"), "a closed period may be named")
	b.bill(t, cm, m{"period_id": 5}).refused(t, 422, "period_id", "is invalid")
	open := b.server.AddBillingPeriod(b.project, "2026-03-01", "2026-03-31", "2026-04-05", "open")
	require.Equal(t, open, b.bill(t, cm, m{}).id(t, "period_id"))
}

func TestRequisitionMoneyIsText(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.openPeriod()
	cm := b.approved(t, "10.00")
	line := b.server.CommitmentLines(cm)[0]
	b.bill(t, cm, m{"items": work(line, 5)}).refused(t, 422, "work_completed_this_period", "must be a string")
	b.bill(t, cm, m{"items": work(line, "5.001")}).refused(t, 422, "work_completed_this_period", "two decimals")
	require.Equal(t, "5.00", b.bill(t, cm, m{"items": work(line, "5")}).text(t, "items", 0, "work_completed_this_period"))
}

func TestRequisitionItemsAreLinesOfTheCommitment(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.openPeriod()
	cm, foreign := b.approved(t, "10.00"), b.approved(t, "10.00")
	b.bill(t, cm, m{"items": work(b.server.CommitmentLines(foreign)[0], "1.00")}).refused(t, 422, "line_item_id", "does not belong")
	line := b.server.CommitmentLines(cm)[0]
	b.bill(t, cm, m{"items": []m{{"line_item_id": line}}}).refused(t, 422, "item_type", "can't be blank")
	b.bill(t, cm, m{"items": []m{{"line_item_id": line, "item_type": "change_order_item"}}}).refused(t, 422, "item_type", "no such item")
	b.bill(t, cm, m{"items": append(work(line, "1.00"), work(line, "1.00")...)}).refused(t, 422, "line_item_id", "twice")
}

func TestRequisitionHasAnItemForEveryLine(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.openPeriod()
	cm := b.approved(t, "10.00", "20.00")
	r := b.bill(t, cm, m{"items": work(b.server.CommitmentLines(cm)[1], "1.00")})
	require.Equal(t, 2, r.len(t, "items"))
	require.Equal(t, "0.00", r.text(t, "items", 0, "work_completed_this_period"))
	require.Equal(t, "1.00", r.text(t, "items", 1, "work_completed_this_period"))
	require.Equal(t, "20.00", r.text(t, "items", 1, "scheduled_value"))
	r = b.bill(t, cm, m{})
	require.Equal(t, "1.00", r.text(t, "items", 1, "work_completed_from_previous_application"))
	require.Equal(t, "2", r.text(t, "number"))
}

func TestOnlyTheNewestRequisitionIsEditable(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	cm, line := b.billed(t, "10.00", "4.00")
	old := b.server.State().Requisitions[0]
	newer := b.bill(t, cm, m{"items": work(line, "1.00")}).id(t, "id")
	patch := func(id int64) result {
		return b.call(t, http.MethodPatch, fmt.Sprintf("%s/%d", requisitions, id),
			m{"project_id": b.project, "commitment_id": cm, "requisition": m{"invoice_number": "new"}})
	}
	remove := func(id int64) result {
		return b.call(t, http.MethodDelete, fmt.Sprintf("%s/%d?project_id=%d", requisitions, id, b.project), nil)
	}
	bulk := func(id int64) result {
		return b.call(t, http.MethodPatch, fmt.Sprintf("/rest/v1.0/requisitions/%d/bulk_item_update?project_id=%d", id, b.project),
			m{"requisition_items": []m{{"id": old.Items[0].ID, "work_completed_this_period": "2.00"}}})
	}
	require.Equal(t, 400, patch(old.ID).status)
	require.Equal(t, 400, bulk(old.ID).status)
	require.Equal(t, 400, remove(old.ID).status)
	require.Equal(t, 200, patch(newer).status)
	require.Equal(t, 200, remove(newer).status)
	require.Equal(t, 200, patch(old.ID).status, "the newest is gone, the one before is newest now")
	r := bulk(old.ID)
	require.Equal(t, 200, r.status)
	require.Empty(t, r.raw)
	require.Equal(t, "2.00", b.server.State().Requisitions[0].Total)
	require.Equal(t, 200, remove(old.ID).status)
	require.Empty(t, b.server.State().Requisitions)
}

func TestOverbillingWhereTheProjectForbidsIt(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	cm, line := b.billed(t, "10.00", "4.00")
	require.Equal(t, http.StatusCreated, b.bill(t, cm, m{"items": work(line, "7.00")}).status, "allowed by default")
	b.edit(t, procoretest.Edit{Resource: "projects", ID: b.project, Set: m{"forbid_overbilling": true}})
	b.bill(t, cm, m{"items": work(line, "0.01")}).refused(t, 422, "items", "more than the scheduled value")

	cm, line = b.billed(t, "10.00", "4.00")
	made := b.bill(t, cm, m{"items": work(line, "6.00")})
	require.Equal(t, http.StatusCreated, made.status)
	change := func(amount string) result {
		return b.call(t, http.MethodPatch, fmt.Sprintf("%s/%d", requisitions, made.id(t, "id")), m{
			"project_id": b.project, "commitment_id": cm,
			"requisition": m{"items": []m{{"id": made.id(t, "items", 0, "id"), "item_type": "contract_item", "work_completed_this_period": amount}}},
		})
	}
	change("6.01").refused(t, 422, "items", "more than the scheduled value")
	require.Equal(t, http.StatusOK, change("5.99").status)

	credit := b.approved(t, "-5.00")
	creditLine := b.server.CommitmentLines(credit)[0]
	b.bill(t, credit, m{"items": work(creditLine, "-5.01")}).refused(t, 422, "items", "more than the scheduled value")
	require.Equal(t, http.StatusCreated, b.bill(t, credit, m{"items": work(creditLine, "-5.00")}).status)
}

func TestNegativeItemsAreAllowed(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	cm, line := b.billed(t, "10.00", "4.00")
	r := b.bill(t, cm, m{"items": work(line, "-1.50")})
	require.Equal(t, "2.50", r.text(t, "items", 0, "total_completed_and_stored_to_date"))
}

func TestRequisitionOriginIsUnique(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.openPeriod()
	cm := b.approved(t, "10.00")
	id := b.bill(t, cm, m{"origin_id": "bill:1"}).id(t, "id")
	b.bill(t, cm, m{"origin_id": "bill:1"}).refused(t, 422, "origin_id", "has already been taken")
	b.call(t, http.MethodDelete, fmt.Sprintf("%s/%d?project_id=%d", requisitions, id, b.project), nil)
	require.Equal(t, http.StatusCreated, b.bill(t, cm, m{"origin_id": "bill:1"}).status, "deleting is for good and frees the origin_id")
}

func TestRequisitionFilters(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.openPeriod()
	cm := b.approved(t, "10.00")
	b.bill(t, cm, m{"origin_id": "bill:1", "status": "draft"})
	b.bill(t, cm, m{"origin_id": "bill:2", "status": "approved"})
	list := requisitions + "?project_id=" + itoa(b.project)
	require.Equal(t, "bill:1", listText(t, b.get(t, list+"&filters[origin_id]=bill:1"), "origin_id"))
	require.Equal(t, "bill:2", listText(t, b.get(t, list+"&filters[status]=approved"), "origin_id"))
	require.Equal(t, "bill:2", listText(t, b.get(t, list+"&filters[is_last]=true"), "origin_id"))
	require.Zero(t, b.get(t, list+"&filters[commitment_id]=5").len(t))
	require.NotContains(t, b.get(t, list).raw, `"items"`)
	require.Contains(t, b.get(t, list+"&view=items").raw, `"items"`)
	require.Contains(t, b.get(t, list+"&view=extended").raw, `"summary"`)
}

func TestUnitContractsAreBilledByQuantity(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.openPeriod()
	cm := b.postContract(t, m{"accounting_method": "unit", "vendor_id": b.vendor}).id(t, "id")
	line := b.postLine(t, cm, m{"quantity": "10", "unit_cost": "2.5", "extended_type": "calculated", "wbs_code_id": b.concrete}).id(t, "id")
	b.patchContract(t, cm, m{"status": "Approved"})
	r := b.bill(t, cm, m{"items": []m{{"item_type": "contract_item", "line_item_id": line, "work_completed_this_period_quantity": "3"}}})
	require.Equal(t, "7.50", r.text(t, "items", 0, "work_completed_this_period"))
}
