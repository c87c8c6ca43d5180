package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/store"
)

func TestPark(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{"a": 1}`))
	_, err := b.Park(t.Context(), acme, order, 1, 1, nil)
	require.ErrorContains(t, err, "needs causes")
	_, err = b.Park(t.Context(), acme, order, 99, 1, []store.Wait{{Cause: "x:1"}})
	require.ErrorIs(t, err, store.ErrNotFound)
	require.True(t, b.park(order, 1, 2, "x:1").Stale)

	recheck := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	r, err := b.Park(t.Context(), acme, order, 1, 1, []store.Wait{
		{Cause: "x:1", Detail: json.RawMessage(`{"k": "v"}`), Amount: decimal.NewNullDecimal(decimal.RequireFromString("12.30")), Currency: "USD", RecheckAt: recheck},
		{Cause: "y:1"},
		{Cause: "y:1"},
	})
	require.NoError(t, err)
	require.Equal(t, store.ParkResult{Parked: true, Open: []string{"x:1", "y:1"}}, r)
	waits, err := b.Waits(t.Context(), acme, order, 1)
	require.NoError(t, err)
	require.Len(t, waits, 2)
	require.Equal(t, "12.3", waits[0].Amount.Decimal.String())
	require.Equal(t, recheck, waits[0].RecheckAt)
	require.JSONEq(t, `{"k": "v"}`, string(waits[0].Detail))

	since := waits[0].Since
	b.read(doc(order, 1, `{"a": 2}`))
	require.Empty(t, b.waits(order, 1), "waits die with their want")
	b.parked(order, 1, 2, "x:1")
	waits, err = b.Waits(t.Context(), acme, order, 1)
	require.NoError(t, err)
	require.Len(t, waits, 1, "the new waits replace the old ones")
	require.Equal(t, since, waits[0].Since, "the same cause keeps its age")

	require.Equal(t, 1, b.free("x:1", "z:1"))
	require.Equal(t, []string{"purchase.order/1"}, b.offered())
	require.False(t, b.finish(order, 1, 2))
	require.True(t, b.park(order, 1, 2, "x:1").Stale, "a record that is done is not parked")
}

func TestCausesSettledMeanwhile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(bill, 1, `{}`))
	b.read(doc(order, 5, `{}`), doc(order, 6, `{}`))
	b.read(doc(partner, 3, `{}`), doc(partner, 4, `{}`))
	_, err := b.SaveMappings(t.Context(), acme, "ann",
		[]store.ProjectMapping{{OdooID: 1, ProcoreProject: 55}, {OdooID: 2, NotInProcore: true}},
		[]store.CodeMapping{{OdooModel: "product.category", OdooID: 8, CostCode: "01-100"}, {OdooModel: "account.account", OdooID: 8, ProcoreProject: 55, CostCode: "01-100"}})
	require.NoError(t, err)
	_, err = b.ReplaceCodes(t.Context(), acme, store.CodeBudgetCode, 55, []store.Code{
		{ProcoreID: 1, Code: "01-100.M", Active: true}, {ProcoreID: 2, Code: "01-200.M"}, {ProcoreID: 3, Code: "A/B.M", Active: true},
	})
	require.NoError(t, err)
	require.NoError(t, b.SaveBinding(t.Context(), store.BindingUpdate{Binding: store.Binding{Tenant: acme, Model: partner, OdooID: 3, Kind: store.KindVendor, ProcoreID: 77}}))
	require.NoError(t, b.SaveBinding(t.Context(), store.BindingUpdate{Binding: store.Binding{
		Tenant: acme, Model: partner, OdooID: 4, Kind: store.KindVendor, ProcoreID: 78, Status: store.StatusDeleted,
	}}))
	require.False(t, b.finish(order, 5, 1))

	settled := []string{
		"mapping.project:account.analytic.account/1", "mapping.project:account.analytic.account/2", "mapping.code:product.category/8@55",
		"mapping.code:account.account/8@55", "mapping.budget_code:55/01-100.M", "mapping.budget_code:55/A/B.M", "dep:res.partner/3", "dep:purchase.order/5",
	}
	open := []string{
		"mapping.project:account.analytic.account/3", "mapping.code:product.category/9@55", "mapping.code:account.account/8@56",
		"mapping.budget_code:55/01-200.M", "mapping.budget_code:56/01-100.M", "dep:res.partner/4", "dep:purchase.order/6", "dep:purchase.order/7",
		"dep:account.move/2", "currency:EUR", "mapping.project:odd", "mapping.budget_code:odd", "mapping.code:account.account/8",
	}
	result := b.park(bill, 1, 1, append(settled, open...)...)
	require.True(t, result.Parked)
	require.ElementsMatch(t, open, result.Open)
	require.Equal(t, store.ParkResult{Open: []string{}}, b.park(bill, 1, 1, settled...), "nothing open: resolve again")
	require.Empty(t, b.waits(bill, 1))
}

func TestParkAsksForDependencies(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(partner, 9, `{}`))
	b.read(doc(order, 1, `{}`))
	b.parked(order, 1, 1, "dep:res.partner/9", "dep:res.partner/10")
	b.want(partner, 9, 1, 0)
	missing, err := b.Requested(t.Context(), acme, partner, 10)
	require.NoError(t, err)
	require.Equal(t, []int64{10}, missing)
	require.Equal(t, []string{"res.partner/9"}, b.offered(), "what was never read is not offered")
	b.read(doc(partner, 10, `{}`))
	require.Equal(t, []string{"res.partner/10"}, b.offered())
	missing, err = b.Requested(t.Context(), acme, partner, 10)
	require.NoError(t, err)
	require.Empty(t, missing)

	grant, err := b.BeginSend(t.Context(), store.SendIntent{
		Tenant: acme, Subject: "vendor/x", Operation: "create", Model: partner, OdooID: 9, Want: 1, Settle: time.Minute,
	})
	require.NoError(t, err)
	require.NoError(t, b.FinishSend(t.Context(), grant.ID, store.ResultOK, 201, 5, "", &store.BindingUpdate{Binding: store.Binding{Kind: store.KindVendor, ProcoreID: 5}}))
	require.Equal(t, []string{"dep:res.partner/10"}, b.waits(order, 1), "a bound vendor frees those that wait for it")
	require.False(t, b.finish(partner, 10, 2))
	require.Empty(t, b.waits(order, 1), "finishing frees too")
	require.Equal(t, []string{"purchase.order/1"}, b.offered())
}

func TestFinish(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 42, `{"a": 1}`))
	b.read(doc(bill, 1, `{}`))
	b.parked(bill, 1, 1, "dep:purchase.order/42", "x:1")
	b.read(doc(order, 42, `{"a": 2}`))
	require.True(t, b.finish(order, 42, 1), "something newer is wanted")
	b.want(order, 42, 2, 1)
	require.Len(t, b.waits(bill, 1), 2)
	require.False(t, b.finish(order, 42, 2))
	require.Equal(t, []string{"x:1"}, b.waits(bill, 1))
	require.True(t, b.finish(order, 42, 3), "that much was never wanted here")
	b.want(order, 42, 2, 2)
	_, err := b.Finish(t.Context(), acme, order, 43, 1, "synced", store.Audit{})
	require.ErrorIs(t, err, store.ErrNotFound)
	require.True(t, b.finish(order, 42, 1), "a late child does not take it back")
	b.want(order, 42, 2, 2)

	events, err := b.Audits(t.Context(), acme, order, 42)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, "finished", events[0].Action)
	require.JSONEq(t, `{"want": 2, "outcome": "synced"}`, string(events[0].Detail))
}

func TestParkedHeadOfLaneIsPassedBy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(bill, 1, `{}`), doc(bill, 2, `{}`))
	b.parked(bill, 2, 1, "dep:account.move/1")
	b.parked(bill, 1, 1, "period.closed:55")
	require.Empty(t, b.waits(bill, 2), "parking the head frees its followers")
	require.False(t, b.park(bill, 2, 1, "dep:account.move/1").Parked)
}

func TestReleaseDue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{}`), doc(order, 2, `{}`), doc(order, 3, `{}`), doc(order, 4, `{}`))
	now := time.Now()
	down := store.Wait{Cause: "procore.unavailable", RecheckAt: now.Add(-time.Second)}
	for id := int64(1); id <= 3; id++ {
		waits := []store.Wait{down}
		if id == 1 {
			waits = append(waits, store.Wait{Cause: "x:1"})
		}
		_, err := b.Park(t.Context(), acme, order, id, 1, waits)
		require.NoError(t, err)
	}
	later := down
	later.RecheckAt = now.Add(time.Hour)
	_, err := b.Park(t.Context(), acme, order, 4, 1, []store.Wait{later})
	require.NoError(t, err)

	n, err := b.ReleaseDue(t.Context(), acme, now)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []string{"purchase.order/2"}, b.offered(), "one with no other cause tries")
	require.False(t, b.finish(order, 2, 1))
	require.Len(t, b.waits(order, 3), 1, "it reached nothing: the others wait on")

	n, err = b.ReleaseDue(t.Context(), acme, now)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []string{"purchase.order/3"}, b.offered())
	grant, err := b.BeginSend(t.Context(), store.SendIntent{Tenant: acme, Subject: "purchase.order/3", Operation: "x", Model: order, OdooID: 3, Want: 1, Settle: time.Minute})
	require.NoError(t, err)
	require.NoError(t, b.FinishSend(t.Context(), grant.ID, store.ResultOK, 200, 1, "", nil))
	require.False(t, b.finish(order, 3, 1))
	require.Equal(t, []string{"x:1"}, b.waits(order, 1), "a probe that got through frees the others")
	require.Equal(t, []string{"purchase.order/4"}, b.offered())
}
