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
	// Content is canonical JSON: its bytes are equal exactly when the content is.
	Content []byte
	// Wanted raises want when the content is new. Without it (partners) want rises only if somebody asked before.
	Wanted bool
	// Priority of the work, 1 first; 0 means 3.
	Priority int
	// Deleted says that the record is gone from Odoo; Content is its last one.
	Deleted bool
}

// UpsertSnapshots stores what was read and counts what was new. An equal content writes nothing but a newer write_date;
// a write_date older than the stored one never overwrites. Of a document that comes twice the newest counts. The caller holds LockModel.
func (t *Tx) UpsertSnapshots(ctx context.Context, tenant string, snapshots []Snapshot) (changed, unchanged int, err error) {
	if len(snapshots) == 0 {
		return 0, 0, nil
	}
	p := db.UpsertSnapshotsParams{Tenant: tenant}
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
		p.Contents = append(p.Contents, string(s.Content))
		p.Hashes = append(p.Hashes, hash[:])
		p.Wanted = append(p.Wanted, s.Wanted)
		p.Priorities = append(p.Priorities, int32(s.Priority)) //nolint:gosec // 1 to 5
		p.Deleted = append(p.Deleted, s.Deleted)
	}
	n, err := t.q.UpsertSnapshots(ctx, p)
	if err != nil {
		return 0, 0, fmt.Errorf("storing %d snapshots of %s: %w", len(p.Ids), snapshots[0].Model, err)
	}
	return int(n), len(snapshots) - int(n), nil
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
