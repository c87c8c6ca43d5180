package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOdooFlag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		odoo string
	}{{nil, "19.0"}, {[]string{"-odoo", "19"}, "19.0"}, {[]string{"-odoo", "14"}, "14.0"}} {
		cfg, err := ParseFlags(c.args)
		require.NoError(t, err)
		require.Equal(t, c.odoo, cfg.Odoo)
	}
	_, err := ParseFlags([]string{"-odoo", "13"})
	require.ErrorContains(t, err, `invalid value "13" for flag -odoo: the Odoo sandbox is version 14 or 19`)
}
