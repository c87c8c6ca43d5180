package activities_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	sdkworker "go.temporal.io/sdk/worker"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/internal/tenant"
	"github.com/ml-connector/odoo-procore/workflows"
)

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

func TestMain(m *testing.M) { devtest.Main(m, closeShared) }

const (
	partner = odoo.ModelPartner
	order   = odoo.ModelPurchaseOrder
	bill    = odoo.ModelMove

	companyID = 4567
	apiKey    = "5f2c8a1e9b7d4063c1a5e8f7029b4d6c3e1f8a70"
)

// settle is the tests' settle time: an open intent older than that has no worker any more. Tests let it pass with
// later.
const settle = 5 * time.Minute

// pause after a lost answer; no test waits for it.
const pause = time.Nanosecond

type values = map[string]any

// bundle is a small firm: two projects, two vendors (one of them in Procore already), a tenant of its own in the
// database of all tests, and the two sandboxes.
type bundle struct {
	t       *testing.T
	tenant  string
	store   *store.Store
	box     *secrets.Box
	odoo    *odootest.Server
	procore *procoretest.Server
	file    tenant.File
	url     string // of a database of its own; empty: that of all tests
	traffic traffic

	mu  sync.Mutex
	now time.Time // Odoo's clock, moved by tick

	tower, mill     int64 // analytic accounts and, below, the Procore projects that they are mapped to
	towerP, millP   int64
	concrete, labor int64 // analytic accounts of the cost plan: 03 30 00.M and 03 30 00.L
	boulder, peak   int64 // partners; Procore has Boulder by its tax number
	boulderP        int64
	product, usd    int64
	names           map[int64]string
}

var tenants atomic.Int64

func setup(t *testing.T, change ...func(*procoretest.Config)) *bundle {
	t.Helper()
	return setupIn(t, "", change...)
}

// setupIn is setup with a database of the test's own.
func setupIn(t *testing.T, url string, change ...func(*procoretest.Config)) *bundle {
	t.Helper()
	b := &bundle{
		url: url,
		t:   t, now: time.Date(2026, 3, 2, 8, 0, 0, 250_000_000, time.UTC), names: map[int64]string{},
		tenant: fmt.Sprintf("t%d-%d", time.Now().UnixNano()%1e9, tenants.Add(1)),
	}
	b.store = b.open()
	keys := filepath.Join(t.TempDir(), "keys.json")
	require.NoError(t, secrets.Generate(keys))
	var err error
	b.box, err = secrets.Open(keys)
	require.NoError(t, err)
	b.seedOdoo()
	b.seedProcore(change)
	b.seedTenant()
	t.Cleanup(b.checkJournal)
	return b
}

// shared is made once: a tenant sees nothing of another's, and connections that know their statements spare PostgreSQL
// most of its work.
var shared struct {
	sync.Once

	url   string
	store *store.Store
	err   error
}

func closeShared() error {
	if shared.store != nil {
		shared.store.Close()
	}
	return nil
}

// open gives the store of the bundle's database.
func (b *bundle) open() *store.Store {
	b.t.Helper()
	if b.url != "" {
		return b.openOwn()
	}
	shared.Do(func() {
		ctx := context.WithoutCancel(b.t.Context())
		if shared.url, shared.err = devtest.Postgres(b.t).NewDatabase(ctx, "activities"); shared.err == nil {
			shared.err = store.Migrate(ctx, shared.url)
		}
		if shared.err == nil {
			shared.store, shared.err = store.Open(ctx, shared.url+"&pool_max_conns=60")
		}
	})
	require.NoError(b.t, shared.err)
	return shared.store
}

// openOwn is open with connections that a test may cut off.
func (b *bundle) openOwn() *store.Store {
	b.t.Helper()
	s, err := store.Open(b.t.Context(), cmp.Or(b.url, shared.url))
	require.NoError(b.t, err)
	b.t.Cleanup(s.Close)
	return s
}

