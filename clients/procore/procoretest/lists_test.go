package procoretest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

func TestPaging(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for i := range 3 {
		b.server.AddVendor(procoretest.Vendor{Name: fmt.Sprintf("V%d", i)})
	}
	r := b.get(t, "/rest/v1.0/vendors?per_page=2&page=2&company_id="+itoa(companyID))
	require.Equal(t, "V0,V1", listText(t, r, "name"))
	require.Equal(t, "5", r.header.Get("Total"))
	require.Equal(t, "2", r.header.Get("Per-Page"))
	for _, rel := range []string{`rel="first"`, `rel="prev"`, `rel="next"`, `rel="last"`} {
		require.Contains(t, r.header.Get("Link"), rel)
	}
	require.Zero(t, b.get(t, "/rest/v1.0/vendors?per_page=2&page=9&company_id="+itoa(companyID)).len(t))
	require.Equal(t, http.StatusBadRequest, b.get(t, "/rest/v1.0/vendors?page=0&company_id="+itoa(companyID)).status)
}

func TestPageSizes(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	projects := b.get(t, "/rest/v1.1/projects?per_page=1000&company_id="+itoa(companyID))
	require.Equal(t, "300", projects.header.Get("Per-Page"))
	require.Equal(t, "30", b.get(t, "/rest/v1.1/requisitions?project_id="+itoa(b.project)).header.Get("Per-Page"))
}

func TestUpdatedAtWantsARange(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.clock.Advance(time.Hour)
	late := b.server.AddVendor(procoretest.Vendor{Name: "Late"})
	at := func(value string) result {
		return b.get(t, "/rest/v1.0/vendors?company_id="+itoa(companyID)+"&filters[updated_at]="+url.QueryEscape(value))
	}
	require.Equal(t, itoa(late), listText(t, at("2026-03-02T09:30:00Z...2026-03-02T10:00:00Z"), "id"), "both ends count")
	require.Equal(t, 3, at("2026-03-02...2026-03-02").len(t))
	require.Zero(t, at("2026-03-02T10:00:01Z...2026-03-03T00:00:00Z").len(t))
	require.Equal(t, http.StatusBadRequest, at("2026-03-02T09:30:00Z").status)
}

func TestProjectFilters(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	base := "/rest/v1.1/projects?company_id=" + itoa(companyID)
	require.Equal(t, "Harbor,Mill,Done", listText(t, b.get(t, base), "name"))
	require.Equal(t, "Done", listText(t, b.get(t, base+"&filters[by_status]=Inactive"), "name"))
	require.Equal(t, "Mill", listText(t, b.get(t, base+"&filters[project_number]=002"), "name"))
	require.Equal(t, "Harbor", listText(t, b.get(t, base+"&filters[vendor_id]="+itoa(b.vendor)), "name"))
	require.Equal(t, "Harbor,Mill", listText(t, b.get(t, base+fmt.Sprintf("&filters[id]=[%d,%d]", b.project, b.other)), "name"))
}

func TestVendorSearch(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	base := "/rest/v1.0/vendors?company_id=" + itoa(companyID)
	require.Equal(t, "Boulder Concrete", listText(t, b.get(t, base+"&filters[search]=84-111"), "name"))
	require.Equal(t, "Boulder Concrete", listText(t, b.get(t, base+"&filters[search]=boulder"), "name"))
	require.Equal(t, "84-1111111", b.get(t, base).text(t, 0, "business_register", "identifier"))
	require.Equal(t, "Stranger", listText(t, b.get(t, base+"&filters[id][]="+itoa(b.stranger)), "name"))
}

func TestOtherProjectsRecordsAreInvisible(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	cm := b.approved(t, "10.00")
	require.Equal(t, http.StatusNotFound, b.get(t, fmt.Sprintf("/rest/v1.0/purchase_order_contracts/%d?project_id=%d", cm, b.other)).status)
	require.Zero(t, b.get(t, fmt.Sprintf("/rest/v1.0/purchase_order_contracts?project_id=%d&filters[id]=%d", b.other, cm)).len(t))
	dc := b.server.AddDirectCost(procoretest.DirectCost{Project: b.project, Type: "expense"})
	require.Equal(t, http.StatusNotFound, b.get(t, fmt.Sprintf("/rest/v1.1/projects/%d/direct_costs/%d", b.other, dc)).status)
}

func TestViews(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.approved(t, "10.00")
	list := "/rest/v1.0/purchase_order_contracts?project_id=" + itoa(b.project)
	require.NotContains(t, b.get(t, list).raw, "line_items")
	require.Equal(t, "10.00", b.get(t, list+"&view=extended").text(t, 0, "line_items", 0, "amount"))
	ids := b.get(t, fmt.Sprintf("/rest/v1.1/projects/%d/vendors?view=ids_only", b.project))
	require.JSONEq(t, fmt.Sprintf(`[{"id":%d}]`, b.vendor), ids.raw)
}
