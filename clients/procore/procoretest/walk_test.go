package procoretest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// walk uses every operation once or more, the way an ERP connector would.
func (b *bundle) walk(t *testing.T) {
	t.Helper()
	b.walkLogin(t)
	b.walkDirectory(t)
	b.walkCodes(t)
	b.walkCommitments(t)
	b.walkRequisitions(t)
	b.walkDirectCosts(t)
}

func (b *bundle) ok(t *testing.T, method, path string, body any) result {
	t.Helper()
	r := b.call(t, method, path, body)
	require.Less(t, r.status, 300, "%s %s: %s", method, path, r.raw)
	require.NotContains(t, r.raw, `"errors":[{`, "%s %s", method, path)
	return r
}

func (b *bundle) walkLogin(t *testing.T) {
	t.Helper()
	credentials := m{"grant_type": "client_credentials", "client_id": clientID, "client_secret": clientSecret}
	token := b.ok(t, http.MethodPost, "/oauth/token", credentials).text(t, "access_token")
	b.ok(t, http.MethodGet, "/oauth/token/info", nil)
	b.ok(t, http.MethodPost, "/oauth/revoke", m{"token": token, "client_id": clientID, "client_secret": clientSecret})
	for _, path := range []string{
		"/rest/v1.0/companies", "/rest/v1.0/me",
		fmt.Sprintf("/rest/v1.1/projects?company_id=%d&filters[by_status]=Active&per_page=2", companyID),
		fmt.Sprintf("/rest/v1.0/companies/%d/uoms", companyID),
		fmt.Sprintf("/rest/v1.0/companies/%d/currency_configuration", companyID),
		fmt.Sprintf("/rest/v1.0/companies/%d/projects/%d/currency_configuration", companyID, b.project),
	} {
		b.ok(t, http.MethodGet, path, nil)
	}
}

func (b *bundle) walkDirectory(t *testing.T) {
	t.Helper()
	b.ok(t, http.MethodPatch, "/rest/v1.0/vendors/sync", m{"company_id": companyID, "updates": []m{
		{"name": "A", "origin_id": "odoo:res.partner:1", "business_register_attributes": m{"type": "EIN", "identifier": "1"}},
		{"name": "B", "origin_id": "odoo:res.partner:2", "country_code": "US", "state_code": "TX"},
	}})
	b.ok(t, http.MethodGet, fmt.Sprintf("/rest/v1.0/vendors?company_id=%d&filters[origin_id]=odoo:res.partner:1&filters[updated_at]=%s",
		companyID, url.QueryEscape("2026-01-01T00:00:00Z...2027-01-01T00:00:00Z")), nil)
	id := b.ok(t, http.MethodPost, "/rest/v1.0/vendors", m{"company_id": companyID, "vendor": m{"name": "C"}}).id(t, "id")
	one := fmt.Sprintf("/rest/v1.0/vendors/%d", id)
	b.ok(t, http.MethodGet, one+fmt.Sprintf("?company_id=%d", companyID), nil)
	b.ok(t, http.MethodPatch, one, m{"company_id": companyID, "vendor": m{"name": "C", "is_active": false}})
	inactive := fmt.Sprintf("/rest/v1.0/companies/%d/vendors/inactive", companyID)
	require.Equal(t, 1, b.ok(t, http.MethodGet, inactive, nil).len(t))
	b.ok(t, http.MethodPatch, fmt.Sprintf("%s/%d", inactive, id), nil)
	onProject := fmt.Sprintf("/rest/v1.1/projects/%d/vendors", b.project)
	b.ok(t, http.MethodPost, fmt.Sprintf("%s/%d/actions/add", onProject, id), nil)
	require.Equal(t, 1, b.ok(t, http.MethodGet, fmt.Sprintf("%s?filters[id][]=%d", onProject, id), nil).len(t))
	b.ok(t, http.MethodDelete, fmt.Sprintf("%s/%d/actions/remove", onProject, id), nil)
}

