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
