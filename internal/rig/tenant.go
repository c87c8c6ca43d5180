package rig

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/clerk"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// Company is the Procore company of every tenant.
const Company = 4567

// odooKey is the sandboxes' API key.
const odooKey = "5f2c8a1e9b7d4063c1a5e8f7029b4d6c3e1f8a70"

// Via says where a tenant's traffic goes on its way. Each function is given the host:port of a system and returns the
// one to use instead, that of a proxy; nil: straight. The database and Temporal are those of the tenant's workers: the
// rig itself always goes straight.
type Via struct {
	Odoo, Procore, Postgres, Temporal func(target string) (string, error)
}

// Timing are the worker settings of the same names; zero values are 1 s, 2 s and 3 s, and the product's default.
type Timing struct {
	HTTP, Activity, Settle time.Duration
	Attempts               int
	SlowAfter              time.Duration
}

// TenantOptions say what a tenant is.
type TenantOptions struct {
	// Name begins the name of the tenant and, with a number, those of its workers: a-z 0-9 -. The bench adds what makes it
	// its own: Temporal may have known others, and the product would tell them apart.
	Name string
	// Queue is the task queue; empty: one of its own. Workers of one queue serve all its tenants.
	Queue  string
	Timing Timing
	Via    Via
	// Odoo is the version of the sandbox, one of [odootest.Versions]; empty: the newest.
	Odoo string
	// Procore changes the sandbox's settings.
	Procore func(*procoretest.Config)
	// Before sees each request to Procore first, nil: nobody does.
	Before func(procore http.Handler) http.Handler
	// Env is added to the workers' environment.
	Env []string
}

// Tenant is one tenant with all that is its own. Its exported fields are set by NewTenant and do not change.
type Tenant struct {
	Name    string
	Queue   string
	Odoo    *odootest.Server
	Procore *procoretest.Server
	Firm    Firm

	bench *Bench
	clerk *clerk.Clerk
	env   []string // of the workers
	log   string
	serve []*http.Server

	mu      sync.Mutex
	now     time.Time // Odoo's clock
	workers []*Worker
	closed  bool
}

// start is when every tenant's Odoo begins: its documents have the same dates in every run.
var start = time.Date(2026, time.March, 2, 8, 0, 0, 250_000_000, time.UTC)

// NewTenant makes the firm's two systems and applies the tenant, with its credentials and mappings. No worker runs yet.
func (b *Bench) NewTenant(ctx context.Context, o TenantOptions) (_ *Tenant, err error) {
	name := fmt.Sprintf("%s-%s-%d", o.Name, b.mark, b.tenants.Add(1))
	t := &Tenant{Name: name, Queue: cmp.Or(o.Queue, name), bench: b, now: start, log: filepath.Join(b.Env.LogDir(), o.Name+".log")}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("making tenant %s: %w", o.Name, err), t.Close())
		}
	}()
	t.Odoo = odootest.New(odootest.Config{
		Version: o.Odoo, Database: "acme", Now: t.Now,
		Users: []odootest.User{{Login: "bot", Key: odooKey, KeyScopeOK: true, Groups: []string{"purchase", "billing", "analytic"}}},
	})
	t.clerk = clerk.New(t.Odoo)
	procore := procoretest.Config{ClientID: t.Name, ClientSecret: "secret", CompanyID: Company, CompanyName: "Acme"}
	if o.Procore != nil {
		o.Procore(&procore)
	}
	t.Procore = procoretest.New(procore)
	odooAddress, err := t.front(ctx, t.Odoo, o.Via.Odoo)
	if err != nil {
		return nil, err
	}
	var before http.Handler = t.Procore
	if o.Before != nil {
		before = o.Before(t.Procore)
	}
	procoreAddress, err := t.front(ctx, before, o.Via.Procore)
	if err != nil {
		return nil, err
	}
	if err := t.seed(); err != nil {
		return nil, err
	}
	if err := t.apply(ctx, "http://"+odooAddress, "http://"+procoreAddress); err != nil {
		return nil, err
	}
	return t, t.environment(o)
}

// front serves a sandbox and says where.
func (t *Tenant) front(ctx context.Context, h http.Handler, via func(string) (string, error)) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("opening a port for a sandbox: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	t.serve = append(t.serve, server)
	go func() { _ = server.Serve(l) }() // ends with Close
	return through(l.Addr().String(), via)
}

func through(target string, via func(string) (string, error)) (string, error) {
	if via == nil {
		return target, nil
	}
	address, err := via(target)
	if err != nil {
		return "", fmt.Errorf("putting something before %s: %w", target, err)
	}
	return address, nil
}

