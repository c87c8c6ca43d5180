package procoretest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"regexp"
)

// handler answers a call; it runs under the server's lock.
type handler func(*call) (answer, error)

// route is one operation of the API.
type route struct {
	operation string // empty for what the server does not have
	handle    handler
	// holds names the direct costs that the call writes to; a second call that
	// holds one of them at the same time gets 409.
	holds func(*call) []int64
}

var pathParameter = regexp.MustCompile(`\{[^}]+\}`)

// operationName is the pattern with every path parameter written as {id}.
func operationName(pattern string) string { return pathParameter.ReplaceAllString(pattern, "{id}") }

func (s *Server) serve(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{r: r, query: r.URL.Query(), header: w.Header()}
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		entry := s.open(rt, r)
		var out reply
		if err != nil {
			out = replyOf(answer{}, tooLarge("request body is too large"))
		} else {
			out = s.perform(rt, c, raw, entry)
		}
		s.close(entry, out, c.unknown)
		if out.drop {
			panic(http.ErrAbortHandler)
		}
		out.send(w, r)
	}
}

// perform takes a call from limits to effect. Each check comes where Procore has it:
// limits count refused calls too, the token comes before the company, the company before the body.
func (s *Server) perform(rt route, c *call, raw []byte, entry Request) reply {
	if r := s.strike(onArrival, entry, c, reply{}); r != nil {
		return *r
	}
	if p := s.countCall(c.header); p != nil {
		return replyOf(answer{}, p)
	}
	if p := s.checkToken(c.r); p != nil {
		return replyOf(answer{}, p)
	}
	if p := s.checkCompanyHeader(c.r); p != nil {
		return replyOf(answer{}, p)
	}
	if p := c.readBody(raw); p != nil {
		return replyOf(answer{}, p)
	}
	release, p := s.hold(rt, c)
	if p != nil {
		return replyOf(answer{}, p)
	}
	defer release()
	if r := s.strike(beforeEffect, entry, c, reply{}); r != nil {
		return *r
	}
	result := s.hooked(rt, c, entry)
	if r := s.strike(afterEffect, entry, c, result); r != nil {
		return *r
	}
	return result
}

// hooked is the effect between the two functions of the test's hook.
func (s *Server) hooked(rt route, c *call, entry Request) reply {
	hook := s.currentHook()
	if hook.Before != nil {
		if f := hook.Before(entry); f != nil {
			return replyOfFault(f)
		}
	}
	result := s.effect(rt, c)
	if hook.After != nil {
		if f := hook.After(entry); f != nil {
			return replyOfFault(f)
		}
	}
	return result
}

func (s *Server) effect(rt route, c *call) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := rt.handle(c)
	return replyOf(a, err)
}

// reply is the finished answer.
type reply struct {
	status int
	header http.Header
	kind   string
	body   []byte
	err    string
	drop   bool
}

func replyOf(a answer, err error) reply {
	var p *problem
	if err != nil && !errors.As(err, &p) {
		p = &problem{status: http.StatusInternalServerError, plain: err.Error()}
	}
	if p == nil {
		return jsonReply(a.status, a.body, "")
	}
	if p.plain != "" {
		return reply{status: p.status, kind: "text/plain; charset=utf-8", body: []byte(p.plain), err: p.plain}
	}
	return jsonReply(p.status, p.body, p.Error())
}

func jsonReply(status int, body any, problemText string) reply {
	r := reply{status: status, err: problemText}
	if body == nil {
		return r
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return reply{status: http.StatusInternalServerError, kind: "text/plain", body: []byte(err.Error()), err: err.Error()}
	}
	r.kind, r.body = "application/json", buf.Bytes()
	return r
}

func (r reply) send(w http.ResponseWriter, req *http.Request) {
	maps.Copy(w.Header(), r.header)
	if id := req.Header.Get("X-Request-Id"); id != "" {
		w.Header().Set("X-Request-Id", id)
	}
	if r.kind != "" {
		w.Header().Set("Content-Type", r.kind)
	}
	w.WriteHeader(r.status)
	if req.Method != http.MethodHead {
		_, _ = w.Write(r.body) // the client may be gone, nobody is left to tell
	}
}

// hold marks the direct costs of a call as being written.
func (s *Server) hold(rt route, c *call) (release func(), p *problem) {
	if rt.holds == nil {
		return func() {}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := rt.holds(c)
	for _, id := range ids {
		if s.busy[id] {
			return nil, conflict()
		}
	}
	for _, id := range ids {
		s.busy[id] = true
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, id := range ids {
			delete(s.busy, id)
		}
	}, nil
}
