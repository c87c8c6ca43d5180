package odootest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const key = "0123456789012345678901234567890123456789"

// clock is a database clock that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bundle is a server with one company, a vendor and a product.
type bundle struct {
	t     *testing.T
	s     *Server
	clock *clock
	ids   map[string]int64
}

func setup(t *testing.T, users ...User) *bundle {
	t.Helper()
	return setupVersion(t, "19.0", users...)
}

func setupVersion(t *testing.T, version string, users ...User) *bundle {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 23, 7, 5, 43, 636199000, time.UTC)}
	if users == nil {
		users = []User{{Login: "bot", Key: key, Groups: []string{"purchase", "billing", "analytic"}, KeyScopeOK: true}}
	}
	b := &bundle{t: t, s: New(Config{Version: version, Database: "acme", Users: users, Now: c.Now}), clock: c, ids: map[string]int64{}}
	b.add("company", "res.company", map[string]any{"name": "My Company"})
	b.add("vendor", "res.partner", map[string]any{"name": "Vendor", "is_company": true, "supplier_rank": 1})
	b.add("product", "product.product", map[string]any{"name": "Seed Service", "type": "service"})
	if b.old() {
		b.add("job", account, map[string]any{"name": "Job", "code": "J1"})
		b.add("code", account, map[string]any{"name": "Concrete", "code": "03"})
		return b
	}
	b.add("project", "account.analytic.plan", map[string]any{"name": "Project"})
	b.add("codes", "account.analytic.plan", map[string]any{"name": "Cost Codes"})
	b.add("job", "account.analytic.account", map[string]any{"name": "Job", "code": "J1", "plan_id": b.ids["project"]})
	b.add("code", "account.analytic.account", map[string]any{"name": "Concrete", "code": "03", "plan_id": b.ids["codes"]})
	return b
}

func (b *bundle) old() bool { return b.s.dialect.old }

func (b *bundle) add(name, model string, vals map[string]any) int64 {
	b.t.Helper()
	id, err := b.s.Create(model, vals)
	require.NoError(b.t, err)
	b.ids[name] = id
	return id
}

func (b *bundle) do(model, method string, ids []int64, args map[string]any) any {
	b.t.Helper()
	v, err := b.s.Do(model, method, ids, args)
	require.NoError(b.t, err)
	return v
}

func (b *bundle) refused(model, method string, ids []int64, args map[string]any) *apiError {
	b.t.Helper()
	_, err := b.s.Do(model, method, ids, args)
	var e *apiError
	require.ErrorAs(b.t, err, &e)
	return e
}

func (b *bundle) read(model string, id int64) map[string]any {
	b.t.Helper()
	v := b.do(model, "read", []int64{id}, nil)
	rows, ok := v.([]any)
	require.True(b.t, ok)
	require.Len(b.t, rows, 1)
	row, ok := rows[0].(map[string]any)
	require.True(b.t, ok)
	return row
}

func (b *bundle) rows(model string, domain []any) []map[string]any {
	b.t.Helper()
	v := b.do(model, "search_read", nil, map[string]any{"domain": domain, "order": "id asc", "load": ""})
	list, ok := v.([]any)
	require.True(b.t, ok)
	out := make([]map[string]any, len(list))
	for i, e := range list {
		out[i], ok = e.(map[string]any)
		require.True(b.t, ok)
	}
	return out
}

func (b *bundle) order(lines ...map[string]any) int64 {
	b.t.Helper()
	cmds := []any{}
	for _, l := range lines {
		if l["display_type"] == nil && l["product_id"] == nil {
			l["product_id"] = b.ids["product"]
		}
		cmds = append(cmds, []any{0, 0, l})
	}
	return b.add("order", "purchase.order", map[string]any{"partner_id": b.ids["vendor"], "order_line": cmds})
}

func (b *bundle) bill(vals map[string]any, lines ...map[string]any) int64 {
	b.t.Helper()
	cmds := []any{}
	for _, l := range lines {
		cmds = append(cmds, []any{0, 0, l})
	}
	all := map[string]any{"move_type": "in_invoice", "partner_id": b.ids["vendor"], "invoice_date": "2026-11-21", "invoice_line_ids": cmds}
	maps.Copy(all, vals)
	return b.add("bill", "account.move", all)
}

// post sends a request to the API and gives status, header and decoded body (text when it is not JSON).
func (b *bundle) post(path string, header map[string]string, body string) (int, http.Header, any) {
	b.t.Helper()
	return b.send(http.MethodPost, path, header, body)
}

func (b *bundle) send(method, path string, header map[string]string, body string) (int, http.Header, any) {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, path, bytes.NewReader([]byte(body)))
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	b.s.ServeHTTP(w, r)
	resp := w.Result()
	defer func() { require.NoError(b.t, resp.Body.Close()) }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	var v any
	if json.Unmarshal(raw, &v) != nil {
		v = string(raw)
	}
	return resp.StatusCode, resp.Header, v
}

func authorized() map[string]string {
	return map[string]string{"Content-Type": "application/json", "Authorization": "bearer " + key, "X-Odoo-Database": "acme"}
}
