package odootest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChunkedBodyIsDropped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	srv := httptest.NewServer(b.s)
	t.Cleanup(srv.Close)
	send := func(body io.Reader) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/json/2/res.partner/search_count", body)
		require.NoError(t, err)
		for k, v := range authorized() {
			r.Header.Set(k, v)
		}
		resp, err := srv.Client().Do(r)
		require.NoError(t, err)
		defer func() { require.NoError(t, resp.Body.Close()) }()
		raw, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.True(t, resp.Close, "the bare server keeps no connection alive")
		return resp.StatusCode, string(raw)
	}
	status, body := send(strings.NewReader(`{"domain": []}`))
	require.Equal(t, 200, status)
	require.Equal(t, "2", body)
	status, body = send(io.MultiReader(strings.NewReader(`{"domain": []}`))) // no length: chunked
	require.Equal(t, 422, status)
	require.Contains(t, body, "missing a required argument: 'domain'")
}

func TestProtocol(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.order(map[string]any{"name": "x"})
	header := func(k, v string) map[string]string {
		h := authorized()
		h[k] = v
		return h
	}
	tests := map[string]struct {
		method, path string
		header       map[string]string
		body         string
		status       int
		has          string
	}{
		"other verb":          {"GET", "/json/2/res.partner/search", authorized(), "", 404, "Did you mean POST"},
		"wrong database":      {"POST", "/json/2/res.partner/search", header("X-Odoo-Database", "other"), "{}", 404, "No database is selected"},
		"no type, empty body": {"POST", "/json/2/res.users/context_get", header("Content-Type", ""), "", 200, "uid"},
		"charset":             {"POST", "/json/2/res.users/context_get", header("Content-Type", "application/json; charset=utf-8"), "{}", 200, "uid"},
		"case of bearer":      {"POST", "/json/2/res.users/context_get", header("Authorization", "BEARER "+key), "{}", 200, "uid"},
		"write without ids":   {"POST", "/json/2/res.partner/write", authorized(), `{"vals": {"name": "x"}}`, 403, "AccessError"},
		"missing argument":    {"POST", "/json/2/account.move/write", authorized(), `{}`, 422, "missing a required argument: 'vals'"},
		"order without ids":   {"POST", "/json/2/purchase.order/write", authorized(), `{"vals": {"name": "x"}}`, 200, "true"},
		"foreign company":     {"POST", "/json/2/purchase.order/search", authorized(), `{"domain": [], "context": {"allowed_company_ids": [99]}}`, 403, "unauthorized or invalid companies"},
		"negative limit":      {"POST", "/json/2/purchase.order/search", authorized(), `{"domain": [], "limit": -1}`, 500, "must not be negative"},
		"limit null":          {"POST", "/json/2/res.company/search", authorized(), `{"domain": [], "limit": null}`, 200, "[1]"},
		"trailing data":       {"POST", "/json/2/res.company/search", authorized(), `{"domain": []} x`, 400, "Extra data"},
		"percentage as text":  {"POST", "/json/2/purchase.order.line/create", authorized(), `{"vals_list": {"order_id": 1, "analytic_distribution": {"1": "100"}}}`, 500, "builtins.TypeError"},
		"unknown page":        {"POST", "/web/nope", authorized(), "", 404, "Not Found"},
		"dates are read-only": {"POST", "/json/2/account.analytic.account/write", authorized(), `{"ids": [1], "vals": {"write_date": "2001-01-01 00:00:00"}}`, 200, "true"},
		"sort by computed":    {"POST", "/json/2/account.analytic.account/search", authorized(), `{"domain": [], "order": "balance"}`, 500, "not stored"},
		"floats keep a point": {"POST", "/json/2/account.analytic.account/read", authorized(), `{"ids": [1], "fields": ["balance"]}`, 200, `[{"id": 1, "balance": 0.0}]`},
		"text is escaped":     {"POST", "/json/2/res.country/search_count", authorized(), `{"domain": [["name", "=", "é\u0001"]]}`, 200, "0"},
	}
	for name, tt := range tests {
		r := httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, strings.NewReader(tt.body))
		for k, v := range tt.header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		b.s.ServeHTTP(w, r)
		require.Equal(t, tt.status, w.Code, "%s: %s", name, w.Body)
		require.Contains(t, w.Body.String(), tt.has, name)
		require.Equal(t, "Mon, 23 Nov 2026 07:05:43 GMT", w.Header().Get("Date"), name)
	}
	require.Equal(t, "2026-11-23 07:05:43", b.read("account.analytic.account", 1)["write_date"])
}

