package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/workflows"
)

func TestArguments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, says string }{
		{"audit show", "TENANT is missing; usage: ml-connector audit show TENANT REF"},
		{"audit show acme", "REF is missing; usage: "},
		{"credentials set acme", "odoo|procore is missing"},
		{"sync start", "TENANT is missing"},
		{"ping acme other", `"other" is one argument too many; usage: ml-connector ping TENANT`},
		{"tenant list acme", `"acme" is one argument too many`},
		{"tenant pause acme", `required flag(s) "reason" not set`},
		{"ping acme -o xml", "-o xml: use table or json"},
	} {
		var stderr bytes.Buffer
		require.Equal(t, 1, Main(strings.Fields(c.args), strings.NewReader(""), &bytes.Buffer{}, &stderr), c.args)
		require.Contains(t, stderr.String(), "Error: "+c.says, c.args)
	}
}

func TestWayOutOfUnknownTenant(t *testing.T) {
	t.Parallel()
	err := withWayOut(fmt.Errorf("tenant acme: %w", store.ErrUnknownTenant))
	require.ErrorIs(t, err, store.ErrUnknownTenant)
	require.ErrorContains(t, err, "`ml-connector tenant list` shows those that there are")
}

func TestBackfillID(t *testing.T) {
	t.Parallel()
	id := func(models ...string) string {
		return workflows.BackfillID(workflows.BackfillInput{Tenant: "acme", Models: models, Since: "2026-01-01", Until: "2026-03-31"})
	}
	require.Equal(t, "acme/backfill/purchase.order/2026-01-01..2026-03-31", id("purchase.order"))
	require.Equal(t, "acme/backfill/account.move+purchase.order/2026-01-01..2026-03-31", id())
	require.Equal(t, id(), id("purchase.order", "account.move", "purchase.order"))
}

func TestInTheClear(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://acme.odoo.com": false, "http://acme.odoo.com": true, "http://10.0.0.5:8069": true, "http://127.0.0.1:8069": false,
		"http://localhost:8069": false, "http://[::1]:8069": false,
	} {
		_, is := inTheClear(address)
		require.Equal(t, want, is, address)
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Evil [2J [31m Bau GmbH & Söhne, 北京", plain("Evil\x1b[2J\x1b[31m\nBau GmbH & Söhne,\u202e北京"))
}
