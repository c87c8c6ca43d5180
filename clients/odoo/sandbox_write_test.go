package odoo_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

// books is a sandbox with two companies and a plan for cost codes.
type books struct {
	*sandbox
	planModel, planField string
	codes, other         int64 // plans
	acme, civil          int64 // companies
}

func newBooks(t *testing.T, s *sandbox) *books {
	t.Helper()
	b := &books{sandbox: s, planModel: odoo.ModelAnalyticPlan, planField: "plan_id"}
	if s.old() {
		b.planModel, b.planField = "account.analytic.group", "group_id"
	}
	b.acme = s.create(t, odoo.ModelCompany, values{"name": "Acme"})
	b.civil = s.create(t, odoo.ModelCompany, values{"name": "Acme Civil"})
	b.codes = s.create(t, b.planModel, values{"name": "Cost Codes"})
	b.other = s.create(t, b.planModel, values{"name": "Projects"})
	return b
}

// account makes one as a person would; changed values stand in for those of concrete in the plan for cost codes.
func (b *books) account(t *testing.T, changed values) int64 {
	t.Helper()
	vals := values{"name": "Concrete", "code": "03 30 00", b.planField: b.codes, "company_id": b.acme}
	maps.Copy(vals, changed)
	return b.create(t, odoo.ModelAnalyticAccount, vals)
}

func (b *books) concrete() odoo.NewAnalyticAccount {
	return odoo.NewAnalyticAccount{Plan: b.codes, Company: b.acme, Code: "03 30 00", Name: "Concrete"}
}

// creates counts the requests to create that arrived.
func (s *sandbox) creates() int {
	n := 0
	for _, call := range s.Journal() {
		if strings.HasSuffix(call.Path, "/create") {
			n++
		}
	}
	return n
}

func overBooks(t *testing.T, test func(t *testing.T, b *books)) {
	t.Helper()
	overEveryWire(t, func(t *testing.T, s *sandbox) { test(t, newBooks(t, s)) })
}

func TestAnalyticAccountIsMadeOnce(t *testing.T) {
	t.Parallel()
	overBooks(t, func(t *testing.T, b *books) {
		c := b.client(t)
		want := odoo.NewAnalyticAccount{Plan: b.codes, Company: b.acme, Code: "  03 30 00\t", Name: " Béton «coulé» \n"}
		id, created, err := c.EnsureAnalyticAccount(t.Context(), want)
		require.NoError(t, err)
		require.True(t, created)
		accounts, err := c.AnalyticAccounts(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.Equal(t, odoo.AnalyticAccount{
			ID: id, Name: "Béton «coulé»", Code: "03 30 00", Plan: b.codes, RootPlan: b.codes, Active: true, Company: b.acme,
		}, accounts[0].Doc)

		want.Name = "Another name"
		again, created, err := c.EnsureAnalyticAccount(t.Context(), want)
		require.NoError(t, err)
		require.False(t, created)
		require.Equal(t, id, again)
		require.Equal(t, 1, b.creates())
	})
}

func TestAnalyticAccountOfAllCompanies(t *testing.T) {
	t.Parallel()
	overBooks(t, func(t *testing.T, b *books) {
		c, want := b.client(t), b.concrete()
		want.Company = 0
		id, created, err := c.EnsureAnalyticAccount(t.Context(), want)
		require.NoError(t, err)
		require.True(t, created)
		accounts, err := c.AnalyticAccounts(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.Zero(t, accounts[0].Doc.Company, "not the user's own company")

		found, created, err := c.EnsureAnalyticAccount(t.Context(), b.concrete())
		require.NoError(t, err)
		require.False(t, created, "what all companies share is Acme's too")
		require.Equal(t, id, found)
	})
}

func TestAnalyticAccountsThatAreOthers(t *testing.T) {
	t.Parallel()
	for name, changed := range map[string]func(b *books) values{
		"plan":    func(b *books) values { return values{b.planField: b.other} },
		"company": func(b *books) values { return values{"company_id": b.civil} },
		"longer":  func(*books) values { return values{"code": "03 30 00A"} },
		"part":    func(*books) values { return values{"code": "03 30"} },
		"none":    func(*books) values { return values{"code": false} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			overBooks(t, func(t *testing.T, b *books) {
				other := b.account(t, changed(b))
				id, created, err := b.client(t).EnsureAnalyticAccount(t.Context(), b.concrete())
				require.NoError(t, err)
				require.True(t, created)
				require.NotEqual(t, other, id)
			})
		})
	}
}

func TestAnalyticAccountIsNotMadeAgainWhenArchived(t *testing.T) {
	t.Parallel()
	overBooks(t, func(t *testing.T, b *books) {
		gone := b.account(t, values{"active": false})
		id, created, err := b.client(t).EnsureAnalyticAccount(t.Context(), b.concrete())
		require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeArchived})
		require.ErrorContains(t, err, "unarchive it in Odoo")
		require.False(t, created)
		require.Equal(t, gone, id)
		require.Zero(t, b.creates())

		inUse := b.account(t, nil)
		id, created, err = b.client(t).EnsureAnalyticAccount(t.Context(), b.concrete())
		require.NoError(t, err, "an archived one does not stand in the way of one in use")
		require.False(t, created)
		require.Equal(t, inUse, id)
	})
}

