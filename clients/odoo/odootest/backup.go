package odootest

import (
	"maps"
	"slices"
)

// Backup is the state of a server at one moment, as a dump of its database holds it.
type Backup struct {
	tables   map[string]table
	counters map[string]int
}

// Backup copies all records, id sequences and number counters.
func (s *Server) Backup() Backup {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := Backup{tables: map[string]table{}, counters: maps.Clone(s.counters)}
	for name, m := range s.models {
		b.tables[name] = m.clone()
	}
	return b
}

// Restore makes the server what it was when the backup was taken: what came later is gone, its ids and numbers are
// given again. A backup of another server may be restored, as a copy is made; users are those of this server.
func (s *Server) Restore(b Backup) {
	s.mu.Lock()
	defer s.mu.Unlock()
	plans := s.model("account.analytic.plan")
	saved := b.tables[plans.name]
	plans.table = saved.clone()
	t := &tx{s: s, uid: superuserID, ctx: map[string]any{}, fresh: map[*record]bool{}}
	for _, r := range plans.recs { // each root plan is a column of analytic lines
		t.placePlan(r)
	}
	for name, saved := range b.tables {
		s.models[name].table = saved.clone()
	}
	s.counters = maps.Clone(b.counters)
}

// clone copies rows; a stored value is never changed in place.
func (tb *table) clone() table {
	out := table{
		ids: slices.Clone(tb.ids), written: slices.Clone(tb.written), recs: make([]*record, len(tb.recs)), seq: tb.seq,
		index: make(map[int]map[int64][]int64, len(tb.index)),
	}
	for i, r := range tb.recs {
		same := *r
		same.v = slices.Clone(r.v)
		out.recs[i] = &same
	}
	for slot, keys := range tb.index {
		out.index[slot] = make(map[int64][]int64, len(keys))
		for key, ids := range keys {
			out.index[slot][key] = slices.Clone(ids)
		}
	}
	return out
}
