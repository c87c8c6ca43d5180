package procoretest_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

func TestStateIsServedAsItIs(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	cm, _ := b.billed(t, "10.00", "4.00")
	b.server.AddDirectCost(procoretest.DirectCost{
		Project: b.project, Type: "invoice", Vendor: b.vendor, InvoiceNumber: "7", OriginID: "x",
		Lines: []procoretest.DirectCostLine{{BudgetCode: b.labor, Amount: "3.10"}},
	})
	state := b.server.State()
	encoded, err := json.Marshal(state)
	require.NoError(t, err)
	require.JSONEq(t, string(encoded), b.get(t, "/_sandbox/state").raw)
	require.Equal(t, cm, state.Commitments[0].ID)
	require.Equal(t, "10.00", state.Commitments[0].GrandTotal)
	require.Equal(t, "03 30 00.M", state.Commitments[0].Lines[0].BudgetCode)
	require.Equal(t, "4.00", state.Requisitions[0].Items[0].Amount)
	require.Equal(t, "3.10", state.DirectCosts[0].Total)
	require.Equal(t, "84-1111111", state.Vendors[0].TaxID)
	require.Greater(t, state.Vendors[0].ID, int64(1)<<33)
}

func TestBudgetCountsByStatus(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	cm, _ := b.billed(t, "10.00", "4.00")
	cost := func(status string) {
		b.server.AddDirectCost(procoretest.DirectCost{
			Project: b.project, Type: "expense", Status: status,
			Lines: []procoretest.DirectCostLine{{BudgetCode: b.labor, Amount: "3.00"}},
		})
	}
	cost("draft")
	require.Equal(t, []string{"001 03 30 00.M 10 4 0"}, rows(b.server.Budget()), "drafts are invisible")
	cost("pending")
	require.Equal(t, []string{"001 03 30 00.L 0 0 3", "001 03 30 00.M 10 4 0"}, rows(b.server.Budget()))
	for status, committed := range map[string]string{
		"Draft": "0", "Closed": "0", "Processing": "0", "Submitted": "0", "Received": "0", "Partially Received": "10", "Approved": "10",
	} {
		b.edit(t, procoretest.Edit{Resource: "commitments", ID: cm, Set: m{"status": status}})
		require.Equal(t, "001 03 30 00.M "+committed+" 4 0", rows(b.server.Budget())[1], status)
	}
	b.edit(t, procoretest.Edit{Resource: "commitments", ID: cm, Set: m{"status": "Approved"}})
	b.edit(t, procoretest.Edit{Resource: "requisitions", ID: b.server.State().Requisitions[0].ID, Set: m{"status": "under_review"}})
	require.Equal(t, "001 03 30 00.M 10 0 0", rows(b.server.Budget())[1])
	require.Equal(t, "10", b.get(t, "/_sandbox/budget").text(t, 1, "commitments"))
}

func rows(budget []procoretest.BudgetRow) []string {
	var all []string
	for _, r := range budget {
		line := r.ProjectNumber + " " + r.BudgetCode
		for _, d := range []decimal.Decimal{r.Commitments, r.Invoiced, r.DirectCosts} {
			line += " " + d.String()
		}
		all = append(all, line)
	}
	return all
}

func TestEditIsWhatAPersonDoes(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	cm := b.approved(t, "10.00")
	post := func(body m) result { return b.call(t, http.MethodPost, "/_sandbox/edit", body) }
	require.Equal(t, cm, post(m{"resource": "commitments", "id": cm, "set": m{"status": "Received"}}).id(t, "id"))
	require.Equal(t, "Received", b.server.State().Commitments[0].Status)
	vendor := post(m{"resource": "vendors", "create": m{"name": "New"}}).id(t, "id")
	require.Equal(t, 200, post(m{"resource": "project_vendors", "id": vendor, "project_id": b.project, "delete": true}).status)
	line := post(m{"resource": "commitment_lines", "parent_id": cm, "create": m{"amount": "1.00", "wbs_code_id": b.concrete}}).id(t, "id")
	post(m{"resource": "commitment_lines", "id": line, "set": m{"amount": "2.00"}})
	require.Equal(t, "12.00", b.server.State().Commitments[0].GrandTotal)
	post(m{"resource": "commitment_lines", "id": line, "delete": true})
	require.Equal(t, "10.00", b.server.State().Commitments[0].GrandTotal)

	require.Equal(t, 422, post(m{"resource": "commitments", "id": cm, "set": m{"colour": "x"}}).status)
	require.Equal(t, 422, post(m{"resource": "nothing", "id": cm, "delete": true}).status)
	require.Equal(t, 422, post(m{"resource": "projects", "id": b.project, "delete": true}).status)
	require.Equal(t, 400, post(m{"resources": "projects"}).status)
	require.Empty(t, b.server.Journal(), "people leave no trace in the API's journal")
}

