package odootest

import (
	"maps"
	"reflect"
	"slices"
	"time"
)

// record is one row. Times are microseconds since 1970, UTC.
type record struct {
	id                 int64
	v                  []any
	created, written   int64
	createdBy, writeBy int64
	commit             int64 // number of the transaction that changed it last
}

// table keeps rows by rising id. The write times stand in a slice of their own: a window over a million rows is a
// scan of eight megabytes.
type table struct {
	ids     []int64
	written []int64
	recs    []*record
	seq     int64
	index   map[int]map[int64][]int64
}

func (tb *table) pos(id int64) (int, bool) { return slices.BinarySearch(tb.ids, id) }

func (tb *table) get(id int64) *record {
	if i, ok := tb.pos(id); ok {
		return tb.recs[i]
	}
	return nil
}

func (tb *table) insert(r *record) {
	i, _ := tb.pos(r.id)
	tb.ids = slices.Insert(tb.ids, i, r.id)
	tb.written = slices.Insert(tb.written, i, r.written)
	tb.recs = slices.Insert(tb.recs, i, r)
	for slot := range tb.index {
		if slot < len(r.v) {
			tb.link(slot, r.v[slot], r.id)
		}
	}
}

func (tb *table) remove(r *record) {
	i, ok := tb.pos(r.id)
	if !ok {
		return
	}
	tb.ids = slices.Delete(tb.ids, i, i+1)
	tb.written = slices.Delete(tb.written, i, i+1)
	tb.recs = slices.Delete(tb.recs, i, i+1)
	for slot := range tb.index {
		if slot < len(r.v) {
			tb.unlink(slot, r.v[slot], r.id)
		}
	}
}

func (tb *table) link(slot int, key any, id int64) {
	if k, ok := key.(int64); ok {
		ids := tb.index[slot][k]
		if i, found := slices.BinarySearch(ids, id); !found {
			tb.index[slot][k] = slices.Insert(ids, i, id)
		}
	}
}

func (tb *table) unlink(slot int, key any, id int64) {
	if k, ok := key.(int64); ok {
		ids := tb.index[slot][k]
		if i, found := slices.BinarySearch(ids, id); found {
			tb.index[slot][k] = slices.Delete(ids, i, i+1)
		}
	}
}

// tx is one transaction: who asks, in which companies, since when, and how to undo it.
type tx struct {
	s         *Server
	uid       int64
	user      *User // nil for the superuser
	companies []int64
	ctx       map[string]any
	start     int64
	undo      []func()
	fresh     map[*record]bool
	records   int
	remote    bool               // called over XML-RPC
	nested    int                // depth of one2many commands
	snapshot  int64              // commits that this transaction sees, 0 for all
	reserved  map[string][]int64 // ids taken before, by model

	dirtyMoves, dirtyLines, dirtyOrders, reanalyse map[int64]bool
}

func (t *tx) now() time.Time { return time.UnixMicro(t.start).UTC() }
func (t *tx) today() string  { return t.now().Format(time.DateOnly) }

func (t *tx) rollback() {
	for _, f := range slices.Backward(t.undo) {
		f()
	}
}

// set stores a value as SQL would: without a new write date.
func (t *tx) set(m *model, r *record, f *field, v any) {
	for f.slot >= len(r.v) {
		r.v = append(r.v, nil)
	}
	old := r.v[f.slot]
	put := func(from, to any) {
		if f.idx {
			m.unlink(f.slot, from, r.id)
			m.link(f.slot, to, r.id)
		}
		r.v[f.slot] = to
	}
	put(old, v)
	if !t.fresh[r] {
		t.undo = append(t.undo, func() { put(v, old) })
	}
}

// touch gives a record this transaction's write date.
func (t *tx) touch(m *model, r *record) {
	t.claim(r)
	if r.written == t.start && r.writeBy == t.uid && r.commit == t.s.commits+1 {
		return
	}
	put := func(at, by, commit int64) {
		r.written, r.writeBy, r.commit = at, by, commit
		if i, ok := m.pos(r.id); ok {
			m.written[i] = at
		}
	}
	at, by, commit := r.written, r.writeBy, r.commit
	put(t.start, t.uid, t.s.commits+1)
	if !t.fresh[r] {
		t.undo = append(t.undo, func() { put(at, by, commit) })
	}
}

// compute stores a recomputed value; the record gets a new write date only if the value really changed.
func (t *tx) compute(m *model, r *record, name string, v any) {
	f := m.field(name)
	if same(r.at(f.slot), v) {
		return
	}
	t.set(m, r, f, v)
	t.touch(m, r)
}

func same(a, b any) bool {
	if fa, ok := a.(float64); ok {
		if fb, ok := b.(float64); ok {
			return fa == fb || max(fa-fb, fb-fa) < 1e-9
		}
	}
	return reflect.DeepEqual(a, b)
}

func (t *tx) insert(m *model, r *record) {
	m.insert(r)
	t.fresh[r] = true
	t.undo = append(t.undo, func() { m.remove(r) })
}

func (t *tx) remove(m *model, r *record) {
	t.claim(r)
	m.remove(r)
	t.undo = append(t.undo, func() { m.insert(r) })
}

func (r *record) at(slot int) any {
	if slot < 0 || slot >= len(r.v) {
		return nil
	}
	return r.v[slot]
}

func sortedIDs(set map[int64]bool) []int64 {
	ids := slices.Collect(maps.Keys(set))
	slices.Sort(ids)
	return ids
}
