package odoo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCompareClocks(t *testing.T) {
	t.Parallel()
	server := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	const ms = time.Millisecond
	for name, tt := range map[string]struct {
		asked, answered time.Duration // by our clock, after the server's
		want            int64
	}{
		"the same":                    {300 * ms, 320 * ms, 0},
		"the same, at a second's end": {990 * ms, 1010 * ms, 0},
		"a slow answer":               {-20_000 * ms, 10_000 * ms, 0},
		"just under a second apart":   {-500 * ms, -480 * ms, 1},
		"a minute ahead":              {-60_500 * ms, -60_480 * ms, 61},
		"ten minutes behind":          {600_500 * ms, 600_520 * ms, -600},
		"behind, with a slow answer":  {600_000 * ms, 610_000 * ms, -605},
	} {
		c := compareClocks(server, server.Add(tt.asked), server.Add(tt.answered))
		require.Equal(t, tt.want, c.AheadSeconds, name)
		require.Equal(t, server, c.Odoo)
		require.Equal(t, time.Duration(tt.want)*time.Second, c.Odoo.Sub(c.Here), name)
	}
}