func (b *bundle) seedOdoo() {
	b.odoo = odootest.New(odootest.Config{
		Database: "acme",
		Users:    []odootest.User{{Login: "bot", Key: apiKey, KeyScopeOK: true, Groups: []string{"purchase", "billing", "analytic"}}},
		Now:      b.clock,
	})
	b.usd = b.create("res.currency", values{"name": "USD", "symbol": "$", "rate": 1})
	b.create("res.company", values{"name": "Acme", "currency_id": b.usd})
	projects := b.create("account.analytic.plan", values{"name": "Projects"})
	codes := b.create("account.analytic.plan", values{"name": "Cost Codes"})
	account := func(plan int64, code, name string) int64 {
		return b.create("account.analytic.account", values{"name": name, "code": code, "plan_id": plan})
	}
	b.tower, b.mill = account(projects, "T", "Tower"), account(projects, "M", "Mill")
	b.concrete, b.labor = account(codes, "03.M", "Concrete"), account(codes, "03.L", "Labor")
	b.product = b.create("product.product", values{"name": "Works", "type": "service"})
	b.boulder = b.create(partner, values{"name": "Boulder Concrete", "is_company": true, "vat": "84-1111111", "city": "Boulder"})
	b.peak = b.create(partner, values{"name": "Peak Supply", "is_company": true})
}

// clock is Odoo's.
func (b *bundle) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bundle) seedProcore(change []func(*procoretest.Config)) {
	cfg := procoretest.Config{ClientID: b.tenant, ClientSecret: "secret", CompanyID: companyID, CompanyName: "Acme"}
	for _, f := range change {
		f(&cfg)
	}
	b.procore = procoretest.New(cfg)
	material, labor := b.procore.AddCostType("M", "Materials", "materials"), b.procore.AddCostType("L", "Labor", "labor")
	project := func(name, number string) int64 {
		id := b.procore.AddProject(procoretest.Project{Name: name, Number: number, Active: true, Permitted: true})
		code := b.procore.AddCostCode(id, "03 30 00", "Cast-in-place concrete", 0)
		b.procore.AddBudgetCode(id, code, material)
		b.procore.AddBudgetCode(id, code, labor)
		b.procore.AddCostCode(id, "09 29 00", "Gypsum board", 0)
		b.procore.AddBillingPeriod(id, "2026-01-01", "2026-12-31", "2027-01-31", "open")
		b.names[id] = name
		return id
	}
	b.towerP, b.millP = project("Tower", "001"), project("Mill", "002")
	b.boulderP = b.procore.AddVendor(procoretest.Vendor{Name: "Boulder Concrete LLC", TaxID: "84-1111111", CountryCode: "US"})
}

func (b *bundle) seedTenant() {
	odooFront, procoreFront := httptest.NewServer(b.traffic.watch("odoo", b.odoo)), httptest.NewServer(b.traffic.watch("procore", b.procore))
	b.t.Cleanup(odooFront.Close)
	b.t.Cleanup(procoreFront.Close)
	file, err := tenant.Parse([]byte(fmt.Sprintf(`
tenant: %s
odoo: {url: %q, database: acme, user: bot, companies: [1], plans: {project: Projects, cost: Cost Codes}}
procore: {environment: custom, login_url: %q, api_url: %q, company_id: %d}
settings: {go_live: 2026-01-01}
`, b.tenant, odooFront.URL, procoreFront.URL, procoreFront.URL, companyID)))
	require.NoError(b.t, err)
	file.Odoo.SettleDelay = 0
	b.file = file
	b.saveTenant()
	for system, secret := range map[string]any{
		"odoo": activities.OdooCredentials{APIKey: apiKey}, "procore": activities.ProcoreCredentials{ClientID: b.tenant, ClientSecret: "secret"},
	} {
		b.credential(system, secret)
	}
	b.mapProject(b.tower, b.towerP)
	b.mapProject(b.mill, b.millP)
	b.mapCode(b.concrete, "03 30 00", "M")
	b.mapCode(b.labor, "03 30 00", "L")
}

