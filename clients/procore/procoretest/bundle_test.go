package procoretest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

const (
	companyID    = 562949953421399
	clientID     = "client"
	clientSecret = "secret"
)

// clock is a clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bundle is a server with a small company in it.
type bundle struct {
	server *procoretest.Server
	clock  *clock
	url    string
	token  string

	project, other    int64 // two open projects
	closed, forbidden int64
	concrete, labor   int64 // budget codes of project
	foreignCode       int64 // budget code of other
	vendor, stranger  int64 // on the project, not on the project
	cc, ctM           int64
}

func newBundle(t *testing.T, change ...func(*procoretest.Config)) *bundle {
	t.Helper()
	b := &bundle{clock: &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	cfg := procoretest.Config{
		ClientID: clientID, ClientSecret: clientSecret, CompanyID: companyID, CompanyName: "Acme", Now: b.clock.Now,
	}
	for _, f := range change {
		f(&cfg)
	}
	s := procoretest.New(cfg)
	b.server = s
	b.project = s.AddProject(procoretest.Project{Name: "Harbor", Number: "001", Active: true, Permitted: true, Status: "Course of Construction"})
	b.other = s.AddProject(procoretest.Project{Name: "Mill", Number: "002", Active: true, Permitted: true})
	b.closed = s.AddProject(procoretest.Project{Name: "Done", Number: "003", Permitted: true})
	b.forbidden = s.AddProject(procoretest.Project{Name: "Secret", Number: "004", Active: true})
	b.ctM = s.AddCostType("M", "Materials", "materials")
	ctL := s.AddCostType("L", "Labor", "labor")
	division := s.AddCostCode(b.project, "03", "Concrete", 0)
	b.cc = s.AddCostCode(b.project, "03 30 00", "Cast-in-place", division)
	b.concrete = s.AddBudgetCode(b.project, b.cc, b.ctM)
	b.labor = s.AddBudgetCode(b.project, b.cc, ctL)
	b.foreignCode = s.AddBudgetCode(b.other, s.AddCostCode(b.other, "03 30 00", "Cast-in-place", 0), b.ctM)
	b.vendor = s.AddVendor(procoretest.Vendor{Name: "Boulder Concrete", TaxID: "84-1111111", CountryCode: "US", StateCode: "CO"})
	b.stranger = s.AddVendor(procoretest.Vendor{Name: "Stranger"})
	s.AddVendorToProject(b.project, b.vendor)
	front := httptest.NewServer(s)
	t.Cleanup(front.Close)
	b.url = front.URL
	b.login(t)
	return b
}

func (b *bundle) login(t *testing.T) {
	t.Helper()
	r := b.form(t, "/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {clientSecret},
	})
	require.Equal(t, http.StatusOK, r.status)
	b.token = r.text(t, "access_token")
}

// result is an answer, decoded.
type result struct {
	status int
	header http.Header
	raw    string
	body   any
}

func (r result) at(t *testing.T, path ...any) any {
	t.Helper()
	v := r.body
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, isMap := v.(map[string]any)
			require.True(t, isMap, "%v in %s", path, r.raw)
			v = m[key]
		case int:
			list, isList := v.([]any)
			require.True(t, isList && key < len(list), "%v in %s", path, r.raw)
			v = list[key]
		}
	}
	return v
}

func (r result) text(t *testing.T, path ...any) string {
	t.Helper()
	return fmt.Sprint(r.at(t, path...))
}

func (r result) id(t *testing.T, path ...any) int64 {
	t.Helper()
	n, isNumber := r.at(t, path...).(json.Number)
	require.True(t, isNumber, "%v in %s", path, r.raw)
	i, err := n.Int64()
	require.NoError(t, err)
	return i
}

func (r result) len(t *testing.T, path ...any) int {
	t.Helper()
	list, isList := r.at(t, path...).([]any)
	require.True(t, isList, "%v in %s", path, r.raw)
	return len(list)
}

// refused wants a status and a message under a field of errors.
func (r result) refused(t *testing.T, status int, field, message string) {
	t.Helper()
	require.Equal(t, status, r.status, r.raw)
	require.Contains(t, r.text(t, "errors", field), message)
}

func (b *bundle) send(t *testing.T, r *http.Request) result {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	out := result{status: response.StatusCode, header: response.Header, raw: string(raw)}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		require.NoError(t, d.Decode(&out.body))
	}
	return out
}

func (b *bundle) request(t *testing.T, method, path string, body any) *http.Request {
	t.Helper()
	var raw io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		require.NoError(t, err)
		raw = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, b.url+path, raw)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+b.token)
	r.Header.Set("Procore-Company-Id", fmt.Sprint(companyID))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (b *bundle) call(t *testing.T, method, path string, body any) result {
	t.Helper()
	return b.send(t, b.request(t, method, path, body))
}

func (b *bundle) get(t *testing.T, path string) result {
	t.Helper()
	return b.call(t, http.MethodGet, path, nil)
}

func (b *bundle) form(t *testing.T, path string, values url.Values) result {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+path, strings.NewReader(values.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(t, r)
}

type m = map[string]any

func operationsOf(journal []procoretest.Request) []string {
	var all []string
	for _, r := range journal {
		all = append(all, r.Operation)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// edit is done by a person and has to succeed.
func (b *bundle) edit(t *testing.T, e procoretest.Edit) int64 {
	t.Helper()
	id, err := b.server.Edit(e)
	require.NoError(t, err)
	return id
}

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

// listText joins one field of every element of a list.
func listText(t *testing.T, r result, field string) string {
	t.Helper()
	require.Equal(t, http.StatusOK, r.status, r.raw)
	var all []string
	for i := range r.len(t) {
		all = append(all, r.text(t, i, field))
	}
	return strings.Join(all, ",")
}

// failed wants one failed record of a sync action, with status 200 all the same.
func (r result) failed(t *testing.T, field, message string) {
	t.Helper()
	require.Equal(t, http.StatusOK, r.status, r.raw)
	require.Equal(t, 1, r.len(t, "errors"), r.raw)
	require.Zero(t, r.len(t, "entities"), r.raw)
	require.Contains(t, r.text(t, "errors", 0, "errors", field), message)
}
