package cli

// badRebinds are commands on a tenant that paused itself, and rebinds that would do harm.
func badRebinds() []badInput {
	held := func(w *world) {
		w.temporal()
		w.note("acme has paused itself: Odoo was restored")
		w.exec("SELECT hold_tenant('acme', 'Odoo was restored', 'worker')")
		w.exec("UPDATE tenants SET home = database_home()")
	}
	return []badInput{
		{name: "held-resume", args: "tenant resume acme", given: func(w *world) {
			held(w)
			w.note("the bindings belong to company 9999")
			w.exec(`UPDATE tenants SET books = settings_books(settings) || '{"procore_company": 9999, "procore_app": "procore-client-id"}'`)
		}},
		{name: "held-pause", args: "tenant pause acme --reason tidying", given: held},
		{name: "held-sync", args: "sync start acme", given: held},
		{name: "held-sweep", args: "sweep start acme", given: held},
		{name: "held-backfill", args: "backfill start acme --since 2026-01-01 --until 2026-03-31", given: held},
		{name: "rebind-nothing-differs", args: "tenant rebind acme --apply", given: (*world).temporal},
		{name: "rebind-odoo-shows-nothing", args: "tenant rebind acme", given: held},
		{name: "rebind-procore-refuses", args: "tenant rebind acme", given: func(w *world) {
			held(w)
			w.note("procore.company_id is 9999")
			w.exec(`UPDATE tenants SET settings = jsonb_set(settings, '{procore,company_id}', '9999')`)
		}},
	}
}
