package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

// Snapshot is a document as it was just read from Odoo.
type Snapshot struct {
	Model       string
	ID, Company int64
	Ref         string
	// WriteDate and CreateDate are Odoo's, UTC.
	WriteDate, CreateDate time.Time
	// ReadAgain is when it must be read once more whatever its write date is then, Odoo's clock; zero: never.
	ReadAgain time.Time
	// Lines are those of a document, with their own dates.
	Lines []Ref
	// Content is canonical JSON: its bytes are equal exactly when the content is.
	Content []byte
	// Wanted raises want when the content is new. Without it (partners) want rises only if somebody asked before.
	Wanted bool
	// Priority of the work, 1 first; 0 means 3.
	Priority int
	// Deleted says that the record is gone from Odoo; Content is its last one.
	Deleted bool
}

// Ref is a record of Odoo and when it was written, Odoo's clock.
type Ref struct {
	ID        int64
	Parent    int64 // of a line: its document
	WriteDate time.Time
}

// UpsertSnapshots stores what was read of one model, with its lines, and returns the ids whose content is new, ascending.
// An equal content writes nothing but newer dates. Of a document that comes twice the newest counts. The caller holds
// LockModel, has read the snapshots under it, and has asked GivenAgain.
func (t *Tx) UpsertSnapshots(ctx context.Context, tenant string, snapshots []Snapshot) (changed []int64, err error) {
	if len(snapshots) == 0 {
		return nil, nil
	}
	p := db.UpsertSnapshotsParams{Tenant: tenant}
	lines := db.SaveLinesParams{Tenant: tenant, Model: snapshots[0].Model}
	for _, s := range newestOfEach(snapshots) {
		hash := sha256.Sum256(s.Content)
		if s.Priority == 0 {
			s.Priority = 3
		}
		p.Models = append(p.Models, s.Model)
		p.Ids = append(p.Ids, s.ID)
		p.Companies = append(p.Companies, s.Company)
		p.Refs = append(p.Refs, s.Ref)
		p.Writes = append(p.Writes, s.WriteDate)
		p.Creates = append(p.Creates, s.CreateDate)
		p.Agains = append(p.Agains, s.ReadAgain)
		p.Contents = append(p.Contents, string(s.Content))
		p.Hashes = append(p.Hashes, hash[:])
		p.Wanted = append(p.Wanted, s.Wanted)
		p.Priorities = append(p.Priorities, int32(s.Priority)) //nolint:gosec // 1 to 5
		p.Deleted = append(p.Deleted, s.Deleted)
		for _, l := range s.Lines {
			lines.Ids, lines.Parents, lines.Writes = append(lines.Ids, l.ID), append(lines.Parents, s.ID), append(lines.Writes, l.WriteDate)
		}
	}
	if changed, err = t.q.UpsertSnapshots(ctx, p); err != nil {
		return nil, fmt.Errorf("storing %d snapshots of %s: %w", len(p.Ids), snapshots[0].Model, err)
	}
	lines.Documents = p.Ids
	if err := t.q.SaveLines(ctx, lines); err != nil {
		return nil, fmt.Errorf("storing the lines of %d snapshots of %s: %w", len(p.Ids), snapshots[0].Model, err)
	}
	return changed, nil
}

// UnknownRecords returns those of a model's records that are not stored as they were written last.
func (t *Tx) UnknownRecords(ctx context.Context, tenant, model string, refs []Ref) ([]int64, error) {
	p := db.UnknownRecordsParams{Tenant: tenant, Model: model}
	for _, r := range refs {
		p.Ids, p.Writes = append(p.Ids, r.ID), append(p.Writes, r.WriteDate)
	}
	ids, err := t.q.UnknownRecords(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("comparing %d dates of %s: %w", len(refs), model, err)
	}
	return ids, nil
}

// UnknownLines returns the ids of those lines of a model's documents that are not stored as they were written last.
func (t *Tx) UnknownLines(ctx context.Context, tenant, model string, lines []Ref) ([]int64, error) {
	p := db.UnknownLinesParams{Tenant: tenant, Model: model}
	for _, l := range lines {
		p.Ids, p.Parents, p.Writes = append(p.Ids, l.ID), append(p.Parents, l.Parent), append(p.Writes, l.WriteDate)
	}
	ids, err := t.q.UnknownLines(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("comparing %d dates of the lines of %s: %w", len(lines), model, err)
	}
	return ids, nil
}

// ReadAgainDue returns records whose ReadAgain has come, by id.
func (t *Tx) ReadAgainDue(ctx context.Context, tenant, model string, at time.Time, limit int) ([]int64, error) {
	ids, err := t.q.ReadAgainDue(ctx, db.ReadAgainDueParams{Tenant: tenant, Model: model, At: &at, MaxRows: int32(limit)}) //nolint:gosec // a page
	if err != nil {
		return nil, fmt.Errorf("looking for %s to read again: %w", model, err)
	}
	return ids, nil
}

// ReadAgainDone ends the waiting of records that were read again, or are not there to be read.
func (t *Tx) ReadAgainDone(ctx context.Context, tenant, model string, at time.Time, ids []int64) error {
	if err := t.q.ReadAgainDone(ctx, db.ReadAgainDoneParams{Tenant: tenant, Model: model, At: &at, Ids: ids}); err != nil {
		return fmt.Errorf("noting what was read again of %s: %w", model, err)
	}
	return nil
}

// RaiseNaming wants the documents once more that name one of these records and were wanted before.
func (t *Tx) RaiseNaming(ctx context.Context, tenant, model string, ids []int64, reason string) error {
	if _, err := t.q.RaiseNaming(ctx, db.RaiseNamingParams{Tenant: tenant, Mentions: mentions(model, ids), Reason: reason}); err != nil {
		return fmt.Errorf("asking for the documents that name %s: %w", model, err)
	}
	return nil
}

// Naming returns the ids of a model's documents that name one of these records, ascending.
func (s *Store) Naming(ctx context.Context, tenant, documents, model string, ids []int64) ([]int64, error) {
	out, err := s.q.Naming(ctx, db.NamingParams{Tenant: tenant, Model: documents, Mentions: mentions(model, ids)})
	if err != nil {
		return nil, fmt.Errorf("looking for the %s that name %s: %w", documents, model, err)
	}
	return out, nil
}

func mentions(model string, ids []int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = fmt.Sprintf("%s/%d", model, id)
	}
	return out
}

// newestOfEach keeps the last of the newest snapshots of each document, in their order.
func newestOfEach(snapshots []Snapshot) []Snapshot {
	type key struct {
		model string
		id    int64
	}
	at := make(map[key]int, len(snapshots))
	out := make([]Snapshot, 0, len(snapshots))
	for _, s := range snapshots {
		k := key{s.Model, s.ID}
		i, twice := at[k]
		switch {
		case !twice:
			at[k] = len(out)
			out = append(out, s)
		case !s.WriteDate.Before(out[i].WriteDate):
			out[i] = s
		}
	}
	return out
}
