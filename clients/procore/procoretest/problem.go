package procoretest

import (
	"fmt"
	"net/http"
	"sort"
	"strings"
)

// problem is a refusal: the status and the body as Procore would send them.
type problem struct {
	status int
	body   any    // marshalled as JSON unless plain is set
	plain  string // text/plain
}

func (p *problem) Error() string {
	if p.plain != "" {
		return p.plain
	}
	if m, ok := p.body.(map[string]any); ok {
		if e, ok := m["errors"]; ok {
			return describe(e)
		}
		if e, ok := m["message"]; ok {
			return describe(e)
		}
	}
	return http.StatusText(p.status)
}

func describe(e any) string {
	switch v := e.(type) {
	case string:
		return v
	case []string:
		return strings.Join(v, "; ")
	case faults:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}

// faults collects messages per field: {"vendor_id":["has not been added to this project"]}.
type faults map[string][]string

func (f faults) add(field, message string) {
	f[field] = append(f[field], message)
}

func (f faults) merge(other faults) {
	for field, messages := range other {
		f[field] = append(f[field], messages...)
	}
}

func (f faults) String() string {
	fields := make([]string, 0, len(f))
	for field := range f {
		fields = append(fields, field)
	}
	sort.Strings(fields)
	parts := make([]string, 0, len(fields))
	for _, field := range fields {
		parts = append(parts, field+" "+strings.Join(f[field], ", "))
	}
	return strings.Join(parts, "; ")
}

// refusal is nil when nothing was found, else a 422.
func (f faults) refusal() *problem {
	if len(f) == 0 {
		return nil
	}
	return &problem{status: http.StatusUnprocessableEntity, body: map[string]any{"errors": f}}
}

func fault(field, message string) faults { return faults{field: {message}} }

// unprocessable is the field map with status 422.
func unprocessable(field, message string) *problem { return fault(field, message).refusal() }

// badRequest is the shape that the v1.0 purchase order endpoints declare.
func badRequest(field, reason string) *problem {
	return reasoned(http.StatusBadRequest, "Bad Request", field, reason)
}

func missingParam(name string) *problem {
	return badRequest(name, "param is missing or the value is empty: "+name)
}

func unauthorized(reason string) *problem {
	return reasoned(http.StatusUnauthorized, "Unauthorized", "", reason)
}

// forbidden: a project that the app may not see.
func forbidden() *problem {
	return reasoned(http.StatusForbidden, "Forbidden", "", "You do not have permission to access this project")
}

func reasoned(status int, message, fields, reason string) *problem {
	return &problem{status: status, body: map[string]any{
		"code": status, "message": message, "fields": fields, "reason": reason, "error": reason,
	}}
}

func notFound() *problem {
	return &problem{status: http.StatusNotFound, body: map[string]any{"errors": []string{"Not Found"}}}
}

// refusedText is the string form of errors, seen with 400 on requisitions.
func refusedText(message string) *problem {
	return &problem{status: http.StatusBadRequest, body: map[string]any{"errors": message}}
}

// conflict: two writes on one direct cost at the same time.
func conflict() *problem {
	return &problem{status: http.StatusConflict, body: map[string]any{
		"errors": []string{"Another request is changing this direct cost, try again"},
	}}
}

func tooLarge(message string) *problem {
	return &problem{status: http.StatusRequestEntityTooLarge, body: map[string]any{"errors": []string{message}}}
}
