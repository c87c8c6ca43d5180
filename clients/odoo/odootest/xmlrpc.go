package odootest

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// rpcCall is one XML-RPC request on its way.
type rpcCall struct {
	name   string
	params []any
	note   *Call
}

// rpcServices are the methods of each service, by "service.method".
var rpcServices = map[string]func(s *Server, c *rpcCall) (any, *apiError){
	"common.version":      func(s *Server, _ *rpcCall) (any, *apiError) { return s.rpcVersion(), nil },
	"common.authenticate": (*Server).rpcAuthenticate,
	"common.login":        (*Server).rpcLogin,
	"db.list":             func(s *Server, _ *rpcCall) (any, *apiError) { return []any{s.cfg.Database}, nil },
	"object.execute":      (*Server).rpcExecute,
	"object.execute_kw":   (*Server).rpcExecute,
}

// serveXMLRPC answers /xmlrpc/2/<service>, and the old /xmlrpc/<service>, which has texts as fault codes. The status is
// 200 whatever happened.
func (s *Server) serveXMLRPC(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		s.html(w, http.StatusMethodNotAllowed, strings.ReplaceAll(notFoundHTML, "404 Not Found", "405 Method Not Allowed"))
		return
	}
	service, modern := strings.CutPrefix(r.URL.Path, "/xmlrpc/2/")
	if !modern {
		service = strings.TrimPrefix(r.URL.Path, "/xmlrpc/")
	}
	c := &rpcCall{note: &Call{Time: s.cfg.Now().UTC(), Method: r.Method, Path: r.URL.Path}}
	var failure *apiError
	if c.name, c.params, failure = readRPC(r); failure == nil {
		c.note.Path = strings.TrimSuffix(r.URL.Path, "/") + c.target(service)
	}
	out := s.struck(c.note.Path, func() (made outcome) {
		made.status = http.StatusOK
		if failure != nil {
			made.body = failure
		} else if v, failure := s.dispatchRPC(service, c); failure != nil {
			made.body = failure
		} else {
			made.body = v
		}
		return made
	})
	s.finishRPC(w, out, c.note, modern)
}

func readRPC(r *http.Request) (name string, params []any, failure *apiError) {
	var raw []byte
	if r.ContentLength > 0 {
		var err error
		if raw, err = io.ReadAll(io.LimitReader(r.Body, maxBody)); err != nil {
			return "", nil, pythonError("builtins.OSError", "reading the body: %v", err)
		}
	}
	return readCall(raw)
}

// target is what a call of the object service adds to its path in the journal: /purchase.order/search_read.
func (c *rpcCall) target(service string) string {
	if service != "object" || len(c.params) < 5 {
		return ""
	}
	return "/" + str(c.params[3]) + "/" + str(c.params[4])
}

func (s *Server) dispatchRPC(service string, c *rpcCall) (any, *apiError) {
	if f := rpcServices[service+"."+c.name]; f != nil {
		return f(s, c)
	}
	switch service {
	case "common", "db":
		return nil, pythonError("builtins.Exception", "Method not found: %s", c.name)
	case "object":
		return nil, pythonError("builtins.NameError", "Method not available %s", c.name)
	}
	return nil, s.dialect.unknownService(service)
}

func (s *Server) rpcVersion() object {
	version, series, info := s.release()
	return object{
		{"server_version", version},
		{"server_version_info", info},
		{"server_serie", series},
		{"protocol_version", int64(1)},
	}
}

// missingArguments is Python's complaint about a function with these parameters.
func missingArguments(function string, given int, params ...string) *apiError {
	names := make([]string, 0, len(params))
	for _, p := range params[given:] {
		names = append(names, "'"+p+"'")
	}
	list, plural := names[0], ""
	if n := len(names); n > 1 {
		list, plural = strings.Join(names[:n-1], ", ")+" and "+names[n-1], "s"
	}
	return pythonError("builtins.TypeError", "%s() missing %d required positional argument%s: %s", function, len(names), plural, list)
}

// rpcAuthenticate gives the uid, or false for a wrong login or secret.
func (s *Server) rpcAuthenticate(c *rpcCall) (any, *apiError) {
	if params := []string{"db", "login", "password", "user_agent_env"}; len(c.params) < len(params) {
		return nil, missingArguments("exp_authenticate", len(c.params), params...)
	}
	return s.rpcLogin(c)
}

