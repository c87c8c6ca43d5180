package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// The kinds of codes that are cached.
const (
	CodeProject    = "project"
	CodeCostCode   = "cost_code"
	CodeCostType   = "cost_type"
	CodeBudgetCode = "budget_code"
	CodeCurrency   = "currency"
)

// Code is a project, cost code, cost type, budget code or currency that Procore holds.
type Code struct {
	ProcoreID int64           `json:"procore_id"`
	Code      string          `json:"code"`
	Name      string          `json:"name"`
	Content   json.RawMessage `json:"content,omitempty"`
	Active    bool            `json:"active"`
	Refreshed time.Time       `json:"-"`
}

// ReplaceCodes keeps all codes of a kind and project (0: of the company) as they were just read. New budget codes free
// the records that wait for them; it returns how many.
func (s *Store) ReplaceCodes(ctx context.Context, tenant, kind string, project int64, codes []Code) (int, error) {
	return s.saveCodes(ctx, tenant, kind, project, codes, true)
}

// AddCodes keeps some codes beside those that are known, for instance one just created.
func (s *Store) AddCodes(ctx context.Context, tenant, kind string, project int64, codes []Code) (int, error) {
	return s.saveCodes(ctx, tenant, kind, project, codes, false)
}

func (s *Store) saveCodes(ctx context.Context, tenant, kind string, project int64, codes []Code, whole bool) (int, error) {
	raw, err := rows(codes)
	if err != nil {
		return 0, err
	}
	n, err := again("saving codes", func() (int64, error) {
		return s.q.SaveCodes(ctx, db.SaveCodesParams{Tenant: tenant, Kind: kind, Project: project, Codes: raw, Whole: whole})
	})
	return int(n), err
}

// Codes returns the known codes of a kind and project, by code.
func (s *Store) Codes(ctx context.Context, tenant, kind string, project int64) ([]Code, error) {
	list, err := s.q.Codes(ctx, db.CodesParams{Tenant: tenant, Kind: kind, Project: project})
	if err != nil {
		return nil, fmt.Errorf("reading codes: %w", err)
	}
	return convert(list, func(r db.ProcoreCode) Code {
		return Code{ProcoreID: r.ProcoreID, Code: r.Code, Name: r.Name, Content: r.Content, Active: r.Active, Refreshed: r.RefreshedAt.UTC()}
	}), nil
}

// Vendor is a company vendor that Procore holds.
type Vendor struct {
	ID       int64           `json:"id"`
	Name     string          `json:"name"`
	NormName string          `json:"norm_name"`
	TaxID    string          `json:"tax_id"`
	OriginID string          `json:"origin_id"`
	Active   bool            `json:"active"`
	Content  json.RawMessage `json:"content,omitempty"`
}

// ReplaceVendors keeps all vendors of the company as they were just read.
func (s *Store) ReplaceVendors(ctx context.Context, tenant string, vendors []Vendor) error {
	return s.saveVendors(ctx, tenant, vendors, true)
}

// AddVendors keeps some vendors beside those that are known.
func (s *Store) AddVendors(ctx context.Context, tenant string, vendors []Vendor) error {
	return s.saveVendors(ctx, tenant, vendors, false)
}

func (s *Store) saveVendors(ctx context.Context, tenant string, vendors []Vendor, whole bool) error {
	raw, err := rows(vendors)
	if err != nil {
		return err
	}
	_, err = again("saving vendors", func() (struct{}, error) {
		return struct{}{}, s.q.SaveVendors(ctx, db.SaveVendorsParams{Tenant: tenant, Vendors: raw, Whole: whole})
	})
	return err
}

// Vendors returns the known vendors, by id.
func (s *Store) Vendors(ctx context.Context, tenant string) ([]Vendor, error) {
	list, err := s.q.Vendors(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading vendors: %w", err)
	}
	return convert(list, func(r db.ProcoreVendor) Vendor {
		return Vendor{ID: r.ID, Name: r.Name, NormName: r.NormName, TaxID: r.TaxID, OriginID: r.OriginID, Active: r.Active, Content: r.Content}
	}), nil
}

// Document is a commitment, requisition or direct cost that Procore holds, for finding doubles.
type Document struct {
	ProcoreID  int64               `json:"procore_id"`
	NumberNorm string              `json:"number_norm"`
	Vendor     int64               `json:"vendor"`
	Amount     decimal.NullDecimal `json:"amount"`
	OriginID   string              `json:"origin_id"`
	Content    json.RawMessage     `json:"content,omitempty"`
}

// ReplaceDocuments keeps all documents of a kind and project as they were just read.
func (s *Store) ReplaceDocuments(ctx context.Context, tenant string, project int64, kind string, documents []Document) error {
	return s.saveDocuments(ctx, tenant, project, kind, documents, true)
}

// AddDocuments keeps some documents beside those that are known.
func (s *Store) AddDocuments(ctx context.Context, tenant string, project int64, kind string, documents []Document) error {
	return s.saveDocuments(ctx, tenant, project, kind, documents, false)
}

func (s *Store) saveDocuments(ctx context.Context, tenant string, project int64, kind string, documents []Document, whole bool) error {
	raw, err := rows(documents)
	if err != nil {
		return err
	}
	_, err = again("saving documents", func() (struct{}, error) {
		return struct{}{}, s.q.SaveDocuments(ctx, db.SaveDocumentsParams{Tenant: tenant, Project: project, Kind: kind, Documents: raw, Whole: whole})
	})
	return err
}

// Documents returns the known documents of a kind and project, by id.
func (s *Store) Documents(ctx context.Context, tenant string, project int64, kind string) ([]Document, error) {
	list, err := s.q.Documents(ctx, db.DocumentsParams{Tenant: tenant, Project: project, Kind: kind})
	if err != nil {
		return nil, fmt.Errorf("reading documents: %w", err)
	}
	return convert(list, func(r db.ProcoreDocument) Document {
		return Document{ProcoreID: r.ProcoreID, NumberNorm: r.NumberNorm, Vendor: r.Vendor, Amount: r.Amount, OriginID: r.OriginID, Content: r.Content}
	}), nil
}

// LastRead says when a cache was last replaced (kind of code or document, or "vendor"); false: never.
func (s *Store) LastRead(ctx context.Context, tenant, kind string, project int64) (time.Time, bool, error) {
	at, err := s.q.LastRead(ctx, db.LastReadParams{Tenant: tenant, Kind: kind, Project: project})
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("reading the age of a cache: %w", err)
	}
	return at.UTC(), true, nil
}
