package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

const (
	goldenKey      = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
	goldenSecret   = "procore-client-secret-9d41"
	goldenClient   = "procore-client-id"
	goldenCompany  = 4567
	goldenPassword = "database-password-77"
	nobody         = "127.0.0.1:1" // nothing listens there

	towerID, millID, annexID = 562949954000014, 562949954000035, 562949954000070 // as the sandbox counts
)

var secretsOfTheWorld = []string{goldenKey, goldenSecret, goldenPassword, "98765432"}

// world is what a case meets: the tenant acme with credentials, mappings and records under way, in a database of its
// own, and the sandboxes of Odoo and Procore. Nothing that a case does may change it.
type world struct {
	t        *testing.T
	env      map[string]string
	dir      string
	volatile []volatile
	second   string // another tenant, BETA in arguments
	dirty    bool   // the case's database cannot serve another one
	files    []shownFile
	notes    []string // what is wrong, where the command does not show it

	database    string // URL
	odoo        *odootest.Server
	procore     *procoretest.Server
	odooURL     string
	odooConfig  odootest.Config // without its database and users
	procoreURL  string
	tower, mill int64 // Procore projects
	hidden      int64 // a project that the app is not permitted
	accounts    map[string]int64
}

type shownFile struct{ name, shown string }

func newWorld(t *testing.T, pool *databases) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), accounts: map[string]int64{}, database: pool.take(t)}
	t.Cleanup(func() {
		if !w.dirty && !t.Failed() {
			pool.free <- w.database
		}
	})
	w.volatile = []volatile{{w.dir, "<dir>"}}
	w.seedOdoo(odootest.User{Login: "bot", Key: goldenKey, KeyScopeOK: true, Groups: []string{"readonly", "analytic"}})
	w.seedProcore()
	w.hidesDatabase()
	w.env = map[string]string{
		"DATABASE_URL": w.database, "ML_KEY_FILE": filepath.Join(w.dir, "key.json"), "TEMPORAL_ADDRESS": nobody,
		"ML_HTTP_TIMEOUT": "5s",
	}
	require.NoError(t, os.WriteFile(w.env["ML_KEY_FILE"], pool.keys, 0o600))
	box, err := secrets.Open(w.env["ML_KEY_FILE"])
	require.NoError(t, err)
	w.volatile = append(w.volatile, volatile{box.KeyID(), "<key>"})
	w.settings(func(*tenant.File) {})
	return w
}

// set changes an environment variable, and says so in the golden file.
func (w *world) set(name, value string) {
	w.env[name] = value
	w.notes = append(w.notes, name+"="+value)
}

// note says in the golden file what is wrong.
func (w *world) note(format string, args ...any) {
	w.notes = append(w.notes, fmt.Sprintf(format, args...))
}

// args splits a command; DIR is the case's directory, BETA the second tenant.
func (w *world) args(command string) []string {
	var out []string
	for word := range strings.FieldsSeq(command) {
		out = append(out, strings.NewReplacer("DIR", w.dir, "BETA", w.second).Replace(word))
	}
	return out
}

// file writes a file that the golden file shows.
func (w *world) file(name, content string) {
	w.t.Helper()
	require.NoError(w.t, os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o600))
	shown := content
	for _, r := range content {
		if r == 0xfffd || r < ' ' && r != '\n' {
			shown = fmt.Sprintf("%+q\n", content)
			break
		}
	}
	w.files = append(w.files, shownFile{name, shown})
}

// hide adds a volatile value.
func (w *world) hides(value, placeholder string) {
	w.volatile = append(w.volatile, volatile{value, placeholder})
}

func (w *world) seedOdoo(users ...odootest.User) {
	w.t.Helper()
	w.odooConfig.Database, w.odooConfig.Users = "acme", users
	w.odoo = odootest.New(w.odooConfig)
	planModel, planField := "account.analytic.plan", "plan_id"
	if w.odooConfig.Version == "14.0" {
		planModel, planField = "account.analytic.group", "group_id"
	}
	create := func(model string, vals map[string]any) int64 {
		id, err := w.odoo.Create(model, vals)
		require.NoError(w.t, err)
		return id
	}
	usd := create("res.currency", map[string]any{"name": "USD", "symbol": "$", "rate": 1})
	create("res.company", map[string]any{"name": "Acme", "currency_id": usd})
	create("res.company", map[string]any{"name": "Acme Civil", "currency_id": usd})
	projects := create(planModel, map[string]any{"name": "Projects"})
	codes := create(planModel, map[string]any{"name": "Cost Codes"})
	for _, a := range []struct {
		plan       int64
		code, name string
	}{{projects, "T", "Tower"}, {projects, "M", "Mill"}, {codes, "03.M", "Concrete"}} {
		w.accounts[a.code] = create("account.analytic.account", map[string]any{"name": a.name, "code": a.code, planField: a.plan})
	}
	create("product.category", map[string]any{"name": "Concrete works"})
	w.odooURL = w.serve(w.odoo, "<odoo>")
}

