package cli

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// badOdoo are servers that are no Odoo, keys that open nothing, and what a user may not see.
func badOdoo() []badInput {
	key := func(user odootest.User) func(*world) {
		return func(w *world) {
			w.seedOdoo(user)
			w.settings(func(*tenant.File) {})
		}
	}
	of14 := odoo14
	address := func(url string) func(*world) {
		return func(w *world) {
			w.note("odoo.url is %s", url)
			w.settings(func(f *tenant.File) { f.Odoo.URL = url })
		}
	}
	bot, change := goldenBot, changedBot
	return []badInput{
		{name: "odoo-unreachable", args: "ping acme", given: address("http://" + nobody)},
		{name: "odoo-unreachable-reconcile", args: "reconcile run acme", given: address("http://" + nobody)},
		{name: "odoo-unknown-host", args: "ping acme", given: address("http://odoo.invalid")},
		{name: "odoo-another-program", args: "ping acme", given: func(w *world) { w.odooAt("an SSH server", sshServer(w)) }},
		{name: "odoo-silent", args: "ping acme", given: func(w *world) {
			w.set("ML_HTTP_TIMEOUT", "200ms")
			w.odooAt("a server that never answers", w.handler(silent))
		}},
		{name: "odoo-web-page", args: "ping acme", given: func(w *world) {
			w.odooAt("a web page", w.handler(answer(http.StatusOK, "text/html", "<html><title>Acme</title></html>")))
		}},
		{name: "odoo-other-api", args: "ping acme", given: func(w *world) {
			w.odooAt("another JSON API", w.handler(answer(http.StatusOK, "application/json", `{"status": "up"}`)))
		}},
		{name: "odoo-not-found", args: "ping acme", given: func(w *world) {
			w.odooAt("a web server without Odoo", w.handler(answer(http.StatusNotFound, "text/html", "<h1>Not Found</h1>")))
		}},
		{name: "odoo-bad-request", args: "ping acme", given: func(w *world) {
			w.odooAt("a server that does not understand", w.handler(answer(http.StatusBadRequest, "text/plain", "Bad Request")))
		}},
		{name: "odoo-proxy-login", args: "ping acme", given: func(w *world) {
			w.odooAt("a proxy that wants a password", w.handler(answer(http.StatusUnauthorized, "text/html", "<h1>Authorization required</h1>")))
		}},
		{name: "odoo-maintenance", args: "ping acme", given: func(w *world) {
			w.odooAt("a maintenance page", w.handler(answer(http.StatusServiceUnavailable, "text/html", "<h1>We will be back soon</h1>")))
		}},
		{name: "odoo-bad-gateway", args: "ping acme", given: func(w *world) {
			w.odooAt("a proxy whose Odoo is down", w.handler(answer(http.StatusBadGateway, "text/html", "<h1>502</h1>")))
		}},
		{name: "odoo-redirect", args: "ping acme", given: func(w *world) {
			w.odooAt("a database that moved", w.handler(func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "https://acme-new.odoo.com"+r.URL.Path, http.StatusMovedPermanently)
			}))
		}},
		{name: "odoo-redirect-saas", args: "ping acme", given: func(w *world) {
			w.odooAt("a name that Odoo Online does not know", w.handler(func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "https://www.odoo.com/typo?domain=acme.odoo.com", http.StatusSeeOther)
			}))
		}},
		{name: "odoo-certificate", args: "ping acme", given: func(w *world) {
			w.odooAt("a server with a certificate of its own making", tlsServer(w))
		}},
		{name: "odoo-http-to-https", args: "ping acme", given: func(w *world) {
			w.odooAt("a server that speaks https", strings.Replace(tlsServer(w), "https:", "http:", 1))
		}},
		{name: "odoo-https-to-http", args: "ping acme", given: func(w *world) {
			w.note("odoo.url says https, the server speaks http")
			w.settings(func(f *tenant.File) { f.Odoo.URL = strings.Replace(w.odooURL, "http:", "https:", 1) })
		}},
		{name: "odoo-wrong-key", args: "ping acme", given: key(change(func(u *odootest.User) { u.Key = "another" }))},
		{name: "odoo-wrong-key-json", args: "ping acme -o json", given: key(change(func(u *odootest.User) { u.Key = "another" }))},
		{name: "odoo-wrong-key-reconcile", args: "reconcile run acme", given: key(change(func(u *odootest.User) { u.Key = "another" }))},
		{name: "odoo-expired-key", args: "ping acme", given: key(change(func(u *odootest.User) { u.KeyExpired = true }))},
		{name: "odoo-wrong-scope", args: "ping acme", given: key(change(func(u *odootest.User) { u.KeyScopeOK = false }))},
		{name: "odoo-key-of-another-user", args: "ping acme", given: key(change(func(u *odootest.User) { u.Login = "ann" }))},
		{name: "odoo-no-rights", args: "ping acme", given: key(change(func(u *odootest.User) { u.Groups = nil }))},
		{name: "odoo-no-rights-reconcile", args: "reconcile run acme", given: key(change(func(u *odootest.User) { u.Groups = nil }))},
		{name: "odoo-14-no-rights", args: "ping acme", given: of14(change(func(u *odootest.User) { u.Groups = nil }))},
		{name: "odoo-14-wrong-key", args: "ping acme", given: of14(change(func(u *odootest.User) { u.Key = "another" }))},
		{name: "odoo-14-json2", args: "ping acme", given: func(w *world) {
			w.note("odoo.api is json2")
			of14(bot)(w)
			w.settings(func(f *tenant.File) { f.Odoo.API = "json2" })
		}},
		{name: "odoo-14-wrong-database", args: "ping acme", given: func(w *world) {
			w.note("odoo.database is acme-old")
			of14(bot)(w)
			w.settings(func(f *tenant.File) { f.Odoo.Database = "acme-old" })
		}},
		{name: "odoo-14-unknown-plan", args: "map export acme", given: func(w *world) {
			w.note("odoo.plans.project is Jobs")
			of14(bot)(w)
			w.settings(func(f *tenant.File) { f.Odoo.Plans.Project = "Jobs" })
		}},
		{name: "odoo-wrong-database", args: "ping acme", given: func(w *world) {
			w.note("odoo.database is acme-old")
			w.settings(func(f *tenant.File) { f.Odoo.Database = "acme-old" })
		}},
		{name: "odoo-company-not-allowed", args: "ping acme", given: func(w *world) {
			w.note("odoo.companies is [1, 2], the user is allowed 1")
			w.seedOdoo(change(func(u *odootest.User) { u.CompanyIDs = []int64{1} }))
			w.settings(func(f *tenant.File) { f.Odoo.Companies = []int64{1, 2} })
		}},
		{name: "odoo-company-unknown", args: "ping acme", given: func(w *world) {
			w.note("odoo.companies is [9]")
			w.settings(func(f *tenant.File) { f.Odoo.Companies = []int64{9} })
		}},
		{name: "odoo-key-rotated-to-nothing", args: "ping acme", given: func(w *world) {
			w.note("no Odoo key was entered")
			w.exec("DELETE FROM credentials WHERE system = 'odoo'")
		}},
	}
}

