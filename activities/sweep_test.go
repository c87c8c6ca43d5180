package activities_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/workflows"
)

// sweep runs the workflow over the real activities and returns the results by model.
func (b *bundle) sweep(w worker, in activities.SweepInput) map[string]activities.SweepResult {
	b.t.Helper()
	in.Tenant = b.tenant
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet())
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(patience)
	env.RegisterWorkflow(workflows.Sweep)
	env.RegisterActivity(w.Polls)
	env.OnActivity(w.Polls.WakeDispatch, mock.Anything, mock.Anything).Return(nil)
	env.ExecuteWorkflow(workflows.Sweep, in)
	require.NoError(b.t, env.GetWorkflowError())
	var results []activities.SweepResult
	require.NoError(b.t, env.GetWorkflowResult(&results))
	out := map[string]activities.SweepResult{}
	for _, r := range results {
		out[r.Model] = r
	}
	return out
}

func (b *bundle) alerts() []string {
	b.t.Helper()
	alerts, err := b.store.Alerts(b.t.Context(), b.tenant)
	require.NoError(b.t, err)
	var out []string
	for _, a := range alerts {
		out = append(out, fmt.Sprintf("%s: %s of %s", a.Cause, a.Detail["missing"], a.Detail["known"]))
	}
	return out
}

// What is deleted in Odoo between two polls leaves nothing that a poll could see. The second sweep that does not find it
// takes its documents out of Procore.
func TestDeletedInOdoo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	direct := b.bill("in_invoice", b.peak, "D-2", "2026-03-11", nil, share{amount: 9, project: b.tower, code: b.labor})
	b.cycle(w)
	require.Contains(t, b.holds(), "invoice D-2 on Tower approved: 03 30 00.L 9.00")

	b.pass(time.Minute)
	b.do(order, "button_cancel", open, nil)
	b.do(order, "unlink", open, nil)
	b.do(bill, "button_draft", direct, nil)
	b.do(bill, "unlink", direct, nil)
	b.pass(time.Minute)
	b.cycle(w)
	require.Contains(t, b.holds(), "P00002 on Mill Approved: 03 30 00.L 20.00", "no poll sees it")

	first := b.sweep(w, activities.SweepInput{})
	require.Equal(t, []int{1, 0, 1, 0}, []int{first[order].Missing, first[order].Deleted, first[bill].Missing, first[bill].Deleted})
	b.work(w)
	require.Contains(t, b.holds(), "P00002 on Mill Approved: 03 30 00.L 20.00", "one sweep alone decides nothing")

	second := b.sweep(w, activities.SweepInput{})
	require.Equal(t, []int{1, 1}, []int{second[order].Deleted, second[bill].Deleted})
	b.work(w)
	require.NotContains(t, b.holds(), "P00002 on Mill Approved: 03 30 00.L 20.00")
	require.Contains(t, b.holds(), "P00002 on Mill Closed: 03 30 00.L 20.00")
	require.False(t, slices.ContainsFunc(b.holds(), func(s string) bool { return len(s) > 11 && s[:11] == "invoice D-2" }))
	require.Empty(t, b.alerts())

	third := b.sweep(w, activities.SweepInput{})
	require.Equal(t, []int{0, 0, 0}, []int{third[order].Missing, third[order].Read, third[bill].Missing})
	b.still(w)
}

// A right that is taken away looks like so many deletions, and is none.
func TestRightTakenAway(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	second := b.create("res.company", values{"name": "Second", "currency_id": b.usd})
	b.file.Odoo.Companies = []int64{1, second}
	b.saveTenant()
	kept(b, w)
	theirs := func(n int) {
		for range n {
			b.create(order, values{"partner_id": b.peak, "currency_id": b.usd, "company_id": second})
		}
		b.pass(time.Minute)
		b.cycle(w)
	}
	companies := func(ids ...int64) func(*odootest.User) { return func(u *odootest.User) { u.CompanyIDs = ids } }

	theirs(2)
	b.odoo.ChangeUser("bot", companies(1))
	for range 3 {
		swept := b.sweep(w, activities.SweepInput{})
		require.Equal(t, []int{2, 0}, []int{swept[order].Missing, swept[order].Deleted}, "few are asked for one by one: Odoo hides them")
	}
	require.Equal(t, []string{"odoo.visibility:purchase.order: 2 of 4", "odoo.visibility:res.company: 1 of 2"}, b.alerts())

	b.odoo.ChangeUser("bot", companies())
	b.sweep(w, activities.SweepInput{})
	require.Empty(t, b.alerts(), "the right is back")

	theirs(5)
	b.odoo.ChangeUser("bot", companies(1))
	for range 2 {
		require.Equal(t, 7, b.sweep(w, activities.SweepInput{})[order].Missing)
	}
	require.Contains(t, b.alerts(), "odoo.visibility:purchase.order: 7 of 9")
	require.Zero(t, b.sweep(w, activities.SweepInput{Deletions: true})[order].Deleted, "also a person who is wrong deletes nothing that Odoo has")
	require.Contains(t, b.alerts(), "odoo.visibility:purchase.order: 7 of 9")
	b.odoo.ChangeUser("bot", companies())
	b.sweep(w, activities.SweepInput{})
	require.Empty(t, b.alerts())
	b.still(w)
}

