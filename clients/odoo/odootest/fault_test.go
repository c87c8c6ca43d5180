package odootest

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	createAccount = "/json/2/account.analytic.account/create"
	anAccount     = `{"vals_list": [{"name": "A", "plan_id": 1}]}`
)

func (b *bundle) accounts() int { return len(b.rows("account.analytic.account", nil)) }

// Each kind that answers instead of Odoo, with whether the write took effect.
func TestFaultKinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct {
		status     int
		retryAfter string
		has        string
		effect     int
	}{
		"limit":        {429, "5", "<h1>Too Many Requests</h1>", 0},
		"bad-gateway":  {502, "", "<h1>Bad Gateway</h1>", 0},
		"maintenance":  {503, "5", "<h1>Maintenance</h1>", 0},
		"error-before": {500, "", "builtins.MemoryError", 0},
		"error-after":  {500, "", "builtins.MemoryError", 1},
		"key-expired":  {401, "", "Invalid apikey", 0},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			before := b.accounts()
			require.NoError(t, b.s.SetFaults(FaultRule{Kind: kind, Path: "analytic.account/create"}))
			_, _, ok := b.post("/json/2/res.users/context_get", authorized(), "{}")
			require.IsType(t, map[string]any{}, ok)
			status, header, v := b.post(createAccount, authorized(), anAccount)
			require.Equal(t, want.status, status)
			require.Equal(t, want.retryAfter, header.Get("Retry-After"))
			if body, structured := v.(map[string]any); structured {
				require.Contains(t, []any{body["name"], body["message"]}, any(want.has))
			} else {
				require.Contains(t, v, want.has)
			}
			require.Equal(t, before+want.effect, b.accounts())
			status, _, _ = b.post(createAccount, authorized(), anAccount)
			require.Equal(t, 200, status, "the next request goes well")
			require.Equal(t, 1, b.s.Faults()[0].Hits)
		})
	}
}

func TestFaultDropsTheConnection(t *testing.T) {
	t.Parallel()
	for kind, effect := range map[string]int{"drop-before": 0, "drop-after": 1} {
		b := setup(t)
		before := b.accounts()
		require.NoError(t, b.s.SetFaults(FaultRule{Kind: kind}))
		require.PanicsWithValue(t, http.ErrAbortHandler, func() { b.post(createAccount, authorized(), anAccount) })
		require.Equal(t, before+effect, b.accounts())
		require.Zero(t, b.s.Journal()[0].Status)
	}
}

func TestFaultsWaitMatchAndCount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, kind := range []string{"slow-before", "slow-after"} {
		require.NoError(t, b.s.SetFaults(FaultRule{Kind: kind, WaitMS: 30}))
		began := time.Now()
		status, _, _ := b.post(createAccount, authorized(), anAccount)
		require.Equal(t, 200, status)
		require.GreaterOrEqual(t, time.Since(began), 30*time.Millisecond)
	}
	require.NoError(t, b.s.SetFaults(FaultRule{Kind: "limit", Nth: 2, Times: 2, WaitMS: -1}, FaultRule{Kind: "error-before", Path: "search", Times: -1, Name: "builtins.ValueError"}))
	var statuses []int
	for range 4 {
		status, header, _ := b.post(createAccount, authorized(), anAccount)
		statuses = append(statuses, status)
		require.Empty(t, header.Get("Retry-After"))
	}
	require.Equal(t, []int{200, 429, 429, 200}, statuses)
	for range 2 {
		_, _, v := b.post("/json/2/res.partner/search_count", authorized(), `{"domain": []}`)
		require.Equal(t, "builtins.ValueError", v.(map[string]any)["name"])
	}
	require.Equal(t, 2, b.s.Faults()[0].Hits)
	require.Equal(t, 2, b.s.Faults()[1].Hits)
	require.ErrorContains(t, b.s.SetFaults(FaultRule{Kind: "rain"}), `"rain"; known are bad-gateway, changes-in-pages`)
	require.Len(t, b.s.Faults(), 2, "what was set stays")
}

// What another user writes between two pages is newer than the window of the first.
func TestListThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	search := func() any {
		_, _, v := b.post("/json/2/res.partner/search_read", authorized(), `{"domain": [["write_date", "<", "2026-11-23 07:05:44"]], "fields": ["name"], "order": "id asc"}`)
		return v
	}
	require.NoError(t, b.s.SetFaults(FaultRule{Kind: "changes-in-pages", Path: "search_read", Edit: &Edit{
		Model: "res.partner", Method: "write", IDs: []int64{b.ids["vendor"]}, Args: map[string]any{"vals": map[string]any{"name": "Renamed"}},
	}}))
	b.clock.Advance(time.Second)
	require.Len(t, search(), 2)
	require.Len(t, search(), 1)
	require.Equal(t, "Renamed", b.read("res.partner", b.ids["vendor"])["name"])
}

func TestFaultsOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const path = "/_sandbox/faults"
	status, _, _ := b.post(path, nil, `[{"kind": "limit", "often": true}]`)
	require.Equal(t, 400, status)
	status, _, v := b.post(path, nil, `[{"kind": "rain"}]`)
	require.Equal(t, 400, status)
	require.Contains(t, v, "known are")
	status, _, v = b.post(path, nil, `[{"kind": "limit", "path": "create"}]`)
	require.Equal(t, 200, status)
	require.Equal(t, []any{map[string]any{"kind": "limit", "path": "create", "fits": 0.0, "hits": 0.0}}, v)
	for range 2 {
		_, _, _ = b.post(createAccount, authorized(), anAccount)
	}
	_, _, v = b.send(http.MethodGet, path, nil, "")
	require.Equal(t, []any{map[string]any{"kind": "limit", "path": "create", "fits": 2.0, "hits": 1.0}}, v)
	_, _, v = b.send(http.MethodDelete, path, nil, "")
	require.Equal(t, []any{}, v)
	require.Empty(t, b.s.Faults())
}

func TestExpiredKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.s.ExpireKey("bot")
	status, _, v := b.post(createAccount, authorized(), anAccount)
	require.Equal(t, 401, status, v)
}
