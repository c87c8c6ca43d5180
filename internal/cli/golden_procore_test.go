package cli

import (
	"net/http"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// badProcore are wrong apps, companies and servers.
func badProcore() []badInput {
	app := func(change func(*procoretest.Config)) func(*world) {
		return func(w *world) {
			cfg := procoretest.Config{ClientID: goldenClient, ClientSecret: goldenSecret, CompanyID: goldenCompany, CompanyName: "Acme Builders"}
			change(&cfg)
			w.procore = procoretest.New(cfg)
			w.procoreURL = w.serve(w.procore, "<procore app>")
			w.settings(func(*tenant.File) {})
		}
	}
	return []badInput{
		{name: "procore-wrong-secret", args: "ping acme", given: app(func(c *procoretest.Config) { c.ClientSecret = "another" })},
		{name: "procore-wrong-secret-reconcile", args: "reconcile run acme", given: func(w *world) {
			w.polled()
			app(func(c *procoretest.Config) { c.ClientSecret = "another" })(w)
		}},
		{name: "procore-wrong-client", args: "ping acme", given: app(func(c *procoretest.Config) { c.ClientID = "another" })},
		{name: "procore-wrong-company", args: "ping acme", given: func(w *world) {
			w.note("procore.company_id is 9999")
			w.settings(func(f *tenant.File) { f.Procore.CompanyID = 9999 })
		}},
		{name: "procore-app-not-installed", args: "ping acme", given: func(w *world) {
			// Without an install the token and GET /companies work, the rest is refused so (FACTS §1).
			w.procoreAt("Procore, without the app in the company", w.handler(procoreApp(map[string]http.HandlerFunc{
				"/rest/v1.0/companies": answer(http.StatusOK, "application/json", `[{"id": 4567, "name": "Acme Builders", "is_active": true}]`),
			}, answer(http.StatusForbidden, "application/json", `{"errors":["App is not connected to this company."]}`))))
		}},
		{name: "procore-company-not-listed", args: "ping acme", given: func(w *world) {
			w.procoreAt("Procore, whose login sees another company", w.handler(procoreApp(map[string]http.HandlerFunc{
				"/rest/v1.0/me":        answer(http.StatusOK, "application/json", `{"id": 1, "login": "app@procore.com", "name": "App"}`),
				"/rest/v1.0/companies": answer(http.StatusOK, "application/json", `[{"id": 1234, "name": "Others", "is_active": true}]`),
			}, answer(http.StatusNotFound, "application/json", `{}`))))
		}},
		{name: "procore-token-refused", args: "ping acme", given: func(w *world) {
			w.procoreAt("Procore, which refuses each token", w.handler(procoreApp(nil, answer(http.StatusUnauthorized, "application/json", `{"code":401,"message":"Unauthorized"}`))))
		}},
		{name: "procore-no-permission", args: "ping acme", given: func(w *world) {
			w.procoreAt("Procore, where the app lacks a permission", w.handler(procoreApp(map[string]http.HandlerFunc{
				"/rest/v1.0/me": answer(http.StatusOK, "application/json", `{"id": 1, "login": "app@procore.com", "name": "App"}`),
			}, answer(http.StatusForbidden, "application/json", `{"code":403,"message":"Forbidden","reason":"You do not have permission"}`))))
		}},
		{name: "procore-unreachable", args: "ping acme", given: func(w *world) {
			w.note("procore.login_url is http://%s", nobody)
			w.settings(func(f *tenant.File) { f.Procore.LoginURL = "http://" + nobody })
		}},
		{name: "procore-api-unreachable", args: "ping acme", given: func(w *world) {
			w.note("procore.api_url is http://%s", nobody)
			w.settings(func(f *tenant.File) { f.Procore.APIURL = "http://" + nobody })
		}},
		{name: "procore-unknown-host", args: "ping acme", given: func(w *world) {
			w.note("procore.login_url is https://login.procore.invalid")
			w.settings(func(f *tenant.File) { f.Procore.LoginURL = "https://login.procore.invalid" })
		}},
		{name: "procore-certificate", args: "ping acme", given: func(w *world) {
			w.procoreAt("a server with a certificate of its own making", tlsServer(w))
		}},
		{name: "procore-silent", args: "ping acme", given: func(w *world) {
			w.set("ML_HTTP_TIMEOUT", "200ms")
			w.procoreAt("a server that never answers", w.handler(silent))
		}},
		{name: "procore-web-page", args: "ping acme", given: func(w *world) {
			w.procoreAt("a web page", w.handler(answer(http.StatusOK, "text/html", "<html><title>Acme</title></html>")))
		}},
		{name: "procore-api-web-page", args: "ping acme", given: func(w *world) {
			w.procoreAt("a login host of Procore before a web page", w.handler(procoreApp(nil, answer(http.StatusOK, "text/html", "<html></html>"))))
		}},
		{name: "procore-not-found", args: "ping acme", given: func(w *world) {
			w.procoreAt("a web server without Procore", w.handler(answer(http.StatusNotFound, "text/html", "<h1>Not Found</h1>")))
		}},
		{name: "procore-redirect", args: "ping acme", given: func(w *world) {
			w.procoreAt("a server that sends elsewhere", w.handler(func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "https://elsewhere.example/"+strings.TrimPrefix(r.URL.Path, "/"), http.StatusFound)
			}))
		}},
		{name: "procore-maintenance", args: "ping acme", given: func(w *world) {
			w.procoreAt("a maintenance page", w.handler(answer(http.StatusServiceUnavailable, "text/html", "<h1>Maintenance</h1>")))
		}},
		{name: "procore-overloaded", args: "ping acme", given: func(w *world) {
			w.procoreAt("Procore, overloaded", w.handler(func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Retry-After", "30")
				answer(http.StatusServiceUnavailable, "text/html", "<h1>Busy</h1>")(rw, r)
			}))
		}},
		{name: "procore-plain-http", args: "ping acme", given: func(w *world) {
			w.note("procore.api_url is http://procore.example")
			w.settings(func(f *tenant.File) { f.Procore.APIURL = "http://procore.example" })
		}},
		{name: "procore-no-credentials", args: "ping acme", given: func(w *world) {
			w.note("no Procore credentials were entered")
			w.exec("DELETE FROM credentials WHERE system = 'procore'")
		}},
		{name: "procore-project-deleted-reconcile", args: "reconcile run acme --project 7", given: func(w *world) {
			w.polled()
			w.note("Tower is mapped to a project that was there yesterday and is gone from Procore")
			w.exec("UPDATE project_mappings SET procore_project = 7")
			w.exec("UPDATE procore_codes SET procore_id = 7")
		}},
		{name: "procore-project-not-permitted-reconcile", args: "reconcile run acme --project 562949954000070", given: func(w *world) {
			w.polled()
			w.note("the analytic account 2 is mapped to a project that the app is not permitted")
			w.exec("INSERT INTO project_mappings (tenant, odoo_id, procore_project) VALUES ('acme', 2, $1)", w.hidden)
		}},
	}
}

// procoreAt points acme at another server.
func (w *world) procoreAt(what, url string) {
	w.note("procore.login_url and api_url are %s", what)
	w.settings(func(f *tenant.File) { f.Procore.LoginURL, f.Procore.APIURL = url, url })
}

// procoreApp gives a token to everybody and answers the paths that are named, the rest with otherwise.
func procoreApp(paths map[string]http.HandlerFunc, otherwise http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			answer(http.StatusOK, "application/json", `{"access_token": "t0", "token_type": "Bearer", "expires_in": 5400}`)(w, r)
			return
		}
		if h, ok := paths[r.URL.Path]; ok {
			h(w, r)
			return
		}
		otherwise(w, r)
	}
}
