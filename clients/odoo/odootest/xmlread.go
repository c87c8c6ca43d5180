package odootest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// maxNesting bounds how deep values may stand in each other. Odoo has no such bound; no client comes near it.
const maxNesting = 100

// xmlReader reads one methodCall. Its values are those of a decoded JSON body: nil, bool, json.Number, string, []any,
// map[string]any.
type xmlReader struct {
	dec   *xml.Decoder
	depth int
}

// readCall gives name and parameters of a methodCall, or the exception that Python's parser raises.
func readCall(raw []byte) (name string, params []any, failure *apiError) {
	r := &xmlReader{dec: xml.NewDecoder(bytes.NewReader(raw))}
	name, params, err := r.call()
	if err != nil {
		if failure, ok := errors.AsType[*apiError](err); ok {
			return "", nil, failure
		}
		return "", nil, r.broken(err)
	}
	return name, params, nil
}

// broken words a syntax error as expat does: lines from 1, columns from 0.
func (r *xmlReader) broken(err error) *apiError {
	line, column := r.dec.InputPos()
	reason := "not well-formed (invalid token)"
	if errors.Is(err, io.EOF) || strings.Contains(err.Error(), "unexpected EOF") {
		reason = "no element found"
	}
	return pythonError("xml.parsers.expat.ExpatError", "%s: line %d, column %d", reason, line, column-1)
}

// next is the next start or end of an element, with the text before it.
func (r *xmlReader) next() (start *xml.StartElement, text string, err error) {
	var b strings.Builder
	for {
		tok, err := r.dec.Token()
		if err != nil {
			return nil, "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			return &tok, b.String(), nil
		case xml.EndElement:
			return nil, b.String(), nil
		case xml.CharData:
			b.Write(tok)
		case xml.Directive: // a document type may define entities
			return nil, "", pythonError("xml.parsers.expat.ExpatError", "undefined entity")
		}
	}
}

func (r *xmlReader) expect(name string) error {
	start, _, err := r.next()
	if err == nil && (start == nil || start.Name.Local != name) {
		err = badResponse()
	}
	return err
}

// badResponse is what Python raises for well-formed XML that is no call.
func badResponse() *apiError {
	return pythonError("xmlrpc.client.ResponseError", "ResponseError()")
}

func (r *xmlReader) call() (name string, params []any, err error) {
	if err := r.expect("methodCall"); err != nil {
		return "", nil, err
	}
	if err := r.expect("methodName"); err != nil {
		return "", nil, err
	}
	if name, err = r.text(); err != nil {
		return "", nil, err
	}
	start, _, err := r.next()
	if err != nil || start == nil { // a call without params
		return name, nil, err
	}
	params, err = r.list("param", func() (any, error) {
		if err := r.expect("value"); err != nil {
			return nil, err
		}
		v, err := r.value()
		if err == nil {
			err = r.end()
		}
		return v, err
	})
	if err == nil {
		err = r.end()
	}
	return name, params, err
}

// list reads elements of one name up to the end of what holds them.
func (r *xmlReader) list(name string, item func() (any, error)) ([]any, error) {
	out := []any{}
	for {
		start, _, err := r.next()
		if err != nil || start == nil {
			return out, err
		}
		if start.Name.Local != name {
			return nil, badResponse()
		}
		v, err := item()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

// text is what stands in an element without children, up to its end.
func (r *xmlReader) text() (string, error) {
	start, text, err := r.next()
	if err == nil && start != nil {
		err = badResponse()
	}
	return text, err
}

func (r *xmlReader) end() error {
	_, err := r.text()
	return err
}

// value reads what stands in <value> and its end. Text without a type is a string.
func (r *xmlReader) value() (any, error) {
	if r.depth++; r.depth > maxNesting {
		return nil, pythonError("builtins.RecursionError", "maximum recursion depth exceeded")
	}
	defer func() { r.depth-- }()
	start, text, err := r.next()
	if err != nil || start == nil {
		return text, err
	}
	v, err := r.typed(start.Name.Local)
	if err == nil {
		err = r.end()
	}
	return v, err
}

var (
	xmlInt   = regexp.MustCompile(`^[+-]?[0-9]+$`)
	xmlFloat = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
)

func (r *xmlReader) typed(kind string) (any, error) {
	switch kind {
	case "array":
		if err := r.expect("data"); err != nil {
			return nil, err
		}
		v, err := r.list("value", r.value)
		if err == nil {
			err = r.end()
		}
		return v, err
	case "struct":
		return r.members()
	}
	text, err := r.text()
	if err != nil {
		return nil, err
	}
	switch kind {
	case "string", "name", "base64", "dateTime.iso8601":
		return text, nil
	case "nil":
		return nil, nil
	case "boolean":
		if text != "0" && text != "1" {
			return nil, pythonError("builtins.TypeError", "bad boolean value")
		}
		return text == "1", nil
	case "int", "i1", "i2", "i4", "i8", "biginteger":
		text = strings.TrimSpace(text)
		if !xmlInt.MatchString(text) {
			return nil, pythonError("builtins.ValueError", "invalid literal for int() with base 10: %s", repr(text))
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, pythonError("psycopg2.errors.NumericValueOutOfRange", "integer out of range")
		}
		return json.Number(strconv.FormatInt(n, 10)), nil
	case "double", "float", "bigdecimal":
		text = strings.TrimSpace(text)
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !xmlFloat.MatchString(text) {
			return nil, pythonError("builtins.ValueError", "could not convert string to float: %s", repr(text))
		}
		return json.Number(pyFloat(f)), nil
	}
	return nil, badResponse()
}

func (r *xmlReader) members() (any, error) {
	out := map[string]any{}
	_, err := r.list("member", func() (any, error) {
		if err := r.expect("name"); err != nil {
			return nil, err
		}
		name, err := r.text()
		if err != nil {
			return nil, err
		}
		if err := r.expect("value"); err != nil {
			return nil, err
		}
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		out[name] = v
		return nil, r.end()
	})
	return out, err
}

// pythonError is an exception that is nobody's business rule.
func pythonError(name, format string, args ...any) *apiError {
	return &apiError{status: 500, name: name, message: fmt.Sprintf(format, args...)}
}
