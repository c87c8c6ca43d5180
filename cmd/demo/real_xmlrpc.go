package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// readingXML is [readingMethod] for XML-RPC, where the body alone says what is called. Python reads XML more loosely than is
// good for a guard, so that only what the client writes is let through: whatever could be understood in two ways is not.
func readingXML(r *http.Request, service string, body []byte) (string, bool) {
	plain := r.Method == http.MethodPost && r.URL.RawQuery == "" && r.URL.RawPath == "" && r.Header.Get("Content-Encoding") == ""
	if !plain || len(body) > longestHeld {
		return r.URL.Path, false
	}
	call, err := parseCall(body)
	if err != nil {
		return r.URL.Path, false
	}
	switch {
	case service == "common":
		return call.name, call.name == "version" || call.name == "authenticate"
	case service == "object" && call.name == "execute_kw" && (len(call.args) == 6 || len(call.args) == 7):
		// database, user id, key, model, method, arguments by place and by name
		method := call.args[4]
		return method.Text, method.XMLName.Local == "string" && slices.Contains(reads, method.Text)
	}
	return r.URL.Path, false
}

// element is an element of XML-RPC.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

// methodCall is a request of XML-RPC: the method, and what stands in each value; an empty value is the value itself.
type methodCall struct {
	name string
	args []element
}

var errNotPlain = errors.New("the XML is not as the client writes it")

// parseCall reads a methodCall without comments, CDATA, document type, attributes and names with a colon.
func parseCall(body []byte) (methodCall, error) {
	if bytes.Contains(body, []byte("<!")) || bytes.LastIndex(body, []byte("<?")) > 0 || !bytes.HasPrefix(body, []byte("<")) {
		return methodCall{}, errNotPlain
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	var root element
	if err := d.Decode(&root); err != nil {
		return methodCall{}, fmt.Errorf("reading XML: %w", err)
	}
	if len(bytes.TrimSpace(body[d.InputOffset():])) > 0 || !root.holds("methodCall", "methodName", "params") && !root.holds("methodCall", "methodName") {
		return methodCall{}, errNotPlain
	}
	name := root.Children[0]
	if !name.plain() || len(name.Children) > 0 {
		return methodCall{}, errNotPlain
	}
	call := methodCall{name: name.Text}
	for _, params := range root.Children[1:] {
		if !params.branch() {
			return methodCall{}, errNotPlain
		}
		for _, p := range params.Children {
			if !p.holds("param", "value") || !p.Children[0].isValue(0) {
				return methodCall{}, errNotPlain
			}
			call.args = append(call.args, p.Children[0].inner())
		}
	}
	return call, nil
}

func (e element) plain() bool { return len(e.Attrs) == 0 && e.XMLName.Space == "" }

// branch: no text stands between the children.
func (e element) branch() bool { return e.plain() && strings.TrimSpace(e.Text) == "" }

// holds says that an element of this name has just these children.
func (e element) holds(name string, children ...string) bool {
	return e.XMLName.Local == name && e.branch() &&
		slices.EqualFunc(e.Children, children, func(c element, name string) bool { return c.XMLName.Local == name })
}

// inner is what stands in a value.
func (e element) inner() element {
	if len(e.Children) == 0 {
		return e
	}
	return e.Children[0]
}

// deepest is how deep values may lie in each other; those of the client lie 5 deep.
const deepest = 16

// leaves are the types of the client's values that have no parts.
var leaves = []string{"string", "int", "i4", "double", "boolean"}

// isValue says that an element is a value as the client writes it: with its type, or empty.
func (e element) isValue(depth int) bool {
	if e.holds("value") {
		return true
	}
	if depth > deepest || e.XMLName.Local != "value" || !e.branch() || len(e.Children) != 1 {
		return false
	}
	switch v := e.Children[0]; {
	case slices.Contains(leaves, v.XMLName.Local):
		return v.plain() && len(v.Children) == 0
	case v.holds("array", "data"):
		return v.Children[0].branch() && !slices.ContainsFunc(v.Children[0].Children, func(c element) bool { return !c.isValue(depth + 1) })
	case v.XMLName.Local == "struct" && v.branch():
		return !slices.ContainsFunc(v.Children, func(m element) bool { return !m.isMember(depth + 1) })
	}
	return false
}

func (e element) isMember(depth int) bool {
	if !e.holds("member", "name", "value") {
		return false
	}
	name := e.Children[0]
	return name.plain() && len(name.Children) == 0 && e.Children[1].isValue(depth)
}
