package activities_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// ownDatabase is a bundle with a database of its own, which can be backed up and restored.
func ownDatabase(t *testing.T) *bundle {
	t.Helper()
	address := devtest.Database(t)
	require.NoError(t, store.Migrate(t.Context(), address))
	return setupIn(t, address)
}

// backup copies the database and returns what restores it: the old one is dropped, as by a person, and the copy takes
// its name. Connections are cut.
func (b *bundle) backup() (restore func()) {
	b.t.Helper()
	own, err := url.Parse(b.url)
	require.NoError(b.t, err)
	name := strings.TrimPrefix(own.Path, "/")
	saved := "backup_" + strings.ToLower(rand.Text()[:12])
	b.admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '`+name+`'`, `CREATE DATABASE `+saved+` TEMPLATE `+name)
	b.t.Cleanup(func() { b.admin(`DROP DATABASE ` + saved) })
	return func() {
		b.t.Helper()
		b.procore.ResetJournal() // the rows of these requests are lost with the database
		b.admin(`DROP DATABASE `+name+` WITH (FORCE)`, `CREATE DATABASE `+name+` TEMPLATE `+saved)
		b.store.Pool().Reset()
	}
}

func (b *bundle) admin(statements ...string) {
	b.t.Helper()
	ctx := context.WithoutCancel(b.t.Context())
	conn, err := pgx.Connect(ctx, devtest.Postgres(b.t).DatabaseURL)
	require.NoError(b.t, err)
	defer func() { require.NoError(b.t, conn.Close(ctx)) }()
	for _, sql := range statements {
		_, err := conn.Exec(ctx, sql)
		require.NoError(b.t, err, sql)
	}
}

// since is what happens after the backup: an order that is changed, a new one, a second bill of the billed order, and
// two direct costs, of which one is cancelled in Odoo while the database is away.
func since(b *bundle, w worker, open int64) (want []string) {
	b.t.Helper()
	b.do("purchase.order.line", "write", b.ids(order, open, "order_line")[0], values{"analytic_distribution": values{distribution(b.mill, b.concrete): 100}})
	b.order(b.peak, share{amount: 5, project: b.mill, code: b.labor})
	line := b.ids(order, 1, "order_line")[0]
	b.bill("in_invoice", b.peak, "INV-2", "2026-03-12", nil, share{amount: 10, project: b.tower, code: b.concrete, of: line})
	b.bill("in_invoice", b.peak, "INV-3", "2026-03-13", nil, share{amount: 11, project: b.tower, code: b.concrete, of: line})
	b.bill("in_invoice", b.peak, "D-2", "2026-03-12", nil, share{amount: 9, project: b.mill, code: b.labor})
	cancelled := b.bill("in_invoice", b.peak, "D-3", "2026-03-12", nil, share{amount: 3, project: b.mill, code: b.labor})
	b.cycle(w)
	want = []string{
		"INV-1 bills P00001 approved #1: 03 30 00.M 40.00",
		"INV-2 bills P00001 approved #2: 03 30 00.M 10.00",
		"INV-3 bills P00001 approved #3: 03 30 00.M 11.00",
		"P00001 on Tower Approved: 03 30 00.M 100.00",
		"P00002 on Mill Approved: 03 30 00.M 20.00",
		"P00003 on Mill Approved: 03 30 00.L 5.00",
		"invoice D-1 on Tower approved: 03 30 00.L 7.50",
		"invoice D-2 on Mill approved: 03 30 00.L 9.00",
	}
	require.Equal(b.t, append(append([]string{}, want...), "invoice D-3 on Mill approved: 03 30 00.L 3.00"), b.holds())
	cancelBill(b, cancelled)
	return want
}

// found is what a rebind finds after since: what is unknown is adopted, what was changed is corrected.
func found(t *testing.T, counts map[string]activities.SurveyKind) {
	t.Helper()
	require.Equal(t, map[string]activities.SurveyKind{
		"vendor": {Bound: 2, Found: 2}, "commitment": {Bound: 2, Found: 1, Corrected: 1, Adopted: 1},
		"requisition": {Bound: 1, Found: 1, Adopted: 2}, "direct_cost": {Bound: 1, Found: 1, Adopted: 2},
	}, counts)
}

// Our own database is restored from a dump; Procore holds what it does not know.
func TestOwnDatabaseRestored(t *testing.T) {
	t.Parallel()
	b := ownDatabase(t)
	open := kept(b, b.worker("one"))
	restore := b.backup()
	want := since(b, b.worker("two"), open)
	restore()
	w := b.worker("three")
	require.Contains(t, b.held(w), "the connector's own database is not the one in which cycle 1 of this tenant ran: it was restored, copied or moved")

	seen, err := activities.NewIdentity(b.store, nil, "").Reconsider(t.Context(), b.connection())
	require.NoError(t, err)
	require.Len(t, seen, 1, "it does not go on by being resumed")

	_, counts := b.rebind(nil, activities.RebindOptions{})
	found(t, counts)
	b.cycle(w)
	require.Equal(t, want, b.holds())
	b.still(w)
}

// What Procore was found to hold is the way back from then on, of an order that was corrected and of one that was adopted.
func TestWayBackAfterARebind(t *testing.T) {
	t.Parallel()
	b := ownDatabase(t)
	open := kept(b, b.worker("one"))
	restore := b.backup()
	want := since(b, b.worker("two"), open)
	restore()
	w := b.worker("three")
	b.held(w)
	b.rebind(nil, activities.RebindOptions{})
	b.cycle(w)
	require.Equal(t, want, b.holds())
	for _, id := range []int64{open, open + 1} {
		reprice(b, id, 150)
		b.fetch(w)
		var once atomic.Bool
		b.procore.SetHook(procoretest.Hook{Before: always(syncLines, 1, func() *procoretest.Fault {
			if once.Swap(true) {
				return nil
			}
			return &procoretest.Fault{Status: http.StatusUnprocessableEntity, Body: refusal}
		})})
		require.Equal(t, []string{"procore.rejected:purchase.order/" + itoa(id)}, b.carry(w, order, id).Causes)
		require.True(t, once.Load())
		require.Equal(t, want, b.holds())
	}
}

// A run that was under way when the database went carries a plan that is lost: it writes nothing, neither before the
// next cycle has looked nor after, when another record's plan has its number.
func TestOwnDatabaseRestoredUnderARun(t *testing.T) {
	t.Parallel()
	b := ownDatabase(t)
	open := kept(b, b.worker("one"))
	restore := b.backup()
	w := b.worker("two")
	reprice(b, open, 26)
	b.fetch(w)
	planned, err := w.Records.Resolve(t.Context(), activities.RecordRef{Tenant: b.tenant, Model: order, ID: open})
	require.NoError(t, err)
	require.NotZero(t, planned.PlanID)
	restore()

	w = b.worker("three")
	ref := activities.StepRef{RecordRef: activities.RecordRef{Tenant: b.tenant, Model: order, ID: open}, Want: planned.Want, PlanID: planned.PlanID}
	_, err = w.Records.WriteHeader(t.Context(), ref)
	require.ErrorContains(t, err, "is not one of this record's")
	parked, err := w.Records.Park(t.Context(), activities.ParkInput{RecordRef: ref.RecordRef, Want: ref.Want, Type: "plan.lost"})
	require.NoError(t, err)
	require.True(t, parked.Stale, "the run ends as pending")
	_, err = b.store.RaiseWant(t.Context(), b.tenant, order, []int64{open}, "asked for", 1)
	require.NoError(t, err)
	finished, err := w.Records.Finish(t.Context(), activities.FinishInput{RecordRef: ref.RecordRef, Want: ref.Want, PlanID: ref.PlanID})
	require.NoError(t, err)
	require.True(t, finished.Stale, "that is another version by now, under the same number")
	require.Equal(t, "pending", b.carry(w, order, open).Outcome)
	require.True(t, b.row().Held, "the run itself has seen it")
	require.Empty(t, b.writes())

	b.rebind(nil, activities.RebindOptions{})
	b.cycle(w)
	require.Equal(t, "P00002 on Mill Approved: 03 30 00.L 26.00", b.holds()[2])
	b.still(w)
}

// A snapshot of the disk leaves no trace inside of the database; Temporal remembers that more cycles have run.
func TestOwnDatabaseRestoredFromASnapshot(t *testing.T) {
	t.Parallel()
	b := ownDatabase(t)
	open := kept(b, b.worker("one"))
	p := b.start()
	p.sync()
	restore := b.backup()
	p.sync()
	want := since(b, b.worker("two"), open)
	restore()
	_, err := b.store.Pool().Exec(t.Context(), `UPDATE tenants SET home = database_home()`)
	require.NoError(t, err)

	fetched, err := p.poll()
	require.NoError(t, err)
	require.True(t, fetched.Paused)
	require.Contains(t, b.row().PausedReason, "the connector's own database has seen 2 cycles of this tenant and Temporal remembers 3: it was restored to an older state")
	require.Empty(t, b.writes())

	_, counts := b.rebind(p.client, activities.RebindOptions{})
	found(t, counts)
	p.sync()
	require.Equal(t, want, b.holds())
	p.sync()
	require.Equal(t, store.StateActive, b.row().State)
}

// A restart of the database server alone is no restore: the run looks for itself, and goes on.
func TestDatabaseServerRestarted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.worker("one")
	open := kept(b, w)
	reprice(b, open, 27)
	b.fetch(w)
	_, err := b.store.Pool().Exec(t.Context(), `UPDATE tenants SET verified_at = '2000-01-01' WHERE tenant = $1`, b.tenant)
	require.NoError(t, err)
	grant, err := b.store.BeginSend(t.Context(), store.SendIntent{Tenant: b.tenant, Subject: "x", Part: "1", Operation: "write", Settle: settle})
	require.NoError(t, err)
	require.Equal(t, store.SendGrant{Held: true}, grant)
	require.Equal(t, "synced", b.carry(w, order, open).Outcome)
	b.still(w)
}
