package store_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ml-connector/odoo-procore/internal/store"
)

// held runs SQL in a transaction that stays open until commit is called: the barrier of the races below.
func (b *bundle) held(sql string, args ...any) (commit func()) {
	b.t.Helper()
	tx, err := b.Pool().Begin(b.ctx)
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = tx.Rollback(context.WithoutCancel(b.ctx)) })
	_, err = tx.Exec(b.ctx, sql, args...)
	require.NoError(b.t, err)
	return func() {
		b.t.Helper()
		require.NoError(b.t, tx.Commit(b.ctx))
	}
}

const mapping7 = `SELECT save_mappings('acme', 'ann', '[{"odoo_id": 7, "procore_project": 55}]', '[]')`

func TestSaverWaitsForParkers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{}`), doc(order, 2, `{}`))
	const parkSQL = `SELECT park('acme', 'purchase.order', $1, 1, '[{"cause": "mapping.project:account.analytic.account/7"}]')`
	first, second := b.held(parkSQL, 1), b.held(parkSQL, 2) // parkers do not hold each other up
	var several errgroup.Group
	var result store.MappingResult
	several.Go(func() (err error) {
		result, err = b.SaveMappings(t.Context(), acme, "ann", []store.ProjectMapping{{OdooID: 7, ProcoreProject: 55}}, nil)
		return err
	})
	b.blocked(1)
	first()
	second()
	require.NoError(t, several.Wait())
	require.Equal(t, 2, result.Released, "no wake-up is lost")
	require.Len(t, b.offered(), 2)
}

func TestParkersSeeWhatWasSaved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{}`), doc(order, 2, `{}`))
	commit := b.held(mapping7)
	var several errgroup.Group
	results := make([]store.ParkResult, 2)
	for i := range results {
		several.Go(func() (err error) {
			results[i], err = b.Park(t.Context(), acme, order, int64(i+1), 1, []store.Wait{{Cause: "mapping.project:account.analytic.account/7"}})
			return err
		})
	}
	b.blocked(2)
	commit()
	require.NoError(t, several.Wait())
	require.Equal(t, []store.ParkResult{{Open: []string{}}, {Open: []string{}}}, results)
}

func TestFinishAgainstAParker(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 42, `{}`))
	b.read(doc(bill, 1, `{}`))
	commit := b.held(`SELECT finish('acme', 'purchase.order', 42, 1, 'synced', '{}')`)
	var several errgroup.Group
	var result store.ParkResult
	several.Go(func() (err error) {
		result, err = b.Park(t.Context(), acme, bill, 1, 1, []store.Wait{{Cause: "dep:purchase.order/42"}})
		return err
	})
	b.blocked(1)
	commit()
	require.NoError(t, several.Wait())
	require.False(t, result.Parked)
}

func TestFinishAgainstNewContent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 42, `{"a": 1}`))
	b.read(doc(bill, 1, `{}`))
	b.parked(bill, 1, 1, "dep:purchase.order/42")
	commit := b.held("UPDATE records SET want = want + 1 WHERE model = 'purchase.order'")
	var several errgroup.Group
	var stale bool
	several.Go(func() (err error) {
		stale, err = b.Finish(t.Context(), acme, order, 42, 1, "synced", store.Audit{})
		return err
	})
	b.blocked(1)
	commit()
	require.NoError(t, several.Wait())
	require.True(t, stale, "no change is lost")
	b.want(order, 42, 2, 1)
	require.Len(t, b.waits(bill, 1), 1)
}

func TestOneSendAtATime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{}`))
	raw, err := json.Marshal(map[string]any{
		"tenant": acme, "subject": "purchase.order/1", "part": "55", "operation": "write", "model": order, "odoo_id": 1, "want": 1, "settle_seconds": 60,
	})
	require.NoError(t, err)
	commit := b.held("SELECT begin_send($1)", raw)
	var several errgroup.Group
	grants := make([]store.SendGrant, 3)
	for i := range grants {
		several.Go(func() (err error) {
			grants[i], err = b.BeginSend(t.Context(), intent(order, "purchase.order/1", 1, 1))
			return err
		})
	}
	b.blocked(3)
	commit()
	require.NoError(t, several.Wait())
	for _, g := range grants {
		require.Zero(t, g.ID)
		require.False(t, g.BusyUntil.IsZero())
	}
}

// A mapping is saved while a document that it touches is being stored: the document must not be missed.
func TestSavedMappingAgainstNewDocument(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var several errgroup.Group
	var result store.MappingResult
	require.NoError(t, b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.UpsertSnapshots(ctx, acme, []store.Snapshot{doc(order, 1, `{"lines": [{"distribution": [{"accounts": [7]}]}]}`)}); err != nil {
			return err
		}
		several.Go(func() (err error) {
			result, err = b.SaveMappings(t.Context(), acme, "ann", []store.ProjectMapping{{OdooID: 7, ProcoreProject: 55}}, nil)
			return err
		})
		b.blocked(1)
		return nil
	}))
	require.NoError(t, several.Wait())
	require.Equal(t, 1, result.Raised)
	b.want(order, 1, 2, 0)
}

func TestReadersOfAModelTakeTurns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var several errgroup.Group
	require.NoError(t, b.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		require.NoError(t, tx.LockModel(ctx, acme, order))
		several.Go(func() error { // an older read, begun later, must wait
			return b.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.LockModel(ctx, acme, order) })
		})
		require.NoError(t, b.InTx(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.LockModel(ctx, acme, bill) }))
		b.blocked(1)
		return nil
	}))
	require.NoError(t, several.Wait())
}

// Many parkers, finishers and savers at once: afterwards nobody waits for what is settled.
func TestNobodyWaitsForWhatIsSettled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const orders = 8
	for id := int64(1); id <= orders; id++ {
		b.read(doc(order, id, `{}`))
		b.read(doc(bill, id, `{}`))
	}
	var several errgroup.Group
	for id := int64(1); id <= orders; id++ {
		several.Go(func() error {
			_, err := b.Park(t.Context(), acme, bill, id, 1, []store.Wait{
				{Cause: "mapping.project:account.analytic.account/7"}, {Cause: dep(order, id)}, {Cause: dep(order, orders+1-id)}, {Cause: dep(bill, orders+1-id+orders)},
			})
			return err
		})
		several.Go(func() error {
			_, err := b.Finish(t.Context(), acme, order, id, 1, "synced", store.Audit{})
			return err
		})
	}
	several.Go(func() error {
		_, err := b.SaveMappings(t.Context(), acme, "ann", []store.ProjectMapping{{OdooID: 7, ProcoreProject: 55}}, nil)
		return err
	})
	require.NoError(t, several.Wait())
	var left int
	err := b.Pool().QueryRow(t.Context(), `SELECT count(*) FROM record_waits WHERE NOT cause_is_open(tenant, cause)`).Scan(&left)
	require.NoError(t, err)
	require.Zero(t, left)
}

// A worker that is gone between its begin and its commit leaves nothing.
func TestDeadTransactionLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.read(doc(order, 1, `{}`))
	conn, err := pgx.ConnectConfig(t.Context(), b.Pool().Config().ConnConfig)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), "BEGIN")
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `SELECT park('acme', 'purchase.order', 1, 1, '[{"cause": "x:1"}]')`)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	require.Eventually(t, func() bool { return len(b.offered()) == 1 }, 10*time.Second, 10*time.Millisecond)
	require.Empty(t, b.waits(order, 1))
}
