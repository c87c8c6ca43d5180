package cli

import (
	"os"
	"path/filepath"
	"strings"
)

// goodFile is a tenant file without fault; it stands for acme as acme is, but for the addresses.
const goodFile = `tenant: acme
odoo:
  url: https://acme.odoo.com
  database: acme
  user: bot
  companies: [1, 2]
  plans: {project: Projects, cost: Cost Codes}
procore:
  environment: production
  company_id: 4567
schedule: {time_zone: America/Denver, every: 15m}
settings:
  go_live: 2026-01-01
`

// badTenantFiles are tenant files that are wrong in one place each.
func badTenantFiles() []badInput {
	var cases []badInput
	for name, c := range map[string][2]string{
		"unknown-key":           {"  database: acme", "  databse: acme"},
		"unknown-section":       {"schedule:", "sheduel:"},
		"unknown-setting":       {"  go_live: 2026-01-01", "  go_live: 2026-01-01\n  no_projekt: park"},
		"duplicate-key":         {"  database: acme", "  database: acme\n  database: acme2"},
		"duplicate-section":     {"procore:", "odoo: {}\nprocore:"},
		"text-for-number":       {"company_id: 4567", "company_id: many"},
		"fraction":              {"company_id: 4567", "company_id: 45.67"},
		"too-large":             {"company_id: 4567", "company_id: 99999999999999999999"},
		"negative":              {"company_id: 4567", "company_id: -1"},
		"number-for-list":       {"companies: [1, 2]", "companies: 1"},
		"text-in-list":          {"companies: [1, 2]", "companies: [1, two]"},
		"list-for-text":         {"  user: bot", "  user: [bot, ann]"},
		"text-for-section":      {"  plans: {project: Projects, cost: Cost Codes}", "  plans: Projects"},
		"list-for-section":      {"procore:\n  environment: production\n  company_id: 4567", "procore: [4567]"},
		"list-for-setting":      {"  go_live: 2026-01-01", "  go_live: 2026-01-01\n  tax: [exclude]"},
		"text-for-list":         {"  go_live: 2026-01-01", "  go_live: 2026-01-01\n  retention_accounts: 2100"},
		"duration-word":         {"every: 15m", "every: often"},
		"duration-number":       {"every: 15m", "every: 15"},
		"duration-too-short":    {"every: 15m", "every: 1s"},
		"duration-too-long":     {"every: 15m", "every: 48h"},
		"long-overlap-short":    {"  user: bot", "  user: bot\n  overlap: 5m\n  long_overlap: 1m"},
		"long-overlap-long":     {"  user: bot", "  user: bot\n  long_overlap: 200h"},
		"long-overlap-word":     {"  user: bot", "  user: bot\n  long_overlap: long"},
		"sweep-at-word":         {"every: 15m", "every: 15m, sweep_at: night"},
		"sweep-at-hour":         {"every: 15m", "every: 15m, sweep_at: 25:00"},
		"sweep-at-number":       {"every: 15m", "every: 15m, sweep_at: 2"},
		"settle-delay-negative": {"  user: bot", "  user: bot\n  settle_delay: -3s"},
		"rate-negative":         {"  user: bot", "  user: bot\n  requests_per_second: -1"},
		"rate-infinite":         {"  user: bot", "  user: bot\n  requests_per_second: .inf"},
		"rate-word":             {"  user: bot", "  user: bot\n  requests_per_second: fast"},
		"parallel-zero":         {"  user: bot", "  user: bot\n  parallel_requests: 0"},
		"zone":                  {"America/Denver", "Mars/Base"},
		"zone-local":            {"America/Denver", "Local"},
		"name":                  {"tenant: acme", "tenant: Acme Corp"},
		"name-path":             {"tenant: acme", "tenant: acme/dispatch"},
		"name-missing":          {"tenant: acme\n", ""},
		"url":                   {"https://acme.odoo.com", "acme"},
		"url-with-password":     {"https://acme.odoo.com", "https://bot:database-password-77@acme.odoo.com"},
		"url-with-path":         {"https://acme.odoo.com", "https://acme.odoo.com/shop"},
		"company-twice":         {"[1, 2]", "[1, 1]"},
		"company-none":          {"[1, 2]", "[]"},
		"environment":           {"environment: production", "environment: prod"},
		"environment-and-url":   {"environment: production", "environment: production\n  api_url: https://api.example"},
		"custom-without-url":    {"environment: production", "environment: custom"},
		"custom-plain-http":     {"environment: production", "environment: custom\n  login_url: http://login.example\n  api_url: http://api.example"},
		"custom-with-path":      {"environment: production", "environment: custom\n  login_url: https://login.example\n  api_url: https://api.example/rest"},
		"login-plain-http":      {"environment: production", "environment: production\n  login_url: http://login.example"},
		"go-live-missing":       {"  go_live: 2026-01-01", "  tax: exclude"},
		"go-live-impossible":    {"2026-01-01", "2026-02-30"},
		"go-live-other-form":    {"2026-01-01", "01.02.2026"},
		"setting":               {"  go_live: 2026-01-01", "  go_live: 2026-01-01\n  tax: gross"},
		"setting-po-number":     {"  go_live: 2026-01-01", "  go_live: 2026-01-01\n  po_number: PO"},
		"several-faults":        {"tenant: acme\nodoo:\n  url: https://acme.odoo.com", "tenant: ACME\nodoo:\n  url: ftp://acme"},
		"syntax-indent":         {"  database: acme", " database: acme"},
		"syntax-quote":          {"  database: acme", `  database: "acme`},
		"syntax-tab":            {"  database: acme", "\tdatabase: acme"},
		"syntax-brackets":       {"[1, 2]", "[1, 2"},
		"two-documents":         {"settings:\n", "---\nsettings:\n"},
		"secret-in-file":        {"  user: bot", "  user: bot\n  api_key: 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"},
	} {
		cases = append(cases, badInput{name: "tenant-file-" + name, args: "tenant apply -f DIR/acme.yaml", given: func(w *world) {
			text := strings.Replace(goodFile, c[0], c[1], 1)
			if text == goodFile {
				panic("the case " + name + " changes nothing")
			}
			w.tenantFile(text)
		}})
	}
	whole := func(name, text string) badInput {
		return badInput{name: "tenant-file-" + name, args: "tenant apply -f DIR/acme.yaml", given: func(w *world) { w.tenantFile(text) }}
	}
	return append(cases,
		badInput{name: "tenant-file-other-books", args: "tenant apply -f DIR/acme.yaml", given: func(w *world) {
			w.tenantFile(strings.NewReplacer("https://acme.odoo.com", w.odooURL, "environment: production", "environment: custom\n  login_url: "+w.procoreURL+"\n  api_url: "+w.procoreURL, "4567", "4568").Replace(goodFile))
		}},
		whole("empty", ""), whole("comment", "# nothing yet\n"), whole("list", "- tenant: acme\n"), whole("word", "acme\n"), whole("json-cut", `{"tenant": "acme",`),
		whole("utf16", "\xff\xfet\x00e\x00n\x00a\x00n\x00t\x00:\x00 \x00a\x00\n\x00"), whole("binary", "\x7fELF\x02\x01\x01\x00\x00"),
		badInput{name: "tenant-file-missing", args: "tenant apply -f DIR/nosuch.yaml"},
		badInput{name: "tenant-file-directory", args: "tenant apply -f DIR"},
		badInput{name: "tenant-file-stdin-empty", args: "tenant apply -f -"},
		badInput{name: "tenant-file-not-readable", args: "tenant apply -f DIR/file/acme.yaml", given: func(w *world) {
			w.note("file is no directory")
			must(os.WriteFile(filepath.Join(w.dir, "file"), nil, 0o600))
		}},
	)
}

// tenantFile writes acme.yaml. What it says is tried without the addresses of the sandboxes, so that nothing in it
// is volatile: acme is bound to them, and a file that is right but for the addresses is refused last.
func (w *world) tenantFile(text string) { w.file("acme.yaml", text) }
