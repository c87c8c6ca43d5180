package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is goose's table; its name is ours, so that another program's migrations are not taken for ours.
const versionTable = "ml_connector_version"

// Migrate brings the schema of the database of url to this build's version. Several at once wait for each other.
func Migrate(ctx context.Context, url string) (err error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("reading the database URL: %w", err)
	}
	conn := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := refuseOthers(ctx, conn); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("preparing the migration lock: %w", err)
	}
	versions, err := database.NewStore(database.DialectPostgres, versionTable)
	if err != nil {
		return fmt.Errorf("preparing the migrations: %w", err)
	}
	provider, err := goose.NewProvider("", conn, files, goose.WithStore(versions), goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

// CheckVersion says in plain words why this build cannot work with the database's schema.
func (s *Store) CheckVersion(ctx context.Context) error {
	newest, err := newestMigration()
	if err != nil {
		return err
	}
	var version int64
	err = s.pool.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable+" WHERE is_applied").Scan(&version)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42P01" { // undefined_table
		return errors.New("this database has no tables of ml-connector: check DATABASE_URL, then run `ml-connector migrate`")
	}
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	if version < newest {
		return fmt.Errorf("the database has schema version %d, this build needs %d: run `ml-connector migrate`", version, newest)
	}
	return notNewer(version, newest)
}

func notNewer(version, newest int64) error {
	if version > newest {
		return fmt.Errorf("the database has schema version %d, this build knows only %d: use a newer build of ml-connector", version, newest)
	}
	return nil
}

// refuseOthers says why this build must change nothing in the database: a newer build has, or its tables are another
// program's. One that holds no tables is free.
func refuseOthers(ctx context.Context, conn *sql.DB) error {
	var ours bool
	var others string
	// One statement: between two of them another process could make our tables.
	err := conn.QueryRowContext(ctx, `
		SELECT to_regclass($1) IS NOT NULL, (SELECT coalesce(string_agg(name, ', '), '') FROM (
			SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
			  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') -- an extension's
			ORDER BY 1 LIMIT 5) AS t)`, versionTable).Scan(&ours, &others)
	switch {
	case err != nil:
		return fmt.Errorf("looking whose tables the database holds: %w", err)
	case !ours && others != "":
		return fmt.Errorf("this database holds tables of another program (%s), nothing was changed: ml-connector needs a database of its own, correct DATABASE_URL", others)
	case !ours:
		return nil
	}
	newest, err := newestMigration()
	if err != nil {
		return err
	}
	var version int64
	if err := conn.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable+" WHERE is_applied").Scan(&version); err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	return notNewer(version, newest)
}

func newestMigration() (int64, error) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, fmt.Errorf("reading the migrations: %w", err)
	}
	var newest int64
	for _, e := range entries {
		version, err := goose.NumericComponent(e.Name())
		if err != nil {
			return 0, fmt.Errorf("reading the migrations: %w", err)
		}
		newest = max(newest, version)
	}
	return newest, nil
}
