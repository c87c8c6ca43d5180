package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	url := devtest.Database(t)
	s, err := store.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.ErrorContains(t, s.CheckVersion(t.Context()), "no tables of ml-connector")

	var several errgroup.Group
	for range 3 {
		several.Go(func() error { return store.Migrate(t.Context(), url) })
	}
	require.NoError(t, several.Wait())
	require.NoError(t, store.Migrate(t.Context(), url))
	require.NoError(t, s.CheckVersion(t.Context()))

	_, err = s.Pool().Exec(t.Context(), "INSERT INTO ml_connector_version (version_id, is_applied) VALUES (9999, true)")
	require.NoError(t, err)
	require.ErrorContains(t, s.CheckVersion(t.Context()), "use a newer build")
	require.ErrorContains(t, store.Migrate(t.Context(), url), "use a newer build", "an older build must not say that all is well")
	_, err = s.Pool().Exec(t.Context(), "DELETE FROM ml_connector_version WHERE version_id > 2")
	require.NoError(t, err)
	require.ErrorContains(t, s.CheckVersion(t.Context()), "run `ml-connector migrate`")
}

// A wrong DATABASE_URL must not put our tables among those of another program.
func TestMigrateRefusesAnotherProgramsDatabase(t *testing.T) {
	t.Parallel()
	url := devtest.Database(t)
	s, err := store.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	exec := func(sql string) {
		_, err := s.Pool().Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	exec("CREATE SCHEMA crm")
	exec("CREATE TABLE crm.tenants (id int)")
	require.ErrorContains(t, store.Migrate(t.Context(), url), "another program (crm.tenants), nothing was changed")
	var tables int
	require.NoError(t, s.Pool().QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables))
	require.Zero(t, tables)
	exec("DROP TABLE crm.tenants")
	require.NoError(t, store.Migrate(t.Context(), url), "an empty schema is nobody's")
}

func TestOpenUnreachable(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1")
	require.ErrorContains(t, err, "reaching the database")
	_, err = store.Open(t.Context(), "not a url://")
	require.ErrorContains(t, err, "reading the database URL")
}
