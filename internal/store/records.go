package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Record is a document of Odoo as it was read last, with how far the work on it is.
type Record struct {
	Tenant, Model string
	ID            int64
	Ref           string
	Company       int64
	WriteDate     time.Time // Odoo's clock, UTC
	CreateDate    time.Time // Odoo's clock, UTC
	Content       []byte
	Hash          []byte
	// Want > Done: there is work left.
	Want, Done   int64
	Priority     int
	OfferedUntil time.Time // zero when it is not with a child
	Outcome      string    // of the last Finish
	FinishedAt   time.Time
	Deleted      bool
	ReadAt       time.Time
}

// Record returns a record, or ErrNotFound, also while it was only asked for and not read yet.
func (s *Store) Record(ctx context.Context, tenant, model string, id int64) (Record, error) {
	rows, err := s.Records(ctx, tenant, model, []int64{id})
	if err != nil {
		return Record{}, err
	}
	if len(rows) == 0 {
		return Record{}, fmt.Errorf("%s %d of tenant %s: %w", model, id, tenant, ErrNotFound)
	}
	return rows[0], nil
}

// Records returns those of ids that were read, by id.
func (s *Store) Records(ctx context.Context, tenant, model string, ids []int64) ([]Record, error) {
	rows, err := s.q.Records(ctx, db.RecordsParams{Tenant: tenant, Model: model, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("reading records of %s: %w", model, err)
	}
	return convert(rows, toRecord), nil
}

// Records is like that of the Store, as the transaction sees them.
func (t *Tx) Records(ctx context.Context, tenant, model string, ids []int64) ([]Record, error) {
	rows, err := t.q.Records(ctx, db.RecordsParams{Tenant: tenant, Model: model, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("reading records of %s: %w", model, err)
	}
	return convert(rows, toRecord), nil
}

// AllContent is like that of the Store, as the transaction sees it.
func (t *Tx) AllContent(ctx context.Context, tenant, model string) ([]Record, error) {
	rows, err := t.q.AllRecords(ctx, db.AllRecordsParams{Tenant: tenant, Model: model})
	if err != nil {
		return nil, fmt.Errorf("reading all of %s: %w", model, err)
	}
	return convert(rows, toRecord), nil
}

// AllContent returns all records of a model that are not deleted, by id. It is for master data.
func (s *Store) AllContent(ctx context.Context, tenant, model string) ([]Record, error) {
	rows, err := s.q.AllRecords(ctx, db.AllRecordsParams{Tenant: tenant, Model: model})
	if err != nil {
		return nil, fmt.Errorf("reading all of %s: %w", model, err)
	}
	return convert(rows, toRecord), nil
}

// FindRecord finds records by document number (there may be several), or one by "model,id" or "model/id", as Odoo and our
// own texts write it.
func (s *Store) FindRecord(ctx context.Context, tenant, ref string) ([]Record, error) {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return nil, nil
	}
	if at := strings.LastIndexAny(ref, ",/"); at > 0 {
		if id, err := strconv.ParseInt(strings.TrimSpace(ref[at+1:]), 10, 64); err == nil {
			// A document's number may look like this too: BILL/2026/0007.
			if found, err := s.Records(ctx, tenant, strings.TrimSpace(ref[:at]), []int64{id}); err != nil || len(found) > 0 {
				return found, err
			}
		}
	}
	rows, err := s.q.FindByRef(ctx, db.FindByRefParams{Tenant: tenant, Ref: ref})
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", ref, err)
	}
	return convert(rows, toRecord), nil
}

// BillsWithRef returns the bills that carry a number of the vendor (of any vendor), by invoice date and id.
func (s *Store) BillsWithRef(ctx context.Context, tenant, ref string) ([]Record, error) {
	rows, err := s.q.BillsWithRef(ctx, db.BillsWithRefParams{Tenant: tenant, VendorRef: ref})
	if err != nil {
		return nil, fmt.Errorf("finding bills by the vendor's number: %w", err)
	}
	return convert(rows, toRecord), nil
}

// Requested returns ids that another record waits for and that were never read: the reader should fetch them.
func (s *Store) Requested(ctx context.Context, tenant, model string, limit int) ([]int64, error) {
	ids, err := s.q.Requested(ctx, db.RequestedParams{Tenant: tenant, Model: model, MaxRows: int32(limit)}) //nolint:gosec // a page
	if err != nil {
		return nil, fmt.Errorf("looking for requested records of %s: %w", model, err)
	}
	return ids, nil
}

// RaiseWant asks for records once more and returns how many there are. Waits die with the old want, so it is the
// retry too.
func (s *Store) RaiseWant(ctx context.Context, tenant, model string, ids []int64, reason string, priority int) (int, error) {
	n, err := again("raising want of "+model, func() (int64, error) {
		return s.q.RaiseWant(ctx, db.RaiseWantParams{Tenant: tenant, Model: model, Ids: ids, Reason: reason, Priority: int32(priority)}) //nolint:gosec // 1 to 5
	})
	return int(n), err
}

func toRecord(r db.Record) Record {
	return Record{
		Tenant: r.Tenant, Model: r.Model, ID: r.OdooID, Ref: r.Ref, Company: r.CompanyID, WriteDate: timeOrZero(r.WriteDate),
		CreateDate: timeOrZero(r.CreateDate), Content: r.Content, Hash: r.Hash, Want: r.Want, Done: r.Done, Priority: int(r.Priority),
		OfferedUntil: timeOrZero(r.OfferedUntil), Outcome: r.Outcome, FinishedAt: timeOrZero(r.FinishedAt), Deleted: r.Deleted, ReadAt: timeOrZero(r.ReadAt),
	}
}
