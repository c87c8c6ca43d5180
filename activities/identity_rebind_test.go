package activities_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// What was let go is remembered when its number has a document of the next generation too: the bill that is entered
// again must not be paid twice.
func TestLetGoOutlivesTheNextGeneration(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	kept(b, w)
	backup := b.odoo.Backup()
	cost := share{amount: 9, project: b.mill, code: b.labor}
	lost := b.bill("in_invoice", b.peak, "D-2", "2026-03-12", nil, cost)
	b.cycle(w)
	b.procore.ResetJournal()
	b.odoo.Restore(backup)
	require.Equal(t, lost, b.bill("in_invoice", b.peak, "D-9", "2026-03-12", nil, cost), "the number is given again")
	b.held(w)
	b.rebind(nil, activities.RebindOptions{})
	b.cycle(w)
	both := append(append([]string{}, books...), "invoice D-2 on Mill approved: 03 30 00.L 9.00", "invoice D-9 on Mill approved: 03 30 00.L 9.00")
	require.Equal(t, both, b.holds())

	again := b.bill("in_invoice", b.peak, "D-2", "2026-03-12", nil, cost)
	b.cycle(w)
	require.Equal(t, both, b.holds())
	require.Equal(t, []string{"direct_cost.exists:account.move/" + itoa(again)}, b.waits(bill, again))
}

// Our own database and Odoo are put back to the same backup: nothing knows what Procore holds besides.
func TestBothDatabasesRestored(t *testing.T) {
	t.Parallel()
	b := ownDatabase(t)
	w := b.worker("one")
	kept(b, w)
	restore, backup := b.backup(), b.odoo.Backup()
	w = b.worker("two")
	cost := share{amount: 9, project: b.mill, code: b.labor}
	b.bill("in_invoice", b.peak, "D-8", "2026-03-12", nil, cost)
	b.bill("in_invoice", b.peak, "D-2", "2026-03-12", nil, cost)
	b.cycle(w)
	both := b.holds()
	restore()
	b.odoo.Restore(backup)
	w = b.worker("three")
	b.held(w)
	done, _ := b.rebind(nil, activities.RebindOptions{})
	require.Len(t, done.Unknown, 2)
	again := b.bill("in_invoice", b.peak, "D-2", "2026-03-12", nil, cost) // under the number of D-8
	b.cycle(w)
	require.Equal(t, both, b.holds())
	require.Equal(t, []string{"direct_cost.exists:account.move/" + itoa(again)}, b.waits(bill, again))
}

// A cycle that began before a rebind reads nothing more: its connection may be another Odoo's.
func TestRebindEndsACycleThatReads(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	kept(b, w)
	var once sync.Once
	b.file.Odoo.URL, _ = front(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		once.Do(func() { // between the look at both systems and the first page
			assert.NoError(t, b.store.Hold(r.Context(), b.tenant, "restored", "ann"))
			_, err := b.store.Rebind(r.Context(), b.tenant, store.Rebind{By: "ann", Books: store.Books{ProcoreApp: b.tenant}})
			assert.NoError(t, err)
		})
		b.odoo.ServeHTTP(rw, r)
	}))
	b.saveTenant()
	// The books are those of the new address: the first request of the cycle is that for a page.
	_, err := b.store.Pool().Exec(t.Context(), `UPDATE tenants SET books = settings_books(settings) || books || jsonb_build_object('odoo_url', $2::text)
		WHERE tenant = $1`, b.tenant, b.file.Odoo.URL)
	require.NoError(t, err)
	require.ErrorContains(t, b.reads(w, w.Polls.FetchChanges, activities.FetchInput{Tenant: b.tenant}), "was held or rebound")
	require.Equal(t, store.StateLinking, b.row().State)
	require.NoError(t, b.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		cursor, err := tx.Cursor(ctx, b.tenant, order)
		require.Equal(t, store.Cursor{}, cursor)
		return err
	}))
	b.fetch(w) // the next attempt
	b.still(w)
}

// reads runs one of the activities that read Odoo, and returns how it failed.
func (b *bundle) reads(w worker, activity, in any) error {
	b.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet())
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(w.Polls)
	_, err := env.ExecuteActivity(activity, in)
	return err
}

// A backfill looks as a cycle does, also before the first one: what it reads belongs to the books of that moment.
func TestBackfillLooksAtTheBooks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	b.order(b.boulder, share{amount: 20, project: b.mill, code: b.labor})
	backfill := func() activities.FetchResult {
		return b.read(w, w.Polls.FetchPeriod, activities.FetchPeriodInput{Tenant: b.tenant, Model: order, Since: "2026-01-01", Until: "2026-12-31"})
	}
	require.Equal(t, 1, backfill().Models[order].Changed)
	require.Equal(t, int64(companyID), b.row().Books.ProcoreCompany)

	b.file.Procore.CompanyID = 9999
	b.saveTenant()
	require.True(t, backfill().Paused)
	require.True(t, b.row().Held)
	require.Contains(t, b.row().PausedReason, "the Procore company is now 9999")
}

// The tenant is pointed at another company, carried there, and pointed back: what the first one holds is taken up again.
func TestProcoreSwappedThereAndBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		cross bool // the projects have other ids there
	}{{"the same ids", false}, {"other ids", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			w := b.worker("one")
			kept(b, w)
			point := func(server *procoretest.Server, login, api string, tower, mill int64) {
				b.procore, b.file.Procore.LoginURL, b.file.Procore.APIURL = server, login, api
				b.saveTenant()
				b.mapProject(b.tower, tower)
				b.mapProject(b.mill, mill)
				b.procore.ResetJournal()
				b.held(w)
				b.rebind(nil, activities.RebindOptions{})
			}
			first, procore := b.procore, b.file.Procore
			b.another(func(*procoretest.Config) {})
			url, _ := front(t, b.procore)
			tower, mill := b.towerP, b.millP
			if c.cross {
				tower, mill = mill, tower
			}
			point(b.procore, url, url, tower, mill)
			b.cycle(w)
			require.Len(t, b.holds(), len(books))

			point(first, procore.LoginURL, procore.APIURL, b.towerP, b.millP)
			b.cycle(w)
			require.Equal(t, books, b.holds())
			require.Empty(t, b.writes())
			b.done(order, 1)
			b.done(bill, 2)
			b.still(w)
		})
	}
}

// A mapped project that the app may not see yet stands in nobody's way, unless documents of the tenant are in it.
func TestRebindWithAForbiddenProject(t *testing.T) {
	t.Parallel()
	b := setup(t)
	kept(b, b.worker("one"))
	gym := b.procore.AddProject(procoretest.Project{Name: "Gym", Number: "003", Active: true})
	b.mapProject(b.create("account.analytic.account", values{"name": "Gym", "code": "G", "plan_id": 1}), gym)
	identity := activities.NewIdentity(b.store, nil, "")
	survey, err := identity.Survey(t.Context(), b.connection(), activities.RebindOptions{})
	require.NoError(t, err)
	require.Equal(t, []int64{gym}, survey.MissingProjects)

	b.edit(procoretest.Edit{Resource: "projects", ID: b.millP, Set: map[string]any{"permitted": false}})
	_, err = identity.Survey(t.Context(), b.connection(), activities.RebindOptions{})
	require.ErrorContains(t, err, "reading project "+itoa(b.millP)+" of Procore")
}
