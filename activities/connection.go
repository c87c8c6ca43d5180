package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// ProcoreCredentials is what is stored, encrypted, for the Procore app of a tenant.
type ProcoreCredentials struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// OdooCredentials is what is stored, encrypted, for the Odoo user of a tenant.
type OdooCredentials struct {
	APIKey string `json:"api_key"`
}

// Connection is a tenant with its two clients.
type Connection struct {
	Tenant  store.Tenant
	File    tenant.File
	Odoo    *odoo.Client
	Procore *procore.Client
	App     string // client id of the Procore app
	sizes   *pageSizes
}

// Connections makes and keeps the clients of tenants; a changed setting or credential makes new ones.
type Connections struct {
	store *store.Store
	box   *secrets.Box
	cfg   Config

	mu   sync.Mutex
	kept map[string]keptConnection
}

type keptConnection struct {
	fingerprint []byte
	connection  *Connection
}

// NewConnections returns an empty set of connections.
func NewConnections(s *store.Store, box *secrets.Box, cfg Config) *Connections {
	return &Connections{store: s, box: box, cfg: cfg.withDefaults(), kept: map[string]keptConnection{}}
}

// Get returns the connection of a tenant as its settings and credentials are now. Tenant is always fresh.
func (c *Connections) Get(ctx context.Context, name string) (*Connection, error) {
	row, err := c.store.Tenant(ctx, name)
	if err != nil {
		return nil, err
	}
	odooRow, err := c.store.Credential(ctx, name, "odoo")
	if err != nil {
		return nil, err
	}
	procoreRow, err := c.store.Credential(ctx, name, "procore")
	if err != nil {
		return nil, err
	}
	fingerprint := bytes.Join([][]byte{row.Settings, odooRow.Ciphertext, procoreRow.Ciphertext}, []byte{0})
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept, ok := c.kept[name]; ok && bytes.Equal(kept.fingerprint, fingerprint) {
		fresh := *kept.connection
		fresh.Tenant = row
		return &fresh, nil
	}
	made, err := c.open(row, odooRow, procoreRow)
	if err != nil {
		return nil, err
	}
	c.kept[name] = keptConnection{fingerprint: fingerprint, connection: made}
	return made, nil
}

func (c *Connections) open(row store.Tenant, odooRow, procoreRow store.Credential) (*Connection, error) {
	made := &Connection{Tenant: row, sizes: &pageSizes{}}
	var err error
	if made.File, err = tenant.Stored(row.Settings); err != nil {
		return nil, fmt.Errorf("opening tenant %s: %w", row.Name, err)
	}
	var odooSecret OdooCredentials
	if err := c.decrypt(row.Name, "odoo", odooRow, &odooSecret); err != nil {
		return nil, err
	}
	var procoreSecret ProcoreCredentials
	if err := c.decrypt(row.Name, "procore", procoreRow, &procoreSecret); err != nil {
		return nil, err
	}
	made.App = procoreSecret.ClientID
	if made.Odoo, err = odoo.New(odoo.Config{
		URL: made.File.Odoo.URL, API: made.File.Odoo.API, Database: made.File.Odoo.Database, Login: made.File.Odoo.User, Key: odooSecret.APIKey,
		Companies: made.File.Odoo.Companies, HTTPTimeout: c.cfg.HTTPTimeout, UserAgent: c.cfg.UserAgent,
		RequestsPerSecond: made.File.Odoo.RequestsPerSecond, ParallelRequests: int(made.File.Odoo.ParallelRequests), WrapTransport: c.cfg.WrapTransport,
	}); err != nil {
		return nil, fmt.Errorf("opening Odoo of tenant %s: %w", row.Name, err)
	}
	login, api := made.File.Procore.LoginURL, made.File.Procore.APIURL
	if made.File.Procore.Environment != "custom" {
		envLogin, envAPI, err := procore.Environment(made.File.Procore.Environment)
		if err != nil {
			return nil, err
		}
		api = envAPI
		if login == "" {
			login = envLogin
		}
	}
	if made.Procore, err = procore.New(procore.Config{
		LoginURL: login, APIURL: api, ClientID: procoreSecret.ClientID, ClientSecret: procoreSecret.ClientSecret,
		CompanyID: made.File.Procore.CompanyID, HTTPTimeout: c.cfg.HTTPTimeout, UserAgent: c.cfg.UserAgent, WrapTransport: c.cfg.WrapTransport,
		Gate: &budgetGate{store: c.store, app: procoreSecret.ClientID, company: made.File.Procore.CompanyID},
	}); err != nil {
		return nil, fmt.Errorf("opening Procore of tenant %s: %w", row.Name, err)
	}
	return made, nil
}

func (c *Connections) decrypt(name, system string, row store.Credential, into any) error {
	plain, err := c.box.Open(name, system, row.KeyID, row.Ciphertext)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return fmt.Errorf("the %s credentials of tenant %s are not readable: enter them again with `ml-connector credentials set %s %s`",
			system, name, name, system)
	}
	return nil
}

// budgetGate asks the budget row of (Procore app, company) in PostgreSQL, which all workers share.
type budgetGate struct {
	store   *store.Store
	app     string
	company int64
}

// shortWait is the longest wait that an activity sits out; a longer one is deferred to the workflow.
const shortWait = 3 * time.Second

// Acquire takes one slot, waits for a near one, or says until when to defer.
func (g *budgetGate) Acquire(ctx context.Context) error {
	for {
		granted, until, err := g.store.TakeBudget(ctx, g.app, g.company, 1)
		if err != nil {
			return fmt.Errorf("asking the Procore budget: %w", err)
		}
		if granted {
			return nil
		}
		wait := time.Until(until)
		if wait > shortWait {
			return &procore.DeferredError{Until: until}
		}
		timer := time.NewTimer(max(wait, 50*time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// Observe corrects the budget from the answer's headers. A lost correction costs nothing: the next answer brings it.
func (g *budgetGate) Observe(ctx context.Context, r procore.Rate, status int) {
	if r.Limit == 0 && status != 429 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = g.store.ObserveBudget(ctx, g.app, g.company, r.Limit, r.Remaining, r.Reset)
}
