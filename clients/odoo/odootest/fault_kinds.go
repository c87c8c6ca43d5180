package odootest

import (
	"cmp"
	"net/http"
	"time"
)

// outcome is a finished answer.
type outcome struct {
	status     int
	body       any // rawHTML, *apiError, or data
	retryAfter int64
	drop       bool
}

// faultKind is a way to go wrong. Its function gives the answer instead, or nil for the request to go on; after the
// effect it is given the answer that was made.
type faultKind struct {
	after bool // strikes after the effect
	wait  time.Duration
	do    func(s *Server, f *FaultRule, made outcome) *outcome
}

// faultKinds is the table. Statuses 429, 502 and 503 come from what stands before Odoo, as HTML.
var faultKinds = map[string]faultKind{
	"limit":            {do: page(http.StatusTooManyRequests, "Too Many Requests", "nginx"), wait: 5 * time.Second},
	"bad-gateway":      {do: page(http.StatusBadGateway, "Bad Gateway", "nginx"), wait: -1},
	"maintenance":      {do: page(http.StatusServiceUnavailable, "Maintenance", "We are upgrading our database and will be back shortly."), wait: 5 * time.Second},
	"error-before":     {do: raised},
	"error-after":      {do: raised, after: true},
	"key-expired":      {do: keyExpired},
	"slow-before":      {do: slow, wait: time.Second},
	"slow-after":       {do: slow, wait: time.Second, after: true},
	"drop-before":      {do: dropped},
	"drop-after":       {do: dropped, after: true},
	"changes-in-pages": {do: editBetween, after: true},
}

func page(status int, title, text string) func(*Server, *FaultRule, outcome) *outcome {
	html := rawHTML("<html>\n<head><title>" + title + "</title></head>\n<body><h1>" + title + "</h1><p>" + text + "</p></body>\n</html>\n")
	return func(_ *Server, f *FaultRule, _ outcome) *outcome {
		return &outcome{status: status, body: html, retryAfter: wholeSeconds(f.wait())}
	}
}

// raised is an exception that Odoo answers with 500, the server's own trouble unless the rule names another.
func raised(_ *Server, f *FaultRule, _ outcome) *outcome {
	return &outcome{status: http.StatusInternalServerError, body: &apiError{
		status: http.StatusInternalServerError, name: cmp.Or(f.Name, "builtins.MemoryError"),
	}}
}

func keyExpired(*Server, *FaultRule, outcome) *outcome {
	e := invalidKey()
	return &outcome{status: e.status, body: e}
}

// slow waits also when the caller has given up: his request is carried out late.
func slow(_ *Server, f *FaultRule, _ outcome) *outcome {
	<-time.After(f.wait())
	return nil
}

func dropped(*Server, *FaultRule, outcome) *outcome { return &outcome{drop: true} }

// editBetween lets another user change something after a page was read.
func editBetween(s *Server, f *FaultRule, made outcome) *outcome {
	if f.Edit == nil {
		return nil
	}
	if _, err := s.do(f.Edit.Start, f.Edit.Model, f.Edit.Method, f.Edit.IDs, f.Edit.Args); err != nil {
		return &outcome{status: http.StatusTeapot, body: rawHTML(err.Error())} // a mistake of the test, not of the caller
	}
	return &made
}

// wholeSeconds rounds up; a negative time is none.
func wholeSeconds(d time.Duration) int64 { return max(int64((d+time.Second-1)/time.Second), 0) }

// struck makes an answer, unless a fault strikes before or after its effect.
func (s *Server) struck(path string, answer func() outcome) outcome {
	f := s.hit(path)
	if instead := s.strike(f, false, outcome{}); instead != nil {
		return *instead
	}
	made := answer()
	if instead := s.strike(f, true, made); instead != nil {
		return *instead
	}
	return made
}

// strike lets a fault act on a request before or after its effect; nil: the request goes on.
func (s *Server) strike(f *FaultRule, after bool, made outcome) *outcome {
	if f == nil || faultKinds[f.Kind].after != after {
		return nil
	}
	return faultKinds[f.Kind].do(s, f, made)
}