func (w *world) seedProcore() {
	w.procore = procoretest.New(procoretest.Config{
		ClientID: goldenClient, ClientSecret: goldenSecret, CompanyID: goldenCompany, CompanyName: "Acme Builders",
	})
	material := w.procore.AddCostType("M", "Materials", "materials")
	project := func(name, number string, permitted bool, codes ...string) int64 {
		id := w.procore.AddProject(procoretest.Project{Name: name, Number: number, Active: true, Permitted: permitted})
		for _, code := range codes {
			w.procore.AddBudgetCode(id, w.procore.AddCostCode(id, code, "Code "+code, 0), material)
		}
		return id
	}
	w.tower = project("Tower", "001", true, "03 30 00")
	w.mill = project("Mill", "002", true, "03 30 00", "09 29 00")
	w.hidden = project("Annex", "003", false, "03 30 00")
	require.Equal(w.t, []int64{towerID, millID, annexID}, []int64{w.tower, w.mill, w.hidden}, "the sandbox counts otherwise: correct the ids of the cases")
	w.procoreURL = w.serve(w.procore, "<procore>")
}

// serve puts a handler behind a port, which the golden file calls by the placeholder.
func (w *world) serve(h http.Handler, placeholder string) string {
	server := httptest.NewServer(h)
	w.t.Cleanup(server.Close)
	w.hides(strings.TrimPrefix(server.URL, "http://"), placeholder)
	return server.URL
}

func (w *world) goldenFile() tenant.File {
	file, err := tenant.Parse(fmt.Appendf(nil, `
tenant: acme
odoo: {url: %q, database: acme, user: bot, companies: [1], plans: {project: Projects, cost: Cost Codes}}
procore: {environment: custom, login_url: %q, api_url: %q, company_id: %d}
settings: {go_live: 2026-01-01}
`, w.odooURL, w.procoreURL, w.procoreURL, goldenCompany))
	require.NoError(w.t, err)
	return file
}

// settings are what was applied for acme, changed by change. The case's database gets them without a command.
func (w *world) settings(change func(*tenant.File)) {
	w.t.Helper()
	file := w.goldenFile()
	change(&file)
	raw, err := json.Marshal(file)
	require.NoError(w.t, err)
	w.query(func(ctx context.Context, conn *pgx.Conn) {
		_, err := conn.Exec(ctx, "UPDATE tenants SET settings = $1 WHERE tenant = 'acme'", raw)
		require.NoError(w.t, err)
	})
}

func (w *world) query(use func(context.Context, *pgx.Conn)) {
	w.t.Helper()
	ctx := context.WithoutCancel(w.t.Context())
	conn, err := pgx.Connect(ctx, w.database)
	require.NoError(w.t, err)
	defer func() { require.NoError(w.t, conn.Close(ctx)) }()
	use(ctx, conn)
}

// exec changes the case's database.
func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	w.dirty = true
	w.query(func(ctx context.Context, conn *pgx.Conn) {
		_, err := conn.Exec(ctx, sql, args...)
		require.NoError(w.t, err, sql)
	})
}

func (w *world) hidesDatabase() {
	u, err := url.Parse(w.database)
	require.NoError(w.t, err)
	w.hides(strings.TrimPrefix(u.Path, "/"), "<database>")
	w.hides(u.Host, "<postgres>")
}

// books are all documents of both sandboxes.
func (w *world) books() string {
	w.t.Helper()
	raw, err := json.Marshal([]any{w.odoo.State(), w.procore.State()})
	require.NoError(w.t, err)
	return string(raw)
}

// writes are the requests that would change something.
func (w *world) writes() []string {
	var out []string
	for _, r := range w.procore.Journal() {
		if r.Write {
			out = append(out, r.Method+" "+r.Path)
		}
	}
	for _, c := range w.odoo.Journal() {
		method := c.Path[strings.LastIndexByte(c.Path, '/')+1:]
		switch method {
		case "search", "search_read", "read", "fields_get", "has_access", "context_get", "search_count", "check_access_rights", "common":
		default:
			out = append(out, c.Path)
		}
	}
	return out
}

// polled makes acme a tenant whose first cycle is long over: the analytic plans are known, and what was read of
// Procore's codes is old, however long the tests have been running.
func (w *world) polled() {
	w.exec("UPDATE procore_reads SET refreshed_at = refreshed_at - interval '2 days'")
	w.exec(`INSERT INTO records (tenant, model, odoo_id, company_id, ref, content, hash, want, done, priority, deleted)
		VALUES ('acme', 'account.analytic.plan', 1, 0, 'Projects', '{"id": 1, "name": "Projects", "root": 1}', '', 0, 0, 3, false)`)
}
