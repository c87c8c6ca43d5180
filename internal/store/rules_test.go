package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/store"
)

func dep(model string, id int64) string { return fmt.Sprintf("dep:%s/%d", model, id) }

func TestSaveMappings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc("product.category", 30, `{"id": 30}`), doc("product.category", 31, `{"id": 31, "parent": 30}`))
	b.read(doc("product.product", 40, `{"id": 40, "category": 31}`))
	b.read(
		doc(order, 1, `{"lines": [{"distribution": [{"accounts": [7, 12]}]}]}`), doc(order, 2, `{"lines": [{"product": 40}]}`),
		doc(order, 3, `{"lines": [{"account": 8, "distribution": [{"accounts": [77]}]}]}`),
	)
	for id := int64(2); id <= 3; id++ {
		require.False(t, b.finish(order, id, 1))
	}
	b.parked(order, 1, 1, "mapping.project:account.analytic.account/7", "x:1")

	save := func(projects []store.ProjectMapping, codes []store.CodeMapping) store.MappingResult {
		r, err := b.SaveMappings(t.Context(), acme, "ann", projects, codes)
		require.NoError(t, err)
		return r
	}
	rule := []store.ProjectMapping{{OdooID: 7, OdooName: "Tower", ProcoreProject: 55}}
	require.Equal(t, store.MappingResult{Projects: 1, Released: 1, Raised: 1, Epoch: 2}, save(rule, nil))
	b.want(order, 1, 2, 0)
	b.want(order, 3, 1, 1)
	require.Equal(t, store.MappingResult{Epoch: 2}, save(rule, nil), "the same again changes nothing")
	rule[0].Note = "for people"
	require.Equal(t, store.MappingResult{Epoch: 2}, save(rule, nil))
	rule[0] = store.ProjectMapping{OdooID: 7, NotInProcore: true}
	require.Equal(t, store.MappingResult{Projects: 1, Raised: 1, Epoch: 3}, save(rule, nil))

	codes := []store.CodeMapping{{OdooModel: "product.category", OdooID: 30, CostCode: "01-100", CostType: "M"}, {OdooModel: "account.account", OdooID: 8, ProcoreProject: 55, CostCode: "x"}}
	require.Equal(t, store.MappingResult{Codes: 2, Raised: 2, Epoch: 4}, save(nil, codes), "a category is meant through its children's products")
	b.want(order, 2, 2, 1)
	b.want(order, 3, 2, 1)

	projects, err := b.ProjectMappings(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, rule, projects)
	got, err := b.CodeMappings(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, []store.CodeMapping{codes[1], codes[0]}, got)
	_, err = b.SaveMappings(t.Context(), "nobody", "ann", rule, nil)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestExceptionsAndCounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(partner, 9, `{}`), doc(partner, 10, `{}`), doc(partner, 11, `{}`), doc(partner, 12, `{}`))
	b.read(doc(order, 1, `{}`), doc(order, 2, `{}`), doc(order, 3, `{}`), doc(order, 4, `{}`))
	b.read(doc(bill, 1, `{}`), doc(bill, 2, `{}`))
	_, err := b.Park(t.Context(), acme, order, 1, 1, []store.Wait{
		{Cause: "mapping.project:account.analytic.account/7", Amount: decimal.NewNullDecimal(decimal.RequireFromString("1.50")), Currency: "USD"}, {Cause: dep(partner, 10)},
	})
	require.NoError(t, err)
	b.parked(order, 2, 1, dep(partner, 9)) // the vendor is being worked on
	b.parked(order, 3, 1, dep(partner, 11))
	b.parked(partner, 11, 1, "vendor.ambiguous:res.partner/11")
	b.parked(bill, 1, 1, dep(order, 1))
	b.parked(bill, 2, 1, dep(order, 2))
	require.False(t, b.finish(order, 4, 1))

	list, err := b.Exceptions(t.Context(), acme)
	require.NoError(t, err)
	got := []string{}
	for _, e := range list {
		got = append(got, fmt.Sprintf("%s %s %s %s%s", e.Ref, e.Code, e.Cause, e.Amount.Decimal, e.Currency))
	}
	require.Equal(t, []string{
		"res.partner-11 vendor.ambiguous vendor.ambiguous:res.partner/11 0",
		"purchase.order-1 mapping.project mapping.project:account.analytic.account/7 1.5USD",
		"purchase.order-3 vendor.parked dep:res.partner/11 0",
		"account.move-1 po.parked dep:purchase.order/1 0",
	}, got)
	counts, err := b.Counts(t.Context(), acme)
	require.NoError(t, err)
	require.Equal(t, []store.Count{
		{Model: bill, State: "exception", Count: 1},
		{Model: bill, State: "waiting", Count: 1},
		{Model: order, State: "done", Outcome: "synced", Count: 1},
		{Model: order, State: "exception", Count: 2},
		{Model: order, State: "waiting", Count: 1},
		{Model: partner, State: "exception", Count: 1},
		{Model: partner, State: "idle", Count: 1},
		{Model: partner, State: "pending", Count: 2},
	}, counts)

	require.False(t, b.finish(partner, 9, 1)) // no binding came of it
	b.parked(order, 2, 1, dep(partner, 9))
	list, err = b.Exceptions(t.Context(), acme)
	require.NoError(t, err)
	require.Len(t, list, 6, "waiting for somebody who is done without being usable is an exception, for its bill too")
}

