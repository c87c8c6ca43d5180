package odootest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// group is one row of a grouped read: its keys and records.
type group struct {
	keys []any
	rs   []*record
}

func formattedReadGroup(t *tx, m *model, _ []*record, a args) any {
	return t.grouped(m, a, texts(a["aggregates"]), true)
}

func readGroup(t *tx, m *model, _ []*record, a args) any {
	return t.grouped(m, a, append(texts(a["fields"]), "__count"), false)
}

func texts(v any) []string {
	list, ok := v.([]any)
	if !ok && !isFalse(v) {
		list = []any{v}
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		out = append(out, str(e))
	}
	return out
}

func (t *tx) grouped(m *model, a args, aggregates []string, formatted bool) any {
	by := texts(a["groupby"])
	var groups []*group
	byKeys := map[string]*group{}
	for _, r := range t.search(m, a["domain"], "id", 0, 0) {
		keys := make([]any, len(by))
		for i, spec := range by {
			keys[i] = t.groupKey(m, r, spec)
		}
		shown := encode(keys)
		g := byKeys[shown]
		if g == nil {
			g = &group{keys: keys}
			byKeys[shown] = g
			groups = append(groups, g)
		}
		g.rs = append(g.rs, r)
	}
	if len(by) == 0 && len(groups) == 0 {
		groups = append(groups, &group{})
	}
	slices.SortStableFunc(groups, func(x, y *group) int { return slices.CompareFunc(x.keys, y.keys, compareKeys) })
	offset, limit := limits(a)
	groups = groups[min(offset, len(groups)):]
	if limit > 0 {
		groups = groups[:min(limit, len(groups))]
	}
	out := make([]object, 0, len(groups))
	for _, g := range groups {
		out = append(out, t.groupRow(m, g, by, aggregates, formatted, a["domain"]))
	}
	t.records += len(out)
	return out
}

func compareKeys(a, b any) int {
	if x, ok := a.([]any); ok {
		if y, ok := b.([]any); ok {
			return compareValues(x[1], y[1])
		}
	}
	return compareValues(a, b)
}

func (t *tx) groupKey(m *model, r *record, spec string) any {
	name, unit, _ := strings.Cut(spec, ":")
	f := m.byName[name]
	if f == nil {
		valueError("Invalid field '%s' on model '%s'", name, m.name)
	}
	v := t.seen(m, r, f)
	if f.kind == kDatetime || f.kind == kDate {
		at, ok := v.(int64)
		day := time.UnixMicro(at).UTC()
		if s, isDate := v.(string); isDate {
			day, ok = parseDay(s), true
		}
		if !ok {
			return nil
		}
		from, _ := span(day, unit)
		return from.Format(sqlSeconds)
	}
	if f.kind == kMany2one {
		if id, ok := v.(int64); ok {
			return t.showRef(f, id, true)
		}
		return nil
	}
	return v
}

func parseDay(s string) time.Time {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return day
}

// span is the day, month or year that a time lies in.
func span(at time.Time, unit string) (from, to time.Time) {
	y, mo, d := at.Date()
	switch unit {
	case "day":
		from = time.Date(y, mo, d, 0, 0, 0, 0, time.UTC)
		return from, from.AddDate(0, 0, 1)
	case "year":
		from = time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
		return from, from.AddDate(1, 0, 0)
	}
	from = time.Date(y, mo, 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(0, 1, 0)
}

func (t *tx) groupRow(m *model, g *group, by, aggregates []string, formatted bool, domain any) object {
	row, extra, ranges := object{}, []any{}, object{}
	for i, spec := range by {
		name, unit, _ := strings.Cut(spec, ":")
		v := g.keys[i]
		f := m.byName[name]
		if from, err := time.Parse(sqlSeconds, str(v)); err == nil && (f.kind == kDatetime || f.kind == kDate) {
			from, to := span(from, unit)
			layout := sqlSeconds
			if f.kind == kDate {
				layout = time.DateOnly
			}
			lo, hi := from.Format(layout), to.Format(layout)
			extra = append(extra, []any{name, ">=", lo}, []any{name, "<", hi})
			ranges = append(ranges, member{spec, object{{"from", lo}, {"to", hi}}})
			label := any(from.Format("January 2006"))
			if formatted {
				label = []any{lo, label}
			}
			row = append(row, member{spec, label})
			continue
		}
		if v == nil {
			v = false
		}
		row = append(row, member{spec, v})
		if pair, ok := v.([]any); ok {
			v = pair[0]
		}
		extra = append(extra, []any{name, "=", v})
	}
	if formatted {
		row = append(row, member{"__extra_domain", extra})
	}
	for _, spec := range aggregates {
		name, fn, ok := strings.Cut(spec, ":")
		label := spec
		if !formatted {
			label = name
		}
		switch {
		case spec == "__count":
			row = append(row, member{spec, int64(len(g.rs))})
		case ok:
			row = append(row, member{label, t.aggregate(m, g.rs, name, fn)})
		}
	}
	if !formatted {
		given, _ := domain.([]any)
		if t.s.dialect.old {
			return append(row, member{"__domain", append(nestedDomain(extra), given...)})
		}
		operators := []any{}
		for range len(extra) - 1 {
			operators = append(operators, "&")
		}
		extra = append(operators, extra...)
		row = append(row, member{"__domain", append(extra, given...)})
		if len(ranges) > 0 {
			row = append(row, member{"__range", ranges})
		}
	}
	return row
}

func (t *tx) aggregate(m *model, rs []*record, name, fn string) any {
	f := m.byName[name]
	if f == nil {
		valueError("Invalid field '%s' on model '%s'", name, m.name)
	}
	var best any
	sum, n := 0.0, 0
	for _, r := range rs {
		v := t.seen(m, r, f)
		if v == nil {
			continue
		}
		n++
		switch x := v.(type) {
		case float64:
			sum += x
		case int64:
			sum += float64(x)
		}
		if c := compareValues(v, best); best == nil || fn == "max" && c > 0 || fn == "min" && c < 0 {
			best = v
		}
	}
	switch fn {
	case "sum":
		return sum
	case "avg":
		return sum / float64(max(n, 1))
	case "count":
		return int64(n)
	case "max", "min":
		return t.show(f, best, false)
	}
	valueError("Invalid aggregate '%s'", fmt.Sprint(name, ":", fn))
	return nil
}

// nestedDomain joins conditions as version 14 does: "&", a, "&", b, c.
func nestedDomain(conditions []any) []any {
	out := []any{}
	for i, c := range conditions {
		if i < len(conditions)-1 {
			out = append(out, "&")
		}
		out = append(out, c)
	}
	return out
}
