package procoretest_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

const vendorSync = "PATCH /rest/v1.0/vendors/sync"

// faulty is a bundle with faults.
func faulty(t *testing.T, rules ...procoretest.FaultRule) *bundle {
	t.Helper()
	b := newBundle(t)
	require.NoError(t, b.server.SetFaults(rules...))
	return b
}

func (b *bundle) hits() []int {
	var hits []int
	for _, f := range b.server.Faults() {
		hits = append(hits, f.Hits)
	}
	return hits
}

// Each kind that answers instead of Procore, with whether the write took effect.
func TestFaultKinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct {
		status int
		raw    string
		effect bool
	}{
		"limit-spike":     {429, `{"errors":["You have surpassed the max number of requests for an hour or for 10 seconds"]}` + "\n", false},
		"limit-hour":      {429, `{"errors":["You have surpassed the max number of requests for an hour or for 10 seconds"]}` + "\n", false},
		"token-expired":   {401, `{"code":401,"error":"The access token is invalid","fields":"","message":"Unauthorized","reason":"The access token is invalid"}` + "\n", false},
		"unavailable":     {503, "", false},
		"error-before":    {500, `{"errors":"Internal Server Error"}` + "\n", false},
		"error-after":     {500, `{"errors":"Internal Server Error"}` + "\n", true},
		"empty-400":       {400, "", false},
		"left-out":        {200, `{"entities":[],"errors":[]}` + "\n", true},
		"left-out-undone": {200, `{"entities":[],"errors":[]}` + "\n", false},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := faulty(t, procoretest.FaultRule{Kind: kind, Operation: vendorSync})
			before := len(b.server.State().Vendors)
			got := b.syncVendors(t, m{"origin_id": "o", "name": "new"})
			require.Equal(t, want.status, got.status)
			require.Equal(t, want.raw, got.raw)
			require.Equal(t, want.effect, len(b.server.State().Vendors) > before)
			require.Equal(t, []int{1}, b.hits())
			if kind == "token-expired" {
				b.login(t)
			}
			got = b.syncVendors(t, m{"origin_id": "o", "name": "new"})
			require.Equal(t, 1, got.len(t, "entities"), "the next call goes well")
			require.Len(t, b.server.State().Vendors, before+1)
		})
	}
}

func TestFaultsOfLimits(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct {
		limit string
		reset time.Duration
	}{"limit-spike": {"25", 10 * time.Second}, "limit-hour": {"600", time.Hour}} {
		b := newBundle(t, func(c *procoretest.Config) { c.HourlyLimit, c.SpikeLimit = 600, 25 })
		require.NoError(t, b.server.SetFaults(procoretest.FaultRule{Kind: kind}))
		got := b.get(t, "/rest/v1.0/me")
		require.Equal(t, http.StatusTooManyRequests, got.status)
		require.Equal(t, want.limit, got.header.Get("X-Rate-Limit-Limit"))
		require.Equal(t, "0", got.header.Get("X-Rate-Limit-Remaining"))
		require.Equal(t, strconv.FormatInt(b.clock.Now().Add(want.reset).Unix(), 10), got.header.Get("X-Rate-Limit-Reset"))
		require.Empty(t, got.header.Get("Retry-After"))
	}
	b := faulty(t, procoretest.FaultRule{Kind: "unavailable", WaitMS: 1500})
	require.Equal(t, "2", b.get(t, "/rest/v1.0/me").header.Get("Retry-After"))
}

func TestFaultDropsTheConnection(t *testing.T) {
	t.Parallel()
	for kind, effect := range map[string]int{"drop-before": 0, "drop-after": 1} {
		b := faulty(t, procoretest.FaultRule{Kind: kind, Operation: vendorSync})
		before := len(b.server.State().Vendors)
		r := b.request(t, http.MethodPatch, "/rest/v1.0/vendors/sync", m{"company_id": companyID, "updates": []m{{"name": "new"}}})
		_, err := http.DefaultClient.Do(r)
		require.Error(t, err)
		require.Len(t, b.server.State().Vendors, before+effect)
	}
}

func TestSlowFaults(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"slow-before", "slow-after"} {
		b := faulty(t, procoretest.FaultRule{Kind: kind, WaitMS: 30})
		began := time.Now()
		require.Equal(t, http.StatusOK, b.get(t, "/rest/v1.0/me").status)
		require.GreaterOrEqual(t, time.Since(began), 30*time.Millisecond)
	}
}

