package odoo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// failure is an answer with a status other than 200.
type failure struct {
	req      request
	status   int
	name     string // of a JSON body
	text     string // message of a JSON body
	page     string // a body that is no JSON
	location string
	database string
}

// rule maps answers to a code. Empty conditions match anything; the first rule that matches wins.
type rule struct {
	status int
	name   string // prefix of the exception's name; "-" means no JSON body
	text   *regexp.Regexp
	code   string
}

// rules are in order. Texts of werkzeug and Python exceptions are never translated, those of Odoo's own
// are: for them only the layout decides (a list of groups is indented by a tab, a list of records is not).
var rules = []rule{
	// {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}
	{status: 401, code: CodeBadKey},
	// "Private methods (such as 'purchase.order._write') cannot be called remotely."
	{status: 403, name: "odoo.exceptions.AccessError", text: regexp.MustCompile(`^Private methods|'[\w.]+\._\w+'`), code: CodeInvalidRequest},
	// "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, … access to:\n- Journal Entry (account.move)"
	{status: 403, name: "odoo.exceptions.AccessError", text: regexp.MustCompile(`top-secret records|Due to security restrictions|\n- `), code: CodeRecordRule},
	// "You are not allowed to access 'Purchase Order' (purchase.order) records.\n\nThis operation is allowed for …:\n\t- Purchase/User"
	{status: 403, code: CodeNoAccess},
	// "the model 'purchase.nope' does not exist"
	{status: 404, name: "werkzeug.", text: regexp.MustCompile(`^the model `), code: CodeUnknownModel},
	{status: 404, name: "odoo.exceptions.MissingError", code: CodeMissingRecord},
	{status: 404, name: "werkzeug.", code: CodeInvalidRequest},
	// "No database is selected and the requested URL was not found in the server-wide controllers."
	{status: 404, name: "-", text: regexp.MustCompile(`No database is selected|X-Odoo-Database`), code: CodeWrongDatabase},
	{status: 404, code: CodeNotOdoo},
	{status: 408, code: CodeUnavailable},
	// odoo.exceptions.LockError: another transaction holds the record.
	{status: 409, code: CodeUnavailable},
	{status: 422, name: "odoo.exceptions.MissingError", code: CodeMissingRecord},
	{status: 422, name: "odoo.exceptions.", code: CodeBusinessRule},
	{status: 429, code: CodeUnavailable},
	{status: 503, code: CodeMaintenance},
	// "Invalid field 'nope' on 'purchase.order'", "Invalid field purchase.order.nope in condition ('nope', '=', 1)"
	{status: 500, name: "builtins.ValueError", text: invalidField, code: CodeUnknownField},
	{status: 500, name: "builtins.KeyError", text: regexp.MustCompile(`^'[\w.]+'$`), code: CodeInvalidRequest},
	// The server's own trouble, not the caller's.
	{status: 500, name: "builtins.MemoryError", code: CodeUnavailable},
	{status: 500, name: "builtins.OSError", code: CodeUnavailable},
	{status: 500, name: "builtins.TimeoutError", code: CodeUnavailable},
	{status: 500, name: "builtins.ConnectionError", code: CodeUnavailable},
	{status: 500, name: "builtins.ConnectionRe", code: CodeUnavailable},
	{status: 500, name: "builtins.BrokenPipeError", code: CodeUnavailable},
	{status: 500, name: "builtins.", code: CodeInvalidRequest},
	{status: 500, name: "psycopg2.errors.SerializationFailure", code: CodeUnavailable},
	{status: 500, name: "psycopg2.errors.DeadlockDetected", code: CodeUnavailable},
	{status: 500, name: "psycopg2.errors.LockNotAvailable", code: CodeUnavailable},
	{status: 500, name: "psycopg2.errors.QueryCanceled", code: CodeUnavailable},
	{status: 500, name: "psycopg2.errors.AdminShutdown", code: CodeUnavailable},
	{status: 500, name: "psycopg2.errors.TooManyConnections", code: CodeUnavailable},
	{status: 500, name: "psycopg2.errors.DiskFull", code: CodeUnavailable},
	{status: 500, name: "psycopg2.errors.OutOfMemory", code: CodeUnavailable},
	// psycopg2.errors.InvalidTextRepresentation for limit "abc"
	{status: 500, name: "psycopg2.errors.", code: CodeInvalidRequest},
}

var invalidField = regexp.MustCompile(`^Invalid field (?:'(\w+)' on |[\w.]+\.(\w+) in condition)`)

func (r rule) matches(f failure) bool {
	if r.status != f.status {
		return false
	}
	text := f.text
	switch r.name {
	case "":
	case "-":
		if f.name != "" {
			return false
		}
		text = f.page
	default:
		if !strings.HasPrefix(f.name, r.name) {
			return false
		}
	}
	return r.text == nil || r.text.MatchString(text)
}

