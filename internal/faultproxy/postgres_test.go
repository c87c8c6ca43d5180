package faultproxy_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/faultproxy"
)

const insert = "INSERT INTO effects VALUES ($1)"

// database is a pool through a proxy, and a connection beside it that sees the effects.
type database struct {
	*bundle

	pool   *pgxpool.Pool
	beside *pgx.Conn
}

func newDatabase(t *testing.T) *database {
	t.Helper()
	direct := devtest.Database(t)
	u, err := url.Parse(direct)
	require.NoError(t, err)
	d := &database{bundle: setup(t, faultproxy.Postgres, u.Host)}
	through, err := d.URL(direct)
	require.NoError(t, err)
	d.beside, err = pgx.Connect(t.Context(), direct)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.beside.Close(context.WithoutCancel(t.Context()))) })
	_, err = d.beside.Exec(t.Context(), `CREATE TABLE effects (n int)`)
	require.NoError(t, err)
	d.pool, err = pgxpool.New(t.Context(), through)
	require.NoError(t, err)
	t.Cleanup(d.pool.Close)
	return d
}

func (d *database) insert(ctx context.Context, n int) error {
	_, err := d.pool.Exec(ctx, insert, n)
	return err
}

func (d *database) effects() []int {
	d.t.Helper()
	rows, err := d.beside.Query(d.t.Context(), `SELECT n FROM effects ORDER BY n`)
	require.NoError(d.t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(d.t, err)
	return list
}

func TestPostgresPassesOn(t *testing.T) {
	d := newDatabase(t)
	require.NoError(t, d.insert(t.Context(), 1))
	require.NoError(t, d.insert(t.Context(), 2)) // a statement that is prepared already
	require.NoError(t, pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), insert, 3)
		return err
	}))
	require.Equal(t, []string{insert, insert, "begin", insert, "commit"}, d.texts(faultproxy.Before))
	require.Equal(t, d.texts(faultproxy.Before), d.texts(faultproxy.After))
	require.Equal(t, []int{1, 2, 3}, d.effects())

	_, err := d.pool.Exec(t.Context(), "SELEC")
	var refused *pgconn.PgError
	require.ErrorAs(t, err, &refused)
}

