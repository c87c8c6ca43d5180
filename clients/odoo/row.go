package odoo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// row is one record as answered. Odoo writes false for NULL of every type, so each getter knows its
// type and takes false as the zero value. The first value of a wrong type is kept in err.
type row struct {
	model  string
	schema schema
	values map[string]any
	err    error
}

func toRows(model, method string, s schema, v any) ([]*row, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, unexpected(model, method, "a list", v)
	}
	out := make([]*row, len(list))
	for i, item := range list {
		m, ok := item.(map[string]any)
		if !ok {
			return nil, unexpected(model, method, "a list of objects", item)
		}
		out[i] = &row{model: model, schema: s, values: m}
	}
	return out, nil
}

func unexpected(model, method, want string, got any) *Error {
	return &Error{
		Code: CodeInvalidRequest, Model: model, Method: method, Status: http.StatusOK,
		Message: fmt.Sprintf("the answer is not %s but %T", want, got), WayOut: reportDefect,
	}
}

// value is nil for a missing column and for false.
func (r *row) value(column string) any {
	name := r.schema.names[column]
	if name == "" {
		name = column
	}
	v := r.values[name]
	if v == false {
		return nil
	}
	return v
}

func (r *row) bad(column, want string, v any) {
	if r.err == nil {
		r.err = unexpected(r.model, "read", want+" in "+column, v)
	}
}

// text has "\n" at line ends, and no control characters.
func (r *row) text(column string) string {
	v := r.value(column)
	s, ok := v.(string)
	if !ok && v != nil {
		r.bad(column, "a text", v)
	}
	return cleanText(s)
}

func (r *row) flag(column string) bool {
	v := r.value(column)
	b, ok := v.(bool)
	if !ok && v != nil {
		r.bad(column, "a boolean", v)
	}
	return b
}

// integer also takes 2.0.
func (r *row) integer(column string) int64 {
	v := r.value(column)
	if v == nil {
		return 0
	}
	n, ok := toInt(v)
	if !ok {
		r.bad(column, "an integer", v)
	}
	return n
}

// id is a many2one: a plain id, or [id, name] when a server ignores load.
func (r *row) id(column string) int64 {
	v := r.value(column)
	if v == nil {
		return 0
	}
	if pair, ok := v.([]any); ok && len(pair) == 2 {
		v = pair[0]
	}
	n, ok := toInt(v)
	if !ok {
		r.bad(column, "an id", v)
	}
	return n
}

// ids is a one2many or many2many, ascending; nil when empty. A many2one counts as a list of one.
func (r *row) ids(column string) []int64 {
	v := r.value(column)
	list, ok := v.([]any)
	if !ok {
		if id := r.id(column); id != 0 {
			return []int64{id}
		}
		return nil
	}
	var out []int64
	for _, item := range list {
		n, ok := toInt(item)
		if !ok {
			r.bad(column, "a list of ids", item)
			return nil
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func toInt(v any) (int64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	if i, err := n.Int64(); err == nil {
		return i, true
	}
	d, ok := toDecimal(v)
	if !ok || !d.IsInteger() || !d.BigInt().IsInt64() {
		return 0, false
	}
	return d.IntPart(), true
}

// number keeps all digits that Odoo wrote.
func (r *row) number(column string) decimal.Decimal {
	v := r.value(column)
	if v == nil {
		return decimal.Zero
	}
	d, ok := toDecimal(v)
	if !ok {
		r.bad(column, "a number", v)
	}
	return d
}

func toDecimal(v any) (decimal.Decimal, bool) {
	n, ok := v.(json.Number)
	if !ok || len(n) > maxDigits {
		return decimal.Zero, false
	}
	d, err := decimal.NewFromString(n.String())
	return d, err == nil && d.Exponent() <= maxDigits && d.Exponent() >= -maxDigits
}

// maxDigits bounds a number's text and exponent. A Python float needs less (1.7976931348623157e+308), and rounding
// 1e999999999 would not end.
const maxDigits = 400

// money is rounded to the currency's digits: Odoo answers binary floats with noise, 101.24000000000001.
func (r *row) money(column string, digits int32) decimal.Decimal {
	return r.number(column).Round(digits)
}

// instant is a datetime: UTC, whole seconds.
func (r *row) instant(column string) time.Time {
	s := r.text(column)
	if s == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(time.DateTime, s, time.UTC)
	if err != nil {
		r.bad(column, "a datetime", s)
	}
	return t
}

func (r *row) date(column string) Date {
	s := r.text(column)
	if s == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		r.bad(column, "a date", s)
		return ""
	}
	return Date(s)
}

// shares is an analytic distribution: {"35,36": 60.0} or false. Odoo validates nothing in it, so a key
// that is no list of ids is kept as it is. Shares are in the order of their accounts, bad keys last.
func (r *row) shares(column string) []Share {
	v := r.value(column)
	if v == nil {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		r.bad(column, "an analytic distribution", v)
		return nil
	}
	var out []Share
	for key, val := range m {
		percent, ok := toDecimal(val)
		if !ok {
			r.bad(column, "a percentage", val)
			return nil
		}
		s := Share{Percent: percent, Accounts: parseKey(key)}
		if s.Accounts == nil {
			s.Accounts, s.Key = []int64{}, key
		}
		out = append(out, s)
	}
	slices.SortFunc(out, compareShares)
	return out
}

func compareShares(a, b Share) int {
	if bad := len(a.Accounts) == 0; bad != (len(b.Accounts) == 0) {
		if bad {
			return 1
		}
		return -1
	}
	if c := slices.Compare(a.Accounts, b.Accounts); c != 0 {
		return c
	}
	if c := strings.Compare(a.Key, b.Key); c != 0 {
		return c
	}
	return a.Percent.Cmp(b.Percent)
}

// parseKey returns nil when the key is no list of ids.
func parseKey(key string) []int64 {
	var ids []int64
	for part := range strings.SplitSeq(key, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil || n <= 0 {
			return nil
		}
		ids = append(ids, n)
	}
	slices.Sort(ids)
	return ids
}
