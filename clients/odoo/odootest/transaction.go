package odootest

import (
	"maps"
	"time"
)

// Transaction is one that stays open: it starts at Begin, and what it did becomes visible at Commit with the write date
// of its start. Ids are taken as the calls are made, so the ids of others that commit earlier are higher. One that
// is never committed leaves gaps in the ids and nothing else.
type Transaction struct {
	s        *Server
	start    time.Time
	snapshot int64
	calls    []Edit
	reserved map[string][]int64
}

// Begin starts a transaction at the database's time.
func (s *Server) Begin() *Transaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Transaction{s: s, start: s.cfg.Now(), snapshot: s.commits, reserved: map[string][]int64{}}
}

// Do adds a call. Its answer is not known before the commit.
func (t *Transaction) Do(model, method string, ids []int64, args map[string]any) {
	t.calls = append(t.calls, Edit{Model: model, Method: method, IDs: ids, Args: args})
}

// Create adds the creation of one record and gives the id that it will have; records that come with it, such as lines,
// get theirs at the commit.
func (t *Transaction) Create(model string, vals map[string]any) int64 {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.Do(model, "create", nil, map[string]any{"vals_list": []any{vals}})
	m := t.s.model(model)
	if m == nil { // which the commit will tell
		return 0
	}
	m.seq++
	t.reserved[model] = append(t.reserved[model], m.seq)
	return m.seq
}

// Commit carries out the calls. When another transaction has meanwhile changed one of the records, all are carried out
// anew in a transaction that starts now, as Odoo does after a serialization failure. An error undoes everything.
func (t *Transaction) Commit() error {
	failure := t.s.commit(t)
	if failure == errSerialization {
		t.start, t.snapshot = time.Time{}, 0
		failure = t.s.commit(t)
	}
	if failure != nil {
		return failure
	}
	return nil
}

// errSerialization is what PostgreSQL says to the later of two writers.
var errSerialization = pythonError("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update")

func (s *Server) commit(open *Transaction) *apiError {
	calls := make([]invocation, 0, len(open.calls))
	for _, c := range open.calls {
		inv, err := newInvocation(c.Model, c.Method, c.IDs, c.Args)
		if err != nil {
			return pythonError("builtins.TypeError", "%v", err)
		}
		calls = append(calls, inv)
	}
	_, _, failure := s.transact(open.start, nil, superuserID, func(t *tx) any {
		t.snapshot, t.reserved = open.snapshot, maps.Clone(open.reserved)
		for _, inv := range calls {
			t.call(inv)
		}
		return nil
	})
	return failure
}

// comingID is what nextID will give.
func (t *tx) comingID(m *model) int64 {
	if ids := t.reserved[m.name]; len(ids) > 0 && t.nested == 0 {
		return ids[0]
	}
	return m.seq + 1
}

// nextID is the id of a new record: one that its transaction took earlier, or the next of the sequence.
func (t *tx) nextID(m *model) int64 {
	id := t.comingID(m)
	if ids := t.reserved[m.name]; len(ids) > 0 && t.nested == 0 {
		t.reserved[m.name] = ids[1:]
	} else {
		m.seq++
	}
	return id
}

// claim notes that this transaction changes a record, unless a later one did so before it.
func (t *tx) claim(r *record) {
	if t.snapshot > 0 && r.commit > t.snapshot && r.commit <= t.s.commits {
		panic(errSerialization)
	}
}
