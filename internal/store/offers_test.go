package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ml-connector/odoo-procore/internal/store"
)

func TestOffer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	late, soon := doc(order, 5, `{}`), doc(bill, 8, `{}`)
	late.Priority, soon.Priority = 5, 1
	b.read(doc(bill, 1, `{}`), soon)
	b.read(doc(order, 2, `{}`), doc(order, 3, `{}`), doc(order, 4, `{}`), late)
	b.read(doc(partner, 9, `{}`), doc(partner, 10, `{}`))
	_, err := b.RaiseWant(t.Context(), acme, partner, []int64{9}, "test", 3)
	require.NoError(t, err)
	b.parked(order, 4, 1, "x:1")
	require.NoError(t, b.SaveBinding(t.Context(), store.BindingUpdate{Binding: store.Binding{Tenant: acme, Model: order, OdooID: 5, Kind: store.KindCommitment, Part: "55", ProcoreID: 1}}))
	grant, err := b.BeginSend(t.Context(), store.SendIntent{
		Tenant: acme, Subject: "purchase.order/5", Part: "55", Operation: "reopen", Model: order, OdooID: 5, Want: 1, Settle: time.Minute, Reopen: true,
	})
	require.NoError(t, err)
	require.True(t, grant.Go)

	pending, offered, next, err := b.Pending(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, []int{6, 0}, []int{pending, offered})
	require.Nil(t, next)
	two, err := b.Offer(t.Context(), acme, 2, time.Minute)
	require.NoError(t, err)
	require.Equal(t, []store.Offered{
		{Model: order, ID: 5, Want: 1, Priority: 5, Ref: "purchase.order-5"}, {Model: bill, ID: 8, Want: 1, Priority: 1, Ref: "account.move-8"},
	}, two, "what is reopened goes first, then by priority")
	require.Equal(t, []string{"res.partner/9", "purchase.order/2", "purchase.order/3", "account.move/1"}, b.offered())
	require.Empty(t, b.offered())
	pending, offered, next, err = b.Pending(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, []int{0, 6}, []int{pending, offered})
	require.WithinDuration(t, time.Now().Add(time.Minute), *next, 30*time.Second)

	require.NoError(t, b.Unoffer(t.Context(), acme, order, 2, nil))
	until := time.Now().Add(time.Hour)
	require.NoError(t, b.Unoffer(t.Context(), acme, order, 3, &until))
	require.Equal(t, []string{"purchase.order/2"}, b.offered())
	b.exec("UPDATE records SET offered_until = now() - interval '1 second' WHERE odoo_id = 3")
	require.Equal(t, []string{"purchase.order/3"}, b.offered(), "an offer ends by itself")

	require.NoError(t, b.Unoffer(t.Context(), acme, order, 2, nil))
	require.NoError(t, b.SetTenantState(t.Context(), acme, store.StatePaused, "test"))
	require.Empty(t, b.offered())
}

func TestOfferToSeveral(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for id := int64(1); id <= 40; id++ {
		b.read(doc(order, id, `{}`))
	}
	claims := make([][]store.Offered, 4)
	var several errgroup.Group
	for i := range claims {
		several.Go(func() (err error) {
			claims[i], err = b.Offer(t.Context(), acme, 10, time.Minute)
			return err
		})
	}
	require.NoError(t, several.Wait())
	seen := map[int64]bool{}
	for _, list := range claims {
		for _, o := range list {
			require.False(t, seen[o.ID], "%d was offered twice", o.ID)
			seen[o.ID] = true
		}
	}
}

func TestPlans(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{}`))
	_, stale, err := b.SavePlan(t.Context(), acme, order, 1, 2, 1, []byte(`[]`))
	require.NoError(t, err)
	require.True(t, stale)
	id, stale, err := b.SavePlan(t.Context(), acme, order, 1, 1, 1, []byte(`[{"kind": "x"}]`))
	require.NoError(t, err)
	require.False(t, stale)
	plan, err := b.Plan(t.Context(), id)
	require.NoError(t, err)
	require.JSONEq(t, `[{"kind": "x"}]`, string(plan.Steps))
	require.Equal(t, int64(1), plan.Want)
	_, err = b.Plan(t.Context(), id+1)
	require.ErrorIs(t, err, store.ErrNotFound)
	_, _, err = b.SavePlan(t.Context(), acme, order, 2, 1, 1, []byte(`[]`))
	require.ErrorIs(t, err, store.ErrNotFound)
	for _, sql := range []string{"UPDATE plans SET want = 9", "DELETE FROM plans", "DELETE FROM audit_events"} {
		_, err = b.Pool().Exec(t.Context(), sql)
		require.ErrorContains(t, err, "immutable", sql)
	}
}