func (f failure) classify() *Error {
	e := &Error{
		Code: f.code(), Model: f.req.model, Method: f.req.method,
		Status: f.status, Name: f.name, Message: firstLine(f.text),
	}
	if m := invalidField.FindStringSubmatch(f.text); e.Code == CodeUnknownField && m != nil {
		e.Field = m[1] + m[2]
	}
	if e.Message == "" {
		e.Message = f.describe(e.Code)
	}
	e.WayOut = f.wayOut(e.Code)
	return e
}

func (f failure) code() string {
	for _, r := range rules {
		if r.matches(f) {
			return r.code
		}
	}
	switch {
	case f.status >= 300 && f.status < 400:
		return CodeRedirect
	case f.status >= 500:
		return CodeUnavailable
	case f.status < 300:
		return CodeNotOdoo
	default:
		return CodeInvalidRequest
	}
}

// describe is the message when Odoo gave none.
func (f failure) describe(code string) string {
	switch code {
	case CodeWrongDatabase:
		return fmt.Sprintf("the server has no database %q", f.database)
	case CodeNotOdoo:
		return "the server has no JSON-2 API at this address"
	case CodeMaintenance:
		return "the server is down for maintenance or overloaded (HTTP 503)"
	case CodeRedirect:
		if u, err := url.Parse(f.location); err == nil && u.Host != "" {
			return "the server redirects to " + u.Scheme + "://" + u.Host
		}
		return "the server redirects to another page"
	case CodeUnavailable:
		if f.status == http.StatusTooManyRequests {
			return "the server refuses more requests at the moment (HTTP 429)"
		}
	}
	return fmt.Sprintf("the server answered HTTP %d", f.status)
}

func (f failure) wayOut(code string) string {
	switch code {
	case CodeBadKey:
		return "make a new API key in Odoo (Preferences, Account Security) and set it; keys of normal users end after at most 90 days"
	case CodeWrongDatabase:
		return "correct the database name in the tenant's settings"
	case CodeNotOdoo:
		return "check the URL; Odoo 19 or newer is needed"
	case CodeNoAccess:
		return accessWayOut(f.req.model)
	case CodeRecordRule:
		return "ask an Odoo administrator which record rule or company keeps the record from the user"
	case CodeUnknownModel:
		return "ask an Odoo administrator to install the app that has " + f.req.model
	case CodeUnknownField:
		return "check whether an Odoo app was removed or the user lost a right"
	case CodeBusinessRule:
		return "change the record in Odoo as the message says"
	case CodeMissingRecord:
		return "nothing to do: the record was deleted in Odoo"
	case CodeRedirect:
		return "set the URL to the address that Odoo redirects to"
	case CodeUnavailable, CodeMaintenance:
		return "it is tried again"
	}
	return reportDefect
}

// accessWayOut names the smallest group that gives the right (measured on Odoo 19).
func accessWayOut(model string) string {
	const ask = "ask an Odoo administrator to give the user "
	switch model {
	case ModelPurchaseOrder, modelOrderLine, ModelMove, modelMoveLine:
		return ask + "the group Accounting / Read-only"
	case ModelAnalyticPlan:
		return ask + "the group Analytic Accounting"
	case "":
		return ask + "access"
	}
	return ask + "the right to read " + model
}

func notOdoo(req request, status int) *Error {
	return &Error{
		Code: CodeNotOdoo, Model: req.model, Method: req.method, Status: status,
		Message: "the answer is not from Odoo's API", WayOut: "check the URL; Odoo 19 or newer is needed",
	}
}

// badBody is a success whose JSON cannot be read: cut off, or holding NaN.
func badBody(req request, status int, err error) *Error {
	e := &Error{
		Code: CodeInvalidRequest, Model: req.model, Method: req.method, Status: status,
		Message: "the answer is not valid JSON", WayOut: reportDefect, cause: err,
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		e.Code, e.Message, e.WayOut = CodeUnavailable, "the answer is cut off", "it is tried again"
	}
	return e
}

// connectionError is a request without a whole answer. The caller's own cancellation stays itself.
func connectionError(ctx context.Context, req request, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("calling Odoo: %w", ctx.Err())
	}
	e := &Error{
		Code: CodeUnavailable, Model: req.model, Method: req.method, cause: err,
		Message: "the server cannot be reached", WayOut: "it is tried again; check the URL and the network if it lasts",
	}
	var ne net.Error
	var dns *net.DNSError
	switch {
	case isTLS(err):
		e.Code, e.Message = CodeTLS, "the encrypted connection cannot be trusted"
		e.WayOut = "ask whoever runs the Odoo server for a valid certificate, or check http or https in the URL"
	case errors.As(err, &dns):
		e.Message = "the host name is unknown"
	case errors.As(err, &ne) && ne.Timeout():
		e.Message = "the server did not answer in time"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		e.Message = "the connection broke before the answer was complete"
	}
	return e
}

func isTLS(err error) bool {
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		alert     tls.AlertError
	)
	return errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) ||
		errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}
