package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// person runs commands in a world.
func (w *world) person(command string) (code int, said string) {
	w.t.Helper()
	var out bytes.Buffer
	code = run(w.t.Context(), w.env, w.args(command), strings.NewReader(""), &out, &out)
	return code, out.String()
}

func (w *world) tenant() store.Tenant {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.database)
	require.NoError(w.t, err)
	defer s.Close()
	row, err := s.Tenant(w.t.Context(), "acme")
	require.NoError(w.t, err)
	return row
}

// A tenant is pointed at another Procore company: refused, then applied and paused, looked at, and rebound.
func TestRebind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newDatabases(t, 1))
	w.temporal()
	w.takesSchedulesAway("acme")
	for _, table := range []string{"record_waits", "records", "bindings"} { // Odoo and Procore hold none of these
		w.exec("DELETE FROM " + table)
	}
	w.exec("UPDATE project_mappings SET procore_project = 7")
	w.exec(`INSERT INTO bindings (tenant, model, odoo_id, kind, part, project, procore_id, origin_id, status, content)
		VALUES ('acme', 'purchase.order', 41, 'commitment', '7', 7, 900, 'odoo:x1:1:purchase.order:41:commitment:7', 'approved', '{}')`)
	w.exec("UPDATE tenants SET books = settings_books(settings)")
	file := w.goldenFile()
	const theFile = `
tenant: acme
odoo: {url: "ODOO", database: other, user: bot, companies: [1], plans: {project: Projects, cost: Cost Codes}}
procore: {environment: custom, login_url: "PROCORE", api_url: "PROCORE", company_id: 4567}
settings: {go_live: 2026-01-01}
`
	w.file("acme.yaml", strings.NewReplacer("ODOO", w.odooURL, "PROCORE", w.procoreURL).Replace(theFile))
	code, said := w.person("tenant apply -f DIR/acme.yaml")
	require.Equal(t, 1, code)
	require.Contains(t, said, `odoo.database: tenant acme is bound to "acme" and the file says "other"`)
	require.Contains(t, said, "--other-books")
	require.Equal(t, store.StateActive, w.tenant().State)

	// It is held before the file is saved: killed in between, nobody would see a difference any more.
	w.exec(`CREATE FUNCTION killed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$`)
	w.exec(`CREATE TRIGGER killed BEFORE UPDATE OF settings ON tenants FOR EACH ROW EXECUTE FUNCTION killed()`)
	code, said = w.person("tenant apply -f DIR/acme.yaml --other-books")
	require.Equal(t, 1, code, said)
	require.True(t, w.tenant().Held)
	w.exec(`DROP TRIGGER killed ON tenants`)

	code, said = w.person("tenant apply -f DIR/acme.yaml --other-books")
	require.Zero(t, code, said)
	require.Contains(t, said, "It is paused, and nothing is written")
	require.True(t, w.tenant().Held)
	require.Contains(t, w.tenant().PausedReason, `odoo.database: tenant acme is bound to "acme"`)
	code, said = w.person("status show acme")
	require.Zero(t, code)
	require.Contains(t, said, "It is paused: odoo.database")

	// It was a slip: the file is put right, and the command says what is left to do.
	w.file("right.yaml", strings.Replace(strings.NewReplacer("ODOO", w.odooURL, "PROCORE", w.procoreURL).Replace(theFile), "other", "acme", 1))
	code, said = w.person("tenant apply -f DIR/right.yaml")
	require.Zero(t, code, said)
	require.Contains(t, said, "It is still paused (odoo.database: ")
	require.Contains(t, said, "`ml-connector tenant resume acme` lets it go on")
	require.True(t, w.tenant().Held)

	// The database of that name does not exist; the right one is named again, under which all goes on.
	w.settings(func(f *tenant.File) { *f = file })
	code, said = w.person("tenant rebind acme")
	require.Zero(t, code, said)
	for _, line := range []string{
		"Procore company Acme Builders (4567)", "Not as it was: the connector's own database is not the one in which cycle 0",
		"1 mapped projects are not in this company, or the app may not see them: [7]", "1 documents stay in Procore and belong to no record from now on",
		"commitment 900 on project 7 of purchase order 41: Odoo has no such record any more", "This was a dry run. `ml-connector tenant rebind acme --apply` does it.",
	} {
		require.Contains(t, said, line)
	}
	require.True(t, w.tenant().Held)

	code, said = w.person("tenant rebind acme --apply -o json")
	require.Zero(t, code, said)
	var shown struct {
		Kinds []struct {
			Kind  string `json:"kind"`
			LetGo int    `json:"let_go"`
		} `json:"kinds"`
	}
	require.NoError(t, json.Unmarshal([]byte(said), &shown))
	require.Equal(t, "commitment", shown.Kinds[1].Kind)
	require.Equal(t, 1, shown.Kinds[1].LetGo)
	require.Equal(t, store.StateLinking, w.tenant().State)
	require.False(t, w.tenant().Held)
	require.Equal(t, []string{"tenant held", "tenant rebound"}, w.audited("tenant %"))
	require.Equal(t, []string{"let go"}, w.audited("let go"))
	require.Empty(t, w.writes())

	// A pause does not shorten that: Odoo is read first.
	code, said = w.person("tenant pause acme --reason lunch")
	require.Zero(t, code, said)
	code, said = w.person("tenant resume acme")
	require.Zero(t, code, said)
	require.Contains(t, said, "goes on when a cycle has read all of Odoo")
	require.Equal(t, store.StateLinking, w.tenant().State)

	code, said = w.person("tenant rebind acme --apply --new-epoch")
	require.Zero(t, code, said)
	require.Equal(t, int64(2), w.tenant().OriginEpoch)
}

// audited are the actions of the audit trail that match a pattern, oldest first.
func (w *world) audited(pattern string) (actions []string) {
	w.t.Helper()
	w.query(func(ctx context.Context, conn *pgx.Conn) {
		rows, err := conn.Query(ctx, "SELECT action FROM audit_events WHERE action LIKE $1 ORDER BY id", pattern)
		require.NoError(w.t, err)
		defer rows.Close()
		for rows.Next() {
			var action string
			require.NoError(w.t, rows.Scan(&action))
			actions = append(actions, action)
		}
		require.NoError(w.t, rows.Err())
	})
	return actions
}
