package procoretest

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"sort"
	"time"

	"github.com/shopspring/decimal"
)

// kind is how a field of a request body must look in JSON.
type kind int

const (
	text        kind = iota // string
	whole                   // integer, also ids
	number                  // JSON number
	moneyNumber             // JSON number, at most two decimals
	money                   // JSON string holding a number, at most two decimals
	quantity                // JSON string holding a number
	flag                    // boolean
	day                     // YYYY-MM-DD, a full timestamp is taken too
	free                    // any JSON, kept as it came
)

// field describes one attribute; choices makes it an enumeration of strings.
type field struct {
	kind    kind
	choices []string
}

// schema names the attributes that a body may carry.
type schema map[string]field

// attrs are attributes after checking: string, int64, bool, decimal.Decimal, or free JSON.
// A nil value is an explicit null.
type attrs map[string]any

func fields(k kind, names ...string) schema {
	s := make(schema, len(names))
	for _, name := range names {
		s[name] = field{kind: k}
	}
	return s
}

func schemaOf(parts ...schema) schema {
	all := schema{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

func choice(name string, choices ...string) schema {
	return schema{name: {kind: text, choices: choices}}
}

// read checks raw against the schema. Unknown fields are dropped and named, as
// Procore ignores them; wrong types are faults.
func (s schema) read(raw map[string]any, prefix string) (in attrs, unknown []string, bad faults) {
	in, bad = attrs{}, faults{}
	for name, value := range raw {
		f, ok := s[name]
		if !ok {
			unknown = append(unknown, prefix+name)
			continue
		}
		if value == nil {
			in[name] = nil
			continue
		}
		v, message := f.read(value)
		if message != "" {
			bad.add(name, message)
			continue
		}
		in[name] = v
	}
	sort.Strings(unknown)
	return in, unknown, bad
}

func (f field) read(value any) (any, string) {
	switch f.kind {
	case text:
		s, ok := value.(string)
		if !ok {
			return nil, "must be a string"
		}
		if f.choices != nil && !slices.Contains(f.choices, s) {
			return nil, "is not included in the list"
		}
		return s, ""
	case whole:
		n, ok := value.(json.Number)
		if !ok {
			return nil, "must be an integer"
		}
		i, err := n.Int64()
		if err != nil {
			return nil, "must be an integer"
		}
		return i, ""
	case number, moneyNumber:
		n, ok := value.(json.Number)
		if !ok {
			return nil, "must be a number"
		}
		return readDecimal(n.String(), f.kind == moneyNumber)
	case money, quantity:
		s, ok := value.(string)
		if !ok {
			return nil, "must be a string"
		}
		return readDecimal(s, f.kind == money)
	case flag:
		b, ok := value.(bool)
		if !ok {
			return nil, "must be a boolean"
		}
		return b, ""
	case day:
		return readDay(value)
	case free:
		return value, ""
	}
	return nil, "is invalid"
}

func readDecimal(s string, cents bool) (any, string) {
	d, err := decimal.NewFromString(s)
	if err != nil {
		return nil, "is not a number"
	}
	if cents && !hasWholeCents(d) {
		return nil, "must have at most two decimals"
	}
	return d, ""
}

var dayForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

func readDay(value any) (any, string) {
	s, ok := value.(string)
	if !ok {
		return nil, "must be a date"
	}
	if dayForm.MatchString(s) {
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return nil, "is not a date"
		}
		return s, ""
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return nil, "is not a date"
	}
	return t.Format(time.DateOnly), ""
}

func (a attrs) text(name string) string {
	s, _ := a[name].(string)
	return s
}

func (a attrs) id(name string) int64 {
	i, _ := a[name].(int64)
	return i
}

func (a attrs) yes(name string) bool {
	b, _ := a[name].(bool)
	return b
}

func (a attrs) amount(name string) decimal.Decimal {
	d, _ := a[name].(decimal.Decimal)
	return d
}

func (a attrs) has(name string) bool {
	_, ok := a[name]
	return ok
}

// with is a copy of a with in laid over it; null clears.
func (a attrs) with(in attrs) attrs {
	next := make(attrs, len(a)+len(in))
	maps.Copy(next, a)
	for name, value := range in {
		if value == nil {
			delete(next, name)
			continue
		}
		next[name] = value
	}
	return next
}

// copyTo writes the named attributes into out, null where absent.
func (a attrs) copyTo(out map[string]any, names ...string) {
	for _, name := range names {
		switch v := a[name].(type) {
		case decimal.Decimal:
			out[name] = v.String()
		default:
			out[name] = v
		}
	}
}
