package procoretest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// Contract wraps next so that every request to /rest and /oauth and every answer
// is held against the OpenAPI document at specPath. report is called, possibly
// from several goroutines, once for each thing that the document does not allow;
// the traffic itself passes unchanged. Where the document is known to be lossy
// the places are listed, with reasons, in contract_allowed.go.
//
// It fails when the document cannot be read.
func Contract(specPath string, next http.Handler, report func(problem string)) (http.Handler, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(specPath)
	if err != nil {
		return nil, fmt.Errorf("reading OpenAPI document: %w", err)
	}
	return &contract{doc: doc, templates: templatesOf(doc), next: next, report: report}, nil
}

type contract struct {
	doc       *openapi3.T
	templates []template
	next      http.Handler
	report    func(string)
}

func (ct *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/rest/") && !strings.HasPrefix(r.URL.Path, "/oauth/") {
		ct.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		ct.report(fmt.Sprintf("%s %s: reading request: %v", r.Method, r.URL.Path, err))
	}
	route, parameters := ct.match(r.Method, r.URL.Path)
	if route == nil {
		ct.report(fmt.Sprintf("%s %s: no such operation", r.Method, r.URL.Path))
	} else {
		ct.checkRequest(r, body, route, parameters)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	tape := &tape{ResponseWriter: w}
	ct.next.ServeHTTP(tape, r)
	if route != nil {
		ct.checkResponse(r, tape, route, parameters)
	}
}

// template is a path of the document, split at its slashes.
type template struct {
	path  string
	parts []string
	item  *openapi3.PathItem
}

func templatesOf(doc *openapi3.T) []template {
	var all []template
	for path, item := range doc.Paths.Map() {
		all = append(all, template{path: path, parts: strings.Split(path, "/"), item: item})
	}
	// Fewer parameters first, so that …/sync is not taken for …/{id}.
	slices.SortFunc(all, func(a, b template) int {
		if n := strings.Count(a.path, "{") - strings.Count(b.path, "{"); n != 0 {
			return n
		}
		return strings.Compare(a.path, b.path)
	})
	return all
}

func (t template) match(parts []string) (map[string]string, bool) {
	if len(parts) != len(t.parts) {
		return nil, false
	}
	parameters := map[string]string{}
	for i, part := range t.parts {
		if strings.HasPrefix(part, "{") {
			parameters[strings.Trim(part, "{}")] = parts[i]
		} else if part != parts[i] {
			return nil, false
		}
	}
	return parameters, true
}

func (ct *contract) match(method, path string) (*routers.Route, map[string]string) {
	parts := strings.Split(path, "/")
	for _, t := range ct.templates {
		op := t.item.GetOperation(method)
		if op == nil {
			continue
		}
		if parameters, fits := t.match(parts); fits {
			return &routers.Route{Spec: ct.doc, Path: t.path, PathItem: t.item, Method: method, Operation: op}, parameters
		}
	}
	return nil, nil
}

func (ct *contract) input(r *http.Request, body []byte, route *routers.Route, parameters map[string]string) *openapi3filter.RequestValidationInput {
	copied := r.Clone(context.WithoutCancel(r.Context()))
	copied.Body = io.NopCloser(bytes.NewReader(body))
	copied.ContentLength = int64(len(body))
	copied.URL.RawQuery = plainQuery(r.URL.Query(), route.Operation).Encode()
	return &openapi3filter.RequestValidationInput{
		Request: copied, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{
			MultiError:            true,
			IncludeResponseStatus: true,
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
		},
	}
}

func (ct *contract) checkRequest(r *http.Request, body []byte, route *routers.Route, parameters map[string]string) {
	for _, name := range undeclared(r.URL.Query(), route) {
		ct.say(route, "request", finding{text: "query parameter " + name + " is not declared"})
	}
	if err := openapi3filter.ValidateRequest(r.Context(), ct.input(r, body, route, parameters)); err != nil {
		for _, f := range findings(err) {
			ct.say(route, "request", f)
		}
	}
}

func (ct *contract) checkResponse(r *http.Request, t *tape, route *routers.Route, parameters map[string]string) {
	if t.status >= http.StatusBadRequest {
		if !slices.Contains(errorStatuses, t.status) {
			ct.say(route, "response", finding{text: fmt.Sprintf("status %d is not one of Procore's", t.status)})
		}
		return
	}
	err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: ct.input(r, nil, route, parameters),
		Status:                 t.status,
		Header:                 t.Header(),
		Body:                   io.NopCloser(bytes.NewReader(t.body.Bytes())),
		Options:                &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true},
	})
	if err != nil {
		for _, f := range findings(err) {
			ct.say(route, "response", f)
		}
	}
}

func (ct *contract) say(route *routers.Route, direction string, f finding) {
	operation := route.Method + " " + route.Path
	if isAllowed(operation, direction, f) {
		return
	}
	ct.report(operation + ": " + direction + " " + f.String())
}

// undeclared are query parameters that the operation does not have. A filter may
// be sent as filters[x] or filters[x][].
func undeclared(q url.Values, route *routers.Route) []string {
	declared := declaredParameters(route)
	var names []string
	for name := range q {
		if !slices.ContainsFunc(declared, func(d *openapi3.Parameter) bool { return sameParameter(d.Name, name) }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func declaredParameters(route *routers.Route) []*openapi3.Parameter {
	var all []*openapi3.Parameter
	for _, ref := range slices.Concat(route.PathItem.Parameters, route.Operation.Parameters) {
		if ref.Value.In == openapi3.ParameterInQuery {
			all = append(all, ref.Value)
		}
	}
	return all
}

func sameParameter(declared, sent string) bool {
	return strings.TrimSuffix(declared, "[]") == strings.TrimSuffix(sent, "[]")
}

// plainQuery writes array filters the way the document declares them: the list
// form [1,2] is spread, and the name takes the declared spelling.
func plainQuery(q url.Values, op *openapi3.Operation) url.Values {
	out := url.Values{}
	for name, values := range q {
		out[name] = values
		for _, ref := range op.Parameters {
			p := ref.Value
			if p.In == openapi3.ParameterInQuery && sameParameter(p.Name, name) && p.Schema.Value.Type.Is("array") {
				delete(out, name)
				inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(name, "[]"), "filters["), "]")
				spread, _ := filterValues(url.Values{"filters[" + inner + "]": values}, inner)
				out[p.Name] = append(out[p.Name], spread...)
				break
			}
		}
	}
	return out
}

// tape passes an answer on and keeps a copy.
type tape struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader implements http.ResponseWriter.
func (t *tape) WriteHeader(status int) {
	t.status = status
	t.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (t *tape) Write(p []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	t.body.Write(p)
	return t.ResponseWriter.Write(p)
}
