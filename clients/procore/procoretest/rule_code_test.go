package procoretest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFullCodeIsTheTreesCode(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	list := b.get(t, fmt.Sprintf("/rest/v1.0/cost_codes?project_id=%d&filters[id]=%d", b.project, b.cc))
	require.Equal(t, "30 00", list.text(t, 0, "code"), "the code leaves out the parent's")
	require.Equal(t, "03 30 00", list.text(t, 0, "full_code"))
	post := func(code m) result {
		return b.call(t, http.MethodPost, "/rest/v1.0/cost_codes", m{"project_id": b.project, "cost_code": code})
	}
	require.Equal(t, "03 30 00-10", post(m{"code": "10", "name": "x", "parent_id": b.cc}).text(t, "full_code"))
	post(m{"code": "10", "name": "x", "parent_id": b.cc}).refused(t, 422, "code", "taken")
	post(m{"code": "1", "name": "x", "parent_id": 5}).refused(t, 422, "parent_id", "is invalid")
	post(m{"code": "1"}).refused(t, 422, "name", "can't be blank")
}

func TestBudgetCodeCreateIsAnUpsert(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	wbs := fmt.Sprintf("/rest/v1.0/projects/%d/work_breakdown_structure", b.project)
	segments := b.get(t, wbs+"/segments")
	first, second := segments.id(t, 0, "id"), segments.id(t, 1, "id")
	items := []m{{"segment_id": first, "segment_item_id": b.cc}, {"segment_id": second, "segment_item_id": b.ctM}}
	before := len(b.server.State().WBSCodes)
	r := b.call(t, http.MethodPost, wbs+"/wbs_codes", m{"description": "again", "segment_items": items})
	require.Equal(t, http.StatusCreated, r.status)
	require.Equal(t, b.concrete, r.id(t, "id"))
	require.Equal(t, "again", r.text(t, "description"))
	require.Len(t, b.server.State().WBSCodes, before)

	r = b.call(t, http.MethodPatch, wbs+"/wbs_codes/bulk_create", m{"bulk": []m{{"segment_items": items}, {"segment_items": items[:1]}}})
	require.Equal(t, http.StatusCreated, r.status)
	require.Equal(t, 1, r.len(t, "entities"))
	require.Contains(t, r.text(t, "errors", 0, "errors", "line_item_type"), "is invalid")
}

func TestUnitsOfMeasureAreTheCompanys(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	cm := b.draft(t)
	b.postLine(t, cm, m{"amount": "1.00", "wbs_code_id": b.concrete, "uom": "furlong"}).refused(t, 422, "uom", "not included")
	require.Equal(t, http.StatusCreated, b.postLine(t, cm, m{"amount": "1.00", "wbs_code_id": b.concrete, "uom": "ea"}).status)
}

func TestPeriodRules(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	post := func(start, end, status string) result {
		return b.call(t, http.MethodPost, fmt.Sprintf("/rest/v1.0/projects/%d/billing_periods", b.project),
			m{"billing_period": m{"start_date": start, "end_date": end, "due_date": "2026-05-05", "status": status}})
	}
	post("2026-03-31", "2026-03-01", "open").refused(t, 422, "end_date", "after")
	post("2026-03-01", "2026-03-31", "half").refused(t, 422, "status", "not included")
	require.Equal(t, http.StatusCreated, post("2026-03-01", "2026-03-31", "open").status)
	post("2026-03-31", "2026-04-30", "open").refused(t, 422, "base", "overlaps")
}
