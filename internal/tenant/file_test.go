package tenant_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/tenant"
)

const good = `tenant: acme
odoo:
  url: https://acme.odoo.com
  database: acme
  user: integration@acme.com
  companies: [1, 2]
  plans: {project: Projects, cost: Cost Codes}
procore:
  environment: production
  company_id: 4567
schedule: {time_zone: America/Denver, every: 15m}
settings: {go_live: 2026-01-01}
`

func TestParseFillsDefaults(t *testing.T) {
	t.Parallel()
	file, err := tenant.Parse([]byte(good))
	require.NoError(t, err)
	require.Equal(t, "auto", file.Odoo.API)
	require.Equal(t, tenant.Duration(15*time.Minute), file.Schedule.Every)
	require.Equal(t, "Approved", file.Settings.CommitmentStatus)
	rules := file.Settings.Rules("x1", 1)
	require.Equal(t, "2026-01-01", string(rules.GoLive))
	require.Equal(t, "park_if_job_cost", rules.NoProject)
}

func TestParseRefusesWithLineAndField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, replacement string
		want             []string
	}{
		"unknown key":         {"  database: acme", "  databse: acme", []string{"databse", "4"}},
		"wrong type":          {"company_id: 4567", "company_id: many", []string{"10"}},
		"bad tenant name":     {"tenant: acme", "tenant: Acme Corp", []string{"line 1, tenant", "Acme Corp"}},
		"bad url":             {"https://acme.odoo.com", "acme", []string{"line 3, odoo.url"}},
		"bad duration":        {"every: 15m", "every: often", []string{"often", "15m"}},
		"bad zone":            {"America/Denver", "Mars/Base", []string{"line 11, schedule.time_zone", "Mars/Base"}},
		"bad environment":     {"environment: production", "environment: prod", []string{"line 9, procore.environment", "custom"}},
		"bad setting":         {"go_live: 2026-01-01", "go_live: 2026-01-01, tax: gross", []string{"settings.tax", "gross", "as_booked"}},
		"missing go_live":     {"go_live: 2026-01-01", "tax: exclude", []string{"settings.go_live"}},
		"company named twice": {"[1, 2]", "[1, 1]", []string{"line 6, odoo.companies"}},
		"no place":            {"  database: acme", "  database: acme\n  parallel_requests: 0", []string{"line 5, odoo.parallel_requests", "0: between 1 (one after the other) and 100"}},
		"too many places":     {"  database: acme", "  database: acme\n  parallel_requests: 101", []string{"line 5, odoo.parallel_requests", "101"}},
		"half a place":        {"  database: acme", "  database: acme\n  parallel_requests: 1.5", []string{"5", "odoo.parallel_requests", "whole number"}},
		"too slow":            {"  database: acme", "  database: acme\n  requests_per_second: 0.01", []string{"line 5, odoo.requests_per_second", "0.01: 0 for no limit, or a number from 0.1"}},
		"protocol":            {"  database: acme", "  database: acme\n  api: soap", []string{"odoo.api", "soap", "json2", "xmlrpc"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tenant.Parse([]byte(strings.Replace(good, c.old, c.replacement, 1)))
			require.Error(t, err)
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
	_, err := tenant.Parse(nil)
	require.ErrorContains(t, err, "empty")
}

// What a file says stands, also where it is the zero value of its type.
func TestParseKeepsWhatIsSaid(t *testing.T) {
	t.Parallel()
	text := strings.Replace(good, "  database: acme", "  database: acme\n  settle_delay: 0s\n  overlap: 1m", 1)
	file, err := tenant.Parse([]byte(text))
	require.NoError(t, err)
	require.Zero(t, file.Odoo.SettleDelay)
	require.Equal(t, tenant.Duration(time.Minute), file.Odoo.Overlap)
	require.Equal(t, "auto", file.Odoo.API, "a section that is there does not lose its defaults")
	require.Equal(t, "production", file.Procore.Environment)
	_, err = tenant.Parse([]byte(strings.Replace(good, "every: 15m", "every: 0s", 1)))
	require.ErrorContains(t, err, "line 11, schedule.every: 0s: between 5s and 24h")
}

// What suits a server depends on where it is; what the file says stands.
func TestParseIsPoliteToOdooOnline(t *testing.T) {
	t.Parallel()
	const own = "https://odoo.acme.com"
	for name, c := range map[string]struct {
		url, said string
		rate      float64
		parallel  int64
	}{
		"Odoo Online":            {"https://acme.odoo.com", "", 1, 1},
		"Odoo Online, spelt out": {"https://Acme.Odoo.com/web", "", 1, 1},
		"Odoo Online, no limit":  {"https://acme.odoo.com", "\n  requests_per_second: 0", 0, 1},
		"Odoo Online, both said": {"https://acme.odoo.com", "\n  requests_per_second: 2.5\n  parallel_requests: 3", 2.5, 3},
		"a server of one's own":  {own, "", 0, 4},
		"the same, slower":       {own, "\n  requests_per_second: 10\n  parallel_requests: 1", 10, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.NewReplacer("https://acme.odoo.com", c.url, "  database: acme", "  database: acme"+c.said).Replace(good)
			file, err := tenant.Parse([]byte(text))
			require.NoError(t, err)
			require.InDelta(t, c.rate, file.Odoo.RequestsPerSecond, 0)
			require.Equal(t, c.parallel, file.Odoo.ParallelRequests)
		})
	}
}

// A company id with a fraction was once cut to another company's.
// The same server under another spelling is no other one.
func TestParseKnowsOneAddress(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"https://acme.odoo.com", "https://acme.odoo.com/", "https://Acme.odoo.com/web", "https://acme.odoo.com/odoo/action-7"} {
		file, err := tenant.Parse([]byte(strings.Replace(good, "https://acme.odoo.com", url, 1)))
		require.NoError(t, err)
		require.Equal(t, "https://acme.odoo.com", file.Odoo.URL)
	}
	file, err := tenant.Parse([]byte(strings.Replace(good, "environment: production", "environment: custom\n  login_url: https://login.example.com\n  api_url: https://api.example.com/", 1)))
	require.NoError(t, err)
	require.Equal(t, "https://api.example.com", file.Procore.APIURL)
}

func TestParseCutsNoNumber(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"45.67", "4567.0", "1e3", "0x11", ".inf", "true", "~7"} {
		_, err := tenant.Parse([]byte(strings.Replace(good, "4567", id, 1)))
		require.ErrorContains(t, err, "line 10, procore.company_id", id)
	}
	file, err := tenant.Parse([]byte(strings.Replace(good, "4567", "562949953421312", 1)))
	require.NoError(t, err)
	require.EqualValues(t, 562949953421312, file.Procore.CompanyID)
}

func TestParseQuotesNoLine(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"\tx: 1\nkey: hush", "a: [1\nkey: hush", "a: \"1\nkey: hush", good + "api_key: hush\n", "tenant: acme\nodoo: {url: \"https://u:hush@acme.odoo.com\"}"} {
		_, err := tenant.Parse([]byte(text))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "hush")
	}
}
