package page

import (
	_ "embed"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// Config says what a system shows.
type Config struct {
	// System is the name of what it stands in for.
	System string
	// Look is a class of the stylesheet.
	Look string
	// Tabs lead to the sections, which every page shows at its top.
	Tabs []Tab
	// Templates holds *.html, each of which defines "main". Those named part_*.html define what the others use.
	Templates fs.FS
	// Done are the sentences after an edit, by the key that [Done] puts into the address.
	Done map[string]string
	// API answers all that is no page. Paths that begin with one of APIPaths are its alone.
	API      http.Handler
	APIPaths []string
}

// Tab is a section: its name and its path.
type Tab struct{ Name, Path string }

// Show makes the content of a page. An error is a [*Missing], which becomes a page with status 404, or becomes one with 500.
type Show func(r *http.Request) (View, error)

// Do carries out what a form says and returns the path to go to. A [*Refusal] is shown on the page with the form.
type Do func(r *http.Request) (to string, err error)

// Site is the pages of a system and the API behind them.
type Site struct {
	cfg   Config
	views views
	mux   *http.ServeMux
	cross *http.CrossOriginProtection
}

//go:embed pages.css
var stylesheet string

// New makes a site without pages. It panics when a template cannot be read: they are part of the program.
func New(cfg Config) *Site {
	s := &Site{cfg: cfg, views: parse(cfg.Templates), mux: http.NewServeMux(), cross: http.NewCrossOriginProtection()}
	s.cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, http.StatusForbidden, "Not from here",
			"This form was sent from a page of another address. Open this sandbox's own page and send it from there.")
	}))
	s.mux.HandleFunc("GET /pages.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write([]byte(stylesheet))
	})
	return s
}

// Page adds a page at a path, a pattern of [http.ServeMux] without method.
func (s *Site) Page(path string, show Show) {
	s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		s.show(w, r, http.StatusOK, show, "")
	})
}

// Form adds what a form posts to. show is the page that holds the form; its path has the same wildcards.
func (s *Site) Form(path string, do Do, show Show) {
	s.mux.Handle("POST "+path, s.cross.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			s.fail(w, r, http.StatusBadRequest, "Not understood", "The form could not be read: "+err.Error()+".")
			return
		}
		to, err := do(r)
		switch refusal, missing := asRefusal(err), asMissing(err); {
		case refusal != nil:
			s.show(w, r, http.StatusUnprocessableEntity, show, refusal.Sentence)
		case missing != nil:
			s.fail(w, r, http.StatusNotFound, "Not found", missing.Error())
		case err != nil:
			s.fail(w, r, http.StatusInternalServerError, "Something went wrong", err.Error())
		default:
			http.Redirect(w, r, to, http.StatusSeeOther)
		}
	})))
}

// maxForm is the size of the largest form, in bytes.
const maxForm = 1 << 20

// ServeHTTP answers pages, and hands everything else to the API.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, page := s.mux.Handler(r)
	switch {
	case page != "":
		s.mux.ServeHTTP(w, r)
	case s.isAPI(r):
		s.api(w, r)
	default:
		s.fail(w, r, http.StatusNotFound, "Not found", "There is no page "+r.URL.Path+" here.")
	}
}

// api hands a request on. The sandbox's own paths ask for no key, so a page of another origin must not reach them.
func (s *Site) api(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, sandboxPaths) && s.cross.Check(r) != nil {
		http.Error(w, "This request was sent from a page of another address, and was not carried out.", http.StatusForbidden)
		return
	}
	s.cfg.API.ServeHTTP(w, r)
}

// sandboxPaths is how the paths begin that a sandbox has and the real system has not.
const sandboxPaths = "/_sandbox/"

// isAPI: programs may ask for any path, and are answered as the system answers them.
func (s *Site) isAPI(r *http.Request) bool {
	browser := r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
	return !browser || slices.ContainsFunc(s.cfg.APIPaths, func(prefix string) bool { return strings.HasPrefix(r.URL.Path, prefix) })
}

// Done is the path to go to after an edit; the page there says the sentence of key.
func Done(path, key string) string { return path + "?done=" + key }