func (b *bundle) credential(system string, secret any) {
	b.t.Helper()
	plain, err := json.Marshal(secret)
	require.NoError(b.t, err)
	sealed, err := b.box.Seal(b.tenant, system, plain)
	require.NoError(b.t, err)
	require.NoError(b.t, b.store.SaveCredential(b.t.Context(), b.tenant, system, sealed, b.box.KeyID()))
}

// saveTenant applies the tenant's file as it is now.
func (b *bundle) saveTenant() {
	b.t.Helper()
	settings, err := json.Marshal(b.file)
	require.NoError(b.t, err)
	_, err = b.store.SaveTenant(b.t.Context(), store.TenantChange{
		Name: b.tenant, Settings: settings, State: store.StateActive, OriginPrefix: "x1", By: "ann",
	})
	require.NoError(b.t, err)
}

func (b *bundle) mapProject(account, project int64) {
	b.t.Helper()
	_, err := b.store.SaveMappings(b.t.Context(), b.tenant, "ann", []store.ProjectMapping{{OdooID: account, ProcoreProject: project}}, nil)
	require.NoError(b.t, err)
}

func (b *bundle) mapCode(account int64, code, kind string) {
	b.t.Helper()
	_, err := b.store.SaveMappings(b.t.Context(), b.tenant, "ann", nil, []store.CodeMapping{
		{OdooModel: "account.analytic.account", OdooID: account, CostCode: code, CostType: kind},
	})
	require.NoError(b.t, err)
}

// worker is a process of its own: its caches, its name.
type worker struct {
	activities.Set

	name  string
	store *store.Store
}

func (b *bundle) worker(name string) worker {
	b.t.Helper()
	return b.workerOn(b.open(), name)
}

func (b *bundle) workerOn(s *store.Store, name string) worker {
	return worker{name: name, store: s, Set: activities.New(s, b.box, nil, "", b.config(name), slog.New(slog.DiscardHandler))}
}

func (b *bundle) config(name string) activities.Config {
	return activities.Config{Worker: name, HTTPTimeout: 20 * time.Second, Settle: settle, Pause: pause}
}

// tick moves Odoo's clock by seconds and returns it.
func (b *bundle) tick() time.Time { return b.pass(2 * time.Second) }

// pass moves Odoo's clock and returns it.
func (b *bundle) pass(d time.Duration) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
	return b.now
}

// later lets the settle time of all open intents pass.
func (b *bundle) later() {
	b.t.Helper()
	_, err := b.store.Pool().Exec(b.t.Context(), `UPDATE sends SET started_at = started_at - interval '10 minutes' WHERE tenant = $1 AND result IS NULL`, b.tenant)
	require.NoError(b.t, err)
}

// fetch is the poll of Odoo, without Temporal.
func (b *bundle) fetch(w worker) activities.FetchResult {
	b.t.Helper()
	b.tick()
	return b.read(w, w.Polls.FetchChanges, activities.FetchInput{Tenant: b.tenant})
}

// read runs one of the activities that read Odoo.
func (b *bundle) read(w worker, activity, in any) activities.FetchResult {
	b.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet())
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(w.Polls)
	value, err := env.ExecuteActivity(activity, in)
	require.NoError(b.t, err)
	var result activities.FetchResult
	require.NoError(b.t, value.Get(&result))
	return result
}

func quiet() log.Logger { return log.NewStructuredLogger(slog.New(slog.DiscardHandler)) }

var recordWorkflows = map[string]any{
	partner: workflows.SyncVendor, order: workflows.SyncPurchaseOrder, bill: workflows.SyncVendorBill,
}

// run is one record's workflow in Temporal's test environment (its timers are skipped), with the real activities.
type run struct {
	env *testsuite.TestWorkflowEnvironment
	b   *bundle
}

func (b *bundle) newRun(w worker) *run {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet())
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(patience)
	env.SetWorkerOptions(sdkworker.Options{DeadlockDetectionTimeout: patience}) // a busy machine is no deadlock
	workflows.RegisterWorkflows(env)
	env.RegisterActivity(w.Records)
	return &run{env: env, b: b}
}

