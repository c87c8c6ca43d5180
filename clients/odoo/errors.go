package odoo

import (
	"errors"
	"net"
	"strings"
	"time"
	"unicode/utf8"
)

// The codes of Error.
const (
	CodeBadKey         = "bad_key"         // the key is unknown, expired, of another scope or of another user
	CodeWrongDatabase  = "wrong_database"  // the server does not show that database
	CodeNotOdoo        = "not_odoo"        // something answers, but not Odoo's API
	CodeNoAccess       = "no_access"       // the user lacks the right on a model, field or company
	CodeRecordRule     = "record_rule"     // a record rule hides a record from the user
	CodeUnknownModel   = "unknown_model"   // an Odoo app is not installed
	CodeUnknownField   = "unknown_field"   // the model has no such field, or the user may not read it
	CodeInvalidRequest = "invalid_request" // the call itself is wrong; it will never succeed
	CodeBusinessRule   = "business_rule"   // Odoo refuses by a rule (UserError, ValidationError)
	CodeMissingRecord  = "missing_record"  // the record does not exist any more
	CodeArchived       = "archived"        // the record is archived, and must not be made again
	CodeAmbiguous      = "ambiguous"       // several records fit where one must
	CodeUnavailable    = "unavailable"     // no answer, or one that a later attempt may not get
	CodeTooLarge       = "too_large"       // the answer is larger than we take; a smaller page may not be
	CodeMaintenance    = "maintenance"     // the server says that it is down on purpose (503)
	CodeTLS            = "tls"             // the certificate or the encryption is not right
	CodeRedirect       = "redirect"        // the address moved; redirects are not followed with a key
)

const reportDefect = "report it as a defect of the connector"

// Error is a failed call to Odoo. It holds neither the key nor the server's traceback.
type Error struct {
	Code   string
	Model  string // empty for calls without a model
	Method string
	Field  string // for unknown_field, when Odoo names it
	Status int    // HTTP status, 200 for a fault of XML-RPC; 0 without an answer
	// Name is Odoo's exception, "odoo.exceptions.AccessError"; empty when the answer names none: a page, or one of the faults
	// of XML-RPC that Odoo foresees.
	Name string
	// Message is the first line of Odoo's text in the language of the user, or ours.
	Message string
	// WayOut says who can do what about it.
	WayOut string
	// RetryAfter is how long the server, or what stands before it, asks to stay away; 0 when it does not say.
	RetryAfter time.Duration

	cause error
}

// Error is one sentence: what was called, what went wrong, the way out.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("calling Odoo")
	if e.Model != "" {
		b.WriteString(" " + e.Model + "." + e.Method)
	} else if e.Method != "" {
		b.WriteString(" for its " + e.Method)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	} else {
		b.WriteString(": " + e.Code)
	}
	if e.WayOut != "" {
		b.WriteString(": " + e.WayOut)
	}
	return b.String()
}

// Unwrap is the network's error, if any.
func (e *Error) Unwrap() error { return e.cause }

// Is matches an *Error target by its Code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Model == "" && t.Message == ""
}

// Transient reports whether the same call may succeed later without anybody's doing.
func (e *Error) Transient() bool {
	return e.Code == CodeUnavailable || e.Code == CodeMaintenance || e.Code == CodeTooLarge
}

// TooMuch reports that the server was asked for more than it could answer in time, or than we take.
func (e *Error) TooMuch() bool {
	var network net.Error
	return e.Code == CodeTooLarge || (errors.As(e.cause, &network) && network.Timeout())
}

// firstLine cuts a text to its first line of at most 300 bytes, without the final stop.
func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	s = strings.TrimRight(strings.TrimSpace(s), ".")
	if len(s) <= 300 {
		return s
	}
	n := 300
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

func redact(s, key string) string {
	if key == "" {
		return s
	}
	return strings.ReplaceAll(s, key, "[key]")
}
