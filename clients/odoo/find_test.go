package odoo_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

// Gone and hidden are told apart, one by one, though Odoo refuses the whole request for one hidden record.
func TestFind(t *testing.T) {
	t.Parallel()
	overBooks(t, func(t *testing.T, b *books) {
		mine, theirs := b.account(t, nil), b.account(t, values{"company_id": b.civil})
		gone := b.account(t, nil)
		archived := b.account(t, values{"active": false})
		b.do(t, odoo.ModelAnalyticAccount, "unlink", nil, gone)
		ids := []int64{mine, theirs, gone, archived}
		c := b.client(t)
		find := func(model string, ids ...int64) (found, hidden []int64) {
			t.Helper()
			found, hidden, err := c.Find(t.Context(), model, ids)
			require.NoError(t, err)
			return found, hidden
		}
		found, hidden := find(odoo.ModelAnalyticAccount, ids...)
		require.ElementsMatch(t, []int64{mine, theirs, archived}, found)
		require.Empty(t, hidden)

		b.ChangeUser("bot", func(u *odootest.User) { u.CompanyIDs = []int64{b.acme} })
		found, hidden = find(odoo.ModelAnalyticAccount, ids...)
		require.ElementsMatch(t, []int64{mine, archived}, found)
		require.Equal(t, []int64{theirs}, hidden)

		found, hidden = find(odoo.ModelAnalyticPlan, b.codes, 999)
		require.Equal(t, []int64{b.codes}, found)
		require.Empty(t, hidden)
		calls := c.Calls()
		found, hidden = find(odoo.ModelAnalyticAccount)
		require.Empty(t, append(found, hidden...))
		require.Equal(t, calls, c.Calls(), "nothing is asked about nothing")

		b.ChangeUser("bot", func(u *odootest.User) { u.Groups = nil })
		_, _, err := c.Find(t.Context(), odoo.ModelPurchaseOrder, []int64{1})
		require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeNoAccess})
	})
}

// An index lists the records that the model's own reading reads, also the plan of the accounts without a group.
func TestIndex(t *testing.T) {
	t.Parallel()
	overBooks(t, func(t *testing.T, b *books) {
		b.account(t, nil)
		b.account(t, values{"active": false})
		c := b.client(t)
		indexed(t, odoo.ModelAnalyticAccount, c, c.AnalyticAccounts)
		indexed(t, odoo.ModelAnalyticPlan, c, c.AnalyticPlans)
		indexed(t, odoo.ModelPartner, c, c.Partners)
		indexed(t, odoo.ModelCompany, c, c.Companies)
	})
}

func indexed[T odoo.Dated](t *testing.T, model string, c *odoo.Client, list func(context.Context, odoo.Window) ([]T, error)) {
	t.Helper()
	refs, err := c.Index(t.Context(), model, odoo.Window{})
	require.NoError(t, err)
	docs, err := list(t.Context(), odoo.Window{})
	require.NoError(t, err)
	require.NotEmpty(t, docs)
	var want []odoo.Ref
	for _, d := range docs {
		want = append(want, odoo.Ref{ID: d.OdooID(), WriteDate: d.Written()})
	}
	require.Equal(t, want, refs, model)
}