func (b *bundle) walkCodes(t *testing.T) {
	t.Helper()
	b.ok(t, http.MethodGet, fmt.Sprintf("/rest/v1.0/cost_codes?project_id=%d&filters[id]=[%d]", b.project, b.cc), nil)
	code := b.ok(t, http.MethodPost, "/rest/v1.0/cost_codes",
		m{"project_id": b.project, "cost_code": m{"code": "04 20 00", "name": "Masonry"}}).id(t, "id")
	b.ok(t, http.MethodGet, fmt.Sprintf("/rest/v1.0/line_item_types?company_id=%d", companyID), nil)
	wbs := fmt.Sprintf("/rest/v1.0/projects/%d/work_breakdown_structure", b.project)
	segments := b.ok(t, http.MethodGet, wbs+"/segments", nil)
	first, second := segments.id(t, 0, "id"), segments.id(t, 1, "id")
	b.ok(t, http.MethodGet, fmt.Sprintf("%s/segments/%d/segment_items", wbs, first), nil)
	b.ok(t, http.MethodGet, fmt.Sprintf("%s/segments/%d/segment_items", wbs, second), nil)
	items := []m{{"segment_id": first, "segment_item_id": code}, {"segment_id": second, "segment_item_id": b.ctM}}
	made := b.ok(t, http.MethodPost, wbs+"/wbs_codes", m{"description": "x", "segment_items": items})
	require.Equal(t, "04 20 00.M", made.text(t, "flat_code"))
	b.ok(t, http.MethodPatch, wbs+"/wbs_codes/bulk_create", m{"bulk": []m{{"segment_items": items}}})
	b.ok(t, http.MethodGet, wbs+"/wbs_codes?filters[status][]=active&query=masonry", nil)
}

func (b *bundle) walkCommitments(t *testing.T) {
	t.Helper()
	const po = "/rest/v1.0/purchase_order_contracts"
	b.ok(t, http.MethodPatch, po+"/sync", m{"project_id": b.project, "updates": []m{
		{"number": "P1", "title": "Rebar", "vendor_id": b.vendor, "origin_id": "po:1", "status": "Draft", "contract_date": "2026-03-01"},
	}})
	id := b.ok(t, http.MethodPost, po, m{"project_id": b.project, "purchase_order_contract": m{"number": "P2", "title": "Forms", "vendor_id": b.vendor}}).id(t, "id")
	one := fmt.Sprintf("%s/%d", po, id)
	inProject := fmt.Sprintf("?project_id=%d", b.project)
	b.ok(t, http.MethodPatch, one, m{"project_id": b.project, "purchase_order_contract": m{"title": "Formwork"}})
	b.ok(t, http.MethodPatch, po+"/sync", m{"project_id": b.project, "updates": []m{{"id": id, "origin_id": "po:2"}}})
	lines := one + "/line_items"
	b.ok(t, http.MethodPatch, lines+"/sync"+inProject, m{"updates": []m{
		{"origin_id": "pol:1", "amount": "100.00", "wbs_code_id": b.concrete, "extended_type": "manual", "description": "a"},
		{"origin_id": "pol:2", "quantity": "3", "unit_cost": "1.335", "uom": "ea", "extended_type": "calculated", "wbs_code_id": b.labor},
	}})
	line := b.ok(t, http.MethodPost, lines, m{"project_id": b.project, "line_item": m{"amount": "5.00", "wbs_code_id": b.concrete}}).id(t, "id")
	b.ok(t, http.MethodGet, lines+inProject, nil)
	b.ok(t, http.MethodGet, fmt.Sprintf("%s/%d%s", lines, line, inProject), nil)
	b.ok(t, http.MethodPatch, fmt.Sprintf("%s/%d", lines, line), m{"project_id": b.project, "line_item": m{"amount": "6.00"}})
	b.ok(t, http.MethodDelete, fmt.Sprintf("%s/%d%s", lines, line, inProject), nil)
	b.ok(t, http.MethodGet, one+inProject, nil)
	list := b.ok(t, http.MethodGet, po+inProject+"&view=extended&filters[origin_id]=[po:1,po:2]&filters[status]=Draft", nil)
	require.Equal(t, 2, list.len(t))
	require.Equal(t, "104.01", list.text(t, 1, "grand_total"))
	b.ok(t, http.MethodDelete, one+inProject, nil)
	require.Equal(t, 1, b.ok(t, http.MethodGet, po+inProject+"&filters[include_deleted]=only", nil).len(t))
}

