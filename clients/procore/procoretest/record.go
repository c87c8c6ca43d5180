package procoretest

import (
	"time"

	"github.com/shopspring/decimal"
)

// record is what all stored objects share.
type record struct {
	id      int64
	project int64
	created time.Time
	updated time.Time
	deleted bool
	attrs   attrs
}

func (r *record) origin() string { return r.attrs.text("origin_id") }

func (r *record) stamp(out map[string]any) {
	out["id"] = r.id
	out["created_at"] = timestamp(r.created)
	out["updated_at"] = timestamp(r.updated)
}

// timestamp is Procore's form: UTC, whole seconds.
func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// cents is money as Procore sends it back: a string with two decimals.
func cents(d decimal.Decimal) string { return d.StringFixed(2) }

// table keeps records of one sort in order of creation.
type table[T any] struct {
	rows  map[int64]T
	order []int64
}

func (t *table[T]) put(id int64, row T) {
	if t.rows == nil {
		t.rows = map[int64]T{}
	}
	if _, known := t.rows[id]; !known {
		t.order = append(t.order, id)
	}
	t.rows[id] = row
}

func (t *table[T]) get(id int64) (T, bool) {
	row, ok := t.rows[id]
	return row, ok
}

func (t *table[T]) drop(id int64) {
	if _, known := t.rows[id]; !known {
		return
	}
	delete(t.rows, id)
	t.order = dropOne(t.order, id)
}

func (t *table[T]) all() []T {
	rows := make([]T, 0, len(t.order))
	for _, id := range t.order {
		rows = append(rows, t.rows[id])
	}
	return rows
}

// Object types, within which an origin_id is unique in the company.
const (
	typeVendor         = "vendor"
	typeCostCode       = "cost code"
	typeCostType       = "cost type"
	typeCommitment     = "commitment"
	typeCommitmentLine = "commitment line"
	typeRequisition    = "requisition"
	typeDirectCost     = "direct cost"
	typeDirectCostLine = "direct cost line"
)

// originIndex maps object type and origin_id to the id that holds it.
type originIndex map[string]map[string]int64

func (x originIndex) find(objectType, origin string) (int64, bool) {
	id, ok := x[objectType][origin]
	return id, ok && origin != ""
}

func (x originIndex) move(objectType string, id int64, from, to string) {
	if x[objectType] == nil {
		x[objectType] = map[string]int64{}
	}
	if from != "" && x[objectType][from] == id {
		delete(x[objectType], from)
	}
	if to != "" {
		x[objectType][to] = id
	}
}
