package odoo

import (
	"net/url"
	"slices"
	"strings"
)

// onlinePages are where Odoo Online sends whoever asks for a database that it does not have, or that is not in use.
var onlinePages = []string{"odoo.com", "www.odoo.com", "accounts.odoo.com"}

// redirect says where a redirect leads, without path and query, and who can do what about it.
func (f failure) redirect() (text, way string) {
	base, err := url.Parse(f.server)
	if err != nil {
		base = &url.URL{}
	}
	to, err := base.Parse(f.location)
	if err != nil || f.location == "" {
		return f.server + " redirects to another page", checkURL
	}
	there := to.Scheme + "://" + strings.ToLower(to.Host)
	login := strings.Contains(strings.ToLower(to.Path), "login")
	switch {
	case slices.Contains(onlinePages, strings.ToLower(to.Hostname())):
		return f.server + " redirects to " + there + ": Odoo Online has no such database, or it is not in use",
			"correct the name in odoo.url, or have the database activated"
	case login:
		return f.server + " redirects to a login page at " + there,
			"ask whoever runs the server to let the API through without one: /web/version, /json/2 and /xmlrpc/2"
	case there == f.server:
		return f.server + " redirects to another page of its own", checkURL
	}
	return f.server + " redirects to " + there, "if your Odoo is there now, write that address in odoo.url; if not, the name in odoo.url is wrong"
}
