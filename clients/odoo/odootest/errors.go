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

func badForeignKey(m *model, f *field) {
	validationError("The operation cannot be completed: Another model is using the record you are trying to delete.\n\n"+
		"The troublemaker is: '%s' (%s)\nThanks to the following constraint: '%s' (%s)\nHow about archiving the record instead?",
		m.label, m.name, f.label, f.name)
}

func missingRequired(m *model, f *field) {
	validationError("The operation cannot be completed: Missing required value for the field '%s' (%s).\nModel: '%s' (%s)\n"+
		"- create/update: a mandatory field is not set\n"+
		"- delete: another model requires the record being deleted, you can archive it instead\n",
		f.label, f.name, m.label, m.name)
}