func TestCaches(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx := t.Context()
	_, known, err := b.LastRead(ctx, acme, store.CodeBudgetCode, 55)
	require.NoError(t, err)
	require.False(t, known)
	b.read(doc(order, 1, `{}`), doc(order, 2, `{}`))
	b.parked(order, 1, 1, "mapping.budget_code:55/01-100.M")
	b.parked(order, 2, 1, "mapping.budget_code:55/02-100.M")
	n, err := b.ReplaceCodes(ctx, acme, store.CodeBudgetCode, 55, []store.Code{{ProcoreID: 1, Code: "01-100.M", Active: true}, {ProcoreID: 2, Code: "09.M", Active: true}})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	n, err = b.ReplaceCodes(ctx, acme, store.CodeBudgetCode, 55, []store.Code{{ProcoreID: 1, Code: "01-100.M", Active: true}, {ProcoreID: 3, Code: "02-100.M", Active: true}})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = b.ReplaceCodes(ctx, acme, store.CodeBudgetCode, 56, nil)
	require.NoError(t, err)
	codes, err := b.Codes(ctx, acme, store.CodeBudgetCode, 55)
	require.NoError(t, err)
	require.Len(t, codes, 2)
	require.Equal(t, "02-100.M", codes[1].Code)
	at, known, err := b.LastRead(ctx, acme, store.CodeBudgetCode, 55)
	require.NoError(t, err)
	require.True(t, known)
	require.WithinDuration(t, time.Now(), at, time.Minute)
}

func TestBudget(t *testing.T) {
	t.Parallel()
	b := setup(t)
	take := func() (bool, time.Time) {
		ok, until, err := b.TakeBudget(t.Context(), "app", 1, 1)
		require.NoError(t, err)
		return ok, until
	}
	ok, _ := take()
	require.True(t, ok)

	soon := time.Now().Add(8 * time.Second).UTC().Truncate(time.Second)
	require.NoError(t, b.ObserveBudget(t.Context(), "app", 1, 25, 1, soon))
	ok, _ = take()
	require.True(t, ok)
	ok, until := take()
	require.False(t, ok, "the spike window is used up")
	require.Equal(t, soon, until.UTC())
	require.NoError(t, b.ObserveBudget(t.Context(), "app", 1, 25, 20, soon))
	ok, _ = take()
	require.False(t, ok, "a late answer gives nothing back")
	b.exec("UPDATE budgets SET spike_reset_at = now() - interval '1 second'")
	ok, _ = take()
	require.True(t, ok, "a new window")

	hour := time.Now().Add(30 * time.Minute).UTC().Truncate(time.Second)
	require.NoError(t, b.ObserveBudget(t.Context(), "app", 1, 100, 10, hour))
	ok, until = take()
	require.False(t, ok, "a tenth is kept")
	require.Equal(t, hour, until.UTC())

	b.exec("UPDATE budgets SET hourly_remaining = hourly_limit")
	require.NoError(t, b.ObserveBudget(t.Context(), "app", 1, 0, 0, time.Time{}))
	ok, until = take()
	require.False(t, ok, "a refusal without headers")
	require.WithinDuration(t, time.Now().Add(10*time.Second), until, 5*time.Second)
	require.NoError(t, b.ObserveBudget(t.Context(), "app", 1, 9, 0, time.Time{}))
	other, _, err := b.TakeBudget(t.Context(), "app", 2, 1)
	require.NoError(t, err)
	require.True(t, other, "another company")
}

func TestAudit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	event := store.Audit{Actor: "ann", Action: "ignored", Part: "55", SendID: 1, PlanID: 2, WorkflowID: "w", RunID: "r", Detail: []byte(`{"why": "x"}`)}
	require.NoError(t, b.InsertAudit(t.Context(), acme, order, 1, event))
	list, err := b.Audits(t.Context(), acme, order, 1)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, event, list[0].Audit)
	list, err = b.Audits(t.Context(), acme, "", 0)
	require.NoError(t, err)
	require.Len(t, list, 1, "the tenant's own")
}
