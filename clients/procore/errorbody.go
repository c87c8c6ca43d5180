package procore

import (
	"encoding/json"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// refused turns an answer that is no success into an error.
func (c *Client) refused(k call, answer *reply, resp *Response, access string) error {
	e := &ErrorResponse{
		Status: answer.status, Operation: k.operation(), RequestID: resp.RequestID,
		ProjectID: k.project, Write: k.write(),
	}
	clean := strings.NewReplacer(access, "[redacted]", c.cfg.ClientSecret, "[redacted]")
	said := readErrorBody(clean.Replace(string(answer.body[:min(len(answer.body), maxErrorBody)])), answer.header.Get("Content-Type"))
	e.Fields, e.Message = said.fields, said.message
	if e.Message == "" {
		e.Message = fieldsText(e.Fields)
	}
	e.Code = code(e, said)
	now := time.Now()
	switch {
	case e.Status == http.StatusTooManyRequests:
		return &RateLimitError{Until: retryAt(answer.header, resp.Rate, now), Response: e}
	case e.Status == http.StatusServiceUnavailable && resp.Rate.RetryAfter > 0:
		return &UnavailableError{RetryAfter: resp.Rate.RetryAfter, Response: e}
	}
	return e
}

// lockedText is how refusals read that a change of the record's state would lift (observed texts, FACTS §5, §8).
var lockedText = regexp.MustCompile(`(?i)\b(is|are|been) locked\b|\blocked\b|(cannot|can't|can not|may not) be (edited|modified|changed|updated|deleted|removed)|not editable|read[- ]only|immutable|only the (latest|last|newest|most recent)`)

var notConnectedText = regexp.MustCompile(`(?i)not connected to this company`)

// code gives the stable name of a refusal.
func code(e *ErrorResponse, said errorBody) string {
	switch s := e.Status; {
	case s == http.StatusUnauthorized:
		return CodeUnauthorized
	case s == http.StatusForbidden && notConnectedText.MatchString(e.text()):
		return CodeNotConnected
	case s == http.StatusForbidden && e.ProjectID != 0:
		return CodeProjectForbidden
	case s == http.StatusForbidden:
		return CodeForbidden
	case s == http.StatusNotFound:
		return CodeNotFound
	case s == http.StatusConflict:
		return CodeConflict
	case s == http.StatusRequestEntityTooLarge:
		return CodeTooLarge
	case s == http.StatusTooManyRequests:
		return CodeRateLimited
	case s == http.StatusLocked:
		return CodeLocked
	case s == http.StatusRequestTimeout || s >= http.StatusInternalServerError:
		return CodeUnavailable
	case (s == http.StatusBadRequest || s == http.StatusUnprocessableEntity) && lockedText.MatchString(e.text()+" "+fieldsText(e.Fields)):
		return CodeLocked
	case s == http.StatusUnprocessableEntity:
		return CodeValidation
	case s == http.StatusBadRequest && said.rule:
		return CodeValidation
	default:
		return CodeBadRequest
	}
}

// errorBody is what the many shapes of Procore's error bodies come down to.
type errorBody struct {
	fields  map[string][]string
	message string
	// rule says that the shape is that of validations and business rules ("errors" in any form, or an empty body).
	rule bool
}

// maxErrorBody is how much of a refusal is read.
const maxErrorBody = 1 << 20

const emptyMessage = "Procore gave no reason (empty answer): a business rule is not met"

func readErrorBody(body, contentType string) errorBody {
	text := strings.TrimSpace(body)
	if text == "" || text == "{}" || text == "[]" || text == "null" || text == `""` {
		return errorBody{rule: true, message: emptyMessage}
	}
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		if media, _, _ := mime.ParseMediaType(contentType); media == "text/html" || strings.HasPrefix(text, "<") {
			return errorBody{message: "an HTML page instead of an answer"}
		}
		return errorBody{message: cut(text, maxText)}
	}
	switch v := doc.(type) {
	case string:
		return errorBody{message: cut(v, maxText)}
	case []any:
		return errorBody{rule: true, fields: messages(v)}
	case map[string]any:
		return readErrorObject(v)
	default:
		return errorBody{}
	}
}

func readErrorObject(doc map[string]any) errorBody {
	var out errorBody
	if errs, ok := doc["errors"]; ok {
		out.rule = true
		out.fields = messages(errs)
		if m, ok := doc["message"].(string); ok && len(out.fields) == 0 {
			out.message = cut(m, maxText)
		}
		if len(out.fields) == 0 && out.message == "" {
			out.message = emptyMessage
		}
		return out
	}
	if inner, ok := doc["error"].(map[string]any); ok { // v2.0, and projects on v1.x
		out.message = firstText(inner, "message", "code")
		if details, ok := inner["details"].([]any); ok {
			out.fields = detailMessages(details)
		}
		return out
	}
	// {"code","message","fields","reason","error"}, or OAuth's {"error","error_description"}
	out.message = joinTexts(doc, "message", "reason", "error_description", "error")
	switch fields := doc["fields"].(type) {
	case map[string]any:
		out.rule = true
		out.fields = messages(fields)
	case string:
		if reason := firstText(doc, "reason", "message", "error"); fields != "" && reason != "" {
			out.fields = map[string][]string{cut(fields, 100): {reason}}
		}
	}
	return out
}

// joinTexts joins the texts that say something new.
func joinTexts(doc map[string]any, names ...string) string {
	var parts []string
	for _, name := range names {
		if text := firstText(doc, name); text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return cut(strings.Join(parts, ": "), maxText)
}

func firstText(doc map[string]any, names ...string) string {
	for _, name := range names {
		if s, ok := doc[name].(string); ok && strings.TrimSpace(s) != "" {
			return cut(s, maxText)
		}
	}
	return ""
}

func detailMessages(details []any) map[string][]string {
	out := map[string][]string{}
	for _, d := range details {
		m, ok := d.(map[string]any)
		if !ok {
			continue
		}
		field := firstText(m, "source")
		if field == "" {
			field = BaseField
		}
		if text := firstText(m, "message", "reason_code", "code"); text != "" {
			out[field] = append(out[field], text)
		}
	}
	return out
}

// messages reads "errors" as an object, an array or a string. Nested objects get dotted names.
func messages(v any) map[string][]string {
	out := map[string][]string{}
	collect(out, "", v, 0)
	if len(out) == 0 {
		return nil
	}
	return out
}

const (
	maxFields = 50
	maxDepth  = 5
)

func collect(out map[string][]string, field string, v any, depth int) {
	if depth > maxDepth || len(out) >= maxFields {
		return
	}
	switch v := v.(type) {
	case string:
		if field == "" {
			field = BaseField
		}
		if text := cut(v, maxText); text != "" && len(out[field]) < maxFields && !slices.Contains(out[field], text) {
			out[field] = append(out[field], text)
		}
	case []any:
		for _, e := range v {
			collect(out, field, e, depth+1)
		}
	case map[string]any:
		for name, e := range v {
			if field != "" {
				name = field + "." + name
			}
			collect(out, cut(name, 100), e, depth+1)
		}
	}
}
