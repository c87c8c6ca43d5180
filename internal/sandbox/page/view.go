package page

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
)

// View is the content of a page.
type View struct {
	// Template is the name of the file, without .html.
	Template string
	// Tab is the path of the section that the page belongs to, as its [Tab] says it.
	Tab   string
	Title string
	// Body is what the template gets.
	Body any
}

// frame is what the frame around a page gets.
type frame struct {
	View

	System, Look  string
	Tabs          []Tab
	Done, Refused string
}

//go:embed templates/*.html
var own embed.FS

type views map[string]*template.Template

func parse(files fs.FS) views {
	funcs := template.FuncMap{"amount": Amount, "quantity": Quantity, "price": Price, "parts": parts}
	base := template.Must(template.New("").Funcs(funcs).ParseFS(own, "templates/*.html"))
	all, err := fs.Glob(files, "*.html")
	if err != nil {
		panic(err)
	}
	for _, name := range all {
		if strings.HasPrefix(name, "part_") {
			template.Must(base.ParseFS(files, name))
		}
	}
	out := views{"message": base}
	for _, name := range all {
		if !strings.HasPrefix(name, "part_") {
			out[strings.TrimSuffix(name, ".html")] = template.Must(template.Must(base.Clone()).ParseFS(files, name))
		}
	}
	return out
}

// parts cuts an origin id or address behind its colons, slashes and the like, where a narrow column may break it.
func parts(s string) []string {
	var out []string
	for at := strings.IndexAny(s, ":/@?&"); at >= 0; at = strings.IndexAny(s, ":/@?&") {
		out, s = append(out, s[:at+1]), s[at+1:]
	}
	return append(out, s)
}

func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, show Show, refused string) {
	v, err := show(r)
	if missing := asMissing(err); missing != nil {
		s.fail(w, r, http.StatusNotFound, "Not found", missing.Error())
		return
	}
	if err != nil {
		s.fail(w, r, http.StatusInternalServerError, "Something went wrong", err.Error())
		return
	}
	s.render(w, r, status, v, refused)
}

// fail shows a page with nothing but a sentence.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, status int, title, sentence string) {
	s.render(w, r, status, View{Template: "message", Title: title, Body: sentence}, "")
}

// render writes a page. Nothing but the stylesheet is loaded, and forms go nowhere else.
func (s *Site) render(w http.ResponseWriter, r *http.Request, status int, v View, refused string) {
	f := frame{View: v, System: s.cfg.System, Look: s.cfg.Look, Tabs: s.cfg.Tabs, Refused: refused}
	if refused == "" {
		f.Done = s.cfg.Done[r.URL.Query().Get("done")]
	}
	var out bytes.Buffer
	if err := s.views[v.Template].ExecuteTemplate(&out, "frame", f); err != nil {
		http.Error(w, "rendering the page: "+err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}
