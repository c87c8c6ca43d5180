package procoretest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

func TestTokenNeedsTheRightSecret(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.form(t, "/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {"x"}})
	require.Equal(t, http.StatusUnauthorized, r.status)
	require.Equal(t, "invalid_client", r.text(t, "error"))
	r = b.form(t, "/oauth/token", url.Values{"grant_type": {"password"}, "client_id": {clientID}, "client_secret": {clientSecret}})
	require.Equal(t, http.StatusBadRequest, r.status)
}

func TestTokenByBasicAuthentication(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+"/oauth/token", strings.NewReader("grant_type=client_credentials"))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(clientID, clientSecret)
	got := b.send(t, r)
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, "5400", got.text(t, "expires_in"))
	require.Equal(t, 2, b.server.TokensIssued())
}

func TestTokenExpiresAndIsRevoked(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(c *procoretest.Config) { c.TokenTTL = time.Minute })
	require.Equal(t, http.StatusOK, b.get(t, "/rest/v1.0/me").status)
	b.clock.Advance(time.Minute)
	require.Equal(t, http.StatusUnauthorized, b.get(t, "/rest/v1.0/me").status)
	b.login(t)
	require.Equal(t, http.StatusOK, b.get(t, "/rest/v1.0/me").status)
	b.form(t, "/oauth/revoke", url.Values{"token": {b.token}, "client_id": {clientID}, "client_secret": {clientSecret}})
	require.Equal(t, http.StatusUnauthorized, b.get(t, "/rest/v1.0/me").status)
	b.login(t)
	b.server.ExpireTokens()
	require.Equal(t, http.StatusUnauthorized, b.get(t, "/oauth/token/info").status)
}

func TestCompanyHeaderIsRequired(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.request(t, http.MethodGet, "/rest/v1.0/companies", nil)
	r.Header.Del("Procore-Company-Id")
	got := b.send(t, r)
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.header.Get("Content-Type"), "text/plain")
	require.Contains(t, got.raw, "Procore-Company-Id")
}

func TestOtherCompanyIsNotConnected(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.request(t, http.MethodGet, "/rest/v1.0/me", nil)
	r.Header.Set("Procore-Company-Id", "1")
	got := b.send(t, r)
	require.Equal(t, http.StatusForbidden, got.status)
	require.JSONEq(t, `{"errors":["App is not connected to this company."]}`, got.raw)
	require.Equal(t, http.StatusForbidden, b.get(t, "/rest/v1.0/vendors?company_id=1").status)
	require.Equal(t, http.StatusForbidden, b.get(t, "/rest/v1.0/companies/1/vendors/inactive").status)
	require.Equal(t, http.StatusForbidden, b.call(t, http.MethodPost, "/rest/v1.0/vendors", m{"company_id": 1, "vendor": m{"name": "x"}}).status)
}

func TestCompanyIsRequiredInTheQueryToo(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, path := range []string{"/rest/v1.1/projects", "/rest/v1.0/vendors", "/rest/v1.0/line_item_types"} {
		got := b.get(t, path)
		require.Equal(t, http.StatusBadRequest, got.status, path)
		require.Contains(t, got.text(t, "reason"), "company_id")
	}
	got := b.call(t, http.MethodPatch, "/rest/v1.0/vendors/sync", m{"updates": []m{}})
	require.Equal(t, http.StatusBadRequest, got.status)
}

func TestProjectNotPermittedIsForbidden(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	got := b.get(t, "/rest/v1.0/purchase_order_contracts?project_id="+itoa(b.forbidden))
	require.Equal(t, http.StatusForbidden, got.status)
	require.NotContains(t, listText(t, b.get(t, "/rest/v1.1/projects?company_id="+itoa(companyID)), "name"), "Secret")
	b.edit(t, procoretest.Edit{Resource: "projects", ID: b.forbidden, Set: m{"permitted": true}})
	require.Equal(t, http.StatusOK, b.get(t, "/rest/v1.0/purchase_order_contracts?project_id="+itoa(b.forbidden)).status)
}

func TestClosedProjectIsReadOnly(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	require.Equal(t, http.StatusOK, b.get(t, "/rest/v1.0/cost_codes?project_id="+itoa(b.closed)).status)
	b.call(t, http.MethodPost, "/rest/v1.0/purchase_order_contracts",
		m{"project_id": b.closed, "purchase_order_contract": m{"title": "x"}}).refused(t, 422, "project", "inactive")
	b.call(t, http.MethodPost, "/rest/v1.1/projects/"+itoa(b.closed)+"/direct_costs",
		m{"direct_cost": m{"direct_cost_type": "expense"}}).refused(t, 422, "project", "inactive")
}

func TestUnknownIDsAndOperationsAreNotFound(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, path := range []string{
		"/rest/v1.0/vendors/5?company_id=" + itoa(companyID), "/rest/v1.0/nothing/5",
		"/rest/v1.0/purchase_order_contracts/x?project_id=" + itoa(b.project),
		"/rest/v1.0/purchase_order_contracts?project_id=5", "/rest/v1.1/requisitions/5?project_id=" + itoa(b.project),
		"/rest/v1.1/projects/" + itoa(b.project) + "/direct_costs/5", "/rest/v1.0/projects/" + itoa(b.project) + "/billing_periods/5",
	} {
		require.Equal(t, http.StatusNotFound, b.get(t, path).status, path)
	}
	require.Equal(t, "GET /rest/v1.0/nothing/{id}", b.server.Journal()[1].Operation)
}

