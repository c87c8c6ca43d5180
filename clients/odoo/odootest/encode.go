package odootest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// object is a JSON object that keeps the order of its members, as a Python dict does.
type object []member

type member struct {
	key   string
	value any
}

// encode writes v the way Python's json.dumps does: ", " and ": ", \u escapes, floats always with a point or exponent.
func encode(v any) string {
	var b strings.Builder
	write(&b, v)
	return b.String()
}

func write(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case int:
		b.WriteString(strconv.Itoa(v))
	case float64:
		b.WriteString(pyFloat(v))
	case json.Number:
		b.WriteString(v.String())
	case string:
		quote(b, v)
	case []int64:
		writeList(b, len(v), func(i int) { b.WriteString(strconv.FormatInt(v[i], 10)) })
	case recordset:
		write(b, v.ids)
	case []any:
		writeList(b, len(v), func(i int) { write(b, v[i]) })
	case []object:
		writeList(b, len(v), func(i int) { write(b, v[i]) })
	case object:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			quote(b, m.key)
			b.WriteString(": ")
			write(b, m.value)
		}
		b.WriteByte('}')
	case map[string]any:
		write(b, sortedObject(v))
	case map[string]float64:
		write(b, sortedObject(v))
	default:
		quote(b, fmt.Sprint(v))
	}
}

func writeList(b *strings.Builder, n int, item func(int)) {
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		item(i)
	}
	b.WriteByte(']')
}

func sortedObject[V any](m map[string]V) object {
	o := make(object, 0, len(m))
	for _, k := range jsonbKeys(m) {
		o = append(o, member{k, m[k]})
	}
	return o
}

// jsonbKeys orders keys as PostgreSQL's jsonb does: by length, then by bytes.
func jsonbKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return keys
}

func pyFloat(f float64) string {
	if f == 0 {
		return "0.0"
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if abs := max(f, -f); abs >= 1e-4 && abs < 1e16 {
		s = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

func quote(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(b, `\u%04x\u%04x`, hi, lo)
		case r < 0x20 || r > 0x7e:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// plain turns an answer into maps, []any, int64, float64, string, bool and nil for callers in Go.
func plain(v any) any {
	switch v := v.(type) {
	case object:
		m := make(map[string]any, len(v))
		for _, e := range v {
			m[e.key] = plain(e.value)
		}
		return m
	case []object:
		return plainList(v)
	case []int64:
		return plainList(v)
	case recordset:
		return plainList(v.ids)
	case []any:
		return plainList(v)
	case map[string]float64:
		m := make(map[string]any, len(v))
		for k, f := range v {
			m[k] = f
		}
		return m
	case int:
		return int64(v)
	default:
		return v
	}
}

func plainList[T any](in []T) []any {
	out := make([]any, len(in))
	for i, e := range in {
		out[i] = plain(e)
	}
	return out
}

// repr is Python's repr of a decoded JSON value, as it stands in Odoo's messages.
func repr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		if strings.Contains(v, "'") && !strings.Contains(v, `"`) {
			return `"` + v + `"`
		}
		return "'" + strings.ReplaceAll(v, "'", `\'`) + "'"
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = repr(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}
