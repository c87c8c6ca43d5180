package cli

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/firm"
)

// The checks refuse nothing that is right: the sheets of the firm pass, with a warning for the project that is not
// permitted.
func TestCheckSheetOfTheFirm(t *testing.T) {
	t.Parallel()
	f := firm.New(1)
	database, login, key := f.OdooUser()
	odooSandbox := odootest.New(odootest.Config{
		Database: database, Users: []odootest.User{{Login: login, Key: key, KeyScopeOK: true, Groups: []string{"readonly", "analytic"}}},
	})
	id, secret, company, name := f.ProcoreApp()
	procoreSandbox := procoretest.New(procoretest.Config{ClientID: id, ClientSecret: secret, CompanyID: company, CompanyName: name})
	require.NoError(t, f.Load(t.Context(), odooSandbox, procoreSandbox, nil))
	url := func(h http.Handler) string {
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		return server.URL
	}
	var c activities.Connection
	var err error
	c.Odoo, err = odoo.New(odoo.Config{URL: url(odooSandbox), Database: database, Login: login, Key: key})
	require.NoError(t, err)
	procoreURL := url(procoreSandbox)
	c.Procore, err = procore.New(procore.Config{LoginURL: procoreURL, APIURL: procoreURL, ClientID: id, ClientSecret: secret, CompanyID: company})
	require.NoError(t, err)

	sheets := [][]byte{f.MappingSheet()}
	for _, e := range f.Edits() {
		if e.Sheet != nil {
			sheets = append(sheets, e.Sheet)
		}
	}
	require.Greater(t, len(sheets), 1)
	warned := 0
	for _, data := range sheets {
		sheet, err := parseSheet(data)
		require.NoError(t, err)
		warnings, err := checkSheet(t.Context(), &c, sheet, rules{})
		require.NoError(t, err)
		warned += len(warnings)
	}
	require.Equal(t, 1, warned)
}
