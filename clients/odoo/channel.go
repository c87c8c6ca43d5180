package odoo

import (
	"io"
	"mime"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// maxBody is the largest answer that is read.
const maxBody = 64 << 20

// channel sends requests to one server and reads their answers, whatever the protocol.
type channel struct {
	base, database, key, agent string
	calls                      *atomic.Int64
	places                     places
	pace                       pace
	limit                      int64 // bytes of an answer
	http                       *http.Client
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// media is the content type without its parameters, empty when there is none or it cannot be read.
func (r reply) media() string {
	mt, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return mt
}

// exchange sends a request and reads the answer. Without a whole answer it fails; any status is an answer. It waits for
// a place first and for its slot then, or a request whose slot passed in the queue would be sent right behind another.
func (c *channel) exchange(hr *http.Request, req request) (reply, error) {
	ctx := hr.Context()
	if err := c.places.take(ctx); err != nil {
		return reply{}, waitingError(err)
	}
	defer c.places.leave()
	if err := c.pace.wait(ctx); err != nil {
		return reply{}, waitingError(err)
	}
	hr.Header.Set("User-Agent", c.agent)
	c.calls.Add(1)
	resp, err := c.http.Do(hr) //nolint:gosec // G704: the host is the tenant's own odoo.url
	if err != nil {
		return reply{}, connectionError(ctx, req, c.base, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.limit+1))
	if err != nil {
		return reply{}, connectionError(ctx, req, c.base, err)
	}
	if int64(len(body)) > c.limit {
		return reply{}, &Error{
			Code: CodeTooLarge, Model: req.model, Method: req.method, Status: resp.StatusCode,
			Message: "the answer is larger than 64 MB", WayOut: "the next attempt reads smaller pages; if one record alone is so large, make it smaller in Odoo",
		}
	}
	return reply{status: resp.StatusCode, header: resp.Header, body: body}, nil
}

// failure is what a reply that is no success tells, without its body.
func (c *channel) failure(req request, r reply, label string) failure {
	return failure{
		req: req, status: r.status, location: r.header.Get("Location"), server: c.base, database: c.database,
		label: label, retryAfter: retryAfter(r.header),
	}
}

// page is the start of a body that is not of the protocol.
func (r reply) page() string { return string(r.body[:min(len(r.body), 4096)]) }

// date is the server's clock, from the header of that name.
func (r reply) date(req request) (time.Time, error) {
	date, err := http.ParseTime(r.header.Get("Date"))
	if err != nil {
		return time.Time{}, &Error{
			Code: CodeNotOdoo, Method: req.method, Status: http.StatusOK,
			Message: "the answer has no Date header", WayOut: "ask whoever runs the proxy in front of Odoo to keep the Date header",
		}
	}
	return date.UTC(), nil
}

// retryAfter reads the header in both its forms (RFC 9110 §10.2.3); a date is by the clock of who sent it.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(at.Sub(now), 0)
}

// versionIn reads the server's version from a field of an answer, and the server's clock from the answer's header.
func versionIn(answer any, field string, r reply, req request, base string) (string, time.Time, error) {
	m, _ := answer.(map[string]any)
	version, _ := m[field].(string)
	if version == "" {
		return "", time.Time{}, notOdoo(req, base, http.StatusOK)
	}
	date, err := r.date(req)
	if err != nil {
		return "", time.Time{}, err
	}
	return version, date, nil
}