// apply does what an operator does on the first day, but for the schedule: cycles are started by hand.
func (t *Tenant) apply(ctx context.Context, odooURL, procoreURL string) error {
	file, err := tenant.Parse(fmt.Appendf(nil, `
tenant: %s
odoo: {url: %q, database: acme, user: bot, companies: [1], plans: {project: Projects, cost: Cost Codes}}
procore: {environment: custom, login_url: %q, api_url: %q, company_id: %d}
settings: {go_live: 2026-01-01}
`, t.Name, odooURL, procoreURL, procoreURL, Company))
	if err != nil {
		return err
	}
	file.Odoo.SettleDelay = 0 // the clock stands still while a cycle reads
	settings, err := json.Marshal(file)
	if err != nil {
		return fmt.Errorf("encoding the settings: %w", err)
	}
	// One prefix for all: documents of the same origin id can be compared between tenants.
	if _, err := t.bench.Store.SaveTenant(ctx, store.TenantChange{
		Name: t.Name, Settings: settings, State: store.StateActive, OriginPrefix: "rig", By: "rig",
	}); err != nil {
		return err
	}
	for system, secret := range map[string]any{
		"odoo":    activities.OdooCredentials{APIKey: odooKey},
		"procore": activities.ProcoreCredentials{ClientID: t.Name, ClientSecret: "secret"},
	} {
		plain, err := json.Marshal(secret)
		if err != nil {
			return fmt.Errorf("encoding the credentials: %w", err)
		}
		sealed, err := t.bench.box.Seal(t.Name, system, plain)
		if err != nil {
			return err
		}
		if err := t.bench.Store.SaveCredential(ctx, t.Name, system, sealed, t.bench.box.KeyID()); err != nil {
			return err
		}
	}
	return t.mapFirm(ctx)
}

// environment is that of the tenant's workers.
func (t *Tenant) environment(o TenantOptions) error {
	database, err := rewritten(t.bench.Database, o.Via.Postgres)
	if err != nil {
		return err
	}
	temporal, err := through(t.bench.Env.TemporalAddress, o.Via.Temporal)
	if err != nil {
		return err
	}
	t.env = []string{
		"DATABASE_URL=" + database, "TEMPORAL_ADDRESS=" + temporal, "TEMPORAL_NAMESPACE=default", "ML_KEY_FILE=" + t.bench.keyFile,
		"ML_TASK_QUEUE=" + t.Queue, "ML_LOG_LEVEL=info",
		"ML_HTTP_TIMEOUT=" + cmp.Or(o.Timing.HTTP, time.Second).String(),
		"ML_ACTIVITY_TIMEOUT=" + cmp.Or(o.Timing.Activity, 2*time.Second).String(),
		"ML_SETTLE=" + cmp.Or(o.Timing.Settle, 3*time.Second).String(),
	}
	if o.Timing.Attempts != 0 {
		t.env = append(t.env, fmt.Sprintf("ML_ATTEMPTS=%d", o.Timing.Attempts))
	}
	if o.Timing.SlowAfter != 0 {
		t.env = append(t.env, "ML_SLOW_AFTER="+o.Timing.SlowAfter.String())
	}
	t.env = append(t.env, o.Env...)
	return nil
}

// Now is Odoo's clock.
func (t *Tenant) Now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

// Tick moves Odoo's clock on: the next poll sees what was done before.
func (t *Tenant) Tick() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = t.now.Add(2 * time.Second)
}

// races tells what the race detector has reported, where the workers have it.
func (t *Tenant) races() error {
	log, err := os.ReadFile(t.log)
	if errors.Is(err, fs.ErrNotExist) { // no worker has run
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the workers' log: %w", err)
	}
	if _, report, found := bytes.Cut(log, []byte("WARNING: DATA RACE")); found {
		return fmt.Errorf("a data race in a worker of %s: %s", t.Name, report[:min(len(report), 4000)])
	}
	return nil
}

// Close kills the workers, takes the tenant's runs away from Temporal and stops the sandboxes. What it wrote stays in
// the database until the bench goes. It may be called more than once.
func (t *Tenant) Close() error {
	t.mu.Lock()
	workers, closed := t.workers, t.closed
	t.workers, t.closed = nil, true
	t.mu.Unlock()
	if closed {
		return nil
	}
	var errs []error
	for _, w := range workers {
		errs = append(errs, w.Kill())
	}
	errs = append(errs, t.leaveTemporal(), t.races())
	for _, server := range t.serve {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}