func TestEditEveryResource(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	period := b.edit(t, procoretest.Edit{Resource: "billing_periods", Project: b.project, Create: m{
		"start_date": "2026-03-01", "end_date": "2026-03-31", "due_date": "2026-04-05", "status": "open",
	}})
	project := b.edit(t, procoretest.Edit{Resource: "projects", Create: m{"name": "New", "permitted": true}})
	b.edit(t, procoretest.Edit{Resource: "projects", ID: project, Set: m{"active": false}})
	cm := b.edit(t, procoretest.Edit{Resource: "commitments", Project: b.project, Create: m{"vendor_id": b.vendor, "title": "x"}})
	line := b.edit(t, procoretest.Edit{Resource: "commitment_lines", Parent: cm, Create: m{"amount": "9.00", "wbs_code_id": b.concrete}})
	b.edit(t, procoretest.Edit{Resource: "commitments", ID: cm, Set: m{"status": "Approved"}})
	rq := b.edit(t, procoretest.Edit{Resource: "requisitions", Parent: cm, Create: m{"items": work(line, "3.00")}})
	item := b.server.State().Requisitions[0].Items[0].ID
	b.edit(t, procoretest.Edit{Resource: "requisitions", ID: rq, Set: m{"items": []m{{"id": item, "work_completed_this_period": "4.00"}}}})
	require.Equal(t, "4.00", b.server.State().Requisitions[0].Total)
	b.edit(t, procoretest.Edit{Resource: "requisitions", ID: rq, Delete: true})
	b.edit(t, procoretest.Edit{Resource: "billing_periods", ID: period, Set: m{"status": "closed"}})
	b.edit(t, procoretest.Edit{Resource: "commitments", ID: cm, Set: m{"status": "Draft"}})
	b.edit(t, procoretest.Edit{Resource: "commitments", ID: cm, Delete: true})
	dc := b.edit(t, procoretest.Edit{Resource: "direct_costs", Project: b.project, Create: m{"direct_cost_type": "expense"}})
	b.edit(t, procoretest.Edit{Resource: "direct_costs", ID: dc, Set: m{"status": "approved"}})
	costLine := b.edit(t, procoretest.Edit{Resource: "direct_cost_lines", Parent: dc, Create: m{"amount": 2, "wbs_code_id": b.labor}})
	b.edit(t, procoretest.Edit{Resource: "direct_cost_lines", ID: costLine, Set: m{"amount": 3}})
	require.Equal(t, "3.00", b.server.State().DirectCosts[0].Total)
	b.edit(t, procoretest.Edit{Resource: "direct_cost_lines", ID: costLine, Delete: true})
	b.edit(t, procoretest.Edit{Resource: "direct_costs", ID: dc, Delete: true})
	b.edit(t, procoretest.Edit{Resource: "project_vendors", Project: b.other, Create: m{"vendor_id": b.vendor}})
	b.edit(t, procoretest.Edit{Resource: "vendors", ID: b.stranger, Delete: true})
	b.edit(t, procoretest.Edit{Resource: "vendors", ID: b.stranger, Set: m{"is_active": true, "name": "Friend"}})

	state := b.server.State()
	require.Equal(t, "Friend", state.Vendors[1].Name)
	require.True(t, state.Vendors[1].IsActive)
	require.True(t, state.Commitments[0].Deleted)
	require.True(t, state.DirectCosts[0].Deleted)
	require.Empty(t, state.Requisitions)
}

func TestSeedsKeepTheRules(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	require.PanicsWithValue(t, "procoretest: seeding vendor : name can't be blank", func() { b.server.AddVendor(procoretest.Vendor{}) })
	require.Panics(t, func() { b.server.AddRequisition(procoretest.Requisition{Commitment: 5}) })
}
