package odootest

import (
	"regexp"
	"strings"
	"time"
)

// datetimeCondition compares microseconds, as PostgreSQL does, with the span that a value names.
func (t *tx) datetimeCondition(m *model, f *field, op string, v any, get func(*record) any) test {
	if isFalse(v) {
		return func(r *record) bool { return get(r) == nil }
	}
	lo, hi := t.moment(m, f, op, v)
	return func(r *record) bool {
		at, ok := get(r).(int64)
		if !ok {
			return false
		}
		switch op {
		case "=":
			return at >= lo && at < hi
		case ">":
			return at >= hi
		case ">=":
			return at >= lo
		case "<":
			return at < lo
		case "<=":
			return at < hi
		}
		return strings.Contains(time.UnixMicro(at).UTC().Format(sqlSeconds), str(v))
	}
}

var zoned = regexp.MustCompile(`(Z|[+-]\d\d:?\d\d)$`)

// moment is the span [lo, hi) of microseconds that a datetime value names. In version 19 it is the whole second (of a
// date the whole day in the user's zone), so ">" starts at the next one and "<=" includes all of it. In version 14
// it is the very microsecond, an offset is ignored, and of a date only ">" looks at the end of the day.
func (t *tx) moment(m *model, f *field, op string, v any) (lo, hi int64) {
	s, _ := v.(string)
	old := t.s.dialect.old
	if day, err := time.ParseInLocation(time.DateOnly, s, t.zone()); err == nil {
		next := day.AddDate(0, 0, 1).UnixMicro()
		if old && op != ">" {
			next = day.UnixMicro() + 1
		}
		return day.UnixMicro(), next
	}
	text := strings.Replace(s, "T", " ", 1)
	if len(text) > 10 && zoned.MatchString(text) {
		if !old {
			valueError("expecting only datetimes with no timezone: %s", repr(v))
		}
		text = zoned.ReplaceAllString(text, "")
	}
	at, err := time.Parse("2006-01-02 15:04:05.999999", text)
	if err != nil {
		if at, err = time.Parse("2006-01-02 15:04", text); err != nil {
			t.badMoment(m, f, op, v)
		}
	}
	if old {
		return at.UnixMicro(), at.UnixMicro() + 1
	}
	at = at.Truncate(time.Second)
	return at.UnixMicro(), at.Add(time.Second).UnixMicro()
}

// badMoment refuses a value that is no date: version 14 leaves that to the database.
func (t *tx) badMoment(m *model, f *field, op string, v any) {
	if !t.s.dialect.old {
		valueError("Invalid term %s in expression date: %s", repr(v), repr(v))
	}
	kind := "date"
	if f.kind == kDatetime {
		kind = "timestamp"
	}
	table := strings.ReplaceAll(m.name, ".", "_")
	raise(500, "psycopg2.errors.InvalidDatetimeFormat", "invalid input syntax for type %s: \"%s\"\nLINE 1: ...\" WHERE (\"%s\".\"%s\" %s '%s')\n  ^\n",
		kind, str(v), table, f.name, op, str(v))
}

// zone is that of the user's context; version 14 does not look at it.
func (t *tx) zone() *time.Location {
	if name := str(t.ctx["tz"]); name != "" && !t.s.dialect.old {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc
		}
	}
	return time.UTC
}
