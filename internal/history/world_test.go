package history_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	sdkworker "go.temporal.io/sdk/worker"
	"pgregory.net/rapid"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

func TestMain(m *testing.M) {
	_ = flag.Set("rapid.nofailfile", "true") // a failure says the seed that plays it again
	devtest.Main(m, closeShared)
}

const apiKey = "5f2c8a1e9b7d4063c1a5e8f7029b4d6c3e1f8a70"

// shared is made once: a tenant sees nothing of another's.
var shared struct {
	sync.Once

	store *store.Store
	box   *secrets.Box
	err   error
}

func closeShared() error {
	if shared.store != nil {
		shared.store.Close()
	}
	return nil
}

func open(t testing.TB) (*store.Store, *secrets.Box) {
	t.Helper()
	shared.Do(func() {
		ctx := context.WithoutCancel(t.Context())
		var url string
		if url, shared.err = devtest.Postgres(t).NewDatabase(ctx, "history"); shared.err != nil {
			return
		}
		keys := filepath.Join(t.TempDir(), "keys.json")
		if shared.err = errors.Join(store.Migrate(ctx, url), secrets.Generate(keys)); shared.err != nil {
			return
		}
		if shared.box, shared.err = secrets.Open(keys); shared.err != nil {
			return
		}
		shared.store, shared.err = store.Open(ctx, url+"&pool_max_conns=12")
	})
	require.NoError(t, shared.err)
	return shared.store, shared.box
}

// world is one Odoo with a few documents, and a tenant of its own that reads it.
type world struct {
	t      fataler
	odoo   *odootest.Server
	old    bool // version 14
	tenant string
	store  *store.Store
	file   tenant.File
	polls  *activities.Polls
	client *odoo.Client // of the test, beside the reader's
	reader reader
	reads  reads

	mu    sync.Mutex
	clock time.Time

	open   []opened
	long   bool          // some transaction stayed open for longer than the long overlap
	offset time.Duration // how far the clock was set
	done   int           // edits that Odoo took
}

// opened is a transaction that stays open.
type opened struct {
	*odootest.Transaction

	since time.Time
}

// fataler is what rapid.T and testing.T share.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	FailNow()
	Logf(format string, args ...any)
}

var tenants atomic.Int64

// reads are what a history does beside the edits.
type reads struct {
	poll         func()
	twice, sweep func(*rapid.T)
	die          func(*rapid.T) bool // poll or sweep, and maybe be killed meanwhile
}

// newWorld makes an Odoo of a version ("14.0", "19.0") with its first documents, and a tenant that reads it.
func newWorld(t fataler, s *store.Store, box *secrets.Box, version string) *world {
	w := bareWorld(t, version)
	w.store, w.tenant = s, fmt.Sprintf("h%d-%d", time.Now().UnixNano()%1e9, tenants.Add(1))
	w.connect(box)
	ctx := context.Background()
	w.reads = reads{
		poll: func() { w.ok(w.poll(ctx)) }, twice: w.twice, die: w.pollOrDie,
		sweep: func(t *rapid.T) { w.ok(w.sweep(ctx, activities.SweepInput{Content: rapid.Bool().Draw(t, "content")})) },
	}
	return w
}

// bareWorld is one without a tenant.
func bareWorld(t fataler, version string) *world {
	w := &world{t: t, old: version == "14.0", clock: time.Date(2026, 3, 2, 8, 59, 0, 250_000_000, time.UTC)}
	w.odoo = odootest.New(odootest.Config{
		Database: "acme", Version: version, Now: w.now,
		Users: []odootest.User{{Login: "bot", Key: apiKey, KeyScopeOK: true, Groups: []string{"purchase", "billing", "analytic"}}},
	})
	w.reader.handler = w.odoo
	w.seed()
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	require.NoError(w.t, err)
}

// now is Odoo's clock.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