func (b *bundle) walkRequisitions(t *testing.T) {
	t.Helper()
	periods := fmt.Sprintf("/rest/v1.0/projects/%d/billing_periods", b.project)
	period := b.ok(t, http.MethodPost, periods, m{"billing_period": m{
		"start_date": "2026-03-01", "end_date": "2026-03-31", "due_date": "2026-04-05", "status": "open",
	}}).id(t, "id")
	b.ok(t, http.MethodPatch, fmt.Sprintf("%s/%d", periods, period), m{"billing_period": m{
		"start_date": "2026-03-01", "end_date": "2026-03-31", "due_date": "2026-04-06", "status": "open",
	}})
	b.ok(t, http.MethodGet, fmt.Sprintf("%s/%d", periods, period), nil)
	b.ok(t, http.MethodGet, periods+"?filters[status]=open", nil)

	cm := b.approved(t, "1000.00", "500.00")
	line := b.server.CommitmentLines(cm)[0]
	const rq = "/rest/v1.1/requisitions"
	made := b.ok(t, http.MethodPost, rq+"?view=items", m{"project_id": b.project, "commitment_id": cm, "requisition": m{
		"invoice_number": "I1", "origin_id": "bill:1", "billing_date": "2026-03-10", "status": "approved",
		"items": []m{{"item_type": "contract_item", "line_item_id": line, "work_completed_this_period": "250.00"}},
	}})
	id, item := made.id(t, "id"), made.id(t, "items", 0, "id")
	one := fmt.Sprintf("%s/%d", rq, id)
	inProject := fmt.Sprintf("?project_id=%d", b.project)
	b.ok(t, http.MethodPatch, one+"?view=extended", m{"project_id": b.project, "commitment_id": cm, "requisition": m{
		"items": []m{{"id": item, "item_type": "contract_item", "work_completed_this_period": "260.00", "work_completed_retainage_retained_this_period": "26.00"}},
	}})
	b.ok(t, http.MethodPatch, fmt.Sprintf("/rest/v1.0/requisitions/%d/bulk_item_update%s", id, inProject),
		m{"requisition_items": []m{{"id": item, "item_type": "contract_item", "work_completed_this_period": "270.00"}}})
	read := b.ok(t, http.MethodGet, one+inProject+"&view=extended", nil)
	require.Equal(t, "270.00", read.text(t, "items", 0, "work_completed_this_period"))
	require.Equal(t, "244.00", read.text(t, "summary", "current_payment_due"))
	b.ok(t, http.MethodGet, fmt.Sprintf("%s%s&view=items&filters[commitment_id]=%d&filters[is_last]=true&filters[period_id]=%d&filters[status]=approved",
		rq, inProject, cm, period), nil)
	b.ok(t, http.MethodDelete, one+inProject, nil)
}

func (b *bundle) walkDirectCosts(t *testing.T) {
	t.Helper()
	dc := fmt.Sprintf("/rest/v1.1/projects/%d/direct_costs", b.project)
	dc0 := fmt.Sprintf("/rest/v1.0/projects/%d/direct_costs", b.project)
	made := b.ok(t, http.MethodPost, dc, m{"direct_cost": m{
		"direct_cost_type": "invoice", "invoice_number": "D1", "vendor_id": b.vendor, "origin_id": "bill:9", "status": "approved",
		"received_date": "2026-03-04",
		"line_items":    []m{{"manual_amount": 12.34, "wbs_code_id": b.concrete, "ref": "r1", "origin_id": "bl:1"}},
	}})
	require.Equal(t, "r1", made.text(t, "line_items", 0, "ref"))
	id := made.id(t, "id")
	one := fmt.Sprintf("%s/%d", dc, id)
	b.ok(t, http.MethodPost, dc, m{"direct_cost": m{"direct_cost_type": "subcontractor_invoice", "vendor_id": b.vendor, "invoice_number": "S1"}})
	b.ok(t, http.MethodPost, dc, m{"direct_cost": m{"direct_cost_type": "expense", "line_items": []m{{"manual_amount": -3, "wbs_code_id": b.labor}}}})
	b.ok(t, http.MethodPatch, one, m{"direct_cost": m{"description": "x", "line_items": []m{{"manual_amount": 1, "wbs_code_id": b.labor}}}})
	b.ok(t, http.MethodPatch, dc0+"/sync", m{"updates": []m{{"origin_id": "bill:9", "invoice_number": "D1a"}}})
	line := b.ok(t, http.MethodPatch, dc0+"/line_items/sync", m{"updates": []m{
		{"direct_cost_id": id, "amount": 7.5, "extended_type": "manual", "wbs_code_id": b.concrete, "origin_id": "bl:2"},
	}}).id(t, "entities", 0, "id")
	b.ok(t, http.MethodGet, fmt.Sprintf("%s/line_items?filters[direct_cost_id]=%d", dc0, id), nil)
	b.ok(t, http.MethodGet, fmt.Sprintf("%s/%d/line_items", dc0, id), nil)
	b.ok(t, http.MethodDelete, fmt.Sprintf("%s/%d/line_items/%d", dc0, id, line), nil)
	require.Equal(t, "13.34", b.ok(t, http.MethodGet, one, nil).text(t, "grand_total"))
	b.ok(t, http.MethodGet, dc+"?filters[origin_id]=bill:9&filters[invoice_number]=D1a&filters[received_date]=2026-03-04", nil)
	b.ok(t, http.MethodDelete, one, nil)
}

// approved is an Approved commitment of the project with one line for each amount.
func (b *bundle) approved(t *testing.T, amounts ...string) int64 {
	t.Helper()
	cm := procoretest.Commitment{Project: b.project, Title: "Hand made", Vendor: b.vendor, Status: "Approved"}
	for _, amount := range amounts {
		cm.Lines = append(cm.Lines, procoretest.CommitmentLine{BudgetCode: b.concrete, Amount: amount})
	}
	return b.server.AddCommitment(cm)
}
