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
		"xmlrpc":              {"  database: acme", "  database: acme\n  api: xmlrpc", []string{"odoo.api", "json2"}},
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
