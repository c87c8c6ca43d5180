package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func TestMain(m *testing.M) { devtest.Main(m) }

const (
	acme    = "acme"
	partner = "res.partner"
	order   = "purchase.order"
	bill    = "account.move"
)

// bundle is a tenant in a database of its own.
type bundle struct {
	*store.Store
	t   *testing.T
	ctx context.Context //nolint:containedctx // the test's own
}

func setup(t *testing.T) *bundle {
	t.Helper()
	url := devtest.Migrated(t, store.Migrate)
	s, err := store.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	_, err = s.SaveTenant(t.Context(), store.TenantChange{Name: acme, Settings: []byte(`{}`), OriginPrefix: "x1", By: "ann"})
	require.NoError(t, err)
	return &bundle{Store: s, t: t, ctx: t.Context()}
}

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func doc(model string, id int64, content string) store.Snapshot {
	return store.Snapshot{
		Model: model, ID: id, Ref: fmt.Sprintf("%s-%d", model, id), Company: 1, WriteDate: epoch, CreateDate: epoch, Content: []byte(content), Wanted: model != partner,
	}
}

func (b *bundle) read(snapshots ...store.Snapshot) (changed int) {
	b.t.Helper()
	require.NoError(b.t, b.InTx(b.ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockModel(ctx, acme, snapshots[0].Model); err != nil {
			return err
		}
		ids, err := tx.UpsertSnapshots(ctx, acme, snapshots)
		changed = len(ids)
		return err
	}))
	return changed
}

func (b *bundle) record(model string, id int64) store.Record {
	b.t.Helper()
	r, err := b.Record(b.ctx, acme, model, id)
	require.NoError(b.t, err)
	return r
}

func (b *bundle) want(model string, id, want, done int64) {
	b.t.Helper()
	r := b.record(model, id)
	require.Equal(b.t, []int64{want, done}, []int64{r.Want, r.Done}, "want and done of %s %d", model, id)
}

func (b *bundle) park(model string, id, want int64, causes ...string) store.ParkResult {
	b.t.Helper()
	waits := make([]store.Wait, 0, len(causes))
	for _, c := range causes {
		waits = append(waits, store.Wait{Cause: c})
	}
	r, err := b.Park(b.ctx, acme, model, id, want, waits)
	require.NoError(b.t, err)
	return r
}

func (b *bundle) parked(model string, id, want int64, causes ...string) {
	b.t.Helper()
	r := b.park(model, id, want, causes...)
	require.True(b.t, r.Parked)
	require.ElementsMatch(b.t, causes, r.Open)
}

// free settles causes, as those functions do that hold their locks, and counts the records that it frees.
func (b *bundle) free(causes ...string) (records int) {
	b.t.Helper()
	require.NoError(b.t, b.Pool().QueryRow(b.ctx, `SELECT free_waits($1, $2)`, acme, causes).Scan(&records))
	return records
}

func (b *bundle) finish(model string, id, want int64) (stale bool) {
	b.t.Helper()
	stale, err := b.Finish(b.ctx, acme, model, id, want, "synced", store.Audit{Actor: "worker"})
	require.NoError(b.t, err)
	return stale
}

func (b *bundle) waits(model string, id int64) []string {
	b.t.Helper()
	list, err := b.Waits(b.ctx, acme, model, id)
	require.NoError(b.t, err)
	causes := make([]string, 0, len(list))
	for _, w := range list {
		causes = append(causes, w.Cause)
	}
	return causes
}

func (b *bundle) offered() []string {
	b.t.Helper()
	list, err := b.Offer(b.ctx, acme, 100, time.Minute)
	require.NoError(b.t, err)
	names := make([]string, 0, len(list))
	for _, o := range list {
		names = append(names, fmt.Sprintf("%s/%d", o.Model, o.ID))
	}
	return names
}

func (b *bundle) exec(sql string, args ...any) {
	b.t.Helper()
	_, err := b.Pool().Exec(b.ctx, sql, args...)
	require.NoError(b.t, err)
}

// blocked returns once so many statements of this database wait for an advisory lock or a row.
func (b *bundle) blocked(n int) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		var waiting int
		err := b.Pool().QueryRow(b.ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		return err == nil && waiting >= n
	}, 10*time.Second, 5*time.Millisecond)
}
