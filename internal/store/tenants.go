package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// The states of a tenant (DOMAIN: first day).
const (
	StateLinking  = "linking"
	StatePiloting = "piloting"
	StateActive   = "active"
	StatePaused   = "paused"
)

// Tenant is a tenant with its file as it was applied last.
type Tenant struct {
	Name         string
	Settings     []byte // the whole tenant file as JSON
	State        string
	PausedReason string
	OriginPrefix string
	OriginEpoch  int64
	RulesEpoch   int64
	// Books is what the bindings belong to, as it was when it was looked at last; zero before the first cycle.
	Books Books
	// Held: paused until it is rebound, not by a person.
	Held bool
	// Cycle counts the cycles; Temporal keeps the same number, so that a restored database is noticed.
	Cycle int64
	// Rebinds counts how often the tenant was rebound: what was seen in Procore before is another Procore's.
	Rebinds int64
	Created time.Time
	Updated time.Time
}

// TenantChange is a tenant file to apply.
type TenantChange struct {
	Name     string
	Settings []byte // JSON
	// State and OriginPrefix count only for a new tenant: the prefix is fixed at creation.
	State        string
	OriginPrefix string
	// By names who applies it.
	By string
	// Raise names the models whose documents are looked at again when the settings differ.
	Raise []string
}

// TenantResult says what applying a file did.
type TenantResult struct {
	Created bool  `json:"created"`
	Changed bool  `json:"changed"`
	Epoch   int64 `json:"epoch"`
	Raised  int   `json:"raised"`
}

// Tenant returns a tenant, or ErrUnknownTenant.
func (s *Store) Tenant(ctx context.Context, name string) (Tenant, error) {
	row, err := s.q.TenantByName(ctx, name)
	if err != nil {
		return Tenant{}, notFound("tenant "+name, err, ErrUnknownTenant)
	}
	return toTenant(row)
}

// Tenants returns all tenants by name.
func (s *Store) Tenants(ctx context.Context) ([]Tenant, error) {
	rows, err := s.q.Tenants(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing tenants: %w", err)
	}
	out := make([]Tenant, 0, len(rows))
	for _, row := range rows {
		tenant, err := toTenant(row)
		if err != nil {
			return nil, err
		}
		out = append(out, tenant)
	}
	return out, nil
}

// SaveTenant applies a tenant file. Equal settings change nothing.
func (s *Store) SaveTenant(ctx context.Context, c TenantChange) (TenantResult, error) {
	if c.Raise == nil {
		c.Raise = []string{}
	}
	if c.State == "" {
		c.State = StateActive
	}
	return answer[TenantResult]("saving tenant "+c.Name, func() ([]byte, error) {
		return s.q.SaveTenant(ctx, db.SaveTenantParams{
			Tenant: c.Name, Settings: c.Settings, State: c.State, OriginPrefix: c.OriginPrefix, By: c.By, Raise: c.Raise,
		})
	})
}

// SetTenantState sets the state; reason is told to whoever asks why a tenant is paused.
func (s *Store) SetTenantState(ctx context.Context, name, state, reason string) error {
	n, err := s.q.SetTenantState(ctx, db.SetTenantStateParams{Tenant: name, State: state, Reason: reason})
	if err != nil {
		return fmt.Errorf("setting the state of tenant %s: %w", name, err)
	}
	if n == 0 {
		return fmt.Errorf("tenant %s: %w", name, ErrUnknownTenant)
	}
	return nil
}

// Credential is what opens one system, encrypted with the key KeyID that is kept elsewhere.
type Credential struct {
	Ciphertext []byte
	KeyID      string
	Updated    time.Time
}

// Credential returns the credentials of system (odoo, procore), or ErrNoCredential.
func (s *Store) Credential(ctx context.Context, tenant, system string) (Credential, error) {
	row, err := s.q.Credential(ctx, db.CredentialParams{Tenant: tenant, System: system})
	if err != nil {
		return Credential{}, notFound(system+" credentials of tenant "+tenant, err, ErrNoCredential)
	}
	return Credential{Ciphertext: row.Ciphertext, KeyID: row.KeyID, Updated: row.UpdatedAt.UTC()}, nil
}

// SaveCredential keeps or replaces the credentials of system.
func (s *Store) SaveCredential(ctx context.Context, tenant, system string, ciphertext []byte, keyID string) error {
	err := s.q.SaveCredential(ctx, db.SaveCredentialParams{Tenant: tenant, System: system, Ciphertext: ciphertext, KeyID: keyID})
	if err != nil {
		return fmt.Errorf("saving %s credentials of tenant %s: %w", system, tenant, err)
	}
	return nil
}

func toTenant(r db.Tenant) (Tenant, error) {
	t := Tenant{
		Name: r.Tenant, Settings: r.Settings, State: r.State, PausedReason: r.PausedReason, OriginPrefix: r.OriginPrefix,
		OriginEpoch: r.OriginEpoch, RulesEpoch: r.RulesEpoch, Held: r.Held, Cycle: r.Cycle, Rebinds: r.Rebinds,
		Created: r.CreatedAt.UTC(), Updated: r.UpdatedAt.UTC(),
	}
	if err := json.Unmarshal(r.Books, &t.Books); err != nil {
		return t, fmt.Errorf("reading what tenant %s belongs to: %w", r.Tenant, err)
	}
	return t, nil
}

func convert[A, B any](rows []A, one func(A) B) []B {
	out := make([]B, 0, len(rows))
	for _, r := range rows {
		out = append(out, one(r))
	}
	return out
}
