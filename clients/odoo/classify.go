package odoo

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// failure is an answer with a status other than 200, or a fault of XML-RPC.
type failure struct {
	req      request
	status   int
	xml      bool   // it is a fault
	fault    int    // its code
	name     string // of a JSON body, or of the exception of a fault
	text     string // message of a JSON body or a fault
	page     string // a body that is of neither protocol
	label    string // what the server lacks when a stranger answers: "JSON-2 API"
	location string
	server   string // scheme and host that were asked
	database string
	// retryAfter is the header of that name.
	retryAfter time.Duration
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
	// Odoo refuses with JSON; a page comes from what stands before it, a proxy or a server of another kind.
	{status: 400, name: "-", code: CodeNotOdoo},
	{status: 401, name: "-", code: CodeNotOdoo},
	{status: 403, name: "-", code: CodeNotOdoo},
	// {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}
	{status: 401, code: CodeBadKey},
	// "Private methods (such as 'purchase.order._write') cannot be called remotely."
	{status: 403, name: "odoo.exceptions.AccessError", text: privateMethod, code: CodeInvalidRequest},
	// "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, … access to:\n- Journal Entry (account.move)"
	{status: 403, name: "odoo.exceptions.AccessError", text: hiddenRecords, code: CodeRecordRule},
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
	// Over XML-RPC: `connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "acme" does not exist`
	{status: 500, name: "psycopg2.OperationalError", text: regexp.MustCompile(`FATAL: +database "[^"]*" does not exist`), code: CodeWrongDatabase},
	// "no element found: line 1, column 76"
	{status: 500, name: "xml.parsers.", code: CodeInvalidRequest},
}

var (
	privateMethod = regexp.MustCompile(`^Private methods|'[\w.]+\._\w+'`)
	hiddenRecords = regexp.MustCompile(`top-secret records|Due to security restrictions|\n- `)
	invalidField  = regexp.MustCompile(`^Invalid field (?:'(\w+)' (?:on|in) |[\w.]+\.(\w+) in (?:condition|leaf))`)
)

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
		Status: f.status, Name: f.name, Message: firstLine(f.text), RetryAfter: f.retryAfter,
	}
	if m := invalidField.FindStringSubmatch(f.text); e.Code == CodeUnknownField && m != nil {
		e.Field = m[1] + m[2]
	}
	switch {
	case e.Message == "", e.Code == CodeWrongDatabase: // PostgreSQL's own words name hosts behind the server
		e.Message = f.describe(e.Code)
	case e.Code == CodeBadKey:
		e.Message = "Odoo refuses the API key (" + e.Message + "): it is unknown, has expired or was made for another purpose"
	}
	e.WayOut = f.wayOut(e.Code)
	return e
}

func (f failure) code() string {
	if f.xml {
		for _, r := range faultRules {
			if r.fault == f.fault && (r.text == nil || r.text.MatchString(f.text)) {
				return r.code
			}
		}
		f.status = http.StatusInternalServerError
	}
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
		return fmt.Sprintf("%s has no database %q", f.server, f.database)
	case CodeBadKey:
		return "Odoo refuses the API key: it is unknown, has expired or was made for another purpose"
	case CodeNotOdoo:
		return f.describeStranger()
	case CodeMaintenance:
		return f.server + " is down for maintenance or overloaded (HTTP 503)"
	case CodeRedirect:
		text, _ := f.redirect()
		return text
	case CodeUnavailable:
		if f.status == http.StatusTooManyRequests {
			return f.server + " refuses more requests at the moment (HTTP 429)"
		}
	}
	return fmt.Sprintf("%s answered HTTP %d", f.server, f.status)
}

var wantsHTTPS = regexp.MustCompile(`(?i)\bhttps (?:server|port)\b`)

// describeStranger is for an answer that is not Odoo's.
func (f failure) describeStranger() string {
	switch {
	case f.status == http.StatusBadRequest && wantsHTTPS.MatchString(f.page): // Go and nginx say so
		return f.server + " wants https"
	case f.status == http.StatusUnauthorized:
		return "what answers at " + f.server + " is not Odoo and wants a login of its own (HTTP 401)"
	case f.status == http.StatusForbidden:
		return "what answers at " + f.server + " is not Odoo and lets nobody through (HTTP 403)"
	}
	return fmt.Sprintf("%s has no %s (HTTP %d)", f.server, f.label, f.status)
}

