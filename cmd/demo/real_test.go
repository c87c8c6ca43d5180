package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/firm"
	tenantfile "github.com/ml-connector/odoo-procore/internal/tenant"
)

// served puts a server behind a port, and its key into a file.
func served(t *testing.T, h http.Handler, o OdooServer) OdooServer {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	o.URL = server.URL
	if o.KeyFile == "" {
		o.KeyFile = keyFile(t, oddKey+"\n", 0o600)
	}
	return o
}

func keyFile(t *testing.T, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "odoo.key")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	require.NoError(t, os.Chmod(path, mode))
	return path
}

// onlyReads tells whether a server's journal holds requests, and none that writes.
func onlyReads(t *testing.T, s *odootest.Server) {
	t.Helper()
	journal := s.Journal()
	require.NotEmpty(t, journal)
	for _, call := range journal {
		require.Contains(t, []string{"search", "search_read", "search_count", "read", "fields_get", "has_access", "context_get"}, call.Path[strings.LastIndexByte(call.Path, '/')+1:])
	}
}

// A whole demo with a server that was not made for it: what waits is no failure, and nothing is written to it.
func TestRealOdoo(t *testing.T) {
	t.Setenv("TEMPORAL_ADDRESS", "") // a server of its own: other tests know a tenant acme too
	s := newOddServer(t)
	before := fmt.Sprint(s.State())
	var out bytes.Buffer
	d := &Demo{out: &out, cfg: Config{Once: true, Seed: 1, Odoo: served(t, s, OdooServer{Database: oddDatabase, User: oddUser, MapAll: true})}}
	err := d.Run(t.Context())
	require.NoError(t, d.Close())
	require.NoError(t, err, out.String())
	t.Log(out.String())
	onlyReads(t, s.Server)
	require.Equal(t, before, fmt.Sprint(s.State()))

	r := d.report
	require.Equal(t, "pass", r.Result)
	require.Equal(t, "0.00", r.Reconciliation.Unexplained)
	require.Equal(t, []string{"YourCompany", "My Company (Chicago)"}, r.Odoo.Companies)
	require.Equal(t, "Project", r.Odoo.ProjectPlan)
	states, causes := map[string][]string{}, map[string][]string{}
	for _, record := range r.Records {
		states[record.Ref] = append(states[record.Ref], record.State)
	}
	for _, e := range r.Exceptions {
		causes[e.Ref] = append(causes[e.Ref], causeCode(e.Cause))
	}
	for _, ref := range []string{"P00001", "P00007", "P00014", "P00015 'quoted'", "P00017", "P00018", "P00020", "BILL/2026/03/0001", "RBILL/2026/02/0003"} {
		require.Equal(t, []string{"synced"}, states[ref], "%s: %v", ref, causes[ref])
	}
	for ref, cause := range map[string]string{
		"P00005": "currency.foreign", "P00006": "currency.foreign", "P00016": "currency.foreign", "P00009": "analytic.unknown", "P00010": "analytic.invalid",
		// One number in two companies, for one project: the second is Procore's to refuse.
		"P00015": "procore.rejected",
	} {
		require.Equal(t, []string{cause}, causes[ref], ref)
	}
	require.ElementsMatch(t, []string{"synced", "exception"}, states["P00015"])
	require.NotContains(t, out.String(), oddKey)
}

