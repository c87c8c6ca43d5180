package activities_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// books are what the firm of these tests holds in Procore: an order that is billed, one that is not, a direct cost.
var books = []string{
	"INV-1 bills P00001 approved #1: 03 30 00.M 40.00",
	"P00001 on Tower Approved: 03 30 00.M 100.00",
	"P00002 on Mill Approved: 03 30 00.L 20.00",
	"invoice D-1 on Tower approved: 03 30 00.L 7.50",
}

// kept carries the firm and returns its open order.
func kept(b *bundle, w worker) (open int64) {
	b.t.Helper()
	_, lines := b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete})
	open, _ = b.order(b.boulder, share{amount: 20, project: b.mill, code: b.labor})
	b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 40, project: b.tower, code: b.concrete, of: lines[0]})
	b.bill("in_invoice", b.peak, "D-1", "2026-03-10", nil, share{amount: 7.5, project: b.tower, code: b.labor})
	b.cycle(w)
	require.Equal(b.t, books, b.holds())
	b.procore.ResetJournal()
	return open
}

// held runs a cycle and wants the tenant to pause before it has written anything; it returns the reason.
func (b *bundle) held(w worker) string {
	b.t.Helper()
	require.True(b.t, b.fetch(w).Paused)
	b.work(w)
	require.Empty(b.t, b.writes())
	row := b.row()
	require.Equal(b.t, store.StatePaused, row.State)
	require.True(b.t, row.Held)
	return row.PausedReason
}

func (b *bundle) row() store.Tenant {
	b.t.Helper()
	row, err := b.store.Tenant(b.t.Context(), b.tenant)
	require.NoError(b.t, err)
	return row
}

func (b *bundle) connection() *activities.Connection {
	b.t.Helper()
	c, err := activities.NewConnections(b.store, b.box, b.config("person")).Get(b.t.Context(), b.tenant)
	require.NoError(b.t, err)
	return c
}

// rebind looks first, as a person does, and then does what was shown. It returns the counts of the kinds that have any.
func (b *bundle) rebind(c client.Client, options activities.RebindOptions) (*activities.Survey, map[string]activities.SurveyKind) {
	b.t.Helper()
	options.By = "ann"
	identity := activities.NewIdentity(b.store, c, b.tenant)
	before := b.row()
	shown, err := identity.Survey(b.t.Context(), b.connection(), options)
	require.NoError(b.t, err)
	require.Equal(b.t, before, b.row(), "a dry run changes nothing")
	done, err := identity.Rebind(b.t.Context(), b.connection(), options)
	require.NoError(b.t, err)
	require.Equal(b.t, shown.Kinds, done.Kinds)
	require.Empty(b.t, b.writes(), "a rebind writes nothing to Procore")
	require.Equal(b.t, store.StateLinking, b.row().State)
	counts := map[string]activities.SurveyKind{}
	for _, k := range done.Kinds {
		kind := k.Kind
		k.Kind = ""
		if k != (activities.SurveyKind{}) {
			counts[kind] = k
		}
	}
	return done, counts
}

// still wants a cycle in which nothing happens.
func (b *bundle) still(w worker) {
	b.t.Helper()
	require.Equal(b.t, store.StateActive, b.row().State)
	b.procore.ResetJournal()
	b.cycle(w)
	require.Empty(b.t, b.procore.Journal())
}

func (b *bundle) commitment(number string) procoretest.CommitmentState {
	b.t.Helper()
	for _, c := range b.procore.State().Commitments {
		if c.Number == number && !c.Deleted {
			return c
		}
	}
	require.Fail(b.t, "no commitment "+number)
	return procoretest.CommitmentState{}
}

func (b *bundle) edit(e procoretest.Edit) {
	b.t.Helper()
	_, err := b.procore.Edit(e)
	require.NoError(b.t, err)
}

// front is an address behind which a server can be exchanged.
func front(t *testing.T, first http.Handler) (url string, exchange func(http.Handler)) {
	t.Helper()
	var now atomic.Pointer[http.Handler]
	now.Store(&first)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*now.Load()).ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	return server.URL, func(next http.Handler) { now.Store(&next) }
}

// another is a second Procore with the same projects and vendors and no documents; the bundle goes on with it.
func (b *bundle) another(change func(*procoretest.Config)) (before *procoretest.Server) {
	before = b.procore
	b.seedProcore([]func(*procoretest.Config){change})
	return before
}

