package odoo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"sync/atomic"
	"time"

	"github.com/kolo/xmlrpc"
)

// xmlRPC speaks XML-RPC at /xmlrpc/2: every version that is in use, until Odoo 22 (announced).
//
// Requests are written by kolo/xmlrpc. Answers are read by decodeXML: that package's decoder loses what follows a CDATA
// section or a comment in a text, refuses a text without <string>, fails on a control character (Odoo before 19 sends
// them raw), reads a fault with a text as its code as broken, and follows nesting without a bound until the stack ends.
type xmlRPC struct {
	*channel
	login string
	uid   *memo[int64]
	// refusesLoad: search_read has no argument load (Odoo 14), found out by its refusal.
	refusesLoad atomic.Bool
}

func newXMLRPC(c *channel, login string) *xmlRPC {
	return &xmlRPC{channel: c, login: login, uid: newMemo[int64]()}
}

// positional are the arguments that a method takes by place because their names differ between versions (Odoo 14 calls
// the domain of search "args"), or because Odoo looks for them there (create).
var positional = map[string]string{
	"search": "domain", "search_read": "domain", "search_count": "domain",
	"check_access_rights": "operation", "has_access": "operation", "create": "vals_list",
}

var unknownLoad = regexp.MustCompile(`unexpected keyword argument 'load'`)

// call logs in first, once; a refusal of the user makes it log in again, since a restored database can have given the
// login another id.
func (t *xmlRPC) call(ctx context.Context, req request) (any, error) {
	if err := req.check(); err != nil {
		return nil, err
	}
	uid, err := t.user(ctx)
	if err != nil {
		return nil, err
	}
	v, err := t.execute(ctx, uid, req)
	if !errors.Is(err, &Error{Code: CodeBadKey}) {
		return v, err
	}
	t.uid.forget(uid)
	again, loginErr := t.user(ctx)
	if loginErr != nil {
		return nil, loginErr
	}
	if again == uid {
		return nil, err
	}
	return t.execute(ctx, again, req)
}

func (t *xmlRPC) execute(ctx context.Context, uid int64, req request) (any, error) {
	_, load := req.args["load"]
	load = load && req.method == "search_read"
	if load && t.refusesLoad.Load() {
		req.args = maps.Clone(req.args)
		delete(req.args, "load")
	}
	v, err := t.post(ctx, "object", req, "execute_kw", t.arguments(uid, req)...)
	var e *Error
	if load && !t.refusesLoad.Load() && errors.As(err, &e) && unknownLoad.MatchString(e.Message) {
		t.refusesLoad.Store(true)
		return t.execute(ctx, uid, req)
	}
	return v, err
}

func (t *xmlRPC) arguments(uid int64, req request) []any {
	named := maps.Clone(req.args)
	if named == nil {
		named = map[string]any{}
	}
	places := []any{}
	if req.onRecords {
		places = append(places, req.ids)
	}
	if first := positional[req.method]; first != "" {
		if v, ok := named[first]; ok {
			places = append(places, v)
			delete(named, first)
		}
	}
	return []any{t.database, uid, t.key, req.model, req.method, places, named}
}

func (t *xmlRPC) version(ctx context.Context) (string, time.Time, error) {
	req := request{method: "version"}
	v, r, err := t.exchangeXML(ctx, "common", req, "version")
	if err != nil {
		return "", time.Time{}, err
	}
	return versionIn(v, "server_version", r, req, t.base)
}

func (t *xmlRPC) user(ctx context.Context) (int64, error) { return t.uid.get(ctx, t.authenticate) }

func (t *xmlRPC) authenticate(ctx context.Context) (int64, error) {
	req := request{method: "user"}
	if t.login == "" {
		return 0, &Error{
			Code: CodeInvalidRequest, Method: req.method,
			Message: "the login of the key's user is not given, and XML-RPC asks for it", WayOut: "write it as odoo.user",
		}
	}
	v, err := t.post(ctx, "common", req, "authenticate", t.database, t.login, t.key, map[string]any{})
	if err != nil {
		return 0, err
	}
	if uid, ok := toInt(v); ok {
		return uid, nil
	}
	return 0, &Error{
		Code: CodeBadKey, Method: req.method, Status: http.StatusOK,
		Message: fmt.Sprintf("Odoo refuses the login %q with this API key", t.login),
		WayOut:  "correct odoo.user, or " + failure{xml: true}.wayOut(CodeBadKey),
	}
}

// may: Odoo 18 renamed the question and has both names; the old one is to go.
func (t *xmlRPC) may(ctx context.Context, model, operation string) (bool, error) {
	v, err := t.call(ctx, request{
		model: model, method: "check_access_rights", args: map[string]any{"operation": operation, "raise_exception": false},
	})
	if !errors.Is(err, &Error{Code: CodeInvalidRequest}) {
		return v == true, err
	}
	uid, err := t.user(ctx)
	if err != nil {
		return false, err
	}
	// The right is asked of the model, so here an empty list is meant.
	v, err = t.execute(ctx, uid, request{model: model, method: "has_access", onRecords: true, args: map[string]any{"operation": operation}})
	return v == true, err
}

func (t *xmlRPC) protocol(context.Context) (Protocol, error) {
	return Protocol{Name: nameXMLRPC, Why: "odoo.api says so"}, nil
}

func (t *xmlRPC) post(ctx context.Context, service string, req request, method string, args ...any) (any, error) {
	v, _, err := t.exchangeXML(ctx, service, req, method, args...)
	return v, err
}

func (t *xmlRPC) exchangeXML(ctx context.Context, service string, req request, method string, args ...any) (any, reply, error) {
	raw, err := xmlrpc.EncodeMethodCall(method, args...)
	if err != nil {
		return nil, reply{}, fmt.Errorf("encoding the arguments of %s.%s: %w", req.model, req.method, err)
	}
	hr, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+"/xmlrpc/2/"+service, bytes.NewReader(raw))
	if err != nil {
		return nil, reply{}, fmt.Errorf("preparing the call of %s.%s: %w", req.model, req.method, err)
	}
	hr.Header.Set("Content-Type", "text/xml")
	hr.Header.Set("Accept", "text/xml")
	r, err := t.exchange(hr, req)
	if err != nil {
		return nil, r, err
	}
	if r.status != http.StatusOK {
		f := t.failure(req, r, "XML-RPC API")
		f.page = r.page()
		return nil, r, f.classify()
	}
	if !slices.Contains([]string{"text/xml", "application/xml"}, r.media()) {
		return nil, r, notOdoo(req, t.base, r.status)
	}
	v, refused, err := decodeXML(r.body)
	switch {
	case err != nil:
		return nil, r, badBody(req, r.status, "XML-RPC", err)
	case refused == nil:
		return v, r, nil
	case refused.isNone():
		return nil, r, nil
	}
	f := t.failure(req, r, "XML-RPC API")
	f.xml, f.fault = true, refused.code
	f.name, f.text = refused.exception()
	f.text = redact(f.text, t.key)
	return nil, r, f.classify()
}
