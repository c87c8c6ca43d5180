package odootest

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

const sqlSeconds = "2006-01-02 15:04:05"

// raw is a field's stored or computed value: nil, bool, int64, float64, string, []int64, map[string]float64, and
// int64 microseconds for a datetime.
func (t *tx) raw(m *model, r *record, f *field) any {
	switch f.key {
	case "id":
		return r.id
	case "create_date":
		return r.created
	case "write_date":
		return r.written
	case "create_uid":
		return r.createdBy
	case "write_uid":
		return r.writeBy
	case "display_name":
		return t.displayName(m, r)
	}
	if f.compute != nil {
		return f.compute(t, r)
	}
	if f.kind == kOne2many {
		return t.children(f, r.id)
	}
	return r.at(f.slot)
}

// seen is a field's value as callers of this version see it.
func (t *tx) seen(m *model, r *record, f *field) any {
	v := t.raw(m, r, f)
	if f.view != nil {
		v = f.view(t, r, v)
	}
	return v
}

// children are the rows of a one2many, in the default order of documents: sequence, then id.
func (t *tx) children(f *field, id int64) []int64 {
	rel := t.s.model(f.rel)
	inv := rel.field(f.inverse)
	ids := slices.Clone(rel.index[inv.slot][id])
	keep := func(r *record) bool { return true }
	switch f.key {
	case "invoice_line_ids":
		dt := rel.field("display_type")
		keep = func(r *record) bool { return invoiceLine(str(r.at(dt.slot))) }
	case "invoice_repartition_line_ids", "refund_repartition_line_ids":
		dt := rel.field("document_type")
		keep = func(r *record) bool { return strings.HasPrefix(f.key, str(r.at(dt.slot))) }
	case "child_ids":
		act := rel.field("active")
		keep = func(r *record) bool { return r.at(act.slot) != false || t.ctx["active_test"] == false }
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool { return !keep(rel.get(id)) })
	if seq := rel.byKey["sequence"]; seq != nil {
		slices.SortStableFunc(ids, func(a, b int64) int {
			x, _ := rel.get(a).at(seq.slot).(int64)
			y, _ := rel.get(b).at(seq.slot).(int64)
			return int(x - y)
		})
	}
	return ids
}

func invoiceLine(displayType string) bool {
	switch displayType {
	case "product", "line_section", "line_subsection", "line_note":
		return true
	}
	return false
}

func str(v any) string { s, _ := v.(string); return s }

// rec is a record with its model and transaction, for business code.
type rec struct {
	t *tx
	m *model
	*record
}

func (t *tx) rec(model string, id int64) rec {
	m := t.s.model(model)
	r := m.get(id)
	if r == nil {
		t.missing(m, id)
	}
	return rec{t, m, r}
}

func (r rec) val(name string) any    { return r.t.raw(r.m, r.record, r.m.field(name)) }
func (r rec) str(name string) string { return str(r.val(name)) }
func (r rec) num(name string) float64 {
	switch v := r.val(name).(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	}
	return 0
}
func (r rec) ref(name string) int64   { v, _ := r.val(name).(int64); return v }
func (r rec) ids(name string) []int64 { v, _ := r.val(name).([]int64); return v }
func (r rec) is(name string) bool     { v, _ := r.val(name).(bool); return v }

// put stores a recomputed value and touches the record when it changed.
func (r rec) put(name string, v any) {
	r.t.compute(r.m, r.record, name, v)
}
func (r rec) touch() { r.t.touch(r.m, r.record) }

// follow is the record a many2one points to; ok is false when it is empty or dangling.
func (r rec) follow(name string) (rec, bool) {
	m := r.t.s.model(r.m.field(name).rel)
	if o := m.get(r.ref(name)); o != nil {
		return rec{r.t, m, o}, true
	}
	return rec{}, false
}

