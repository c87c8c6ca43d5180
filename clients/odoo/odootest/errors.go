package odootest

import (
	"fmt"
	"net/http"
	"strings"
)

// apiError is an error answer: the HTTP status and the dotted name of the Python exception.
type apiError struct {
	status  int
	name    string
	message string
	// coded is true for HTTP exceptions, whose arguments end with the status.
	coded bool
	// remote is what XML-RPC says in its place, when that is another exception.
	remote *apiError
}

func (e *apiError) Error() string { return e.name + ": " + e.message }

// Sentence is what the web client shows to the user.
func (e *apiError) Sentence() string { return e.message }

func (e *apiError) body() object {
	args := []any{e.message}
	var title string
	if e.coded {
		args = append(args, int64(e.status))
		title = fmt.Sprintf("%s: %d %s", e.name, e.status, http.StatusText(e.status))
		title += ": " + e.message
	} else {
		title = strings.TrimPrefix(e.name, "builtins.") + ": " + e.message
	}
	return object{
		{"name", e.name},
		{"message", e.message},
		{"arguments", args},
		{"context", object{}},
		{"debug", "Traceback (most recent call last):\n  File \"odoo/http.py\", line 2275, in _serve_db\n" + title + "\n"},
	}
}

// faultCodes are those of /xmlrpc/2; everything else is 1, with a traceback as text.
var faultCodes = map[string]int{
	"odoo.exceptions.UserError": 2, "odoo.exceptions.ValidationError": 2, "odoo.exceptions.MissingError": 2,
	"odoo.exceptions.RedirectWarning": 2, "odoo.exceptions.AccessDenied": 3, "odoo.exceptions.AccessError": 4,
}

func (e *apiError) fault() (code int, text string) {
	if e.remote != nil {
		return e.remote.fault()
	}
	if code := faultCodes[e.name]; code != 0 {
		return code, e.message
	}
	last := strings.TrimPrefix(e.name, "builtins.")
	if e.message != "" {
		last += ": " + e.message
	}
	return 1, "Traceback (most recent call last):\n  File \"odoo/http.py\", line 2275, in _serve_db\n" + strings.TrimSuffix(last, "\n") + "\n"
}

// oldFault is the fault of the old endpoints, whose code is a text: warning -- UserError and the message.
func (e *apiError) oldFault(traceback string) (code, text string) {
	if e.remote != nil {
		e = e.remote
	}
	kind, known := strings.CutPrefix(e.name, "odoo.exceptions.")
	switch {
	case kind == "AccessDenied":
		return kind, e.message
	case known:
		return "warning -- " + kind + "\n\n" + e.message, ""
	}
	return e.message, traceback
}

func raise(status int, name, format string, args ...any) {
	panic(&apiError{status: status, name: name, message: fmt.Sprintf(format, args...)})
}

func httpError(status int, name, format string, args ...any) *apiError {
	return &apiError{status: status, name: "werkzeug.exceptions." + name, message: fmt.Sprintf(format, args...), coded: true}
}

func valueError(format string, args ...any) { raise(500, "builtins.ValueError", format, args...) }
func typeError(format string, args ...any)  { raise(500, "builtins.TypeError", format, args...) }
func userError(format string, args ...any)  { raise(422, "odoo.exceptions.UserError", format, args...) }

func validationError(format string, args ...any) {
	raise(422, "odoo.exceptions.ValidationError", format, args...)
}

func accessError(format string, args ...any) {
	raise(403, "odoo.exceptions.AccessError", format, args...)
}

func (t *tx) missing(m *model, id int64) {
	raise(404, "odoo.exceptions.MissingError",
		"Record does not exist or has been deleted.\n(Record: %s(%d,), User: %d)", m.name, id, t.uid)
}

func (t *tx) badForeignKey(m *model, f *field) {
	if t.s.dialect.old {
		validationError("The operation cannot be completed: another model requires the record being deleted. If possible, archive it instead.\n\n"+
			"Model: %s (%s), Constraint: %s_%s_fkey", m.label, m.name, strings.ReplaceAll(m.name, ".", "_"), f.name)
	}
	validationError("The operation cannot be completed: Another model is using the record you are trying to delete.\n\n"+
		"The troublemaker is: '%s' (%s)\nThanks to the following constraint: '%s' (%s)\nHow about archiving the record instead?",
		m.label, m.name, f.label, f.name)
}

func (t *tx) missingRequired(m *model, f *field) {
	if t.s.dialect.old {
		validationError("The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"+
			"- Delete: another model requires the record being deleted. If possible, archive it instead.\n\n"+
			"Model: %s (%s), Field: %s (%s)", m.label, m.name, f.label, f.name)
	}
	validationError("The operation cannot be completed: Missing required value for the field '%s' (%s).\nModel: '%s' (%s)\n"+
		"- create/update: a mandatory field is not set\n"+
		"- delete: another model requires the record being deleted, you can archive it instead\n",
		f.label, f.name, m.label, m.name)
}
