package odoo

import (
	"fmt"
	"regexp"
	"strings"
)

// fault is the refusal of a call over XML-RPC.
type fault struct {
	code int
	text string // faultString, as sent
}

func toFault(v any) (*fault, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the fault is no struct but %T", v)
	}
	code, ok := toInt(m["faultCode"])
	text, isText := m["faultString"].(string)
	if !ok || !isText {
		return nil, fmt.Errorf("the fault has the code %T and the text %T", m["faultCode"], m["faultString"])
	}
	return &fault{code: int(code), text: text}, nil
}

// unforeseen is the code of an exception that Odoo did not expect; the text is a Python traceback.
const unforeseen = 1

var unmarshalled = regexp.MustCompile(`^cannot marshal (?:None\b|<class )`)

// isNone reports that the method has run, and is committed, but returned what XML-RPC cannot carry: None, or records.
func (f *fault) isNone() bool {
	name, text := f.exception()
	return f.code == unforeseen && name == "builtins.TypeError" && unmarshalled.MatchString(text)
}

var exceptionLine = regexp.MustCompile(`^([A-Za-z_][\w.]*)(?:: ?([\s\S]*))?$`)

// exception is the Python exception that ended a traceback, named as JSON-2 names it, and its message without the
// traceback. A text that is no traceback has no name.
func (f *fault) exception() (name, text string) {
	if f.code != unforeseen || !strings.HasPrefix(f.text, "Traceback ") {
		return "", f.text
	}
	lines := strings.Split(strings.TrimRight(f.text, "\n"), "\n")
	last := 0 // the first line after the last frame; frames are indented, messages may have further lines
	for i, line := range lines {
		if strings.HasPrefix(line, "  File ") || strings.HasPrefix(line, "  [") {
			last = i
		}
	}
	for last++; last < len(lines)-1 && strings.HasPrefix(lines[last], " "); last++ {
	}
	if last >= len(lines) {
		return "", "the server failed and does not say how"
	}
	m := exceptionLine.FindStringSubmatch(strings.Join(lines[last:], "\n"))
	if m == nil {
		return "", lines[len(lines)-1]
	}
	if !strings.Contains(m[1], ".") {
		m[1] = "builtins." + m[1]
	}
	return m[1], m[2]
}

// faultRule maps a fault to a code; the first that matches wins.
type faultRule struct {
	fault int
	text  *regexp.Regexp // nil matches any
	code  string
}

// faultRules are in order. An unforeseen exception (fault 1) is looked up in rules instead, as the JSON-2 answer 500
// that it is there.
var faultRules = []faultRule{
	// "Record does not exist or has been deleted.\n(Record: res.users(9999,), User: 9999)": the user himself is gone.
	{fault: 2, text: regexp.MustCompile(`\([^()]*: res\.users\([\d, ]*\), [^()]*: \d+\)$`), code: CodeBadKey},
	// "Record does not exist or has been deleted.\n(Record: account.analytic.account(99999999,), User: 2)"
	{fault: 2, text: regexp.MustCompile(`\([^()]*: [\w.]+\([\d, ]*\), [^()]*: \d+\)$`), code: CodeMissingRecord},
	// "Object purchase.nope doesn't exist"
	{fault: 2, text: regexp.MustCompile(`^Object [\w.]+ doesn't exist$`), code: CodeUnknownModel},
	// "The operation cannot be completed: Missing required value for the field 'Plan' (plan_id)."
	{fault: 2, code: CodeBusinessRule},
	// "Access Denied"
	{fault: 3, code: CodeBadKey},
	// "Private methods (such as _write) cannot be called remotely." (14), "… (such as 'purchase.order._write') …" (19)
	{fault: 4, text: privateMethod, code: CodeInvalidRequest},
	// "Due to security restrictions, you are not allowed to access 'Purchase Order' (purchase.order) records."
	{fault: 4, text: hiddenRecords, code: CodeRecordRule},
	// "You are not allowed to access 'Purchase Order' (purchase.order) records.\n\nThis operation is allowed for …:\n\t- Purchase/User"
	{fault: 4, code: CodeNoAccess},
}
