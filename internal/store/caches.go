package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

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
	raw, err := rows(codes)
	if err != nil {
		return 0, err
	}
	n, err := again("saving codes", func() (int64, error) {
		return s.q.SaveCodes(ctx, db.SaveCodesParams{Tenant: tenant, Kind: kind, Project: project, Codes: raw})
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

// LastRead says when the codes of a kind and project were last replaced; false: never.
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