func (r *run) do(model string, id int64) {
	r.env.ExecuteWorkflow(recordWorkflows[model], workflows.RecordInput{
		Tenant: r.b.tenant, Model: model, ID: id, Timing: activities.Timing{StartToClose: time.Minute, Attempts: 8},
	})
}

func (r *run) result() workflows.RecordResult {
	r.b.t.Helper()
	require.True(r.b.t, r.env.IsWorkflowCompleted())
	require.NoError(r.b.t, r.env.GetWorkflowError())
	var result workflows.RecordResult
	require.NoError(r.b.t, r.env.GetWorkflowResult(&result))
	return result
}

func (b *bundle) carry(w worker, model string, id int64) workflows.RecordResult {
	b.t.Helper()
	r := b.newRun(w)
	r.do(model, id)
	return r.result()
}

// work carries what is pending, in Dispatch's order, until nothing is.
func (b *bundle) work(w worker) {
	b.t.Helper()
	for range 60 {
		offered, err := w.Dispatches.Offer(b.t.Context(), activities.OfferInput{Tenant: b.tenant, Limit: 1})
		require.NoError(b.t, err)
		if len(offered.Records) == 0 {
			return
		}
		b.carry(w, offered.Records[0].Model, offered.Records[0].ID)
	}
	require.Fail(b.t, "records stay pending")
}

// cycle polls and works.
func (b *bundle) cycle(w worker) {
	b.t.Helper()
	b.fetch(w)
	b.work(w)
}

func (b *bundle) create(model string, vals values) int64 {
	b.t.Helper()
	id, err := b.odoo.Create(model, vals)
	require.NoError(b.t, err)
	return id
}

// do is a button or a save in Odoo's web client.
func (b *bundle) do(model, method string, id int64, vals values) {
	b.t.Helper()
	var args map[string]any
	if vals != nil {
		args = values{"vals": vals}
	}
	_, err := b.odoo.Do(model, method, []int64{id}, args)
	require.NoError(b.t, err)
}

func (b *bundle) ids(model string, id int64, field string) []int64 {
	b.t.Helper()
	v, err := b.odoo.Do(model, "read", []int64{id}, values{"fields": []string{field}})
	require.NoError(b.t, err)
	var out []int64
	for _, row := range v.([]any) {
		for _, e := range row.(map[string]any)[field].([]any) {
			out = append(out, e.(int64))
		}
	}
	return out
}

// share is an amount on a project and a code.
type share struct {
	amount        float64
	project, code int64
	of            int64 // bills: the order line
	change        values
}

func (b *bundle) lines(shares []share, quantity string) []any {
	var lines []any
	for i, s := range shares {
		vals := values{
			"name": "Line " + strconv.Itoa(i+1), "product_id": b.product, quantity: 1, "price_unit": s.amount, "tax_ids": []any{[]any{6, 0, []any{}}},
			"analytic_distribution": values{distribution(s.project, s.code): 100},
		}
		if s.of != 0 {
			vals["purchase_line_id"] = s.of
		}
		maps.Copy(vals, s.change)
		lines = append(lines, []any{0, 0, vals})
	}
	return lines
}

func distribution(project, code int64) string { return fmt.Sprintf("%d,%d", project, code) }

// order makes a confirmed purchase order and returns it with its lines.
func (b *bundle) order(vendor int64, shares ...share) (id int64, lines []int64) {
	b.t.Helper()
	id = b.create(order, values{"partner_id": vendor, "currency_id": b.usd, "order_line": b.lines(shares, "product_qty")})
	b.do(order, "button_confirm", id, nil)
	return id, b.ids(order, id, "order_line")
}

// bill makes a posted vendor bill; kind is in_invoice, in_refund or in_receipt.
func (b *bundle) bill(kind string, vendor int64, ref, day string, change values, shares ...share) int64 {
	b.t.Helper()
	vals := values{
		"move_type": kind, "partner_id": vendor, "currency_id": b.usd, "invoice_date": day, "date": day, "ref": ref,
		"invoice_line_ids": b.lines(shares, "quantity"),
	}
	maps.Copy(vals, change)
	id := b.create(bill, vals)
	b.do(bill, "action_post", id, nil)
	return id
}

