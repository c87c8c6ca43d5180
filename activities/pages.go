package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// reading is one pass over a tenant's Odoo. All of it goes up to the same moment of Odoo's clock, so that what a document
// names is there when the document is.
type reading struct {
	*Connection
	store   *store.Store
	cursors map[string]store.Cursor // as they were when it began
	now     time.Time               // Odoo's clock when it began
	until   time.Time               // the end of its windows: now, less the settle delay
	result  *FetchResult
}

// begin asks Odoo for its clock.
func (p *Polls) begin(ctx context.Context, c *Connection, result *FetchResult) (*reading, error) {
	now, err := c.Odoo.Clock(ctx)
	if err != nil {
		return nil, err
	}
	result.Until = now.Add(-time.Duration(c.File.Odoo.SettleDelay)).UTC().Truncate(time.Second)
	cursors, err := p.store.Cursors(ctx, c.Tenant.Name)
	if err != nil {
		return nil, err
	}
	return &reading{Connection: c, store: p.store, cursors: cursors, now: now.UTC(), until: result.Until, result: result}, nil
}

// fetch reads what was written since the last cycle; once an hour it also looks further back.
func (r *reading) fetch(ctx context.Context, list []source) error {
	for _, s := range list {
		if err := r.toTheEnd(ctx, s, r.window); err != nil {
			return err
		}
		if err := r.lookBack(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// page is what one transaction has read.
type page struct {
	last  int64 // the last id that was seen
	more  bool  // there are more behind it
	seen  int
	count FetchCount
}

// pageReader reads one page, in a transaction that holds the model's lock.
type pageReader func(ctx context.Context, tx *store.Tx, s source) (page, error)

// toTheEnd reads page after page until there is no more.
func (r *reading) toTheEnd(ctx context.Context, s source, next pageReader) error {
	for {
		p, err := r.one(ctx, s, next)
		if err != nil {
			return fmt.Errorf("reading %s: %w", s.polled, err)
		}
		if !p.more {
			return nil
		}
	}
}

// one is one transaction: lock, read, upsert, cursor. An older read can never overwrite a newer one.
func (r *reading) one(ctx context.Context, s source, next pageReader) (p page, err error) {
	err = r.locked(ctx, s, func(ctx context.Context, tx *store.Tx) error {
		p, err = next(ctx, tx, s)
		return err
	})
	if err == nil {
		r.result.count(s.model, p.count)
		activity.RecordHeartbeat(ctx, s.polled, p.last)
	}
	return p, err
}

// locked is a transaction under the lock of the model.
func (r *reading) locked(ctx context.Context, s source, do func(ctx context.Context, tx *store.Tx) error) error {
	return r.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := lockModel(ctx, tx, r.Connection, s.model); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// errBoundAnew ends a reading that began before the tenant was held or rebound: its connection may be another Odoo's. The
// next attempt begins with what is the case now.
var errBoundAnew = errors.New("the tenant was held or rebound while its Odoo was read")

func lockModel(ctx context.Context, tx *store.Tx, c *Connection, model string) error {
	if err := tx.LockModel(ctx, c.Tenant.Name, model); err != nil {
		return err
	}
	if same, err := tx.StillBound(ctx, c.Tenant.Name, c.Tenant.Rebinds); err != nil || same {
		return err
	}
	return errBoundAnew
}

// window reads the next page of what was written since the last cycle. An unfinished window of an earlier attempt is
// finished first, with its own end. A window begins a little before the last one's end: a transaction that committed
// late has an older write_date. What is stored as it was written last is not read again.
func (r *reading) window(ctx context.Context, tx *store.Tx, s source) (page, error) {
	cursor, err := tx.Cursor(ctx, r.Tenant.Name, s.polled)
	if err != nil {
		return page{}, err
	}
	if cursor.WindowTo.IsZero() {
		switch {
		case !cursor.DoneTo.IsZero():
		case s.lines():
			cursor.DoneTo = r.until
		default:
			if err := r.beginLines(ctx, tx, s); err != nil {
				return page{}, err
			}
		}
		if !cursor.DoneTo.Before(r.until) { // nothing to do, or Odoo's clock was set back
			cursor.DoneTo = r.until
			return page{}, tx.SaveCursor(ctx, r.Tenant.Name, s.polled, cursor)
		}
		cursor.WindowTo, cursor.LastID = r.until, 0
		if !cursor.DoneTo.IsZero() {
			cursor.WindowFrom = cursor.DoneTo.Add(-time.Duration(r.File.Odoo.Overlap)).Truncate(time.Second)
		}
	}
	read := r.list
	if s.lines() {
		read = r.look
	}
	p, err := r.advance(ctx, tx, s, s.polled, cursor, read)
	p.more = p.more || cursor.WindowTo.Before(r.until)
	return p, err
}

// advance reads the next page of the window that a cursor stands in, and moves the cursor.
func (r *reading) advance(
	ctx context.Context, tx *store.Tx, s source, name string, cursor store.Cursor,
	read func(context.Context, *store.Tx, source, odoo.Window) (page, error),
) (page, error) {
	p, err := read(ctx, tx, s, odoo.Window{From: cursor.WindowFrom, To: cursor.WindowTo, After: cursor.LastID})
	if err != nil {
		return page{}, err
	}
	cursor.LastID = p.last
	if !p.more {
		cursor = store.Cursor{DoneTo: cursor.WindowTo}
	}
	return p, tx.SaveCursor(ctx, r.Tenant.Name, name, cursor)
}

// beginLines begins the polling of a model's lines where the first reading of its documents ends: that reads them with
// all their lines.
func (r *reading) beginLines(ctx context.Context, tx *store.Tx, documents source) error {
	at := slices.IndexFunc(sources, func(s source) bool { return s.model == documents.model && s.lines() })
	if at < 0 {
		return nil
	}
	lines, err := tx.Cursor(ctx, r.Tenant.Name, sources[at].polled)
	if err != nil || !lines.DoneTo.IsZero() {
		return err
	}
	return tx.SaveCursor(ctx, r.Tenant.Name, sources[at].polled, store.Cursor{DoneTo: r.until})
}

// list reads a page of a window with the heads of its records, and reads on those that are not stored as they were written
// last.
func (r *reading) list(ctx context.Context, tx *store.Tx, s source, w odoo.Window) (page, error) {
	var p page
	w.Limit = r.sizes.size(s.polled)
	w.Choose = func(ctx context.Context, refs []odoo.Ref) ([]int64, error) {
		p.seen, p.more = len(refs), len(refs) >= w.Limit
		if len(refs) == 0 {
			return nil, nil
		}
		p.last = refs[len(refs)-1].ID
		return tx.UnknownRecords(ctx, r.Tenant.Name, s.model, toRefs(refs))
	}
	snapshots, err := r.read(ctx, s, w)
	if err != nil {
		return page{}, err
	}
	p.count, err = r.upsert(ctx, tx, s, snapshots)
	return p, err
}

// look is list by ids and dates alone, which come in large pages; of lines it reads the documents.
func (r *reading) look(ctx context.Context, tx *store.Tx, s source, w odoo.Window) (page, error) {
	_, p, err := r.compare(ctx, tx, s, w, false)
	return p, err
}

// indexPages is how many times more records a page has that holds ids and dates alone.
const indexPages = 10

// compare reads a page of ids and dates, and the documents that are not stored so; with all, every document. It ends
// where it has read one page of them.
func (r *reading) compare(ctx context.Context, tx *store.Tx, s source, w odoo.Window, all bool) ([]odoo.Ref, page, error) {
	size, index := r.sizes.size(s.polled), s.polled+"/index"
	w.Limit = r.sizes.size(index) * indexPages
	began := time.Now()
	refs, err := r.Odoo.Index(ctx, s.polled, w)
	r.sizes.took(index, time.Since(began), err)
	if err != nil {
		return nil, page{}, err
	}
	p := page{more: len(refs) >= w.Limit}
	unknown, err := r.unknown(ctx, tx, s, refs, all)
	if err != nil {
		return nil, page{}, err
	}
	var documents []int64
	for i, ref := range refs {
		if unknown[ref.ID] {
			if id := s.document(ref); id != 0 && !slices.Contains(documents, id) {
				documents = append(documents, id)
			}
		}
		p.last = ref.ID
		if len(documents) >= size && i+1 < len(refs) {
			refs, p.more = refs[:i+1], true
			break
		}
	}
	p.seen = len(refs)
	if len(documents) == 0 {
		return refs, p, nil
	}
	snapshots, err := r.read(ctx, s, odoo.Window{IDs: documents})
	if err != nil {
		return nil, page{}, err
	}
	p.count, err = r.upsert(ctx, tx, s, snapshots)
	return refs, p, err
}

func (r *reading) unknown(ctx context.Context, tx *store.Tx, s source, refs []odoo.Ref, all bool) (map[int64]bool, error) {
	out := make(map[int64]bool, len(refs))
	if all {
		for _, ref := range refs {
			out[ref.ID] = true
		}
		return out, nil
	}
	compare := tx.UnknownRecords
	if s.lines() {
		compare = tx.UnknownLines
	}
	ids, err := compare(ctx, r.Tenant.Name, s.model, toRefs(refs))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// fetchIDs reads these records, whenever they were written.
func (r *reading) fetchIDs(ctx context.Context, s source, ids []int64, priority int) error {
	for chunk := range slices.Chunk(ids, pageSize) {
		_, err := r.one(ctx, s, func(ctx context.Context, tx *store.Tx, s source) (page, error) {
			snapshots, err := r.read(ctx, s, odoo.Window{IDs: chunk})
			if err != nil {
				return page{}, err
			}
			for i := range snapshots {
				snapshots[i].Priority = priority
			}
			count, err := r.upsert(ctx, tx, s, snapshots)
			return page{count: count}, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// read reads a page and remembers how long Odoo took.
func (r *reading) read(ctx context.Context, s source, w odoo.Window) ([]store.Snapshot, error) {
	began := time.Now()
	snapshots, err := s.read(ctx, r.Odoo, w)
	r.sizes.took(s.polled, time.Since(began), err)
	if err != nil {
		return nil, err
	}
	for i := range snapshots {
		r.date(&snapshots[i])
	}
	return snapshots, nil
}

// date says how far the dates of a document are to be believed. One of the last seconds can be given to another write yet:
// without it the next poll reads the document again. And a transaction that began in the second of the newest one may stay
// open for long.
func (r *reading) date(s *store.Snapshot) {
	newest := s.WriteDate
	for i, l := range s.Lines {
		newest = maxTime(newest, l.WriteDate)
		if !l.WriteDate.Before(r.until) {
			s.Lines[i].WriteDate = time.Time{}
		}
	}
	if !s.WriteDate.Before(r.until) {
		s.WriteDate = time.Time{}
	}
	if again := newest.Add(time.Duration(r.File.Odoo.LongOverlap)); again.After(r.now) {
		s.ReadAgain = again
	}
}

func toRefs(refs []odoo.Ref) []store.Ref {
	out := make([]store.Ref, len(refs))
	for i, r := range refs {
		out[i] = store.Ref(r)
	}
	return out
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