// Many that are deleted at once wait for a person, who says so.
func TestManyDeletedAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	var ids []int64
	for range 7 {
		ids = append(ids, b.create(order, values{"partner_id": b.peak, "currency_id": b.usd}))
	}
	b.pass(time.Minute)
	b.cycle(w)
	for _, id := range ids {
		b.do(order, "button_cancel", id, nil)
		b.do(order, "unlink", id, nil)
	}
	for range 3 {
		swept := b.sweep(w, activities.SweepInput{})
		require.Equal(t, []any{7, 0, "odoo.visibility:purchase.order"}, []any{swept[order].Missing, swept[order].Deleted, swept[order].Alert})
	}
	require.Equal(t, []string{"odoo.visibility:purchase.order: 7 of 7"}, b.alerts())
	require.Equal(t, 7, b.sweep(w, activities.SweepInput{Deletions: true})[order].Deleted)
	require.Empty(t, b.alerts())
	require.True(t, b.record(order, ids[0]).Deleted)
}

// Merging vendors changes the orders that name them in SQL, without a date.
func TestMergedVendor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	const wizard = "base.partner.merge.automatic.wizard"
	b.pass(time.Minute)
	id := b.create(wizard, values{"partner_ids": []int64{b.boulder, b.peak}, "dst_partner_id": b.peak})
	b.do(wizard, "action_merge", id, nil)
	b.pass(time.Minute)
	b.fetch(w)
	require.Contains(t, string(b.record(order, open).Content), fmt.Sprintf(`"partner": %d`, b.boulder))
	for range 2 {
		b.sweep(w, activities.SweepInput{})
	}
	require.True(t, b.record(partner, b.boulder).Deleted)
	require.Contains(t, string(b.record(order, open).Content), fmt.Sprintf(`"partner": %d`, b.peak), "what names it was read again")
	require.Greater(t, b.record(order, open).Want, b.record(order, open).Done)
}

// A change of an analytic account, or its end, touches no document in Odoo, and changes what they mean.
func TestReferencesOfDocuments(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	wants := func() int64 { return b.record(order, open).Want }

	before := wants()
	b.pass(time.Minute)
	b.do("account.analytic.account", "write", b.labor, values{"name": "Labour"})
	b.do(partner, "write", b.boulder, values{"name": "Boulder Concrete Works"})
	b.pass(time.Minute)
	b.fetch(w)
	require.Equal(t, before+1, wants(), "the account, but not the vendor's name")
	b.work(w)
	require.Equal(t, books, b.holds())

	other := b.create("product.category", values{"name": "Other"})
	b.do("product.product", "write", b.product, values{"categ_id": other})
	b.pass(time.Minute)
	b.fetch(w)
	require.Equal(t, before+2, wants(), "the product's category can be a cost code")
	b.work(w)

	root := b.create("account.analytic.plan", values{"name": "Old jobs"})
	plans, err := b.odoo.Do("account.analytic.plan", "search", nil, values{"domain": []any{[]any{"name", "=", "Projects"}}})
	require.NoError(t, err)
	b.do("account.analytic.plan", "write", plans.([]any)[0].(int64), values{"parent_id": root})
	b.pass(time.Minute)
	b.fetch(w)
	require.Equal(t, before+3, wants(), "its project's plan is now below another one")
	b.do("account.analytic.plan", "write", plans.([]any)[0].(int64), values{"parent_id": false})
	b.pass(time.Minute)
	b.fetch(w)
	require.Equal(t, before+4, wants())
	b.work(w)

	b.do("account.analytic.account", "unlink", b.mill, nil)
	b.pass(time.Minute)
	for range 2 {
		b.sweep(w, activities.SweepInput{})
	}
	require.Equal(t, before+5, wants())
	b.work(w)
	require.Contains(t, b.waits(order, open), fmt.Sprintf("analytic.unknown:%d", b.mill))
}

// A poll without a change is one request for each model, and one for the clock.
func TestQuietPoll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	kept(b, w)
	b.pass(time.Minute)
	b.fetch(w)
	b.pass(10 * time.Minute)
	require.Equal(t, int64(len(sourceModels)+1), b.fetch(w).OdooCalls)

	b.pass(time.Hour)
	require.Equal(t, int64(2*len(sourceModels)+1), b.fetch(w).OdooCalls, "once an hour the long overlap too")
	b.pass(2 * time.Hour)
	b.fetch(w)
	b.pass(time.Minute)
	require.Equal(t, int64(len(sourceModels)+1), b.fetch(w).OdooCalls)
}

var sourceModels = []string{
	odoo.ModelCompany, odoo.ModelCurrency, odoo.ModelAnalyticPlan, odoo.ModelAnalyticAccount, odoo.ModelCategory, odoo.ModelProduct,
	odoo.ModelAccount, odoo.ModelTax, odoo.ModelPartner, order, odoo.ModelOrderLine, bill, odoo.ModelMoveLine,
}

// What a transaction writes that began in the second of another one, and runs for hours, has the date that is known.
func TestSameSecondHoursLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	b.pass(time.Minute)
	b.do(order, "write", open, values{"partner_ref": "first"})
	long := b.odoo.Begin()
	long.Do(order, "write", []int64{open}, values{"vals": values{"partner_ref": "second"}})
	b.pass(10 * time.Second)
	b.fetch(w)
	require.Contains(t, string(b.record(order, open).Content), `"partner_ref": "first"`)
	b.pass(90 * time.Minute)
	require.NoError(t, long.Commit())
	b.fetch(w)
	require.Contains(t, string(b.record(order, open).Content), `"partner_ref": "first"`, "its date is known")
	b.pass(time.Hour)
	b.fetch(w)
	require.Contains(t, string(b.record(order, open).Content), `"partner_ref": "second"`, "every content is read again when no such transaction can be open")
}
