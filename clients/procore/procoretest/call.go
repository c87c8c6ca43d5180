package procoretest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const maxBody = 32 << 20

// call is one API request on its way through the server.
type call struct {
	r       *http.Request
	query   url.Values
	body    map[string]any
	unknown []string
	header  http.Header // of the answer
}

// answer is what a handler gives back; a nil body sends no content.
type answer struct {
	status int
	body   any
}

func ok(body any) answer      { return answer{http.StatusOK, body} }
func created(body any) answer { return answer{http.StatusCreated, body} }

// readBody decodes a JSON object, numbers kept as written.
func (c *call) readBody(raw []byte) *problem {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	if kind := c.r.Header.Get("Content-Type"); kind != "" && !strings.HasPrefix(kind, "application/json") {
		return reasoned(http.StatusNotAcceptable, "Not Acceptable", "", "unsupported content type "+kind)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&c.body); err != nil {
		return badRequest("", "There was a problem in the JSON you submitted")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badRequest("", "There was a problem in the JSON you submitted")
	}
	return nil
}

// pathID is the number in a path parameter; what is no number is unknown.
func (c *call) pathID(name string) (int64, *problem) {
	id, err := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	if err != nil {
		return 0, notFound()
	}
	return id, nil
}

func (c *call) queryID(name string) (int64, *problem) {
	s := c.query.Get(name)
	if s == "" {
		return 0, missingParam(name)
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, badRequest(name, name+" is not an integer")
	}
	return id, nil
}

func (c *call) bodyID(name string) (int64, *problem) {
	value, found := c.body[name]
	if !found || value == nil {
		return 0, missingParam(name)
	}
	n, isNumber := value.(json.Number)
	if !isNumber {
		return 0, badRequest(name, name+" is not an integer")
	}
	id, err := n.Int64()
	if err != nil {
		return 0, badRequest(name, name+" is not an integer")
	}
	return id, nil
}

// wrapped is the object under the resource's own name, as in {"vendor":{...}}.
func (c *call) wrapped(name string) (map[string]any, *problem) {
	value, found := c.body[name]
	if !found || value == nil {
		return nil, missingParam(name)
	}
	m, isObject := value.(map[string]any)
	if !isObject {
		return nil, badRequest(name, name+" is not an object")
	}
	return m, nil
}

// siblings notes top-level body fields that the operation does not know.
func (c *call) siblings(known ...string) {
	s := fields(free, known...)
	_, unknown, _ := s.read(c.body, "")
	c.unknown = append(c.unknown, unknown...)
}

// read checks the attributes and notes the unknown ones.
func (c *call) read(s schema, raw map[string]any, prefix string) (attrs, faults) {
	in, unknown, bad := s.read(raw, prefix)
	c.unknown = append(c.unknown, unknown...)
	return in, bad
}
