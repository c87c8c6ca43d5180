package cli

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

func TestPingSaysWhereTheLimitsComeFrom(t *testing.T) {
	t.Parallel()
	const online, own = "https://acme.odoo.com", "https://odoo.acme.com"
	for want, c := range map[string]struct {
		limits  odoo.Limits
		address string
	}{
		"of each worker 1 at once, 1 a second (what Odoo Online tolerates)": {odoo.DefaultLimits(online), online},
		"of each worker 1 at once, 1 a second":                              {odoo.DefaultLimits(online), own},
		"of each worker 4 at once, any number a second":                     {odoo.DefaultLimits(own), own},
		"of each worker 2 at once, 0.5 a second":                            {odoo.Limits{PerSecond: 0.5, Parallel: 2}, online},
	} {
		require.Equal(t, want, limitsSentence(c.limits, c.address))
	}
}

func TestPingSaysWhenTheKeyEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	in := func(d time.Duration) odoo.Keys {
		return odoo.Keys{Listed: true, CanEnd: true, Keys: []odoo.Key{{Name: "k", Ends: now.Add(d)}}}
	}
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		keys odoo.Keys
		says string
		warn bool
	}{
		"password":   {odoo.Keys{Listed: true, CanEnd: true}, "Odoo lists no key", false},
		"hidden":     {odoo.Keys{CanEnd: true}, "keys of ordinary users end after at most 90 days", false},
		"older Odoo": {odoo.Keys{}, "before Odoo 18", false},
		"for ever":   {odoo.Keys{Listed: true, CanEnd: true, Keys: []odoo.Key{{Name: "k"}}}, `"k" does not end`, false},
		"fortnight":  {in(14 * day), `"k" ends 2026-12-04 08:00:00 UTC, in 14 days`, false},
		"less":       {in(14*day - time.Second), "in 13 days", true},
		"tomorrow":   {in(day), "in 1 day", true},
		"today":      {in(time.Hour), "in less than a day", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := odoo.Ping{Version: "19.0", Login: "bot", Keys: c.keys, Clocks: odoo.Clocks{Odoo: now, Here: now}}
			require.Contains(t, keySentence(p), c.says)
			side := pingOdoo(p, tenant.File{Tenant: "acme"}, nil)
			require.True(t, side.OK, "it works until then")
			require.Equal(t, c.warn, len(side.Warnings) == 1)
			if c.warn {
				require.Contains(t, side.Warnings[0], "`ml-connector credentials set acme odoo`")
			}
		})
	}
}

func TestPingWarnsOfClocksFarApart(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for seconds, want := range map[int64]string{
		0: "", 60: "", -60: "",
		61:  "the clock of the Odoo server (2026-11-20 08:00:00 UTC) is 61 s ahead of this machine's (2026-11-20 07:58:59 UTC)",
		-90: "the clock of the Odoo server (2026-11-20 08:00:00 UTC) is 90 s behind this machine's (2026-11-20 08:01:30 UTC)",
	} {
		got := clockWarnings(odoo.Clocks{Odoo: at, Here: at.Add(-time.Duration(seconds) * time.Second), AheadSeconds: seconds})
		if want == "" {
			require.Empty(t, got, "%d", seconds)
			continue
		}
		require.Len(t, got, 1)
		require.Contains(t, got[0], want)
	}
}