func (w *world) connect(box *secrets.Box) {
	file, err := tenant.Parse([]byte(fmt.Sprintf(`
tenant: %s
odoo: {url: "https://odoo.test", database: acme, user: bot, companies: [1], plans: {project: Projects, cost: Cost Codes}}
procore: {environment: custom, login_url: "https://procore.test", api_url: "https://procore.test", company_id: 4567}
settings: {go_live: 2026-01-01}
`, w.tenant)))
	w.ok(err)
	w.file = file
	settings, err := json.Marshal(file)
	w.ok(err)
	ctx := context.Background()
	_, err = w.store.SaveTenant(ctx, store.TenantChange{Name: w.tenant, Settings: settings, State: store.StateActive, OriginPrefix: "x1", By: "ann"})
	w.ok(err)
	for system, secret := range map[string]any{
		"odoo": activities.OdooCredentials{APIKey: apiKey}, "procore": activities.ProcoreCredentials{ClientID: w.tenant, ClientSecret: "secret"},
	} {
		plain, err := json.Marshal(secret)
		w.ok(err)
		sealed, err := box.Seal(w.tenant, system, plain)
		w.ok(err)
		w.ok(w.store.SaveCredential(ctx, w.tenant, system, sealed, box.KeyID()))
	}
	w.polls = activities.New(w.store, box, nil, "", activities.Config{
		Worker: "one", WrapTransport: func(http.RoundTripper) http.RoundTripper { return &w.reader },
	}, slog.New(slog.DiscardHandler)).Polls
	w.client, err = odoo.New(odoo.Config{
		URL: "https://odoo.test", Database: "acme", Login: "bot", Key: apiKey, Companies: []int64{1}, Transport: &reader{handler: w.odoo},
	})
	w.ok(err)
}

// reader carries requests to the sandbox, without a network. It can die at one of them.
type reader struct {
	handler http.Handler

	mu    sync.Mutex
	sent  int64
	left  int    // requests until it dies; 0: it does not
	after bool   // it dies when it has the answer
	kill  func() // ends the activity
}

var errDied = errors.New("the worker was killed")

// dieAt makes the nth request from now on the last one.
func (r *reader) dieAt(n int, after bool, kill func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left, r.after, r.kill = n, after, kill
}

func (r *reader) dies() (yes, after bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent++
	if r.left == 0 {
		return false, false
	}
	r.left--
	return r.left == 0, r.after
}

// count is the number of requests so far.
func (r *reader) count() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent
}

// RoundTrip implements http.RoundTripper.
func (r *reader) RoundTrip(req *http.Request) (*http.Response, error) {
	dies, after := r.dies()
	if dies {
		r.kill()
		if !after {
			return nil, errDied
		}
	}
	recorded := httptest.NewRecorder()
	r.handler.ServeHTTP(recorded, req)
	return recorded.Result(), nil
}

// run carries out one activity, as a worker does.
func (w *world) run(ctx context.Context, activity, in, result any) error {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerOptions(sdkworker.Options{BackgroundActivityContext: ctx})
	env.RegisterActivity(w.polls)
	value, err := env.ExecuteActivity(activity, in)
	if err != nil {
		return err
	}
	return value.Get(result)
}

// poll is one cycle's reading.
func (w *world) poll(ctx context.Context) error {
	var result activities.FetchResult
	err := w.run(ctx, w.polls.FetchChanges, activities.FetchInput{Tenant: w.tenant}, &result)
	if err == nil && result.Paused {
		return errors.New("the tenant was held: " + w.why())
	}
	return err
}

func (w *world) why() string {
	row, err := w.store.Tenant(context.Background(), w.tenant)
	w.ok(err)
	return row.PausedReason
}

func (w *world) plan(ctx context.Context, in activities.SweepInput) (plan activities.SweepPlan, err error) {
	err = w.run(ctx, w.polls.PlanSweep, in, &plan)
	return plan, err
}

// sweep is one sweep, model by model.
func (w *world) sweep(ctx context.Context, in activities.SweepInput) error {
	in.Tenant = w.tenant
	plan, err := w.plan(ctx, in)
	if err != nil {
		return err
	}
	for _, model := range plan.Models {
		var result activities.SweepResult
		one := activities.SweepModelInput{Tenant: w.tenant, Model: model, Content: plan.Content, Deletions: in.Deletions}
		if err := w.run(ctx, w.polls.SweepModel, one, &result); err != nil {
			return err
		}
		if result.Paused {
			return errors.New("the tenant was held: " + w.why())
		}
	}
	return nil
}