const (
	checkURL = "check odoo.url; Odoo 14 or newer is needed, and nothing before it may ask for a login"
	again    = "check odoo.url and the network if it lasts; cycles try it again"
)

func (f failure) wayOut(code string) string {
	switch code {
	case CodeBadKey:
		since := ""
		if f.xml { // any version
			since = "from Odoo 18 on "
		}
		return "make a new one in Odoo (Preferences, Account Security) and store it with `ml-connector credentials set TENANT odoo`; " +
			since + "keys of normal users end after at most 90 days"
	case CodeWrongDatabase:
		return "correct odoo.database"
	case CodeNotOdoo:
		if f.status == http.StatusNotFound && f.label == "JSON-2 API" {
			return checkURL + "; before Odoo 19 write odoo.api: auto"
		}
		return checkURL
	case CodeNoAccess:
		for _, group := range olderGroups {
			if strings.Contains(f.text, "\t- "+strings.ReplaceAll(group, " / ", "/")) {
				return askGroup(group)
			}
		}
		if f.req.model == ModelAnalyticAccount && f.req.method == "create" {
			return askGroup(analyticGroup(false))
		}
		return accessWayOut(f.req.model)
	case CodeRecordRule:
		return "ask an Odoo administrator which record rule or company keeps the record from the user"
	case CodeUnknownModel:
		return installWayOut(f.req.model)
	case CodeUnknownField:
		return "check whether an Odoo app was removed or the user lost a right"
	case CodeBusinessRule:
		return "change the record in Odoo as the message says"
	case CodeMissingRecord:
		return "nothing to do: the record was deleted in Odoo"
	case CodeRedirect:
		_, way := f.redirect()
		return way
	case CodeUnavailable, CodeMaintenance:
		return "ask whoever runs Odoo if it lasts; cycles try it again"
	}
	return reportDefect
}

// The smallest groups that give all rights to read (measured on Odoo 19 and 14), as a user's form shows them; the second
// also gives that to create analytic accounts. A refusal of Odoo 14 names them too.
var (
	newerGroups = []string{"Accounting / Read-only", "Analytic Accounting"}
	olderGroups = []string{"Technical / Show Accounting Features - Readonly", "Technical / Analytic Accounting"}
)

// readingGroups are those of a server; grouped is one before Odoo 16.
func readingGroups(grouped bool) []string {
	if grouped {
		return olderGroups
	}
	return newerGroups
}

func analyticGroup(grouped bool) string { return readingGroups(grouped)[1] }

func askGroup(group string) string {
	return "ask an Odoo administrator to give the user the group " + group
}

// accessWayOut names the smallest group that gives the right to read, as newer versions call it.
func accessWayOut(model string) string {
	switch model {
	case ModelPurchaseOrder, ModelOrderLine, ModelMove, ModelMoveLine:
		return askGroup(newerGroups[0])
	case ModelAnalyticPlan, modelAnalyticGroup, modelAnalyticTag, modelTagShare:
		return askGroup(analyticGroup(false))
	case "":
		return "ask an Odoo administrator to give the user access"
	}
	return "ask an Odoo administrator to give the user the right to read " + model
}

// apps are what installs models, by the start of their names; the first that fits counts.
var apps = []struct{ prefix, name string }{
	{"purchase.", "Purchase"},
	{"account.", "Invoicing (or Accounting)"},
}

func installWayOut(model string) string {
	for _, app := range apps {
		if strings.HasPrefix(model, app.prefix) {
			return "ask an Odoo administrator to install the app " + app.name
		}
	}
	return "ask an Odoo administrator to install the app that has " + model
}

func notOdoo(req request, server string, status int) *Error {
	return &Error{
		Code: CodeNotOdoo, Model: req.model, Method: req.method, Status: status,
		Message: "what answers at " + server + " is not Odoo's API", WayOut: checkURL,
	}
}

// badBody is a success whose body cannot be read: cut off, or holding NaN. Format names what it should be.
func badBody(req request, status int, format string, err error) *Error {
	e := &Error{
		Code: CodeInvalidRequest, Model: req.model, Method: req.method, Status: status,
		Message: "the answer is not valid " + format, WayOut: reportDefect, cause: err,
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, errCutOff) {
		e.Code, e.Message, e.WayOut = CodeUnavailable, "the answer is cut off", again
	}
	return e
}
