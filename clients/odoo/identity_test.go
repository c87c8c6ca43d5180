package odoo_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

func TestStamps(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		first := s.create(t, odoo.ModelPartner, values{"name": "Archived", "is_company": true, "active": false})
		made := s.now.Truncate(time.Second)
		later := s.second()
		s.do(t, odoo.ModelPartner, "write", values{"vals": values{"city": "Boulder"}}, first)
		stamps, err := s.client(t).Stamps(t.Context(), odoo.ModelPartner, []int64{first, 999})
		require.NoError(t, err)
		require.Equal(t, map[int64]odoo.Stamp{first: {Created: made, Written: later}}, stamps)
		before := s.client(t)
		none, err := before.Stamps(t.Context(), odoo.ModelPartner, nil)
		require.NoError(t, err)
		require.Empty(t, none)
		require.Zero(t, before.Calls())
	})
}

func TestDatabaseUUID(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		s.create(t, "ir.config_parameter", values{"key": "database.uuid", "value": "aaaa-1"})
		uuid, err := s.client(t).DatabaseUUID(t.Context())
		require.NoError(t, err)
		require.Empty(t, uuid, "an ordinary user may not read it")
		_, err = s.client(t, func(c *odoo.Config) { c.Database = "other" }).DatabaseUUID(t.Context())
		require.ErrorContains(t, err, "has no database")
		_, err = s.client(t, func(c *odoo.Config) { c.Key = "3333333333333333333333333333333333333333" }).DatabaseUUID(t.Context())
		require.ErrorContains(t, err, "key")
	})
}

func TestDatabaseUUIDOfAnAdministrator(t *testing.T) {
	t.Parallel()
	s := newSandbox(t)
	s.create(t, "ir.config_parameter", values{"key": "database.uuid", "value": "aaaa-1"})
	admin := odootest.New(odootest.Config{Database: "acme", Users: []odootest.User{{Login: "admin", Key: fullKey, Groups: []string{"system"}, KeyScopeOK: true}}})
	admin.Restore(s.Backup())
	srv := httptest.NewServer(admin)
	t.Cleanup(srv.Close)
	uuid, err := s.client(t, func(c *odoo.Config) { c.URL = srv.URL }).DatabaseUUID(t.Context())
	require.NoError(t, err)
	require.Equal(t, "aaaa-1", uuid)
}