func TestPostgresBatchCopyAndRows(t *testing.T) {
	d := newDatabase(t)
	batch := &pgx.Batch{}
	batch.Queue(insert, 1)
	batch.Queue(insert, 2)
	batch.Queue("SELECT count(*) FROM effects")
	require.NoError(t, d.pool.SendBatch(t.Context(), batch).Close())
	require.Equal(t, []string{insert, insert, "SELECT count(*) FROM effects"}, d.texts(faultproxy.After))

	var many [][]any
	for n := range 20000 {
		many = append(many, []any{n})
	}
	copied, err := d.pool.CopyFrom(t.Context(), pgx.Identifier{"effects"}, []string{"n"}, pgx.CopyFromRows(many))
	require.NoError(t, err)
	require.Equal(t, int64(len(many)), copied)
	require.True(t, slices.ContainsFunc(d.texts(faultproxy.After), func(sql string) bool { return strings.HasPrefix(sql, "copy") }))

	rows, err := d.pool.Query(t.Context(), `SELECT n FROM effects`)
	require.NoError(t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(t, err)
	require.Len(t, list, len(many)+2)
}

// A pipeline asks for answers by Flush, before its end.
func TestPostgresFlush(t *testing.T) {
	d := newDatabase(t)
	c, err := d.pool.Acquire(t.Context())
	require.NoError(t, err)
	defer c.Release()
	pipeline := c.Conn().PgConn().StartPipeline(t.Context())
	pipeline.SendQueryParams("INSERT INTO effects VALUES (1)", nil, nil, nil, nil)
	pipeline.SendFlushRequest()
	require.NoError(t, pipeline.Flush())
	results, err := pipeline.GetResults()
	require.NoError(t, err)
	reader, ok := results.(*pgconn.ResultReader)
	require.True(t, ok)
	_, err = reader.Close()
	require.NoError(t, err)
	require.Empty(t, d.effects(), "the pipeline has not ended")
	require.NoError(t, pipeline.Sync())
	require.NoError(t, pipeline.Close())
	require.Equal(t, []int{1}, d.effects())
}

func TestPostgresCut(t *testing.T) {
	for moment, effects := range map[faultproxy.Moment][]int{faultproxy.Before: {1}, faultproxy.After: {1, 2}} {
		t.Run(moment.String(), func(t *testing.T) {
			d := newDatabase(t)
			require.NoError(t, d.insert(t.Context(), 1))
			d.rule(at(moment, insert, faultproxy.Action{Cut: true}))
			require.Error(t, d.insert(t.Context(), 2))
			require.Equal(t, effects, d.effects())
			d.SetRule(nil)
			require.NoError(t, d.insert(t.Context(), 3))
		})
	}
}

// A connection that is cut takes its transaction with it, but not a commit that was done.
func TestPostgresCutInATransaction(t *testing.T) {
	for _, c := range []struct {
		moment  faultproxy.Moment
		text    string
		effects []int
	}{{faultproxy.After, insert, nil}, {faultproxy.Before, "commit", nil}, {faultproxy.After, "commit", []int{1}}} {
		t.Run(c.moment.String()+" "+c.text, func(t *testing.T) {
			d := newDatabase(t)
			d.rule(at(c.moment, c.text, faultproxy.Action{Cut: true}))
			require.Error(t, pgx.BeginFunc(t.Context(), d.pool, func(tx pgx.Tx) error {
				_, err := tx.Exec(t.Context(), insert, 1)
				return err
			}))
			require.ElementsMatch(t, c.effects, d.effects())
		})
	}
}

func TestPostgresHold(t *testing.T) {
	for moment, effects := range map[faultproxy.Moment][]int{faultproxy.Before: {}, faultproxy.After: {1}} {
		t.Run(moment.String(), func(t *testing.T) {
			d := newDatabase(t)
			hold := make(chan struct{})
			d.rule(at(moment, insert, faultproxy.Action{Hold: hold}))
			finished := make(chan error, 1)
			go func() { finished <- d.insert(t.Context(), 1) }()
			eventually(t, func() bool { return len(d.texts(moment)) == 1 }, "the message comes")
			require.ElementsMatch(t, effects, d.effects())
			select {
			case err := <-finished:
				require.Fail(t, "the answer passed", err)
			default:
			}
			close(hold)
			require.NoError(t, <-finished)
			require.Equal(t, []int{1}, d.effects())
		})
	}
}

// A cancel request is a connection of its own.
func TestPostgresCancelRequest(t *testing.T) {
	d := newDatabase(t)
	cancelled, err := pgx.ConnectConfig(t.Context(), d.pool.Config().ConnConfig)
	require.NoError(t, err)
	defer func() { require.NoError(t, cancelled.Close(context.WithoutCancel(t.Context()))) }()
	finished := make(chan error, 1)
	go func() {
		_, err := cancelled.Exec(t.Context(), "SELECT pg_sleep(600)")
		finished <- err
	}()
	running := func() (n int) {
		require.NoError(t, d.beside.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND datname = current_database()
			AND state = 'active'`).Scan(&n))
		return n
	}
	eventually(t, func() bool { return running() == 1 }, "the statement runs")
	require.NoError(t, cancelled.PgConn().CancelRequest(t.Context()))
	var refused *pgconn.PgError
	require.ErrorAs(t, <-finished, &refused)
	require.Equal(t, "57014", refused.Code) // query_canceled
}

func TestPostgresDownAndUp(t *testing.T) {
	d := newDatabase(t)
	require.NoError(t, d.insert(t.Context(), 1))
	d.Down()
	require.Error(t, d.insert(t.Context(), 2))
	require.Error(t, d.insert(t.Context(), 3))
	require.Zero(t, d.Open())
	backends := func() (n int) {
		require.NoError(t, d.beside.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()`).Scan(&n))
		return n
	}
	eventually(t, func() bool { return backends() == 1 }, "the server's end is closed, too")
	d.Up()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, d.insert(ctx, 4))
	require.Equal(t, []int{1, 4}, d.effects())
}
