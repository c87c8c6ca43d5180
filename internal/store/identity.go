package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Why a tenant must not write to Procore; empty: it may.
const (
	HeldLinking = "linking" // rebound, and Odoo is not read again yet
	HeldDiffers = "held"    // something is not as it was; the tenant's reason says what
	HeldHome    = "home"    // this is another database than the one that the last cycle ran on
	HeldBooks   = "books"   // the settings name other books than those that the bindings belong to
	HeldRestart = "restart" // the database server was started since the last look
)

// heldCode is the SQLSTATE with which the trigger on sends refuses an intent.
const heldCode = "ML001"

// Books name what the bindings of a tenant belong to. Zero values are not known.
type Books struct {
	OdooURL            string `json:"odoo_url,omitempty"`
	OdooDatabase       string `json:"odoo_database,omitempty"`
	OdooUUID           string `json:"odoo_uuid,omitempty"` // database.uuid, where the user may read it
	ProcoreEnvironment string `json:"procore_environment,omitempty"`
	ProcoreAPI         string `json:"procore_api,omitempty"` // environment custom
	ProcoreCompany     int64  `json:"procore_company,omitempty"`
	ProcoreApp         string `json:"procore_app,omitempty"` // client id
}

// WhyHeld says why a tenant must not write now, one of the Held constants; empty when it may.
func (s *Store) WhyHeld(ctx context.Context, tenant string) (string, error) {
	why, err := s.q.WhyHeld(ctx, tenant)
	if err != nil {
		return "", fmt.Errorf("asking whether tenant %s may write: %w", tenant, err)
	}
	return why, nil
}

// IsHome tells whether this is the database that the tenant's last cycle ran on, and not one that was restored, copied
// or moved since.
func (s *Store) IsHome(ctx context.Context, tenant string) (bool, error) {
	home, err := s.q.IsHome(ctx, tenant)
	if err != nil {
		return false, fmt.Errorf("asking for the home of tenant %s: %w", tenant, err)
	}
	return home, nil
}

// isHeld tells whether the trigger on sends refused an intent.
func isHeld(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	return ok && refused.Code == heldCode
}

// Hold pauses a tenant so that nothing more is written to Procore, not even by what is under way; only Rebind, or the
// state active, lets it go on. reason tells what was seen.
func (s *Store) Hold(ctx context.Context, tenant, reason, by string) error {
	if err := s.q.HoldTenant(ctx, db.HoldTenantParams{Tenant: tenant, Reason: reason, By: by}); err != nil {
		return fmt.Errorf("holding tenant %s: %w", tenant, err)
	}
	return nil
}

// ErrRebound tells that a tenant was rebound since its row was read.
var ErrRebound = errors.New("the tenant was rebound meanwhile")

// Admit notes that everything is as it was, remembers what is given in books beside what is known, and counts the
// cycle, which it returns. rebinds is [Tenant.Rebinds] of when it was looked at: [ErrRebound] if it is another by now.
func (s *Store) Admit(ctx context.Context, tenant string, rebinds int64, books Books) (int64, error) {
	raw, err := json.Marshal(books)
	if err != nil {
		return 0, fmt.Errorf("encoding the books: %w", err)
	}
	cycle, err := s.q.AdmitTenant(ctx, db.AdmitTenantParams{Tenant: tenant, Rebinds: rebinds, Books: raw})
	if err != nil {
		return 0, fmt.Errorf("noting down the cycle of tenant %s: %w", tenant, err)
	}
	if cycle == 0 {
		return 0, fmt.Errorf("noting down the cycle of tenant %s: %w", tenant, ErrRebound)
	}
	return cycle, nil
}

// Linked makes a tenant active whose Odoo was read again since its last Rebind; rebinds is their number as it was when
// the reading began.
func (s *Store) Linked(ctx context.Context, tenant string, rebinds int64) error {
	if err := s.q.Linked(ctx, db.LinkedParams{Tenant: tenant, Rebinds: rebinds}); err != nil {
		return fmt.Errorf("ending the linking of tenant %s: %w", tenant, err)
	}
	return nil
}

// OpenWork tells whether any record of a tenant has work left, parked ones included.
func (s *Store) OpenWork(ctx context.Context, tenant string) (bool, error) {
	open, err := s.q.OpenWork(ctx, tenant)
	if err != nil {
		return false, fmt.Errorf("looking for open work of tenant %s: %w", tenant, err)
	}
	return open, nil
}

