package odoo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"
)

// json2 speaks JSON-2: POST /json/2/<model>/<method> with named arguments, Odoo 19 and newer.
type json2 struct {
	*channel
	label string // how errors call it: "JSON-2 API"
}

func (t *json2) call(ctx context.Context, req request) (any, error) {
	if err := req.check(); err != nil {
		return nil, err
	}
	body := maps.Clone(req.args)
	if body == nil {
		body = map[string]any{}
	}
	if req.onRecords {
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
	v, r, err := t.send(hr, req)
	if err != nil {
		return "", time.Time{}, err
	}
	return versionIn(v, "version", r, req, t.base)
}

// user asks for the context, which names the user.
func (t *json2) user(ctx context.Context) (int64, error) {
	v, err := t.call(ctx, request{model: modelUser, method: "context_get"})
	if err != nil {
		return 0, err
	}
	m, _ := v.(map[string]any)
	uid, ok := toInt(m["uid"])
	if !ok {
		return 0, unexpected(modelUser, "context_get", "a context with uid", v)
	}
	return uid, nil
}

func (t *json2) may(ctx context.Context, model, operation string) (bool, error) {
	v, err := t.call(ctx, request{
		model: model, method: "has_access",
		// The right is asked of the model, so here an empty list is meant.
		args: map[string]any{"ids": []int64{}, "operation": operation},
	})
	return v == true, err
}

func (t *json2) protocol(context.Context) (Protocol, error) {
	return Protocol{Name: nameJSON2, Why: "odoo.api says so"}, nil
}

// send does the exchange and returns the decoded body of a success.
func (t *json2) send(hr *http.Request, req request) (any, reply, error) {
	hr.Header.Set("Accept", "application/json")
	r, err := t.exchange(hr, req)
	if err != nil {
		return nil, r, err
	}
	if r.status != http.StatusOK {
		return nil, r, t.refusal(req, r)
	}
	if r.media() != "application/json" {
		return nil, r, notOdoo(req, t.base, r.status)
	}
	v, err := decodeJSON(r.body)
	if err != nil {
		return nil, r, badBody(req, r.status, "JSON", err)
	}
	return v, r, nil
}

func (t *json2) refusal(req request, r reply) error {
	f := t.failure(req, r, t.label)
	if r.media() != "application/json" {
		f.page = r.page()
		return f.classify()
	}
	// debug, a traceback with the server's paths, is never looked at.
	var e struct{ Name, Message string }
	if json.Unmarshal(r.body, &e) == nil {
		f.name, f.text = e.Name, redact(e.Message, t.key)
	}
	return f.classify()
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