func TestSeveralAnalyticAccountsOfOneCode(t *testing.T) {
	t.Parallel()
	for name, active := range map[string]bool{"in use": true, "archived": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			overBooks(t, func(t *testing.T, b *books) {
				b.account(t, values{"active": active})
				b.account(t, values{"active": active, "company_id": false})
				_, _, err := b.client(t).EnsureAnalyticAccount(t.Context(), b.concrete())
				require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeAmbiguous})
				require.ErrorContains(t, err, `the code "03 30 00"`)
				require.ErrorContains(t, err, "(id 1, 2)")
				require.Zero(t, b.creates())
			})
		})
	}
}

// The answer is lost after the account was made: the next call finds it.
func TestAnalyticAccountWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"drop-after", "error-after", "drop-before"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			overBooks(t, func(t *testing.T, b *books) {
				require.NoError(t, b.SetFaults(odootest.FaultRule{Kind: kind, Path: "account.analytic.account/create"}))
				c := b.client(t)
				_, created, err := c.EnsureAnalyticAccount(t.Context(), b.concrete())
				var e *odoo.Error
				require.ErrorAs(t, err, &e)
				require.True(t, e.Transient(), err)
				require.False(t, created)
				require.Equal(t, 1, b.Faults()[0].Hits)

				id, created, err := c.EnsureAnalyticAccount(t.Context(), b.concrete())
				require.NoError(t, err)
				require.Equal(t, kind == "drop-before", created)
				accounts, err := c.AnalyticAccounts(t.Context(), odoo.Window{})
				require.NoError(t, err)
				require.Len(t, accounts, 1)
				require.Equal(t, id, accounts[0].ID)
			})
		})
	}
}

func TestAnalyticAccountWithoutTheRight(t *testing.T) {
	t.Parallel()
	overBooks(t, func(t *testing.T, b *books) {
		low := b.client(t, func(c *odoo.Config) { c.Key = lowKey })
		_, created, err := low.EnsureAnalyticAccount(t.Context(), b.concrete())
		require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeNoAccess})
		group := "the group Analytic Accounting"
		if b.old() {
			group = "the group Technical / Analytic Accounting"
		}
		require.ErrorContains(t, err, group)
		require.False(t, created)

		there := b.account(t, nil)
		id, _, err := low.EnsureAnalyticAccount(t.Context(), b.concrete())
		require.NoError(t, err, "to find one no right to create is needed")
		require.Equal(t, there, id)
	})
}

func TestAnalyticAccountThatOdooRefuses(t *testing.T) {
	t.Parallel()
	overBooks(t, func(t *testing.T, b *books) {
		want := b.concrete()
		want.Plan = 999
		_, created, err := b.client(t).EnsureAnalyticAccount(t.Context(), want)
		require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeBusinessRule})
		require.False(t, created)
	})
}

func TestIncompleteAnalyticAccountIsNotSent(t *testing.T) {
	t.Parallel()
	overBooks(t, func(t *testing.T, b *books) {
		c := b.client(t)
		for name, change := range map[string]func(*odoo.NewAnalyticAccount){
			"no code":       func(n *odoo.NewAnalyticAccount) { n.Code = "" },
			"blank code":    func(n *odoo.NewAnalyticAccount) { n.Code = " \t" },
			"no name":       func(n *odoo.NewAnalyticAccount) { n.Name = "\n" },
			"control":       func(n *odoo.NewAnalyticAccount) { n.Code = "03\a30" },
			"two lines":     func(n *odoo.NewAnalyticAccount) { n.Name = "Con\ncrete" },
			"no plan":       func(n *odoo.NewAnalyticAccount) { n.Plan = 0 },
			"strange plan":  func(n *odoo.NewAnalyticAccount) { n.Plan = -4 },
			"strange owner": func(n *odoo.NewAnalyticAccount) { n.Company = -1 },
		} {
			want := b.concrete()
			change(&want)
			_, _, err := c.EnsureAnalyticAccount(t.Context(), want)
			require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeInvalidRequest}, name)
			require.ErrorContains(t, err, "nothing was sent", name)
		}
		require.Zero(t, c.Calls())
	})
}

// Before Odoo 16 an account may have no group; it belongs to the plan Default. Later every account has a plan.
func TestAnalyticAccountWithoutGroup(t *testing.T) {
	t.Parallel()
	overBooks(t, func(t *testing.T, b *books) {
		c := b.client(t)
		want := b.concrete()
		want.Plan = 1<<31 - 1
		if !b.old() {
			_, _, err := c.EnsureAnalyticAccount(t.Context(), want)
			require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeInvalidRequest})
			require.ErrorContains(t, err, "needs a plan")
			require.Zero(t, b.creates())
			return
		}
		b.account(t, nil) // of a group
		plans, err := c.AnalyticPlans(t.Context(), odoo.Window{})
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(plans, func(p odoo.Record[odoo.AnalyticPlan]) bool { return p.ID == want.Plan }))
		id, created, err := c.EnsureAnalyticAccount(t.Context(), want)
		require.NoError(t, err)
		require.True(t, created)
		again, created, err := c.EnsureAnalyticAccount(t.Context(), want)
		require.NoError(t, err)
		require.False(t, created)
		require.Equal(t, id, again)
	})
}
