package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/ml-connector/odoo-procore/internal/store/db"
)

var (
	// ErrNotFound says that the named row is not there.
	ErrNotFound = errors.New("not found")
	// ErrUnknownTenant says that no tenant of this name was applied.
	ErrUnknownTenant = errors.New("unknown tenant")
	// ErrNoCredential says that no credentials of this system were entered.
	ErrNoCredential = errors.New("no credentials")
)

// How many connections a store opens at most, if the URL does not say (pool_max_conns, for each of the two).
const (
	shortConns = 12
	longConns  = 8
)

// Store is the database. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	q    *db.Queries
	// long is for transactions that are held over a call to Odoo or Procore, or that wait for such a one: they must
	// not take the connections that whoever holds them needs to go on.
	long *pgxpool.Pool
	sent func(tenant, operation, result string)
}

// Watch is who is told what the store does; nil is told nothing.
type Watch struct {
	// Tracer hears of each statement.
	Tracer pgx.QueryTracer
	// Sent hears of each write to Procore that is finished, with its result in sends.
	Sent func(tenant, operation, result string)
}

// Open connects to the database of url. The schema is not looked at: see CheckVersion.
func Open(ctx context.Context, url string) (*Store, error) { return OpenWatched(ctx, url, Watch{}) }

// OpenWatched is Open for a process that somebody looks into.
func OpenWatched(ctx context.Context, url string, watch Watch) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("reading the database URL: %w", err)
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 10 * time.Second
	}
	if _, ok := config.ConnConfig.RuntimeParams["application_name"]; !ok {
		config.ConnConfig.RuntimeParams["application_name"] = "ml-connector"
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.Tracer = watch.Tracer
	sized := strings.Contains(url, "pool_max_conns")
	if !sized {
		config.MaxConns = shortConns
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reaching the database: %w", err)
	}
	config = config.Copy()
	config.MinConns, config.MinIdleConns = 0, 0
	if !sized {
		config.MaxConns = longConns
	}
	long, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return &Store{pool: pool, q: db.New(pool), long: long, sent: watch.Sent}, nil
}

// Close closes all connections.
func (s *Store) Close() {
	s.long.Close()
	s.pool.Close()
}

// Pool is the pool of connections, for health checks and metrics.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Tx is a transaction, read committed.
type Tx struct {
	q *db.Queries
}

// InTx runs fn in a transaction and commits it if fn returns nil. fn may call other systems and the store's methods,
// but not InTx: all connections could be with those that wait for one.
func (s *Store) InTx(ctx context.Context, fn func(context.Context, *Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.long, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		return fn(ctx, &Tx{q: db.New(tx)})
	})
}

// tries is how often a statement that lost a deadlock runs.
const tries = 5

// again runs a statement that is a transaction of its own, and once more when it was the victim of a deadlock.
func again[T any](what string, run func() (T, error)) (T, error) {
	for i := 1; ; i++ {
		out, err := run()
		var refused *pgconn.PgError
		switch {
		case err == nil:
			return out, nil
		case errors.As(err, &refused) && (refused.Code == "40P01" || refused.Code == "40001") && i < tries:
			continue
		case errors.As(err, &refused) && refused.Code == "P0002":
			return out, fmt.Errorf("%s: %s: %w", what, refused.Message, ErrNotFound)
		default:
			return out, fmt.Errorf("%s: %w", what, err)
		}
	}
}

// answer runs a function of the database that answers with JSON.
func answer[T any](what string, run func() ([]byte, error)) (T, error) {
	var out T
	raw, err := again(what, run)
	if err != nil {
		return out, err
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, fmt.Errorf("%s: reading the answer: %w", what, err)
	}
	return out, nil
}

func notFound(what string, err error, instead error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%s: %w", what, instead)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func timeOrZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
