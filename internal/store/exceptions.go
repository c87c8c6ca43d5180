package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Exception is one thing that waits for a person.
type Exception struct {
	Model   string
	ID      int64
	Ref     string
	Company int64
	Cause   string
	// Code is the cause without its object; vendor.parked, po.parked or bill.parked for one that waits for a parked record.
	Code      string
	Detail    json.RawMessage
	Amount    decimal.NullDecimal
	Currency  string
	Since     time.Time
	RecheckAt time.Time
}

// Exceptions lists what waits for a person. A record that waits for another one is listed only if that one is itself
// an exception; otherwise it is merely waiting.
func (s *Store) Exceptions(ctx context.Context, tenant string) ([]Exception, error) {
	rows, err := s.q.Exceptions(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("listing exceptions: %w", err)
	}
	return convert(rows, func(r db.ExceptionsRow) Exception {
		return Exception{
			Model: r.Model, ID: r.OdooID, Ref: r.Ref, Company: r.CompanyID, Cause: r.Cause, Code: r.Code, Detail: r.Detail, Amount: r.Amount,
			Currency: r.Currency, Since: r.Since.UTC(), RecheckAt: timeOrZero(r.RecheckAt),
		}
	}), nil
}

// Count is how many records of a model are in a state: idle, requested, pending, waiting, exception, or done with an outcome.
type Count struct {
	Model, State, Outcome string
	Count                 int
}

// Counts counts the records of a tenant.
func (s *Store) Counts(ctx context.Context, tenant string) ([]Count, error) {
	rows, err := s.q.Counts(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("counting records: %w", err)
	}
	return convert(rows, func(r db.CountsRow) Count {
		return Count{Model: r.Model, State: r.State, Outcome: r.Outcome, Count: int(r.Count)}
	}), nil
}
