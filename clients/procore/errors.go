package procore

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Codes of an [ErrorResponse]. They are stable: causes and alerts are keyed by them.
const (
	CodeUnauthorized     = "unauthorized"      // 401 twice, or no token: login wrong, revoked or not installed
	CodeForbidden        = "forbidden"         // 403 on a company call: permission missing
	CodeNotConnected     = "not_connected"     // the app is not installed in this company
	CodeProjectForbidden = "project_forbidden" // 403 on a project call: not a permitted project, or the tool is off
	CodeNotFound         = "not_found"         // 404: absent, or invisible to this login
	CodeValidation       = "validation"        // a field or a business rule
	CodeConflict         = "conflict"          // 409: a parallel write on the same record, or a duplicate
	CodeRateLimited      = "rate_limited"      // 429
	CodeUnavailable      = "unavailable"       // 408 and 5xx
	CodeLocked           = "locked"            // the record may not be changed in its present state
	CodeTooLarge         = "too_large"         // 413, or more than 1000 records in one sync
	CodeBadRequest       = "bad_request"       // malformed: a mistake of this program
)

// BaseField is the key of messages that name no field.
const BaseField = "base"

// ErrForeignLink is a next link that leads to another host or another list.
var ErrForeignLink = errors.New("the next link leads elsewhere; not followed")

// ErrorResponse is a refusal by Procore (or, with Status 0, by this client before sending).
type ErrorResponse struct {
	// Status is the HTTP status; 200 for a record that a sync action refused.
	Status int
	// Code is one of the Code constants.
	Code string
	// Fields are Procore's messages by field; those that name no field are under BaseField.
	Fields map[string][]string
	// Message is one sentence, at most 300 characters.
	Message string
	// Operation is method and route, like "PATCH /rest/v1.0/vendors/sync".
	Operation string
	// RequestID is the X-Request-Id of the answer, else the one that was sent.
	RequestID string
	// ProjectID is the project of the call, 0 for company calls.
	ProjectID int64
	// Write says that the request would change something.
	Write bool
}

// Error is at most 300 characters and holds no token.
func (e *ErrorResponse) Error() string {
	var b strings.Builder
	b.WriteString("procore: ")
	if e.Operation != "" {
		b.WriteString(e.Operation + ": ")
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, "%d ", e.Status)
	}
	b.WriteString(e.Code)
	if text := e.text(); text != "" {
		b.WriteString(": " + text)
	}
	return cut(b.String(), maxText)
}

func (e *ErrorResponse) text() string {
	if e.Message != "" {
		return e.Message
	}
	return fieldsText(e.Fields)
}

// Is reports whether target is an ErrorResponse with the same Code (and Status, when target has one).
func (e *ErrorResponse) Is(target error) bool {
	var t *ErrorResponse
	return errors.As(target, &t) && t.Code == e.Code && (t.Status == 0 || t.Status == e.Status)
}

// RateLimitError is a 429.
type RateLimitError struct {
	// Until is when to come back, UTC by our clock.
	Until    time.Time
	Response *ErrorResponse
}

// Error tells until when.
func (e *RateLimitError) Error() string {
	return "procore: rate limit reached, until " + e.Until.UTC().Format(time.RFC3339)
}

// Unwrap gives the answer.
func (e *RateLimitError) Unwrap() error { return asError(e.Response) }

// UnavailableError is a 503 with Retry-After: Procore is overloaded.
type UnavailableError struct {
	RetryAfter time.Duration
	Response   *ErrorResponse
}

// Error tells for how long.
func (e *UnavailableError) Error() string {
	return "procore: unavailable, asked to wait " + e.RetryAfter.String()
}

// Unwrap gives the answer.
func (e *UnavailableError) Unwrap() error { return asError(e.Response) }

func asError(e *ErrorResponse) error {
	if e == nil {
		return nil
	}
	return e
}

// NetworkError is a request without a whole answer: no connection, timeout, dropped, too large.
type NetworkError struct {
	Operation string
	// Write says that the request would change something.
	Write bool
	// Sent says that Procore may have received it.
	Sent bool
	Err  error
}

// Error names the operation and, in plain words, the cause.
func (e *NetworkError) Error() string {
	return cut("procore: "+e.Operation+": "+networkReason(e.Err), maxText)
}

// Unwrap gives the cause.
func (e *NetworkError) Unwrap() error { return e.Err }

// DecodeError is a successful answer that was not understood.
type DecodeError struct {
	Operation string
	// Write says that the request changed something.
	Write bool
	Err   error
}

// Error names the operation and the cause.
func (e *DecodeError) Error() string {
	return cut("procore: "+e.Operation+": reading the answer: "+decodeReason(e.Err), maxText)
}

// Unwrap gives the cause.
func (e *DecodeError) Unwrap() error { return e.Err }

// UnknownOutcomeError is a record that a sync answer names neither as done nor as refused.
type UnknownOutcomeError struct {
	Operation string
	OriginID  string
	ID        int64
}

// Error names the record.
func (e *UnknownOutcomeError) Error() string {
	name := e.OriginID
	if name == "" {
		name = fmt.Sprintf("id %d", e.ID)
	}
	return cut("procore: "+e.Operation+": the answer does not say what became of "+name, maxText)
}

const maxText = 300

// cut makes s one line of printable text, at most n bytes.
func cut(s string, n int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if len(s) <= n {
		return s
	}
	const more = "…"
	i := n - len(more)
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return s[:i] + more
}

func fieldsText(fields map[string][]string) string {
	parts := make([]string, 0, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text := strings.Join(fields[name], ", ")
		if name != BaseField {
			text = name + " " + text
		}
		parts = append(parts, text)
	}
	return cut(strings.Join(parts, "; "), maxText)
}