// What was done in Odoo since the backup is gone there, and its numbers are given again.
func TestOdooRestoredFromABackup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	backup := b.odoo.Backup()
	reprice(b, open, 25)
	lost, _ := b.order(b.peak, share{amount: 5, project: b.mill, code: b.labor})
	b.bill("in_invoice", b.peak, "D-2", "2026-03-12", nil, share{amount: 9, project: b.mill, code: b.labor})
	b.cycle(w)
	afterwards := []string{
		"INV-1 bills P00001 approved #1: 03 30 00.M 40.00",
		"P00001 on Tower Approved: 03 30 00.M 100.00",
		"P00002 on Mill Approved: 03 30 00.L 25.00",
		"P00003 on Mill Approved: 03 30 00.L 5.00",
		"invoice D-1 on Tower approved: 03 30 00.L 7.50",
		"invoice D-2 on Mill approved: 03 30 00.L 9.00",
	}
	require.Equal(t, afterwards, b.holds())

	b.procore.ResetJournal()
	b.odoo.Restore(backup)
	again, _ := b.order(b.boulder, share{amount: 6, project: b.mill, code: b.labor})
	require.Equal(t, lost, again, "the number is given again")
	require.Contains(t, b.held(w), "purchase order 3 P00003 was created 2026-03-02 08:00:")
	require.Contains(t, b.row().PausedReason, "Odoo's database was restored from a backup")

	done, counts := b.rebind(nil, activities.RebindOptions{})
	require.Equal(t, map[string]activities.SurveyKind{
		"vendor": {Bound: 2, Found: 2}, "commitment": {Bound: 3, Found: 2, LetGo: 1},
		"requisition": {Bound: 1, Found: 1}, "direct_cost": {Bound: 2, Found: 1, LetGo: 1},
	}, counts)
	require.Equal(t, 1, done.Gone)
	require.Len(t, done.LetGo, 2)

	// Procore follows the older content of what Odoo has; what Odoo lost stays, and the order with its number waits.
	b.cycle(w)
	afterwards[2] = "P00002 on Mill Approved: 03 30 00.L 20.00"
	require.Equal(t, afterwards, b.holds())
	require.Equal(t, []string{"commitment.exists:purchase.order/" + itoa(again)}, b.waits(order, again))

	// The project manager takes the lost order out of Procore.
	stays := b.commitment("P00003")
	b.edit(procoretest.Edit{Resource: "commitments", ID: stays.ID, Set: map[string]any{"status": "Draft"}})
	b.edit(procoretest.Edit{Resource: "commitments", ID: stays.ID, Delete: true})
	_, err := b.store.RaiseWant(t.Context(), b.tenant, order, []int64{again}, "looks again", 1)
	require.NoError(t, err)
	w = b.worker("later")
	b.work(w)
	afterwards[3] = "P00003 on Mill Approved: 03 30 00.L 6.00"
	require.Equal(t, afterwards, b.holds())
	require.True(t, strings.HasSuffix(b.commitment("P00003").OriginID, ":2"), "the second generation: an origin id is never used twice")
	b.still(w)
}

// Nothing was entered in Odoo since; but work is left that would be written.
func TestOdooRestoredWhileWorkIsLeft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	backup := b.odoo.Backup()
	b.pass(store.ClockSlack + time.Second) // less of it could be a clock that was set back
	reprice(b, open, 25)
	b.fetch(w) // read, not carried
	b.odoo.Restore(backup)
	require.Contains(t, b.held(w), "of the 2 purchase order records changed last in Odoo 1 are older than they were, 0 are other records with the same number and 0 are gone (purchase order 2 P00002 was written")
	require.Equal(t, "pending", b.carry(w, order, open).Outcome, "a run that is under way writes nothing either")
	require.Empty(t, b.writes())

	b.rebind(nil, activities.RebindOptions{})
	b.cycle(w)
	require.Equal(t, books, b.holds())
	b.still(w)
}

