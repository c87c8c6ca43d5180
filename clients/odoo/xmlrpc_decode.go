package odoo

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
	"unicode/utf8"
)

// maxDepth is how deep arrays and structs may lie in each other. Odoo's answers go 6 deep (attributes of fields_get).
const maxDepth = 64

// decodeXML reads a methodResponse into nil, bool, string, json.Number, []any and map[string]any, or a fault. What XML
// cannot carry, control characters first of all, is left out: Odoo 19 leaves it out itself, 14 sends it.
func decodeXML(body []byte) (any, *fault, error) {
	if bytes.ContainsFunc(body, notXML) {
		body = bytes.Map(func(r rune) rune {
			if notXML(r) {
				return -1
			}
			return r
		}, body)
	}
	x := &xmlReader{xml.NewDecoder(bytes.NewReader(body))}
	v, refused, err := x.response()
	var broken *xml.SyntaxError
	if errors.Is(err, io.EOF) || errors.As(err, &broken) && broken.Msg == "unexpected EOF" {
		err = errCutOff
	}
	return v, refused, err
}

var errCutOff = errors.New("the XML ends too early")

// notXML: XML 1.0, Char.
func notXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// xmlReader reads raw tokens, which is a third faster, and matches the tags itself: it knows at each place what may come.
type xmlReader struct{ *xml.Decoder }

func (x *xmlReader) response() (any, *fault, error) {
	if err := x.start("methodResponse", ""); err != nil {
		return nil, nil, err
	}
	name, err := x.child("methodResponse")
	if err != nil {
		return nil, nil, err
	}
	switch name {
	case "fault":
		v, err := x.only("value", "fault", func() (any, error) { return x.value(0) })
		if err == nil {
			err = x.end("methodResponse")
		}
		if err != nil {
			return nil, nil, err
		}
		refused, err := toFault(v)
		return nil, refused, err
	case "params":
		v, err := x.only("param", "params", func() (any, error) {
			return x.only("value", "param", func() (any, error) { return x.value(0) })
		})
		if err == nil {
			err = x.end("methodResponse")
		}
		return v, nil, err
	}
	return nil, nil, fmt.Errorf("<%s> stands in <methodResponse>", name)
}

// only reads the one child of an element, and the element's end.
func (x *xmlReader) only(child, parent string, read func() (any, error)) (any, error) {
	if err := x.start(child, parent); err != nil {
		return nil, err
	}
	v, err := read()
	if err != nil {
		return nil, err
	}
	return v, x.end(parent)
}

// value reads what follows <value>, and </value>. Without a type it is a text.
func (x *xmlReader) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("values lie more than %d deep in each other", maxDepth)
	}
	var text []byte
	for {
		tok, err := x.RawToken()
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.CharData:
			text = append(text, t...)
		case xml.EndElement:
			return string(text), closes(t, "value")
		case xml.StartElement:
			if len(bytes.TrimSpace(text)) > 0 {
				return nil, fmt.Errorf("<%s> follows a text", t.Name.Local)
			}
			v, err := x.typed(t.Name.Local, depth)
			if err != nil {
				return nil, err
			}
			return v, x.end("value")
		}
	}
}

func (x *xmlReader) typed(name string, depth int) (any, error) {
	switch name {
	case "array":
		return x.array(depth)
	case "struct":
		return x.structure(depth)
	}
	read, ok := scalars[name]
	if !ok {
		return nil, fmt.Errorf("<%s> is no type of XML-RPC", name)
	}
	text, err := x.text(name)
	if err != nil {
		return nil, err
	}
	return read(text)
}

// scalars are the types without parts, with those that Python's own reader takes.
var scalars = map[string]func(string) (any, error){
	"string": keepText, "base64": keepText, "dateTime.iso8601": keepText,
	"int": readInt, "i1": readInt, "i2": readInt, "i4": readInt, "i8": readInt, "biginteger": readInt,
	"double": readDouble, "float": readDouble,
	"boolean": readBoolean,
	"nil":     func(string) (any, error) { return nil, nil },
}

func keepText(s string) (any, error) { return s, nil }

func readInt(s string) (any, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return nil, errors.New("an integer is no number of 64 bits")
	}
	return json.Number(strconv.FormatInt(n, 10)), nil
}

var decimalText = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// readDouble keeps the digits as they are written.
func readDouble(s string) (any, error) {
	s = strings.TrimSpace(s)
	if !decimalText.MatchString(s) {
		return nil, errors.New("a double is no decimal number")
	}
	return json.Number(s), nil
}

func readBoolean(s string) (any, error) {
	switch strings.TrimSpace(s) {
	case "0":
		return false, nil
	case "1":
		return true, nil
	}
	return nil, errors.New("a boolean is neither 0 nor 1")
}

func (x *xmlReader) array(depth int) (any, error) {
	if err := x.start("data", "array"); err != nil {
		return nil, err
	}
	list := []any{}
	for {
		name, err := x.child("data")
		if err != nil {
			return nil, err
		}
		if name == "" {
			return list, x.end("array")
		}
		if name != "value" {
			return nil, fmt.Errorf("<%s> stands in <data>", name)
		}
		v, err := x.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

func (x *xmlReader) structure(depth int) (any, error) {
	members := map[string]any{}
	for {
		name, err := x.child("struct")
		if err != nil {
			return nil, err
		}
		if name == "" {
			return members, nil
		}
		if name != "member" {
			return nil, fmt.Errorf("<%s> stands in <struct>", name)
		}
		if err := x.start("name", "member"); err != nil {
			return nil, err
		}
		key, err := x.text("name")
		if err != nil {
			return nil, err
		}
		v, err := x.only("value", "member", func() (any, error) { return x.value(depth + 1) })
		if err != nil {
			return nil, err
		}
		members[key] = v
	}
}

// text reads the text of an element, and its end.
func (x *xmlReader) text(element string) (string, error) {
	var text []byte
	for {
		tok, err := x.RawToken()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.CharData:
			text = append(text, t...)
		case xml.EndElement:
			return string(text), closes(t, element)
		case xml.StartElement:
			return "", fmt.Errorf("<%s> stands in <%s>", t.Name.Local, element)
		}
	}
}

// child is the name of the next element, or empty at the end of the parent.
func (x *xmlReader) child(parent string) (string, error) {
	for {
		tok, err := x.RawToken()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return "", fmt.Errorf("a text stands in <%s>", parent)
			}
		case xml.StartElement:
			return t.Name.Local, nil
		case xml.EndElement:
			return "", closes(t, parent)
		case xml.Directive:
			return "", errors.New("a document type is declared")
		}
	}
}

func closes(tag xml.EndElement, element string) error {
	if tag.Name.Local == element {
		return nil
	}
	return fmt.Errorf("</%s> stands in <%s>", tag.Name.Local, element)
}

func (x *xmlReader) start(element, parent string) error {
	name, err := x.child(parent)
	if err == nil && name != element {
		err = fmt.Errorf("<%s> stands in <%s> where <%s> is expected", name, parent, element)
	}
	return err
}

func (x *xmlReader) end(element string) error {
	name, err := x.child(element)
	if err == nil && name != "" {
		err = fmt.Errorf("<%s> follows the content of <%s>", name, element)
	}
	return err
}

// cleanText makes texts the same over both protocols: XML turns every line end into "\n" and cannot carry control
// characters, JSON keeps both.
func cleanText(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '\r' || notXML(r) }) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case notXML(r), r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
}