// null turns the zero value of an id or string into NULL.
func null[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

func isFalse(v any) bool { return v == nil || v == false }

// convert checks an incoming JSON value and turns it into a stored one. One2many and many2many are commands and do
// not come here.
func (t *tx) convert(m *model, f *field, v any) any {
	switch f.kind {
	case kBool:
		return truthy(v)
	case kInt:
		return toInt(v)
	case kFloat, kMonetary:
		if f.digits > 0 {
			return flt(dec(toFloat(v)).Round(f.digits))
		}
		return toFloat(v)
	}
	if isFalse(v) {
		return nil
	}
	switch f.kind {
	case kDate:
		s := fmt.Sprint(v)
		if len(s) > 10 {
			s = s[:10]
		}
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			valueError("time data %s does not match format '%%Y-%%m-%%d'", repr(v))
		}
		return s
	case kDatetime:
		at, err := time.Parse(sqlSeconds, strings.Replace(str(v), "T", " ", 1))
		if day, err2 := time.Parse(time.DateOnly, str(v)); err != nil && err2 == nil {
			at, err = day, nil
		}
		if err != nil {
			valueError("time data %s does not match format '%%Y-%%m-%%d %%H:%%M:%%S'", repr(v))
		}
		return at.UnixMicro()
	case kSelection:
		s := fmt.Sprint(v)
		if !slices.ContainsFunc(f.options, func(o [2]string) bool { return o[0] == s }) && !slices.Contains(f.inner, s) {
			valueError("Wrong value for %s.%s: %s", m.name, f.name, repr(v))
		}
		return s
	case kMany2one:
		id := toInt(v)
		if rel := t.s.model(f.rel); rel == nil || rel.get(id) == nil {
			t.badForeignKey(m, f)
		}
		return id
	case kJSON:
		return toDistribution(v)
	default:
		if s := fmt.Sprint(v); s != "" {
			if strings.ContainsRune(s, 0) {
				valueError("A string literal cannot contain NUL (0x00) characters.")
			}
			if f.kind == kHTML && !strings.HasPrefix(strings.TrimSpace(s), "<") {
				s = "<p>" + s + "</p>"
			}
			return s
		}
		return nil
	}
}

func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case json.Number:
		f, err := v.Float64()
		return err != nil || f != 0
	case string:
		return v != ""
	}
	return true
}

func toInt(v any) int64 {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, err := v.Float64()
		if err != nil {
			valueError("invalid literal for int() with base 10: %s", repr(v))
		}
		return int64(f)
	case bool:
		if v {
			return 1
		}
	case string:
		i, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			valueError("invalid literal for int() with base 10: %s", repr(v))
		}
		return i
	case []any, map[string]any:
		typeError("int() argument must be a string, a bytes-like object or a real number, not 'list'")
	}
	return 0
}

func toFloat(v any) float64 {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			valueError("could not convert string to float: %s", repr(v.String()))
		}
		return f
	case bool:
		if v {
			return 1
		}
	case string:
		f, err := strconv.ParseFloat(v, 64)
		if err != nil {
			valueError("could not convert string to float: %s", repr(v))
		}
		return f
	case []any, map[string]any:
		typeError("float() argument must be a string or a real number, not 'list'")
	}
	return 0
}

// toDistribution stores an analytic distribution as Odoo 19 does: no check of accounts or sums, percentages cut to two
// decimals, {} is NULL.
func toDistribution(v any) any {
	in, ok := v.(map[string]any)
	if !ok {
		typeError("'%T' object has no attribute 'items'", v)
	}
	out := map[string]float64{}
	for k, p := range in {
		if _, isNumber := p.(json.Number); !isNumber {
			typeError("must be real number, not str")
		}
		out[k] = math.Round(toFloat(p)*100) / 100
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// show is a value as the API gives it: false for NULL, [id, name] for a many2one unless plain.
func (t *tx) show(f *field, v any, classic bool) any {
	switch f.kind {
	case kBool:
		return v == true
	case kInt:
		if v == nil {
			return int64(0)
		}
	case kFloat, kMonetary:
		if v == nil {
			return 0.0
		}
	case kOne2many, kMany2many:
		ids, _ := v.([]int64)
		return append([]int64{}, ids...)
	case kDatetime:
		if at, ok := v.(int64); ok {
			return time.UnixMicro(at).UTC().Format(sqlSeconds)
		}
	case kMany2one:
		if id, ok := v.(int64); ok && id != 0 {
			return t.showRef(f, id, classic)
		}
		return false
	}
	if v == nil {
		return false
	}
	return v
}

func (t *tx) showRef(f *field, id int64, classic bool) any {
	if !classic {
		return id
	}
	if id == superuserID && f.rel == "res.users" {
		return []any{id, "OdooBot"}
	}
	rel := t.s.model(f.rel)
	r := rel.get(id)
	if r == nil {
		return false
	}
	return []any{id, t.displayName(rel, r)}
}

func (t *tx) displayName(m *model, r *record) string {
	if m.display != nil {
		return m.display(t, r)
	}
	if f := m.byKey["name"]; f != nil {
		return str(r.at(f.slot))
	}
	return fmt.Sprintf("%s,%d", m.name, r.id)
}

func number(d decimal.Decimal) json.Number { return json.Number(d.String()) }
