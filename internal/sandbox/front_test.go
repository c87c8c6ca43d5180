package sandbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/sandbox"
)

// A form that comes from a page of another origin changes nothing.
func TestOtherOriginsAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	vendor := b.odooID("res.partner", "name", "Alpenglow Roofing")
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:1"} {
		r := form(t, at("/vendors/%d", vendor), "name", "Taken over")
		r.Header.Set(header, value)
		a := b.send(b.odoo, r, "text/html")
		require.Equal(t, http.StatusForbidden, a.status, header)
		require.Contains(t, a.body, "from a page of another address")
	}
	require.Equal(t, "Alpenglow Roofing", b.odooRecord("res.partner", vendor)["name"])
}

// The paths of the sandbox itself take no request from a page of another origin, in either system; programs go on.
func TestSandboxPathsRefuseOtherOrigins(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	vendor := b.odooID("res.partner", "name", "Alpenglow Roofing")
	edit := at(`{"model": "res.partner", "method": "write", "ids": [%d], "args": {"vals": {"name": "Taken over"}}}`, vendor)
	for _, path := range []string{"POST /_sandbox/edit", "POST /_sandbox/faults", "DELETE /_sandbox/faults"} {
		method, path, _ := strings.Cut(path, " ")
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:1"} {
			for _, site := range []http.Handler{b.odoo, b.procore} {
				r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(edit))
				r.Header.Set(header, value)
				r.Header.Set("Content-Type", "text/plain")
				require.Equal(t, http.StatusForbidden, b.send(site, r, "*/*").status, "%s, %s", path, header)
			}
		}
	}
	require.Equal(t, "Alpenglow Roofing", b.odooRecord("res.partner", vendor)["name"])
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/_sandbox/edit", strings.NewReader(edit))
	require.Equal(t, http.StatusOK, b.send(b.odoo, r, "*/*").status)
	require.Equal(t, "Taken over", b.odooRecord("res.partner", vendor)["name"])
}

// What people write is text on a page, never markup.
func TestEscaping(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	vendor := b.odooID("res.partner", "name", "Alpenglow Roofing")
	to := b.done(b.odoo, "The vendor", at("/vendors/%d", vendor), "name", `<script>alert("1")</script>`)
	for _, path := range []string{to, "/vendors", "/?q=%3Cscript%3E", "/?q=script"} {
		page := b.get(b.odoo, path)
		require.Equal(t, http.StatusOK, page.status)
		require.NotContains(t, page.body, "<script", path)
		require.Contains(t, page.body, "&lt;script&gt;", path)
	}
	w := httptest.NewRecorder()
	b.odoo.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
}

func TestMissingPages(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	for path, says := range map[string]string{
		"/orders/99999": "There is no purchase order 99999 here.", "/orders/x": "There is no purchase order &#34;x&#34; here.",
		"/bills/99999": "There is no vendor bill 99999 here.", "/vendors/99999": "There is no vendor 99999 here.",
		"/nowhere": "There is no page /nowhere here.",
	} {
		page := b.get(b.odoo, path)
		require.Equal(t, http.StatusNotFound, page.status, path)
		require.Contains(t, page.body, says)
	}
	for path, says := range map[string]string{
		"/projects/1": "There is no project 1 here.", "/projects/1/budget": "There is no project 1 here.", "/commitments/1": "There is no commitment 1 here.",
		"/invoices/1": "There is no subcontractor invoice 1 here.", "/costs/1": "There is no direct cost 1 here.", "/nowhere": "There is no page /nowhere here.",
	} {
		page := b.get(b.procore, path)
		require.Equal(t, http.StatusNotFound, page.status, path)
		require.Contains(t, page.body, says)
	}
	require.Equal(t, http.StatusNotFound, b.post(b.odoo, "/orders/99999/action", "method", "button_cancel").status)
}

// The API answers as without pages, and what stands before it sees the API's requests alone; the journal has no page.
func TestAPIIsUntouched(t *testing.T) {
	t.Parallel()
	b := setup(t, false)
	seen := []string{}
	spy := func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen = append(seen, r.URL.Path)
			api.ServeHTTP(w, r)
		})
	}
	odoo, procore := b.pair.OdooPages(spy(b.pair.Odoo)), b.pair.ProcorePages(spy(b.pair.Procore))
	for _, path := range []string{"/", "/vendors", "/requests", "/nowhere", "/pages.css"} {
		b.get(odoo, path)
		b.get(procore, path)
	}
	require.Empty(t, seen)
	require.Empty(t, b.pair.Odoo.Journal())
	require.Empty(t, b.pair.Procore.Journal())

	for path, pages := range map[string][2]http.Handler{
		"/_sandbox/state": {odoo, b.pair.Odoo}, "/_sandbox/journal": {procore, b.pair.Procore}, "/_sandbox/budget": {procore, b.pair.Procore},
		"/rest/v1.0/me": {procore, b.pair.Procore}, "/web/version": {odoo, b.pair.Odoo}, "/json/2/res.partner/read": {odoo, b.pair.Odoo},
		"/json/version": {odoo, b.pair.Odoo}, "/_sandbox/faults": {odoo, b.pair.Odoo},
	} {
		require.Equal(t, b.get(pages[1], path), b.get(pages[0], path), path)
	}
	program := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nowhere", http.NoBody)
	require.Equal(t, http.StatusUnauthorized, b.send(procore, program, "application/json").status)
	require.Contains(t, seen, "/nowhere", "a program is answered by the system itself")
	for _, call := range b.pair.Odoo.Journal() {
		require.Contains(t, call.Path, "/json/2/")
	}
}

// Pages and API are on one port.
func TestServed(t *testing.T) {
	t.Parallel()
	b := setup(t, true)
	served, err := sandbox.Serve(t.Context(), "127.0.0.1:0", b.odoo)
	require.NoError(t, err)
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/pages.css": "text/css; charset=utf-8", "/_sandbox/state": "application/json; charset=utf-8"} {
		require.Equal(t, kind, contentType(t, served.URL+path))
	}
	require.NoError(t, served.Close())
}

func contentType(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	return answer.Header.Get("Content-Type")
}