// Stamped is a document with its dates by Odoo's clock, UTC; zero when not known.
type Stamped struct {
	Model            string
	ID               int64
	Ref              string
	Created, Written time.Time
}

// LastWritten returns the documents of a model that were written last in Odoo, the newest first.
func (s *Store) LastWritten(ctx context.Context, tenant, model string, limit int) ([]Stamped, error) {
	rows, err := s.q.LastWritten(ctx, db.LastWrittenParams{Tenant: tenant, Model: model, MaxRows: int32(limit)}) //nolint:gosec // a sample
	if err != nil {
		return nil, fmt.Errorf("reading what was written last of %s: %w", model, err)
	}
	return convert(rows, func(r db.LastWrittenRow) Stamped {
		return Stamped{Model: model, ID: r.OdooID, Ref: r.Ref, Created: timeOrZero(r.CreateDate), Written: timeOrZero(r.WriteDate)}
	}), nil
}

// KnownDocuments returns all partners, orders and bills that were read and are not gone.
func (s *Store) KnownDocuments(ctx context.Context, tenant string) ([]Stamped, error) {
	rows, err := s.q.KnownDocuments(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading the known documents: %w", err)
	}
	return convert(rows, func(r db.KnownDocumentsRow) Stamped {
		return Stamped{Model: r.Model, ID: r.OdooID, Ref: r.Ref, Created: timeOrZero(r.CreateDate)}
	}), nil
}

// LastBound returns the commitments, subcontractor invoices and direct costs that were written last, the newest first.
func (s *Store) LastBound(ctx context.Context, tenant string, limit int) ([]Binding, error) {
	return toBindings(s.q.LastBound(ctx, db.LastBoundParams{Tenant: tenant, MaxRows: int32(limit)})) //nolint:gosec // a sample
}

// AllBindings returns all bindings of a tenant.
func (s *Store) AllBindings(ctx context.Context, tenant string) ([]Binding, error) {
	return toBindings(s.q.AllBindings(ctx, tenant))
}

// LetGo returns the origin ids of the documents of Procore that a Rebind let go.
func (s *Store) LetGo(ctx context.Context, tenant string) ([]string, error) {
	ids, err := s.q.LetGo(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading what was let go: %w", err)
	}
	return ids, nil
}

// IsNobodys tells whether no record stands behind a document of Procore that carries this origin id and names this
// record: a Rebind let it go, or such a record was never read.
func (s *Store) IsNobodys(ctx context.Context, tenant, originID string, record RecordKey) (bool, error) {
	yes, err := s.q.IsNobodys(ctx, db.IsNobodysParams{Tenant: tenant, OriginID: originID, Model: record.Model, OdooID: record.OdooID})
	if err != nil {
		return false, fmt.Errorf("asking whether a document is nobody's: %w", err)
	}
	return yes, nil
}

// ClockSlack is how far Odoo's clock may be set back. A write_date that went back by more belongs to another database.
const ClockSlack = 2 * time.Minute

// GivenAgain is a record that contradicts what was read last.
type GivenAgain struct {
	ID  int64  `json:"id"`
	Ref string `json:"ref"` // of the one before
	// Before and Now are when each was created, Odoo's clock.
	Before time.Time `json:"before"`
	Now    time.Time `json:"now"`
	// Written: it is the write date that went back, and Before and Now are write dates.
	Written bool `json:"written"`
}

// GivenAgain returns some of the snapshots (of one model) that cannot be of the same database as what was read last: it
// was restored, copied or exchanged. Within one database no number is given twice, and no write date goes back further
// than a clock does.
func (t *Tx) GivenAgain(ctx context.Context, tenant, model string, snapshots []Snapshot) ([]GivenAgain, error) {
	p := db.GivenAgainParams{Tenant: tenant, Model: model, Slack: ClockSlack}
	for _, s := range snapshots {
		p.Ids, p.Creates, p.Writes = append(p.Ids, s.ID), append(p.Creates, s.CreateDate), append(p.Writes, s.WriteDate)
	}
	list, err := answer[[]GivenAgain]("comparing the dates of "+model, func() ([]byte, error) { return t.q.GivenAgain(ctx, p) })
	for i, g := range list {
		list[i].Before, list[i].Now = g.Before.UTC(), g.Now.UTC()
	}
	return list, err
}
