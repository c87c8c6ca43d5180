package rig_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/rig"
)

// One order goes all the way through the shipped binary, also when its worker is killed and another one frozen.
func TestRig(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	bench := open(t)
	var asked []string
	tenant, err := bench.NewTenant(ctx, rig.TenantOptions{Name: "rig-test", Via: rig.Via{Procore: func(target string) (string, error) {
		asked = append(asked, target)
		return target, nil
	}}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tenant.Close()) })
	require.Len(t, asked, 1)

	first, err := tenant.StartWorker(ctx)
	require.NoError(t, err)
	require.Equal(t, first, tenant.Worker(first.Name))
	require.NoError(t, first.Kill())
	<-first.Done()
	second, err := tenant.StartWorker(ctx)
	require.NoError(t, err)
	require.NotEqual(t, first.PID, second.PID)

	desk := tenant.Desk()
	desk.Order(tenant.Firm.Boulder, rig.Line{Amount: 100.25, Project: tenant.Firm.Tower, Code: tenant.Firm.Concrete})
	require.NoError(t, desk.Err())
	require.NoError(t, tenant.Cycle(ctx), second.Log(20))
	commitments := tenant.Procore.State().Commitments
	require.Len(t, commitments, 1)
	require.Equal(t, "Approved", commitments[0].Status)
	require.Equal(t, "100.25", commitments[0].GrandTotal)

	require.NoError(t, second.Freeze())
	desk.Do("purchase.order", "no_such_button", 1, nil)
	require.Error(t, desk.Err())
	require.NoError(t, second.Thaw())
	require.NoError(t, second.Stop())
	require.Error(t, second.Thaw())
}