func (s *Server) rpcLogin(c *rpcCall) (any, *apiError) {
	if params := []string{"db", "login", "password"}; len(c.params) < len(params) {
		return nil, missingArguments("exp_login", len(c.params), params...)
	}
	if failure := s.rpcDatabase(c.params[0]); failure != nil {
		return nil, failure
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.cfg.Users {
		u := &s.cfg.Users[i]
		uid := int64(i + superuserID + 1)
		if u.Login == c.params[1] && s.opens(u, uid, str(c.params[2])) && !s.archived(uid) {
			c.note.User = u.Login
			return uid, nil
		}
	}
	return false, nil
}

func (s *Server) rpcDatabase(name any) *apiError {
	if s.cfg.Database == "" || name == s.cfg.Database {
		return nil
	}
	return pythonError("psycopg2.OperationalError", "%sFATAL:  database \"%s\" does not exist", s.dialect.connecting, str(name))
}

// rpcExecute is execute_kw(db, uid, secret, model, method, [positional], {named}), or execute with the positional ones as
// its own. Every call checks the secret.
func (s *Server) rpcExecute(c *rpcCall) (any, *apiError) {
	params := []string{"db", "uid", "passwd", "model", "method"}
	if len(c.params) < len(params) {
		return nil, pythonError("builtins.ValueError", "not enough values to unpack (expected at least %d, got %d)", len(params), len(c.params))
	}
	if failure := s.rpcDatabase(c.params[0]); failure != nil {
		return nil, failure
	}
	user, uid, failure := s.rpcUser(c.params[1], str(c.params[2]))
	if failure != nil {
		return nil, failure
	}
	c.note.User = user.Login
	inv := invocation{model: str(c.params[3]), method: str(c.params[4]), remote: true, positional: c.params[5:], named: map[string]any{}}
	if c.name == "execute_kw" {
		var ok bool
		if inv.positional, inv.named, ok = keywords(inv.positional); !ok {
			return nil, pythonError("builtins.TypeError", "execute_kw() takes a list of arguments and a dict of named ones")
		}
	}
	out, n, failure := s.run(time.Time{}, user, uid, inv)
	c.note.Records = n
	return out, failure
}

// keywords splits what follows the method of execute_kw.
func keywords(rest []any) (positional []any, named map[string]any, ok bool) {
	named = map[string]any{}
	if len(rest) > 2 {
		return nil, nil, false
	}
	if len(rest) > 0 {
		if positional, ok = rest[0].([]any); !ok {
			return nil, nil, false
		}
	}
	if len(rest) > 1 && rest[1] != nil {
		if named, ok = rest[1].(map[string]any); !ok {
			return nil, nil, false
		}
	}
	return positional, named, true
}

func (s *Server) rpcUser(id any, secret string) (*User, int64, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, _ := id.(json.Number)
	uid, err := n.Int64()
	if err != nil {
		return nil, 0, accessDenied()
	}
	u := s.userOf(uid)
	if u == nil {
		return nil, 0, &apiError{
			status: http.StatusNotFound, name: "odoo.exceptions.MissingError",
			message: fmt.Sprintf("Record does not exist or has been deleted.\n(Record: res.users(%d,), User: %d)", uid, uid),
		}
	}
	if !s.opens(u, uid, secret) {
		return nil, 0, accessDenied()
	}
	return u, uid, nil
}

// opens tells whether a secret is the user's key and may be used. From 17 on an archived user's key stops working.
func (s *Server) opens(u *User, uid int64, secret string) bool {
	given, held := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(u.Key))
	return u.Key != "" && subtle.ConstantTimeCompare(given[:], held[:]) == 1 && u.KeyScopeOK && !s.ended(u) &&
		(s.dialect.archivedKeyWorks || !s.archived(uid))
}

func (s *Server) archived(uid int64) bool {
	m := s.model("res.users")
	r := m.get(uid)
	return r == nil || r.at(m.field("active").slot) != true
}

func accessDenied() *apiError {
	return &apiError{status: http.StatusForbidden, name: "odoo.exceptions.AccessDenied", message: "Access Denied"}
}

// finishRPC sends a value or a fault; what stands before Odoo answers as over any protocol.
func (s *Server) finishRPC(w http.ResponseWriter, out outcome, note *Call, modern bool) {
	if _, isPage := out.body.(rawHTML); isPage || out.drop {
		note.Status = out.status
		s.note(*note)
		s.finish(w, out)
		return
	}
	failure, failed := out.body.(*apiError)
	var body string
	if !failed {
		answer := xmlWriter{keepControl: s.dialect.keepControl}
		if body, failure = answer.marshal(out.body); failure != nil {
			failed = true
		}
	}
	if failed {
		answer := xmlWriter{keepControl: s.dialect.keepControl}
		code, text := failure.fault()
		note.Fault = code
		if modern {
			body = answer.fault(int64(code), text)
		} else {
			body = answer.fault(failure.oldFault(text))
		}
	}
	note.Status = http.StatusOK
	s.note(*note)
	h := w.Header()
	h.Set("Content-Type", "text/xml; charset=utf-8")
	if s.dialect.nosniff {
		h.Set("X-Content-Type-Options", "nosniff")
	}
	s.send(w, http.StatusOK, fmt.Sprintf(s.dialect.envelope, body))
}