// The tenant is pointed at a copy of Odoo, while Procore is the real one.
func TestCopyOfOdooPointedAtProduction(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	production, productionFile := b.odoo, b.file
	staging := b.copyOfOdoo()
	url, _ := front(t, staging)

	b.odoo = staging
	reprice(b, open, 999)
	b.odoo = production
	_, err := b.store.RaiseWant(t.Context(), b.tenant, order, []int64{open}, "asked for", 1)
	require.NoError(t, err)
	b.file.Odoo.URL = url
	b.saveTenant()
	require.Equal(t, "pending", b.carry(w, order, open).Outcome, "not even before a cycle has looked")
	require.Contains(t, b.held(w), "the Odoo server is now "+url+", what was sent belongs to "+productionFile.Odoo.URL)

	// It was a mistake: the right file, and everything is as it was.
	identity := activities.NewIdentity(b.store, nil, "")
	seen, err := identity.Reconsider(t.Context(), b.connection())
	require.NoError(t, err)
	require.NotEmpty(t, seen)
	b.file = productionFile
	b.saveTenant()
	seen, err = identity.Reconsider(t.Context(), b.connection())
	require.NoError(t, err)
	require.Empty(t, seen)
	require.NoError(t, b.store.SetTenantState(t.Context(), b.tenant, store.StateActive, ""))
	b.cycle(w)
	require.Equal(t, books, b.holds())
	b.still(w)
}

// The copy is meant: with a company of its own it gets documents of its own, with origin ids that production never has.
func TestCopyOfOdooInANewEpoch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		same bool // the copy is pointed at production's company
	}{{"a company of its own", false}, {"production's company", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			w := b.worker("one")
			kept(b, w)
			production := b.procore
			b.odoo = b.copyOfOdoo()
			b.file.Odoo.URL, _ = front(t, b.odoo)
			if !c.same {
				b.another(func(cfg *procoretest.Config) { cfg.CompanyID = 9999 })
				url, _ := front(t, b.procore)
				b.file.Procore.LoginURL, b.file.Procore.APIURL, b.file.Procore.CompanyID = url, url, 9999
			}
			b.saveTenant()
			b.held(w)
			done, counts := b.rebind(nil, activities.RebindOptions{NewEpoch: true})
			require.Equal(t, 2, counts["commitment"].LetGo)
			require.Len(t, done.LetGo, 6)
			b.cycle(w)
			require.Equal(t, books, b.holds())
			if c.same {
				require.Empty(t, b.writes(), "nothing is doubled, and nothing of production's is touched")
				require.Equal(t, []string{"commitment.exists:purchase.order/1"}, b.waits(order, 1))
				return
			}
			for _, r := range production.Journal() {
				require.False(t, r.Write, r.Operation)
			}
			taken := originIDs(production)
			for id := range originIDs(b.procore) {
				require.True(t, strings.HasPrefix(id, "odoo:x1:2:"), id)
				require.NotContains(t, taken, id)
			}
			b.still(w)
		})
	}
}

// copyOfOdoo is a second server with the same database.
func (b *bundle) copyOfOdoo() *odootest.Server {
	original := b.odoo.Backup()
	before := b.odoo
	b.seedOdoo()
	second := b.odoo
	second.Restore(original)
	b.odoo = before
	return second
}

func originIDs(s *procoretest.Server) map[string]bool {
	ids := map[string]bool{}
	state := s.State()
	for _, c := range state.Commitments {
		ids[c.OriginID] = true
	}
	for _, q := range state.Requisitions {
		ids[q.OriginID] = true
	}
	for _, d := range state.DirectCosts {
		ids[d.OriginID] = true
	}
	return ids
}

// The database's identifier tells a copy behind the same address.
func TestOdooUUIDChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	admin := odootest.New(odootest.Config{
		Database: "acme", Users: []odootest.User{{Login: "bot", Key: apiKey, KeyScopeOK: true, Groups: []string{"purchase", "billing", "analytic", "system"}}},
		Now: b.clock,
	})
	admin.Restore(b.odoo.Backup())
	b.odoo = admin
	b.file.Odoo.URL, _ = front(t, admin)
	b.saveTenant()
	uuid := b.create("ir.config_parameter", values{"key": "database.uuid", "value": "aaaa-1"})
	open := kept(b, w)
	b.do("ir.config_parameter", "write", uuid, values{"value": "bbbb-2"})
	reprice(b, open, 21)
	require.Contains(t, b.held(w), "Odoo's database has the identifier (database.uuid) bbbb-2, what was sent belongs to aaaa-1")
	b.rebind(nil, activities.RebindOptions{})
	b.cycle(w)
	require.Equal(t, "P00002 on Mill Approved: 03 30 00.L 21.00", b.holds()[2])
	b.still(w)
}