// goldenBot may read all that is needed.
var goldenBot = odootest.User{Login: "bot", Key: goldenKey, KeyScopeOK: true, Groups: []string{"readonly", "analytic"}}

func changedBot(f func(*odootest.User)) odootest.User {
	u := goldenBot
	f(&u)
	return u
}

// otherOdoo puts another Odoo in the place of the world's.
func (w *world) otherOdoo(cfg odootest.Config, user odootest.User) {
	w.odooConfig = cfg
	w.volatile = slices.DeleteFunc(w.volatile, func(v volatile) bool { return v.placeholder == "<odoo>" }) // of the server before
	w.seedOdoo(user)
	w.settings(func(*tenant.File) {})
}

func odoo14(user odootest.User) func(*world) {
	return func(w *world) {
		w.note("the server is Odoo 14")
		w.otherOdoo(odootest.Config{Version: "14.0"}, user)
	}
}

// odooAt points acme at another server.
func (w *world) odooAt(what, url string) {
	w.note("odoo.url is %s", what)
	w.settings(func(f *tenant.File) { f.Odoo.URL = url })
}

func (w *world) handler(h http.HandlerFunc) string { return w.serve(h, "<server>") }

// silent never answers. It reads the body, or the server would not see the client leave.
func silent(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func answer(status int, media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func tlsServer(w *world) string {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	w.t.Cleanup(server.Close)
	w.hides(strings.TrimPrefix(server.URL, "https://"), "<server>")
	return server.URL
}

// sshServer answers whoever says something.
func sshServer(w *world) string {
	return "http://" + rawServer(w, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1))
		_, _ = c.Write([]byte("SSH-2.0-OpenSSH_9.6\r\n"))
	})
}

// rawServer calls serve with each connection, which is closed when the case ends.
func rawServer(w *world, serve func(net.Conn)) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(w.t, err)
	conns := make(chan net.Conn, 64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				close(conns)
				return
			}
			serve(c)
			conns <- c
		}
	}()
	w.t.Cleanup(func() {
		_ = listener.Close()
		<-done
		for c := range conns {
			_ = c.Close()
		}
	})
	w.hides(listener.Addr().String(), "<server>")
	return listener.Addr().String()
}