// holds tells Procore's documents in words, sorted; deleted ones are left out.
func (b *bundle) holds() []string {
	state := b.procore.State()
	var out []string
	lines := func(list []procoretest.LineState) string {
		var parts []string
		for _, l := range list {
			parts = append(parts, l.BudgetCode+" "+l.Amount)
		}
		slices.Sort(parts)
		return strings.Join(parts, ", ")
	}
	numbers := map[int64]string{}
	for _, c := range state.Commitments {
		numbers[c.ID] = c.Number
		if !c.Deleted {
			out = append(out, fmt.Sprintf("%s on %s %s: %s", c.Number, b.names[c.ProjectID], c.Status, lines(c.Lines)))
		}
	}
	for _, q := range state.Requisitions {
		var parts []string
		for _, i := range q.Items {
			if i.Amount != "0.00" {
				parts = append(parts, i.BudgetCode+" "+i.Amount)
			}
		}
		slices.Sort(parts)
		out = append(out, fmt.Sprintf("%s bills %s %s #%d: %s", q.InvoiceNumber, numbers[q.CommitmentID], q.Status, q.Number, strings.Join(parts, ", ")))
	}
	for _, d := range state.DirectCosts {
		if !d.Deleted {
			out = append(out, fmt.Sprintf("%s %s on %s %s: %s", d.Type, d.InvoiceNumber, b.names[d.ProjectID], d.Status, lines(d.Lines)))
		}
	}
	slices.Sort(out)
	return out
}

func (b *bundle) vendors() []string {
	var names []string
	for _, v := range b.procore.State().Vendors {
		names = append(names, v.Name)
	}
	slices.Sort(names)
	return names
}

func (b *bundle) waits(model string, id int64) []string {
	b.t.Helper()
	list, err := b.store.Waits(b.t.Context(), b.tenant, model, id)
	require.NoError(b.t, err)
	causes := []string{}
	for _, w := range list {
		causes = append(causes, w.Cause)
	}
	return causes
}

func (b *bundle) record(model string, id int64) store.Record {
	b.t.Helper()
	r, err := b.store.Record(b.t.Context(), b.tenant, model, id)
	require.NoError(b.t, err)
	return r
}

func (b *bundle) done(model string, id int64) {
	b.t.Helper()
	r := b.record(model, id)
	require.Equal(b.t, r.Want, r.Done, "%s %d waits for %v", model, id, b.waits(model, id))
}

// sends are the attempts at Procore of a tenant, as "operation result".
func (b *bundle) sends() []store.SendRow {
	b.t.Helper()
	rows, err := b.store.AllSends(b.t.Context(), b.tenant, 0, 10000)
	require.NoError(b.t, err)
	return rows
}

// writes are the journal's writes since it was reset, by operation.
func (b *bundle) writes() []string {
	var out []string
	for _, r := range b.procore.Journal() {
		if r.Write {
			out = append(out, r.Operation)
		}
	}
	return out
}

// checkJournal holds every write that Procore saw against its row in sends: none without, at most one for each (and
// one more after a 401).
func (b *bundle) checkJournal() {
	rows, err := b.store.AllSends(context.WithoutCancel(b.t.Context()), b.tenant, 0, 10000)
	require.NoError(b.t, err)
	known := map[string]bool{}
	for _, row := range rows {
		known[strconv.FormatInt(row.ID, 10)] = true
	}
	written := map[string]int{}
	for _, r := range b.procore.Journal() {
		if !r.Write || r.Status == http.StatusUnauthorized {
			continue
		}
		require.True(b.t, known[r.RequestID], "%s without an intent", r.Operation)
		written[r.RequestID]++
		require.Equal(b.t, 1, written[r.RequestID], "%s twice under one intent", r.Operation)
	}
}