// Procore is another one: by the settings, by the app, or behind the same address and ids.
func TestProcoreCompanySwapped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, reason string
		swap         func(b *bundle, exchange func(http.Handler))
	}{
		{"company", "the Procore company is now 9999, what was sent belongs to 4567", func(b *bundle, exchange func(http.Handler)) {
			b.another(func(cfg *procoretest.Config) { cfg.CompanyID = 9999 })
			exchange(b.procore)
			b.file.Procore.CompanyID = 9999
			b.saveTenant()
		}},
		{"zone", "the Procore server is now http://", func(b *bundle, _ func(http.Handler)) {
			b.another(func(*procoretest.Config) {})
			url, _ := front(b.t, b.procore)
			b.file.Procore.LoginURL, b.file.Procore.APIURL = url, url
			b.saveTenant()
		}},
		{"overwritten", "none of the 4 documents that were written last is in company 4567 of Procore", func(b *bundle, exchange func(http.Handler)) {
			b.another(func(*procoretest.Config) {})
			exchange(b.procore)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			url, exchange := front(t, b.procore)
			b.file.Procore.LoginURL, b.file.Procore.APIURL = url, url
			b.saveTenant()
			w := b.worker("one")
			open := kept(b, w)
			c.swap(b, exchange)
			reprice(b, open, 30)
			require.Contains(t, b.held(w), c.reason)
			require.Empty(t, b.holds())

			_, counts := b.rebind(nil, activities.RebindOptions{})
			require.Equal(t, activities.SurveyKind{Bound: 2, Missing: 2}, counts["commitment"])
			b.cycle(w)
			want := append([]string{}, books...)
			want[2] = "P00002 on Mill Approved: 03 30 00.L 30.00"
			require.Equal(t, want, b.holds())
			require.Equal(t, []string{"Boulder Concrete LLC", "Peak Supply"}, b.vendors())
			b.still(w)
		})
	}
}

// Another app on the same company: every document is there, and nothing is written again.
func TestProcoreAppSwapped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	kept(b, w)
	url, _ := front(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/oauth/") { // both apps are installed
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			body = bytes.Replace(body, []byte("another-app"), []byte(b.tenant), 1)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}
		b.procore.ServeHTTP(w, r)
	}))
	b.file.Procore.LoginURL = url
	b.saveTenant()
	b.credential("procore", activities.ProcoreCredentials{ClientID: "another-app", ClientSecret: "secret"})
	require.Equal(t, "the Procore app is now another-app, what was sent belongs to "+b.tenant, b.held(w))
	_, counts := b.rebind(nil, activities.RebindOptions{})
	require.Equal(t, map[string]activities.SurveyKind{
		"vendor": {Bound: 2, Found: 2}, "commitment": {Bound: 2, Found: 2}, "requisition": {Bound: 1, Found: 1}, "direct_cost": {Bound: 1, Found: 1},
	}, counts)
	b.cycle(w)
	require.Empty(t, b.writes())
	require.Equal(t, books, b.holds())
	b.still(w)
}

// People delete single documents in Procore: that is no other company.
func TestDeletedDocumentIsNoSwap(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	for _, d := range b.procore.State().DirectCosts {
		b.edit(procoretest.Edit{Resource: "direct_costs", ID: d.ID, Delete: true})
	}
	reprice(b, open, 31)
	b.cycle(w)
	require.Contains(t, b.holds(), "P00002 on Mill Approved: 03 30 00.L 31.00")
}

// A record that has another creation date than the one that was sent waits for a person, whatever a cycle saw.
func TestIdentityChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	_, err := b.store.Pool().Exec(t.Context(), `UPDATE bindings SET create_date = create_date - interval '1 day' WHERE tenant = $1 AND model = $2 AND odoo_id = $3`,
		b.tenant, order, open)
	require.NoError(t, err)
	reprice(b, open, 33)
	b.cycle(w)
	require.Equal(t, []string{"identity.changed:purchase.order/" + itoa(open)}, b.waits(order, open))
	require.Empty(t, b.writes())
}