func TestHourlyLimit(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(c *procoretest.Config) { c.HourlyLimit = 2 })
	first := b.get(t, "/rest/v1.0/me")
	require.Equal(t, "2", first.header.Get("X-Rate-Limit-Limit"))
	require.Equal(t, "1", first.header.Get("X-Rate-Limit-Remaining"))
	require.Equal(t, http.StatusNotFound, b.get(t, "/rest/v1.0/nothing").status, "refused calls count too")
	over := b.get(t, "/rest/v1.0/me")
	require.Equal(t, http.StatusTooManyRequests, over.status)
	require.Equal(t, "0", over.header.Get("X-Rate-Limit-Remaining"))
	require.Equal(t, itoa(b.clock.Now().Add(time.Hour).Unix()), over.header.Get("X-Rate-Limit-Reset"))
	require.Empty(t, over.header.Get("Retry-After"))
	b.clock.Advance(time.Hour)
	require.Equal(t, http.StatusOK, b.get(t, "/rest/v1.0/me").status)
}

func TestSpikeLimit(t *testing.T) {
	t.Parallel()
	b := newBundle(t, func(c *procoretest.Config) { c.HourlyLimit, c.SpikeLimit = 100, 1 })
	require.Equal(t, "1", b.get(t, "/rest/v1.0/me").header.Get("X-Rate-Limit-Limit"), "the nearer limit is reported")
	require.Equal(t, http.StatusTooManyRequests, b.get(t, "/rest/v1.0/me").status)
	b.clock.Advance(10 * time.Second)
	require.Equal(t, http.StatusOK, b.get(t, "/rest/v1.0/me").status)
}

func TestJournal(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	r := b.request(t, http.MethodPatch, "/rest/v1.0/vendors/"+itoa(b.vendor)+"?view=extended",
		m{"company_id": companyID, "vendor": m{"name": "N", "surname": "x"}, "colour": 1})
	r.Header.Set("X-Request-Id", "ml-1")
	require.Equal(t, "ml-1", b.send(t, r).header.Get("X-Request-Id"))
	b.call(t, http.MethodPost, "/rest/v1.0/vendors", m{"company_id": companyID, "vendor": m{"name": ""}})
	journal := b.server.Journal()
	require.Equal(t, procoretest.Request{
		N: 1, Time: b.clock.Now(), Method: http.MethodPatch, Path: "/rest/v1.0/vendors/" + itoa(b.vendor), Query: "view=extended",
		Operation: "PATCH /rest/v1.0/vendors/{id}", Status: 200, RequestID: "ml-1", Write: true,
		UnknownFields: []string{"colour", "vendor.surname"},
	}, journal[0])
	require.Equal(t, 422, journal[1].Status)
	require.Equal(t, "name can't be blank", journal[1].Error)
	require.Equal(t, "ml-1", b.get(t, "/_sandbox/journal").text(t, 0, "request_id"))
	require.Len(t, b.server.Journal(), 2, "the sandbox's own pages leave no trace")
	b.server.ResetJournal()
	require.Empty(t, b.server.Journal())
}

func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, body := range []string{`{`, `[]`, `{} {}`, `{"company_id":"x","vendor":{"name":"x"}}`, `{"company_id":` + itoa(companyID) + `}`} {
		r := b.request(t, http.MethodPost, "/rest/v1.0/vendors", nil)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		require.Equal(t, http.StatusBadRequest, b.send(t, r).status, body)
	}
	r := b.request(t, http.MethodPost, "/rest/v1.0/vendors", m{})
	r.Header.Set("Content-Type", "text/xml")
	require.Equal(t, http.StatusNotAcceptable, b.send(t, r).status)
}

func TestHookBeforeAndAfterTheEffect(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	vendor := m{"company_id": companyID, "vendor": m{"name": "Hooked"}}
	unavailable := func(procoretest.Request) *procoretest.Fault {
		return &procoretest.Fault{Status: 503, Header: http.Header{"Retry-After": {"3"}}, Body: `{}`}
	}
	before := len(b.server.State().Vendors)
	b.server.SetHook(procoretest.Hook{Before: unavailable})
	require.Equal(t, "3", b.call(t, http.MethodPost, "/rest/v1.0/vendors", vendor).header.Get("Retry-After"))
	require.Len(t, b.server.State().Vendors, before)
	b.server.SetHook(procoretest.Hook{After: unavailable})
	require.Equal(t, 503, b.call(t, http.MethodPost, "/rest/v1.0/vendors", vendor).status)
	require.Len(t, b.server.State().Vendors, before+1)

	b.server.SetHook(procoretest.Hook{After: func(procoretest.Request) *procoretest.Fault { return &procoretest.Fault{Drop: true} }})
	_, err := http.DefaultClient.Do(b.request(t, http.MethodPost, "/rest/v1.0/vendors", vendor))
	require.ErrorIs(t, err, io.EOF)
	require.Len(t, b.server.State().Vendors, before+2)
	require.Zero(t, b.server.Journal()[2].Status)
}

// TestContractReportsAndPasses: the wrapper sees misspelt names and changes nothing.
func TestContractReportsAndPasses(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	found := &problems{}
	checked, err := procoretest.Contract(specPath(t), b.server, found.report)
	require.NoError(t, err)
	front := httptest.NewServer(checked)
	t.Cleanup(front.Close)
	b.url = front.URL
	r := b.call(t, http.MethodPost, "/rest/v1.0/vendors?viw=x", m{"company_id": companyID, "vendor": m{"name": "X", "naem": "Y"}})
	require.Equal(t, http.StatusCreated, r.status)
	b.get(t, "/rest/v1.0/nothing")
	all := strings.Join(found.list(), "\n")
	require.Contains(t, all, "query parameter viw is not declared")
	require.Contains(t, all, `"naem"`)
	require.Contains(t, all, "GET /rest/v1.0/nothing: no such operation")
	require.Len(t, found.list(), 3)

	_, err = procoretest.Contract("no-such-file.json", b.server, found.report)
	require.Error(t, err)
}
