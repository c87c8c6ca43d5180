package odootest

import (
	"fmt"
	"slices"
	"strings"
)

// dialect is what differs between versions of Odoo. What a version does not have is left out by its schema.
type dialect struct {
	// json2 is true where /json/2 exists.
	json2 bool
	// old is true for a version before analytic distributions, with its own bookkeeping and write dates.
	old bool

	// server is the Server header, notFound the page for an unknown path, envelope the frame of an XML-RPC answer.
	server, notFound, envelope string
	nosniff                    bool
	keepControl                bool
	archivedKeyWorks           bool
	// connecting stands before the database's refusal.
	connecting string
	// lock is the method that locks an order.
	lock string
	// arguments are names of arguments, by method and name in version 19.
	arguments map[string]string
	// absent are methods of every model that the version lacks; open are ones that only later versions keep private.
	absent, open []string

	unknownService func(name string) *apiError
	noMethod       func(model, method string) string
	private        func(model, method string) string
	function       func(method string) string // as Python names it in complaints about arguments

	// groups are the names of the groups of rights.
	groups map[string]string
	// leaf is what a condition of a domain is called.
	leaf string
	// Texts: an unknown field in values and in a list to read (field, model).
	badValue, badRead string
}

var dialects = map[string]*dialect{
	"19.0": {
		json2: true, lock: "button_lock", server: "Werkzeug/2.2.2 Python/3.11.2", notFound: notFoundHTML, nosniff: true,
		envelope:   "<?xml version=\"1.0\"?>\n<methodResponse>\n%s\n</methodResponse>\n",
		connecting: `connection to server at "127.0.0.1", port 5432 failed: `,
		unknownService: func(name string) *apiError {
			return pythonError("builtins.KeyError", "%s", repr(name))
		},
		noMethod: func(model, method string) string {
			return "The method '" + model + "." + method + "' does not exist"
		},
		private: func(model, method string) string {
			return "Private methods (such as '" + model + "." + method + "') cannot be called remotely."
		},
		function: func(method string) string { return "BaseModel." + method },
		leaf:     "condition", groups: groupTitles,
		badValue: "Invalid field '%s' in '%s'", badRead: "Invalid field '%s' on '%s'",
	},
	"14.0": {
		old: true, lock: "button_done", server: "Werkzeug/1.0.1 Python/3.9.2", keepControl: true, archivedKeyWorks: true,
		notFound: "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n" +
			"<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n",
		envelope:  "<?xml version='1.0'?>\n<methodResponse>\n%s</methodResponse>\n",
		arguments: map[string]string{"search.domain": "args", "search_count.domain": "args", "name_search.domain": "args"},
		absent:    strings.Fields("formatted_read_group web_read web_search_read has_access"),
		open:      []string{"exists"},
		unknownService: func(string) *apiError {
			return pythonError("builtins.UnboundLocalError", "local variable 'dispatch' referenced before assignment")
		},
		noMethod: func(model, method string) string {
			return "type object '" + model + "' has no attribute '" + method + "'"
		},
		private: func(_, method string) string {
			return "Private methods (such as " + method + ") cannot be called remotely."
		},
		function: func(method string) string { return method },
		leaf:     "leaf", groups: titles14,
		badValue: "Invalid field '%s' on model '%s'", badRead: "Invalid field '%s' on model '%s'",
	},
}

// Versions are the values that Config.Version may have.
func Versions() []string { return []string{"14.0", "19.0"} }

// ParseVersion is the version that people call 14, 14.0 or 19.
func ParseVersion(text string) (string, error) {
	var people []string
	for _, v := range Versions() {
		short := strings.TrimSuffix(v, ".0")
		if text == v || text == short {
			return v, nil
		}
		people = append(people, short)
	}
	return "", fmt.Errorf("the Odoo sandbox is version %s", strings.Join(people, " or "))
}

func dialectOf(version string) *dialect {
	d := dialects[version]
	if d == nil {
		panic(fmt.Sprintf("odootest: no version %q; there are %s", version, strings.Join(Versions(), ", ")))
	}
	return d
}

// argument is the version's name of a parameter. Callers in Go use those of version 19 with any version.
func (d *dialect) argument(inv invocation, name string) string {
	if own := d.arguments[inv.method+"."+name]; own != "" && inv.remote {
		return own
	}
	return name
}

func (d *dialect) reachable(method string) bool {
	return slices.Contains(d.open, method) || !strings.HasPrefix(method, "_") && !slices.Contains(private, method)
}