func TestConflictFaultIsForDirectCosts(t *testing.T) {
	t.Parallel()
	b := faulty(t, procoretest.FaultRule{Kind: "conflict"})
	require.Equal(t, 1, b.syncVendors(t, m{"name": "new"}).len(t, "entities"))
	got := b.call(t, http.MethodPost, "/rest/v1.1/projects/"+itoa(b.project)+"/direct_costs", m{"direct_cost": m{"direct_cost_type": "expense"}})
	require.Equal(t, http.StatusConflict, got.status)
	require.Empty(t, b.server.State().DirectCosts)
}

func TestLeftOutIsOneOfMany(t *testing.T) {
	t.Parallel()
	for kind, made := range map[string]int{"left-out": 3, "left-out-undone": 2} {
		b := faulty(t, procoretest.FaultRule{Kind: kind, Item: 1})
		before := len(b.server.State().Vendors)
		got := b.syncVendors(t, m{"origin_id": "a", "name": "a"}, m{"origin_id": "b", "name": "b"}, m{"origin_id": "c", "name": "c"}, m{"name": ""})
		require.Equal(t, "c", got.text(t, "entities", 0, "origin_id"))
		require.Equal(t, "a", got.text(t, "entities", 1, "origin_id"))
		require.Equal(t, 2, got.len(t, "entities"))
		require.Equal(t, 1, got.len(t, "errors"))
		require.Len(t, b.server.State().Vendors, before+made)
	}
}

// A row that leaves the first page after it was read takes the first row of the second page into it, unseen.
func TestListThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	for _, name := range []string{"one", "two", "three"} {
		b.server.AddVendor(procoretest.Vendor{Name: name})
	}
	require.NoError(t, b.server.SetFaults(procoretest.FaultRule{
		Kind: "changes-in-pages", Edit: &procoretest.Edit{Resource: "vendors", ID: b.stranger, Delete: true},
	}))
	page := func(n string) result {
		return b.get(t, "/rest/v1.0/vendors?per_page=3&page="+n+"&company_id="+itoa(companyID))
	}
	first := page("1")
	require.Equal(t, "Boulder Concrete,Stranger,one", listText(t, first, "name"))
	require.Equal(t, "5", first.header.Get("Total"))
	second := page("2")
	require.Equal(t, "three", listText(t, second, "name"))
	require.Equal(t, "4", second.header.Get("Total"))
}

func TestFaultsMatchAndCount(t *testing.T) {
	t.Parallel()
	b := faulty(t,
		procoretest.FaultRule{Kind: "error-before", Path: "/vendors", Nth: 2, Times: 2},
		procoretest.FaultRule{Kind: "empty-400", Operation: "GET /rest/v1.0/me", Times: -1},
	)
	var statuses []int
	for range 5 {
		statuses = append(statuses, b.get(t, "/rest/v1.0/vendors?company_id="+itoa(companyID)).status)
	}
	require.Equal(t, []int{200, 500, 500, 200, 200}, statuses)
	for range 3 {
		require.Equal(t, http.StatusBadRequest, b.get(t, "/rest/v1.0/me").status)
	}
	require.Equal(t, []int{2, 3}, b.hits())
	require.Equal(t, "fault empty-400", b.server.Journal()[7].Error)
	require.ErrorContains(t, b.server.SetFaults(procoretest.FaultRule{Kind: "rain"}), `"rain"; known are changes-in-pages, conflict, drop-after`)
	require.Len(t, b.server.Faults(), 2, "what was set stays")
}

func TestFaultsOverHTTP(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	const path = "/_sandbox/faults"
	require.Equal(t, http.StatusBadRequest, b.call(t, http.MethodPost, path, []m{{"kind": "empty-400", "often": true}}).status)
	got := b.call(t, http.MethodPost, path, []m{{"kind": "rain"}})
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.text(t, "error"), "known are")
	require.JSONEq(t, `[]`, b.get(t, path).raw)
	got = b.call(t, http.MethodPost, path, []m{{"kind": "empty-400", "path": "/me"}})
	require.JSONEq(t, `[{"kind":"empty-400","path":"/me","fits":0,"hits":0}]`, got.raw)
	b.get(t, "/rest/v1.0/me")
	b.get(t, "/rest/v1.0/me")
	require.JSONEq(t, `[{"kind":"empty-400","path":"/me","fits":2,"hits":1}]`, b.get(t, path).raw)
	require.JSONEq(t, `[]`, b.call(t, http.MethodDelete, path, nil).raw)
	require.Empty(t, b.server.Faults())
}
