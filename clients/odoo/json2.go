package odoo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// maxBody is the largest answer that is read.
const maxBody = 64 << 20

// json2 speaks JSON-2: POST /json/2/<model>/<method> with named arguments, Odoo 19 and newer.
type json2 struct {
	base, database, key, agent string
	calls                      *atomic.Int64
	pace                       pace
	limit                      int64 // bytes of an answer
	http                       *http.Client
}

func (t *json2) call(ctx context.Context, req request) (any, error) {
	body := maps.Clone(req.args)
	if body == nil {
		body = map[string]any{}
	}
	if req.onRecords {
		if len(req.ids) == 0 {
			return nil, &Error{
				Code: CodeInvalidRequest, Model: req.model, Method: req.method,
				Message: "the call names no records and was not sent", WayOut: reportDefect,
			}
		}
		body["ids"] = req.ids
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encoding the arguments of %s.%s: %w", req.model, req.method, err)
	}
	// A *bytes.Reader gives the request a Content-Length; Odoo drops a chunked body silently.
	path := "/json/2/" + url.PathEscape(req.model) + "/" + url.PathEscape(req.method)
	hr, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+path, bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("preparing the call of %s.%s: %w", req.model, req.method, err)
	}
	hr.Header.Set("Content-Type", "application/json")
	hr.Header.Set("Authorization", "bearer "+t.key)
	hr.Header.Set("X-Odoo-Database", t.database)
	v, _, err := t.send(hr, req)
	return v, err
}

func (t *json2) version(ctx context.Context) (string, time.Time, error) {
	req := request{method: "version"}
	hr, err := http.NewRequestWithContext(ctx, http.MethodGet, t.base+"/web/version", http.NoBody)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("preparing the question for Odoo's version: %w", err)
	}
	hr.Header.Set("Cache-Control", "no-cache")
	v, header, err := t.send(hr, req)
	if err != nil {
		return "", time.Time{}, err
	}
	m, _ := v.(map[string]any)
	version, _ := m["version"].(string)
	if version == "" {
		return "", time.Time{}, notOdoo(req, t.base, http.StatusOK)
	}
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return "", time.Time{}, &Error{
			Code: CodeNotOdoo, Method: req.method, Status: http.StatusOK,
			Message: "the answer has no Date header", WayOut: "ask whoever runs the proxy in front of Odoo to keep the Date header",
		}
	}
	return version, date.UTC(), nil
}

// send does the exchange and returns the decoded body of a success.
func (t *json2) send(hr *http.Request, req request) (any, http.Header, error) {
	ctx := hr.Context()
	if err := t.pace.wait(ctx); err != nil {
		return nil, nil, fmt.Errorf("waiting to call Odoo: %w", err)
	}
	hr.Header.Set("User-Agent", t.agent)
	hr.Header.Set("Accept", "application/json")
	t.calls.Add(1)
	resp, err := t.http.Do(hr)
	if err != nil {
		return nil, nil, connectionError(ctx, req, t.base, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, t.limit+1))
	if err != nil {
		return nil, nil, connectionError(ctx, req, t.base, err)
	}
	if int64(len(body)) > t.limit {
		return nil, nil, &Error{
			Code: CodeInvalidRequest, Model: req.model, Method: req.method, Status: resp.StatusCode,
			Message: "the answer is larger than 64 MB", WayOut: "read smaller pages",
		}
	}
	structured := isJSON(resp.Header)
	if resp.StatusCode != http.StatusOK {
		return nil, nil, t.failure(req, resp, body, structured)
	}
	if !structured {
		return nil, nil, notOdoo(req, t.base, resp.StatusCode)
	}
	v, err := decodeJSON(body)
	if err != nil {
		return nil, nil, badBody(req, resp.StatusCode, err)
	}
	return v, resp.Header, nil
}

func (t *json2) failure(req request, resp *http.Response, body []byte, structured bool) error {
	f := failure{req: req, status: resp.StatusCode, location: resp.Header.Get("Location"), server: t.base, database: t.database}
	f.retryAfter = retryAfter(resp.Header)
	if structured {
		// debug, a traceback with the server's paths, is never looked at.
		var e struct{ Name, Message string }
		if json.Unmarshal(body, &e) == nil {
			f.name, f.text = e.Name, redact(e.Message, t.key)
		}
	} else {
		f.page = string(body[:min(len(body), 4096)])
	}
	return f.classify()
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

func isJSON(h http.Header) bool {
	mt, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && mt == "application/json"
}

// decodeJSON keeps numbers as they are written.
func decodeJSON(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the JSON value")
	}
	return v, nil
}
