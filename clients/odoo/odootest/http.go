package odootest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

const (
	noDatabaseHTML = "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n" +
		"<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>\n\n<!-- Alternatively, use the X-Odoo-Database header. -->\n"
	wrongTypeHTML = "<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n<h1>Unsupported Media Type</h1>\n" +
		"<p>Request inferred type is compatible with [&#39;http&#39;] but &#39;/json/2/&lt;__model__&gt;/&lt;__method__&gt;&#39; is type=&#39;json2&#39;." +
		"<br><br>Please verify the Content-Type request header and try again.</p>\n"
	notFoundHTML = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n" +
		"<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n"
	maxBody = 128 << 20
)

// ServeHTTP answers the API, the version probe and the sandbox's own paths.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.cfg.Now().UTC().Format(http.TimeFormat))
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/_sandbox/"):
		s.serveSandbox(w, r)
	case strings.HasPrefix(path, "/xmlrpc/"):
		s.serveXMLRPC(w, r)
	case !s.dialect.json2:
		s.html(w, http.StatusNotFound, s.dialect.notFound)
	case path == "/web/version", path == "/json/version":
		w.Header().Set("Set-Cookie", "session_id=sandbox; Max-Age=604800; HttpOnly; Path=/")
		version, _, info := s.release()
		s.answer(w, http.StatusOK, object{{"version_info", info}, {"version", version}})
	case strings.HasPrefix(path, "/json/2"):
		s.serveJSON2(w, r)
	default:
		s.html(w, http.StatusNotFound, s.dialect.notFound)
	}
}

func (s *Server) serveJSON2(w http.ResponseWriter, r *http.Request) {
	c := Call{Time: s.cfg.Now().UTC(), Method: r.Method, Path: r.URL.Path}
	out := s.struck(r.URL.Path, func() (made outcome) {
		made.status, made.body = s.json2(r, &c)
		return made
	})
	c.Status = out.status
	s.note(c)
	s.finish(w, out)
}

func (s *Server) finish(w http.ResponseWriter, out outcome) {
	if out.drop {
		panic(http.ErrAbortHandler)
	}
	if out.retryAfter > 0 {
		w.Header().Set("Retry-After", itoa(out.retryAfter))
	}
	switch body := out.body.(type) {
	case rawHTML:
		if out.status == http.StatusUnsupportedMediaType {
			w.Header().Set("Accept", "application/json")
		}
		s.html(w, out.status, string(body))
	case *apiError:
		if out.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer ")
		}
		s.answer(w, out.status, body.body())
	default:
		s.answer(w, out.status, body)
	}
}

type rawHTML string

// json2 does one request in the order of the real server: database, route, content type, key, body, call.
func (s *Server) json2(r *http.Request, c *Call) (int, any) {
	db := r.Header.Get("X-Odoo-Database")
	if db == "" && s.cfg.SeveralDatabases || db != "" && s.cfg.Database != "" && db != s.cfg.Database {
		return http.StatusNotFound, rawHTML(noDatabaseHTML)
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/json/2/"), "/")
	if r.Method != http.MethodPost || len(parts) != 2 || parts[0] == "" || parts[1] == "" {
		return fail(httpError(http.StatusNotFound, "NotFound", "Did you mean POST /json/2/<model>/<method>?"))
	}
	var raw []byte
	if r.ContentLength > 0 { // a chunked body has no length and is dropped
		var err error
		if raw, err = io.ReadAll(io.LimitReader(r.Body, maxBody)); err != nil {
			return fail(httpError(http.StatusBadRequest, "BadRequest", "reading the body: %v", err))
		}
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if len(raw) > 0 && (err != nil || media != "application/json") {
		return http.StatusUnsupportedMediaType, rawHTML(wrongTypeHTML)
	}
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || key == "" {
		return fail(httpError(http.StatusUnauthorized, "Unauthorized", "User not authenticated, use an API Key with a Bearer Authorization header."))
	}
	user, uid := s.authenticate(strings.TrimSpace(key))
	if user == nil {
		return fail(invalidKey())
	}
	c.User = user.Login
	named, failure := parseBody(raw)
	if failure != nil {
		return fail(failure)
	}
	out, n, failure := s.run(time.Time{}, user, uid, invocation{model: parts[0], method: parts[1], named: named})
	c.Records = n
	if failure != nil {
		return fail(failure)
	}
	return http.StatusOK, out
}

func invalidKey() *apiError {
	e := httpError(http.StatusUnauthorized, "Unauthorized", "Invalid apikey")
	e.remote = accessDenied()
	return e
}

func fail(e *apiError) (int, any) { return e.status, e }

func (s *Server) authenticate(key string) (*User, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.cfg.Users {
		if u, uid := &s.cfg.Users[i], int64(i+superuserID+1); s.opens(u, uid, key) {
			return u, uid
		}
	}
	return nil, 0
}

// parseBody gives the named arguments; an empty body or one that is no object counts as none.
func parseBody(raw []byte) (map[string]any, *apiError) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return map[string]any{}, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			at := dec.InputOffset()
			return nil, httpError(http.StatusBadRequest, "BadRequest", "could not parse the body as json: Extra data: line 1 column %d (char %d)", at+1, at)
		}
	} else {
		at := len(raw)
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && syntax.Offset > 0 && !strings.Contains(err.Error(), "unexpected end") {
			at = int(syntax.Offset) - 1
		}
		return nil, httpError(http.StatusBadRequest, "BadRequest", "could not parse the body as json: Expecting value: line 1 column %d (char %d)", at+1, at)
	}
	if named, ok := v.(map[string]any); ok {
		return named, nil
	}
	return map[string]any{}, nil
}

func (s *Server) answer(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	if status == http.StatusOK {
		h.Set("X-Content-Type-Options", "nosniff")
	}
	s.send(w, status, encode(v))
}

func (s *Server) html(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	s.send(w, status, body)
}

// send closes the connection as the bare server does. A client that left is no business of the sandbox.
func (s *Server) send(w http.ResponseWriter, status int, body string) {
	h := w.Header()
	h.Set("Server", s.dialect.server)
	h.Set("Connection", "close")
	h.Set("Content-Length", itoa(int64(len(body))))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}
