package cli

import (
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// pings are what ping tells of servers and users that are right, or nearly so.
func pings() []badInput {
	at := func(note string, cfg odootest.Config, user odootest.User) func(*world) {
		return func(w *world) {
			w.note("%s", note)
			w.otherOdoo(cfg, user)
		}
	}
	user := func(note string, f func(*odootest.User)) func(*world) {
		return at(note, odootest.Config{}, changedBot(f))
	}
	const day = 24 * time.Hour
	inDays := func(n int) time.Time { return time.Now().Add(time.Duration(n)*day + 12*time.Hour) }
	return []badInput{
		{name: "ping-19", args: "ping acme", warns: true},
		{name: "ping-19-json", args: "ping acme -o json", warns: true},
		{name: "ping-14", args: "ping acme", warns: true, given: odoo14(goldenBot)},
		{name: "ping-xmlrpc-and-slow", args: "ping acme", warns: true, given: func(w *world) {
			w.note("odoo.api is xmlrpc, odoo.requests_per_second 500, odoo.parallel_requests 1")
			w.settings(func(f *tenant.File) { f.Odoo.API, f.Odoo.RequestsPerSecond, f.Odoo.ParallelRequests = "xmlrpc", 500, 1 })
		}},
		{name: "ping-online", args: "ping acme", warns: true, given: at("the server is Odoo Online", odootest.Config{Release: "saas~19.1+e"}, goldenBot)},
		{name: "ping-no-purchase-right", args: "ping acme", given: user("the user has the group Analytic Accounting only", func(u *odootest.User) { u.Groups = []string{"analytic"} })},
		{name: "ping-no-plan-right", args: "ping acme", given: user("the user has the group Accounting / Read-only only", func(u *odootest.User) { u.Groups = []string{"readonly"} })},
		{name: "ping-no-plan-right-14", args: "ping acme", given: odoo14(changedBot(func(u *odootest.User) { u.Groups = []string{"readonly"} }))},
		{name: "ping-no-purchase-app", args: "ping acme", given: at("the app Purchase is not installed", odootest.Config{WithoutApps: []string{"purchase"}}, goldenBot)},
		{name: "ping-hidden-fields", args: "ping acme", given: user("the user does not see two fields", func(u *odootest.User) {
			u.HiddenFields = []string{"purchase.order.amount_total", "account.move.line.analytic_distribution"}
		})},
		{name: "ping-no-analytic-fields", args: "ping acme", given: user("lines have no analytic distribution", func(u *odootest.User) {
			u.HiddenFields = []string{"purchase.order.line.analytic_distribution", "account.move.line.analytic_distribution"}
		})},
		{name: "ping-some-companies", args: "ping acme", given: func(w *world) {
			w.note("odoo.companies is [1, 2], the user is allowed 2")
			w.otherOdoo(odootest.Config{}, changedBot(func(u *odootest.User) { u.CompanyIDs = []int64{2} }))
			w.settings(func(f *tenant.File) { f.Odoo.Companies = []int64{1, 2} })
		}},
		{name: "ping-key-ends", args: "ping acme", warns: true, given: func(w *world) {
			user("the key ends in five days and a half", func(u *odootest.User) { u.KeyEnds = inDays(5) })(w)
		}},
		{name: "ping-key-ends-later", args: "ping acme", warns: true, given: func(w *world) {
			user("the key ends in 80 days and a half", func(u *odootest.User) { u.KeyEnds = inDays(80) })(w)
		}},
		{name: "ping-one-key-ends", args: "ping acme", warns: true, given: func(w *world) {
			user("the user has three keys, one of which ends today", func(u *odootest.User) {
				u.OtherKeys = []odootest.Key{{Name: "old", Scope: "rpc", Ends: inDays(0)}, {Name: "spreadsheet"}}
			})(w)
		}},
		{name: "ping-key-list-hidden", args: "ping acme", warns: true, given: user("the user may not read the list of his keys", func(u *odootest.User) { u.KeysHidden = true })},
		{name: "ping-clock-ahead", args: "ping acme", warns: true, given: func(w *world) {
			at("Odoo's clock is ten minutes ahead", odootest.Config{Now: func() time.Time { return time.Now().Add(10 * time.Minute) }}, goldenBot)(w)
		}},
		{name: "ping-clock-behind-json", args: "ping acme -o json", warns: true, given: func(w *world) {
			at("Odoo's clock is ten minutes behind", odootest.Config{Now: func() time.Time { return time.Now().Add(-10 * time.Minute) }}, goldenBot)(w)
		}},
	}
}