// What is wrong is said before anything is started, and says which flag.
func TestMeet(t *testing.T) {
	t.Parallel()
	s := newOddServer(t)
	poor := odootest.New(odootest.Config{Users: []odootest.User{{Login: oddUser, Key: oddKey, KeyScopeOK: true, Groups: []string{"internal"}}}})
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "<html>Welcome</html>") })
	absent := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "purchase.order") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, `{"name": "werkzeug.exceptions.NotFound", "message": "the model 'purchase.order' does not exist"}`)
			return
		}
		s.ServeHTTP(w, r)
	})
	planless := odootest.New(odootest.Config{Users: []odootest.User{{Login: oddUser, Key: oddKey, KeyScopeOK: true, Groups: []string{"readonly", "analytic"}}}})
	_, err := planless.Create("res.company", map[string]any{"name": "Acme"})
	require.NoError(t, err)
	good := OdooServer{Database: oddDatabase, User: oddUser}
	with := func(change func(*OdooServer)) OdooServer {
		o := good
		change(&o)
		return o
	}
	for name, c := range map[string]struct {
		handler http.Handler
		flags   OdooServer
		says    []string
	}{
		"database":  {s, with(func(o *OdooServer) { o.Database = "other" }), []string{"-odoo-db: ", `no database "other"`}},
		"user":      {s, with(func(o *OdooServer) { o.User = "boss" }), []string{"-odoo-key-file ", `"boss"`, "-odoo-user"}},
		"key":       {s, with(func(o *OdooServer) { o.KeyFile = keyFile(t, "0123", 0o600) }), []string{"-odoo-key-file ", "refuses the API key"}},
		"missing":   {s, with(func(o *OdooServer) { o.KeyFile = "nosuch.key" }), []string{"nosuch.key does not exist"}},
		"key given": {s, with(func(o *OdooServer) { o.KeyFile = oddKey }), []string{"looks like a key"}},
		"directory": {s, with(func(o *OdooServer) { o.KeyFile = t.TempDir() }), []string{"is no file"}},
		"readable":  {s, with(func(o *OdooServer) { o.KeyFile = keyFile(t, oddKey, 0o644) }), []string{"can be read by others (mode 0644)", "chmod 600"}},
		"empty":     {s, with(func(o *OdooServer) { o.KeyFile = keyFile(t, " \n", 0o600) }), []string{"is empty"}},
		"two keys":  {s, with(func(o *OdooServer) { o.KeyFile = keyFile(t, oddKey+"\n"+oddKey, 0o600) }), []string{"more than an API key"}},
		"rights":    {poor, good, []string{"may not read", "purchase.order", "Accounting / Read-only"}},
		"no apps":   {absent, good, []string{"the server has no purchase.order", "install the apps Purchase and Accounting"}},
		"no plan":   {planless, good, []string{"no analytic plan", "make a plan for projects"}},
		"no Odoo":   {page, good, []string{"-odoo-url: ", "Odoo 14 or newer"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := meet(t.Context(), served(t, c.handler, c.flags))
			require.Error(t, err)
			for _, says := range c.says {
				require.ErrorContains(t, err, says)
			}
			require.NotContains(t, err.Error(), oddKey)
		})
	}
	nobody := good
	nobody.URL, nobody.KeyFile = "http://127.0.0.1:1", keyFile(t, oddKey, 0o600)
	_, err = meet(t.Context(), nobody)
	require.ErrorContains(t, err, "-odoo-url: http://127.0.0.1:1 cannot be reached")

	found, err := meet(t.Context(), served(t, s, good))
	require.NoError(t, err)
	require.Equal(t, "EUR", found.currency)
	require.True(t, found.documents)
	onlyReads(t, s.Server)
}

// A server without a company, and so without documents, is no failure.
func TestNothingThere(t *testing.T) {
	t.Parallel()
	empty := odootest.New(odootest.Config{Users: []odootest.User{{Login: oddUser, Key: oddKey, KeyScopeOK: true, Groups: []string{"readonly", "analytic"}}}})
	var out bytes.Buffer
	path := filepath.Join(t.TempDir(), "report.json")
	d := &Demo{out: &out, cfg: Config{Once: true, Report: path, Odoo: served(t, empty, OdooServer{Database: "x", User: oddUser})}}
	require.NoError(t, d.Run(t.Context()))
	require.NoError(t, d.Close())
	require.Contains(t, out.String(), "there is nothing to carry over")
	report, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(report), `"result": "pass"`)
}

func TestOdooFlags(t *testing.T) {
	t.Parallel()
	all := []string{"-odoo-url", "https://acme.odoo.com", "-odoo-db", "acme", "-odoo-user", "bot", "-odoo-key-file", "key"}
	for args, says := range map[string]string{
		"-map-all":                 "-map-all routes the accounts of a real Odoo",
		"-odoo-db acme":            "missing: -odoo-url, -odoo-user, -odoo-key-file",
		strings.Join(all[:6], " "): "missing: -odoo-key-file",
		strings.Join(all[2:], " ") + " -odoo-url acme.odoo.com":         "-odoo-url: it must look like",
		strings.Join(all[2:], " ") + " -odoo-url https://a:b@c.example": "-odoo-url: it must not hold a login or a password",
		strings.Join(all, " ") + " -histories x":                        "-histories records the sandbox firm's day",
		strings.Join(all, " ") + " -odoo 19":                            "-odoo is the version of the sandbox, and a real Odoo says its own",
		"-odoo 18":                                                      `invalid value "18" for flag -odoo: the Odoo sandbox is version 14 or 19`,
	} {
		_, err := ParseFlags(strings.Fields(args))
		require.ErrorContains(t, err, says, args)
	}
	cfg, err := ParseFlags(append(all, "-map-all", "-once"))
	require.NoError(t, err)
	require.True(t, cfg.Odoo.MapAll)
	cfg, err = ParseFlags([]string{"-odoo", "14", "-once"})
	require.NoError(t, err)
	require.Equal(t, "14.0", cfg.Version)
}

