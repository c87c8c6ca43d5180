package odootest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// recordset is the answer of a method that gives records: JSON-2 shows their ids, XML-RPC cannot show it.
type recordset struct {
	model string
	ids   []int64
}

// xmlWriter writes values as Python's xmlrpc.client does. It cannot marshal None, records and numbers beyond 32 bits.
type xmlWriter struct {
	out strings.Builder
	// keepControl leaves control characters in texts, which makes the answer invalid XML.
	keepControl bool
}

// marshal is the answer to a call, or the exception that its marshalling raises.
func (w *xmlWriter) marshal(v any) (body string, failure *apiError) {
	w.out.WriteString("<params>\n<param>\n")
	if failure := w.value(v); failure != nil {
		return "", failure
	}
	w.out.WriteString("</param>\n</params>\n")
	return w.out.String(), nil
}

// fault is the answer to a call that failed. code is a number, or a text at the old endpoints.
func (w *xmlWriter) fault(code any, text string) string {
	w.out.WriteString("<fault>\n")
	_ = w.value(object{{"faultCode", code}, {"faultString", text}}) // numbers and texts always can be marshalled
	w.out.WriteString("</fault>\n")
	return w.out.String()
}

func (w *xmlWriter) value(v any) *apiError {
	switch v := v.(type) {
	case nil:
		return pythonError("builtins.TypeError", "cannot marshal None unless allow_none is enabled")
	case recordset:
		return pythonError("builtins.TypeError", "cannot marshal <class 'odoo.api.%s'> objects", v.model)
	case bool:
		w.scalar("boolean", map[bool]string{true: "1", false: "0"}[v])
	case int64:
		if v > math.MaxInt32 || v < math.MinInt32 {
			return pythonError("builtins.OverflowError", "int exceeds XML-RPC limits")
		}
		w.scalar("int", strconv.FormatInt(v, 10))
	case int:
		return w.value(int64(v))
	case float64:
		w.scalar("double", pyFloat(v))
	case string:
		w.scalar("string", w.escape(v))
	case []int64:
		return w.array(len(v), func(i int) any { return v[i] })
	case []any:
		return w.array(len(v), func(i int) any { return v[i] })
	case []object:
		return w.array(len(v), func(i int) any { return v[i] })
	case object:
		return w.members(v)
	case map[string]any:
		return w.members(sortedObject(v))
	case map[string]float64:
		return w.members(sortedObject(v))
	default:
		w.scalar("string", w.escape(fmt.Sprint(v)))
	}
	return nil
}

func (w *xmlWriter) scalar(kind, text string) {
	w.out.WriteString("<value><" + kind + ">" + text + "</" + kind + "></value>\n")
}

func (w *xmlWriter) array(n int, item func(int) any) *apiError {
	w.out.WriteString("<value><array><data>\n")
	for i := range n {
		if failure := w.value(item(i)); failure != nil {
			return failure
		}
	}
	w.out.WriteString("</data></array></value>\n")
	return nil
}

func (w *xmlWriter) members(o object) *apiError {
	w.out.WriteString("<value><struct>\n")
	for _, m := range o {
		w.out.WriteString("<member>\n<name>" + w.escape(m.key) + "</name>\n")
		if failure := w.value(m.value); failure != nil {
			return failure
		}
		w.out.WriteString("</member>\n")
	}
	w.out.WriteString("</struct></value>\n")
	return nil
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (w *xmlWriter) escape(s string) string {
	if !w.keepControl {
		s = strings.Map(func(r rune) rune {
			if r < 0x20 && r != '\t' && r != '\n' && r != '\r' {
				return -1
			}
			return r
		}, s)
	}
	return xmlEscapes.Replace(s)
}
