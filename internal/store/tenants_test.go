package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/store"
)

func TestTenants(t *testing.T) {
	t.Parallel()
	b := setup(t)
	got, err := b.Tenant(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, "active", got.State)
	require.Equal(t, "x1", got.OriginPrefix)
	_, err = b.Tenant(t.Context(), "nobody")
	require.ErrorIs(t, err, store.ErrUnknownTenant)

	b.read(doc(order, 1, `{}`), doc(order, 2, `{}`))
	require.False(t, b.finish(order, 1, 1))
	change := store.TenantChange{Name: acme, Settings: []byte(`{"a": 1}`), State: "linking", OriginPrefix: "other", By: "bob", Raise: []string{order, bill}}
	result, err := b.SaveTenant(t.Context(), change)
	require.NoError(t, err)
	require.Equal(t, store.TenantResult{Changed: true, Epoch: 2, Raised: 2}, result)
	b.want(order, 1, 2, 1)
	result, err = b.SaveTenant(t.Context(), change)
	require.NoError(t, err)
	require.Equal(t, store.TenantResult{Epoch: 2}, result)
	got, err = b.Tenant(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, "x1", got.OriginPrefix, "the prefix is fixed at creation")
	require.Equal(t, "active", got.State)

	require.NoError(t, b.SetTenantState(t.Context(), acme, store.StatePaused, "host changed"))
	require.ErrorIs(t, b.SetTenantState(t.Context(), "nobody", store.StatePaused, ""), store.ErrUnknownTenant)
	list, err := b.Tenants(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "host changed", list[0].PausedReason)
	var epochs []string
	err = b.Pool().QueryRow(t.Context(), "SELECT array_agg(by ORDER BY epoch) FROM rules_epochs WHERE tenant = $1", acme).Scan(&epochs)
	require.NoError(t, err)
	require.Equal(t, []string{"ann", "bob"}, epochs)
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.Credential(t.Context(), acme, "odoo")
	require.ErrorIs(t, err, store.ErrNoCredential)
	require.NoError(t, b.SaveCredential(t.Context(), acme, "odoo", []byte("a"), "k1"))
	require.NoError(t, b.SaveCredential(t.Context(), acme, "odoo", []byte("b"), "k2"))
	c, err := b.Credential(t.Context(), acme, "odoo")
	require.NoError(t, err)
	require.Equal(t, []byte("b"), c.Ciphertext)
	require.Equal(t, "k2", c.KeyID)
	require.Error(t, b.SaveCredential(t.Context(), "nobody", "odoo", nil, ""))
}

func TestCursors(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := store.Cursor{WindowTo: epoch.Add(time.Hour), LastID: 7, DoneTo: epoch}
	require.NoError(t, b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Cursor(ctx, acme, order)
		require.NoError(t, err)
		require.Zero(t, c)
		require.NoError(t, tx.SaveCursor(ctx, acme, order, store.Cursor{WindowFrom: epoch}))
		return tx.SaveCursor(ctx, acme, order, want)
	}))
	require.ErrorIs(t, b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Cursor(ctx, acme, order)
		require.NoError(t, err)
		require.Equal(t, want, c)
		require.NoError(t, tx.SaveCursor(ctx, acme, order, store.Cursor{}))
		return context.Canceled // rolls back
	}), context.Canceled)
	require.NoError(t, b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Cursor(ctx, acme, order)
		require.Equal(t, want, c)
		return err
	}))
}
