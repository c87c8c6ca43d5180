package cli

// badArguments are commands, names, dates and flags that are wrong.
func badArguments() []badInput {
	cases := []badInput{
		{name: "args-no-such-command", args: "tenants list"},
		{name: "args-no-such-subcommand", args: "tenant foo"},
		{name: "args-no-such-subcommand-of-sync", args: "sync acme"},
		{name: "args-unknown-flag", args: "ping acme --verbose"},
		{name: "args-missing-argument", args: "audit show acme"},
		{name: "args-one-too-many", args: "ping acme other"},
		{name: "args-output", args: "status show acme -o xml"},
		{name: "args-unknown-record", args: "audit show acme PO99999"},
		{name: "args-unknown-exception", args: "exceptions show acme PO99999"},
		{name: "args-follow-backwards", args: "audit show acme PO00042 --follow -1m"},
		{name: "args-follow-json", args: "audit show acme PO00042 --follow 1m -o json"},
		{name: "args-follow-word", args: "audit show acme PO00042 --follow long"},
		{name: "args-sync-unknown-record", args: "sync start acme PO00042 PO99999", given: (*world).temporal},
		{name: "args-no-such-subcommand-of-map", args: "map list acme"},
		{name: "args-timeout", args: "sync start acme --wait --timeout soon"},
		{name: "args-pause-without-reason", args: "tenant pause acme"},
		{name: "args-unknown-project", args: "reconcile run acme --project 2026-999", given: (*world).polled},
		{name: "args-since-without-value", args: "backfill start acme --until 2026-01-01 --since"},
		{name: "args-apply-without-file", args: "tenant apply"},
		{name: "args-no-such-subcommand-of-sweep", args: "sweep acme"},
		{name: "sweep-timeout", args: "sweep start acme --wait --timeout soon"},
		{name: "sweep-one-too-many", args: "sweep start acme res.partner"},
		{name: "sweep-paused", args: "sweep start acme", given: paused},
		{name: "backfill-no-dates", args: "backfill start acme"},
		{name: "backfill-no-date", args: "backfill start acme --since 01.02.2026 --until 2026-03-31"},
		{name: "backfill-impossible-date", args: "backfill start acme --since 2026-02-30 --until 2026-03-31"},
		{name: "backfill-since-after-until", args: "backfill start acme --since 2026-03-31 --until 2026-01-01"},
		{name: "backfill-unknown-model", args: "backfill start acme --since 2026-01-01 --until 2026-03-31 --model sale.order"},
		{name: "backfill-paused", args: "backfill start acme --since 2026-01-01 --until 2026-03-31", given: paused},
	}
	for name, args := range map[string]string{
		"audit": "audit show nosuch PO00042", "backfill": "backfill start nosuch --since 2026-01-01 --until 2026-03-31",
		"credentials": "credentials set nosuch odoo", "exceptions": "exceptions list nosuch", "exceptions-show": "exceptions show nosuch PO00042", "map-import": "map import nosuch DIR/sheet.csv", "map-export": "map export nosuch",
		"ping": "ping nosuch", "reconcile": "reconcile run nosuch", "status": "status show nosuch", "sync": "sync start nosuch", "sweep": "sweep start nosuch",
		"pause": "tenant pause nosuch --reason x", "resume": "tenant resume nosuch", "rebind": "tenant rebind nosuch", "show": "tenant show nosuch",
	} {
		cases = append(cases, badInput{name: "unknown-tenant-" + name, args: args, stdin: stdinOf[name], given: func(w *world) {
			if name == "map-import" {
				w.file("sheet.csv", "kind,odoo_id\nnot_in_procore,1\n")
			}
			w.temporal()
		}})
	}
	return cases
}

func paused(w *world) {
	w.note("acme is paused")
	w.exec("UPDATE tenants SET state = 'paused', paused_reason = 'Procore is being tidied up'")
}

var stdinOf = map[string]string{"credentials": "key\n"}

// badSettings are wrong values of environment variables.
func badSettings() []badInput {
	var cases []badInput
	for name, set := range map[string][2]string{
		"settle": {"ML_SETTLE", "banana"}, "settle-number": {"ML_SETTLE", "60"}, "settle-too-short": {"ML_SETTLE", "5s"},
		"http-timeout": {"ML_HTTP_TIMEOUT", "3m"}, "http-timeout-negative": {"ML_HTTP_TIMEOUT", "-1s"}, "http-timeout-zero": {"ML_HTTP_TIMEOUT", "0s"},
		"attempts": {"ML_ATTEMPTS", "many"}, "attempts-none": {"ML_ATTEMPTS", "0"}, "attempts-too-many": {"ML_ATTEMPTS", "99999999999"},
		"concurrency": {"ML_CONCURRENCY", "1.5"}, "concurrency-none": {"ML_CONCURRENCY", "-2"},
		"log-level": {"ML_LOG_LEVEL", "loud"}, "slow-after-zero": {"ML_SLOW_AFTER", "0s"},
		"metrics-addr": {"ML_METRICS_ADDR", "9464"}, "metrics-addr-port": {"ML_METRICS_ADDR", "127.0.0.1:http"},
		"otel-exporter": {"OTEL_TRACES_EXPORTER", "jaeger"}, "otel-endpoint": {"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"},
	} {
		cases = append(cases, badInput{name: "env-" + name, args: "worker", given: func(w *world) { w.set(set[0], set[1]) }})
	}
	return append(cases, badInput{name: "env-several", args: "status show acme", given: func(w *world) {
		w.set("ML_SETTLE", "soon")
		w.set("ML_CONCURRENCY", "all")
	}})
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
