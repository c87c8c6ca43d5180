package procoretest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

func TestVendorNameIsRequiredNotUnique(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.syncVendors(t, m{"name": " "}).failed(t, "name", "can't be blank")
	require.Equal(t, 2, b.syncVendors(t, m{"name": "Twin"}, m{"name": "Twin"}).len(t, "entities"))
}

func TestVendorAbbreviationHasTenCharacters(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.syncVendors(t, m{"name": "x", "abbreviated_name": "12345678901"}).failed(t, "abbreviated_name", "too long")
}

func TestVendorCountryAndState(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, bad := range []struct{ country, state, field string }{
		{"USA", "", "country_code"},
		{"us", "", "country_code"},
		{"ZZ", "", "country_code"},
		{"UK", "", "country_code"},
		{"US", "XX", "state_code"},
		{"CA", "TX", "state_code"},
		{"DE", "BAVARIA", "state_code"},
		{"FR", "LONG", "state_code"},
	} {
		b.syncVendors(t, m{"name": "x", "country_code": bad.country, "state_code": bad.state}).failed(t, bad.field, "is not a valid")
	}
	b.syncVendors(t, m{"name": "x", "state_code": "CO"}).failed(t, "state_code", "needs a country code")
	require.Equal(t, 3, b.syncVendors(t, m{"name": "x", "country_code": "US", "state_code": "CO"},
		m{"name": "x", "country_code": "CA", "state_code": "QC"}, m{"name": "x", "country_code": "GB"}).len(t, "entities"))
}

func TestVendorParentHasTwoLevels(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	b.syncVendors(t, m{"id": b.stranger, "parent_id": b.vendor})
	b.syncVendors(t, m{"name": "x", "parent_id": b.stranger}).failed(t, "parent_id", "two levels")
	b.syncVendors(t, m{"name": "x", "parent_id": 5}).failed(t, "parent_id", "is invalid")
}

func TestInactiveVendorsAreListedApart(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	gone := b.server.AddVendor(procoretest.Vendor{Name: "Gone", Inactive: true})
	require.NotContains(t, b.get(t, "/rest/v1.0/vendors?company_id="+itoa(companyID)).raw, "Gone")
	inactive := fmt.Sprintf("/rest/v1.0/companies/%d/vendors/inactive", companyID)
	require.Equal(t, "Gone", listText(t, b.get(t, inactive), "name"))
	b.call(t, http.MethodPost, fmt.Sprintf("/rest/v1.1/projects/%d/vendors/%d/actions/add", b.project, gone), nil).refused(t, 422, "vendor", "inactive")
	b.syncVendors(t, m{"id": gone, "is_active": true}).failed(t, "is_active", "cannot be set here")
	require.Equal(t, http.StatusOK, b.call(t, http.MethodPatch, fmt.Sprintf("%s/%d", inactive, gone), nil).status)
	require.Contains(t, b.get(t, "/rest/v1.0/vendors?company_id="+itoa(companyID)).raw, "Gone")
	require.Equal(t, http.StatusNotFound, b.call(t, http.MethodPatch, fmt.Sprintf("%s/%d", inactive, gone), nil).status)
}

func TestProjectVendors(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	one := fmt.Sprintf("/rest/v1.1/projects/%d/vendors/%d/actions/", b.project, b.stranger)
	require.Equal(t, http.StatusCreated, b.call(t, http.MethodPost, one+"add", nil).status)
	require.Equal(t, http.StatusCreated, b.call(t, http.MethodPost, one+"add", nil).status, "a second time changes nothing")
	require.Equal(t, http.StatusNoContent, b.call(t, http.MethodDelete, one+"remove", nil).status)
	require.Equal(t, http.StatusNotFound, b.call(t, http.MethodDelete, one+"remove", nil).status)
	b.approved(t, "1.00")
	b.call(t, http.MethodDelete, fmt.Sprintf("/rest/v1.1/projects/%d/vendors/%d/actions/remove", b.project, b.vendor), nil).
		refused(t, 422, "vendor", "is used")
}