// No request that writes passes, by whichever name and path.
func TestGuard(t *testing.T) {
	t.Parallel()
	s := newOddServer(t)
	behind := httptest.NewServer(s)
	t.Cleanup(behind.Close)
	r, err := meet(t.Context(), OdooServer{URL: behind.URL, Database: oddDatabase, User: oddUser, KeyFile: keyFile(t, oddKey, 0o600)})
	require.NoError(t, err)
	front := httptest.NewServer(r.guard.proxy())
	t.Cleanup(front.Close)
	journal := len(s.Journal())
	key := "other" // of a user who may write
	ask := func(method, path, body string) int {
		request, err := http.NewRequestWithContext(t.Context(), method, front.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Authorization", "bearer "+key)
		request.Header.Set("X-Odoo-Database", oddDatabase)
		request.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	refused := []string{
		"POST /json/2/purchase.order/write", "POST /json/2/purchase.order/create", "POST /json/2/purchase.order/unlink",
		"POST /json/2/purchase.order/button_confirm", "POST /json/2/account.move/action_post", "POST /json/2/res.partner/copy",
		"POST /json/2/purchase.order/search_read/../write", "POST /json/2/purchase.order/%2e%2e/write", "POST /json/2/purchase.order%2Fsearch/write",
		"POST /json/2/purchase.order/search%2F..%2Fwrite", "POST //json/2/purchase.order/write", "POST /json/2/purchase.order/search_read/",
		"POST /xmlrpc/2/object", "POST /jsonrpc", "POST /_sandbox/edit", "GET /_sandbox/state", "PUT /json/2/purchase.order/read",
		"GET /json/2/purchase.order/write", "POST /web/version", "DELETE /_sandbox/faults",
	}
	for _, request := range refused {
		method, path, _ := strings.Cut(request, " ")
		require.Equal(t, http.StatusForbidden, ask(method, path, `{"ids": [1], "vals": {"name": "X"}}`), request)
	}
	require.Len(t, s.Journal(), journal, "the server has seen none of them")
	_, seen := r.guard.seen()
	require.Empty(t, seen, "a request without the key is not the product's")
	key = oddKey
	for _, request := range refused {
		method, path, _ := strings.Cut(request, " ")
		require.Equal(t, http.StatusForbidden, ask(method, path, ""), request)
	}
	_, seen = r.guard.seen()
	require.Len(t, seen, len(refused))
	require.Equal(t, http.StatusOK, ask(http.MethodPost, "/json/2/purchase.order/search_read", `{"domain": [], "fields": ["name"], "order": "id asc"}`))
	require.Equal(t, http.StatusOK, ask(http.MethodGet, "/web/version", ""))
}

// What goes through the guard arrives whole: Odoo drops a body without a length.
func TestGuardKeepsRequests(t *testing.T) {
	t.Parallel()
	s := newOddServer(t)
	r, err := meet(t.Context(), served(t, s, OdooServer{Database: oddDatabase, User: oddUser}))
	require.NoError(t, err)
	front := httptest.NewServer(r.guard.proxy())
	t.Cleanup(front.Close)
	c, err := odoo.New(odoo.Config{URL: front.URL, Database: oddDatabase, Key: oddKey, Companies: []int64{s.ids["abroad"]}})
	require.NoError(t, err)
	orders, err := c.PurchaseOrders(t.Context(), odoo.Window{Limit: 1})
	require.NoError(t, err)
	require.Len(t, orders, 1)
	require.Equal(t, "P00006", orders[0].Name)
	_, err = c.Clock(t.Context())
	require.NoError(t, err)
}

func TestChoosePlans(t *testing.T) {
	t.Parallel()
	plans := func(names ...string) map[int64]odoo.AnalyticPlan {
		out := map[int64]odoo.AnalyticPlan{99: {ID: 99, Name: "Projects", Parent: 1, Root: 1}} // a sub-plan
		for i, name := range names {
			id := int64(i + 1)
			out[id] = odoo.AnalyticPlan{ID: id, Name: name, Root: id}
		}
		return out
	}
	for _, c := range []struct {
		plans         map[int64]odoo.AnalyticPlan
		accounts      map[int64]int
		project, cost string
	}{
		{plans("Departments", "Project", "Internal"), nil, "Project", ""},
		{plans("Cost Codes", "Projects"), nil, "Projects", "Cost Codes"},
		{plans("Abteilungen", "Baustellen", "Kostenarten"), map[int64]int{1: 3, 2: 40, 3: 7}, "Baustellen", ""},
		{plans("A", "B"), nil, "A", ""},
		{plans("Cost Centers", "Sites"), map[int64]int{1: 9}, "Sites", "Cost Centers"},
		{plans("Cost Centers"), nil, "Cost Centers", ""},
		{map[int64]odoo.AnalyticPlan{}, nil, "", ""},
	} {
		project, cost := choosePlans(c.plans, c.accounts)
		require.Equal(t, []string{c.project, c.cost}, []string{project, cost})
	}
}

func TestRealTenantFile(t *testing.T) {
	t.Parallel()
	r := &realOdoo{
		OdooServer: OdooServer{URL: "https://acme.odoo.com", Database: "acme: main", User: "bot@acme.com"},
		companies:  []odoo.Company{{ID: 4}, {ID: 7}}, project: "Chantiers: \"A\"", cost: "",
	}
	data, err := r.tenantFile("http://127.0.0.1:8069", "http://127.0.0.1:8070", 4567)
	require.NoError(t, err)
	file, err := tenantfile.Parse(data)
	require.NoError(t, err, "%s", data)
	require.Equal(t, []int64{4, 7}, file.Odoo.Companies)
	require.Equal(t, tenantfile.Plans{Project: "Chantiers: \"A\""}, file.Odoo.Plans)
	require.Equal(t, "acme: main", file.Odoo.Database)
	require.InDelta(t, 1, file.Odoo.RequestsPerSecond, 0, "Odoo Online")
}

func TestMapAll(t *testing.T) {
	t.Parallel()
	server := procoretest.New(procoretest.Config{})
	require.NoError(t, firm.New(1).LoadProcore(t.Context(), server, "EUR"))
	to := targetsIn(server.State())
	require.Len(t, to.projects, 3)
	require.Len(t, to.codes, 8)
	for _, p := range server.State().Projects {
		require.Equal(t, "EUR", p.Currency)
	}
	const sheet = "\xef\xbb\xbfkind,odoo_model,odoo_id,odoo_name,procore_project,cost_code,cost_type\n" +
		"project,account.analytic.account,9,I,,,\nproject,account.analytic.account,10,'=J,,,\nproject,account.analytic.account,2,B,,,\nproject,account.analytic.account,30,C,,,\n" +
		"code,product.category,5,All,,,\ncode,account.account,7,Expenses,,,\n"
	filled, err := mapAll([]byte(sheet), to)
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(filled)).ReadAll()
	require.NoError(t, err)
	id := func(i int) string { return fmt.Sprint(to.projects[i].ID) }
	got := map[string][]string{}
	for _, row := range rows[1:] {
		got[row[2]] = row[4:]
	}
	require.Equal(t, map[string][]string{
		"2": {id(0), "", ""}, "9": {id(1), "", ""}, "10": {id(2), "", ""}, "30": {id(0), "", ""},
		"7": {"", to.codes[0].costCode, to.codes[0].costType}, "5": {"", to.codes[1].costCode, to.codes[1].costType},
	}, got)
	require.Equal(t, "'=J", rows[2][3])
	again, err := mapAll([]byte(sheet), to)
	require.NoError(t, err)
	require.Equal(t, filled, again)
	require.True(t, slices.IsSortedFunc(to.projects, func(a, b procoretest.ProjectState) int { return int(a.ID - b.ID) }))
	_, err = mapAll([]byte(sheet), targets{})
	require.Error(t, err)
}
