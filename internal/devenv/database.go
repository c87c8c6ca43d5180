package devenv

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// NewDatabase creates an empty database and gives its URL. Its name is made from name and a random ending, so that two
// users of one server never meet. It lives until DropDatabase or Close.
func (e *Env) NewDatabase(ctx context.Context, name string) (string, error) {
	return e.newDatabase(ctx, name, "template0")
}

// CopyDatabase is NewDatabase, with all that the database at the URL original holds; nobody may be connected to that one.
func (e *Env) CopyDatabase(ctx context.Context, name, original string) (string, error) {
	u, err := url.Parse(original)
	if err != nil {
		return "", errors.New("copying a database: its URL cannot be read")
	}
	return e.newDatabase(ctx, name, strings.TrimPrefix(u.Path, "/"))
}

func (e *Env) newDatabase(ctx context.Context, name, template string) (string, error) {
	if e.DatabaseURL == "" {
		return "", errors.New("creating a database: the environment was started without PostgreSQL")
	}
	u, err := url.Parse(e.DatabaseURL)
	if err != nil || u.Scheme == "" {
		return "", errors.New("creating a database: DATABASE_URL is not of the form postgres://user:password@host:port/database")
	}
	full := databaseName(name)
	// An identifier cannot be a parameter: it is quoted.
	err = onServer(ctx, e.DatabaseURL, "create database "+pgx.Identifier{full}.Sanitize()+
		" template "+pgx.Identifier{template}.Sanitize()+" encoding 'UTF8'")
	if err != nil {
		return "", fmt.Errorf("creating database %s: %w", full, explain(err))
	}
	u.Path = "/" + full
	if !e.ownServer {
		e.mu.Lock()
		e.databases = append(e.databases, u.String())
		e.mu.Unlock()
	}
	return u.String(), nil
}

// DropDatabase drops a database that NewDatabase made, whoever is connected to it.
func (e *Env) DropDatabase(ctx context.Context, databaseURL string) error {
	e.mu.Lock()
	e.databases = slices.DeleteFunc(e.databases, func(u string) bool { return u == databaseURL })
	e.mu.Unlock()
	return dropDatabase(ctx, e.DatabaseURL, databaseURL)
}

func dropDatabase(ctx context.Context, serverURL, databaseURL string) error {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return errors.New("dropping a database: its URL cannot be read")
	}
	name := strings.TrimPrefix(u.Path, "/")
	err = onServer(ctx, serverURL, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)")
	if err != nil {
		return fmt.Errorf("dropping database %s: %w", name, err)
	}
	return nil
}

// onServer runs one statement on a connection of its own.
func onServer(ctx context.Context, serverURL, sql string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, serverURL)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// explain adds the way out to the one refusal that a user of DATABASE_URL meets.
func explain(err error) error {
	const insufficientPrivilege = "42501"
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == insufficientPrivilege {
		return fmt.Errorf("%w; give the role of DATABASE_URL the right with ALTER ROLE ... CREATEDB, or unset DATABASE_URL", err)
	}
	return err
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// databaseName makes a PostgreSQL name (at most 63 bytes) of what a caller calls it, a test's name for example.
func databaseName(name string) string {
	name = strings.Trim(notInName.ReplaceAllString(strings.ToLower(name), "_"), "_")
	return "ml_" + name[:min(len(name), 45)] + "_" + strings.ToLower(rand.Text()[:12])
}