func TestRights(t *testing.T) {
	t.Parallel()
	users := []User{
		{Login: "all", Key: "all", Groups: []string{"purchase", "billing", "analytic"}, KeyScopeOK: true},
		{Login: "readonly", Key: "readonly", Groups: []string{"readonly"}, KeyScopeOK: true},
		{Login: "internal", Key: "internal", KeyScopeOK: true},
	}
	b := setup(t, users...)
	rows := map[string][3]string{
		"purchase.order":           {"rw", "r", ""},
		"purchase.order.line":      {"rw", "r", ""},
		"account.move":             {"rw", "r", ""},
		"account.move.line":        {"rw", "r", ""},
		"account.analytic.account": {"rw", "r", "r"},
		"account.analytic.plan":    {"rw", "", ""},
		"account.analytic.line":    {"rw", "r", ""},
		"res.partner":              {"r", "r", "r"},
		"product.product":          {"r", "r", "r"},
		"account.tax":              {"r", "r", "r"},
		"account.account":          {"r", "r", "r"},
		"account.journal":          {"r", "r", ""},
		"ir.model.fields":          {"", "", ""},
	}
	for model, want := range rows {
		for i, u := range users {
			h := authorized()
			h["Authorization"] = "bearer " + u.Key
			for op, letter := range map[string]string{"read": "r", "write": "w", "create": "w"} {
				_, _, may := b.post("/json/2/"+model+"/has_access", h, `{"operation": "`+op+`"}`)
				require.Equal(t, strings.Contains(want[i], letter), may, "%s: %s %s", u.Login, op, model)
			}
			status, _, _ := b.post("/json/2/"+model+"/search_count", h, `{"domain": []}`)
			require.Equal(t, strings.Contains(want[i], "r"), status == 200, "%s reads %s", u.Login, model)
		}
	}
}

func TestCompaniesOfAUser(t *testing.T) {
	t.Parallel()
	all := []string{"purchase", "billing", "analytic"}
	b := setup(t, User{Login: "one", Key: key, Groups: all, CompanyIDs: []int64{1}, KeyScopeOK: true}, User{Login: "both", Key: "both", Groups: all, KeyScopeOK: true})
	second := b.add("second", "res.company", map[string]any{"name": "Second"})
	b.order(map[string]any{"name": "x", "price_unit": 1})
	b.add("theirs", "purchase.order", map[string]any{"partner_id": b.ids["vendor"], "company_id": second})
	count := func(k, context string) any {
		h := authorized()
		h["Authorization"] = "bearer " + k
		_, _, v := b.post("/json/2/purchase.order/search_read", h, `{"domain": [], "fields": ["name"], "order": "id asc", "context": `+context+`}`)
		return v
	}
	require.Len(t, count(key, "{}"), 1)
	require.Len(t, count("both", "{}"), 2)
	require.Len(t, count("both", `{"allowed_company_ids": [2]}`), 1)
	status, _, v := b.post("/json/2/purchase.order/read", authorized(), `{"ids": [2], "fields": ["name"]}`)
	require.Equal(t, 403, status, v)
	status, _, v = b.post("/json/2/purchase.order/create", authorized(), `{"vals_list": {"partner_id": 2, "company_id": 2}}`)
	require.Equal(t, 403, status, v)
}

func TestJournalAndSandboxPaths(t *testing.T) {
	t.Parallel()
	b := setup(t)
	status, _, v := b.post("/_sandbox/edit", nil, `{"model": "res.partner", "method": "create", "args": {"vals_list": [{"name": "New"}]}}`)
	require.Equal(t, 200, status)
	require.Equal(t, []any{3.0}, v)
	status, _, v = b.post("/_sandbox/edit", nil, `{"model": "res.partner", "method": "write", "ids": [99], "args": {"vals": {}}}`)
	require.Equal(t, 404, status, v)
	_, _, _ = b.post("/json/2/res.partner/search_read", authorized(), `{"domain": [], "fields": ["name"]}`)
	_, _, _ = b.post("/json/2/res.partner/nope", authorized(), `{}`)
	_, _, v = b.send(http.MethodGet, "/_sandbox/journal", nil, "")
	require.Equal(t, []any{
		map[string]any{"time": "2026-11-23T07:05:43.636199Z", "method": "POST", "path": "/json/2/res.partner/search_read", "user": "bot", "status": 200.0, "records": 3.0, "fault": 0.0},
		map[string]any{"time": "2026-11-23T07:05:43.636199Z", "method": "POST", "path": "/json/2/res.partner/nope", "user": "bot", "status": 404.0, "records": 0.0, "fault": 0.0},
	}, v)
	_, _, v = b.send(http.MethodGet, "/_sandbox/state", nil, "")
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	require.NotContains(t, string(raw), key)
	state, ok := v.(map[string]any)
	require.True(t, ok)
	require.Len(t, state["res.partner"], 3)
	_, _, v = b.send(http.MethodGet, "/web/version", nil, "")
	require.Equal(t, map[string]any{"version": "19.0", "version_info": []any{19.0, 0.0, 0.0, "final", 0.0, ""}}, v)
}

func TestConcurrentCalls(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				_, err := b.s.Create("res.partner", map[string]any{"name": "P"})
				if err != nil {
					t.Error(err)
				}
				b.s.State()
				b.s.Journal()
			}
		})
	}
	wg.Wait()
	require.Len(t, b.search("res.partner", nil, nil), 162)
}
