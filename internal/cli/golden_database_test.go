package cli

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// badDatabases are databases that cannot be reached or are not of this build.
func badDatabases() []badInput {
	at := func(change func(*url.URL)) func(*world) {
		return func(w *world) {
			u, err := url.Parse(w.database)
			must(err)
			if password, ok := u.User.Password(); ok {
				w.hides(password, "<password>")
			}
			change(u)
			w.set("DATABASE_URL", u.String())
		}
	}
	sql := func(note, statement string) func(*world) {
		return func(w *world) {
			w.note("%s", note)
			w.exec(statement)
		}
	}
	versions := func(given func(*world)) func(*world) {
		return func(w *world) {
			var newest int
			w.query(func(ctx context.Context, conn *pgx.Conn) {
				must(conn.QueryRow(ctx, "SELECT max(version_id) FROM ml_connector_version").Scan(&newest))
			})
			w.hides(fmt.Sprintf("has schema version %d,", newest-1), "has schema version <newest - 1>,")
			w.hides(fmt.Sprintf("needs %d:", newest), "needs <newest>:")
			w.hides(fmt.Sprintf("knows only %d:", newest), "knows only <newest>:")
			given(w)
		}
	}
	older := versions(sql("the schema is of an older build", "DELETE FROM ml_connector_version WHERE version_id = (SELECT max(version_id) FROM ml_connector_version)"))
	newer := versions(sql("the schema is of a newer build", "INSERT INTO ml_connector_version (version_id, is_applied) VALUES (90099, true)"))
	other := sql("the database is another program's", "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE tenants (id int, name text); "+
		"INSERT INTO tenants VALUES (1, 'Ann'); CREATE TABLE goose_db_version (id int, version_id bigint, is_applied boolean); INSERT INTO goose_db_version VALUES (1, 20240101, true)")
	elsewhere := sql("the database holds another program's tables in a schema of its own", "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SCHEMA crm; CREATE TABLE crm.tenants (id int)")
	empty := sql("the database is empty", "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
	return []badInput{
		{name: "database-not-set", args: "status show acme", given: func(w *world) { w.set("DATABASE_URL", "") }},
		{name: "database-word", args: "status show acme", given: func(w *world) { w.set("DATABASE_URL", "banana") }},
		{name: "database-mysql", args: "status show acme", given: func(w *world) { w.set("DATABASE_URL", "mysql://root@localhost/ml") }},
		{name: "database-bad-port", args: "status show acme", given: func(w *world) {
			w.note("DATABASE_URL has the port ‘port’ and a password")
			w.env["DATABASE_URL"] = "postgres://ann:" + goldenPassword + "@localhost:port/ml"
		}},
		{name: "database-bad-escape", args: "migrate", given: func(w *world) {
			w.note("DATABASE_URL has a password with a percent sign that is not written as %s", "%25")
			w.env["DATABASE_URL"] = "postgres://ann:%" + goldenPassword + "%@localhost/ml"
		}},
		{name: "database-unreachable", args: "status show acme", given: at(func(u *url.URL) { u.Host = nobody })},
		{name: "database-unreachable-migrate", args: "migrate", given: at(func(u *url.URL) { u.Host = nobody })},
		{name: "database-unknown-host", args: "status show acme", given: at(func(u *url.URL) { u.Host = "postgres.invalid" })},
		{name: "database-unknown", args: "status show acme", given: at(func(u *url.URL) { u.Path = "/nosuch" })},
		{name: "database-unknown-role", args: "status show acme", given: at(func(u *url.URL) { u.User = url.User("nosuch") })},
		{name: "database-wrong-password", args: "status show acme", given: func(w *world) {
			w.note("DATABASE_URL has a wrong password")
			w.env["DATABASE_URL"] = "postgres://ann:" + goldenPassword + "@" + rawServer(w, refusePassword) + "/ml?sslmode=disable"
		}},
		{name: "database-no-postgres", args: "status show acme", given: func(w *world) {
			w.note("DATABASE_URL leads to an SSH server")
			w.env["DATABASE_URL"] = "postgres://postgres@" + strings.TrimPrefix(sshServer(w), "http://") + "/ml?sslmode=disable"
		}},
		{name: "database-wants-tls", args: "status show acme", given: at(func(u *url.URL) { u.RawQuery = "sslmode=require" })},
		{name: "database-empty", args: "status show acme", given: empty},
		{name: "database-older", args: "status show acme", given: older},
		{name: "database-older-worker", args: "worker", given: older},
		{name: "database-newer", args: "status show acme", given: newer},
		{name: "database-newer-migrate", args: "migrate", given: newer},
		{name: "database-other-program", args: "status show acme", given: other},
		{name: "database-other-program-migrate", args: "migrate", given: other},
		{name: "database-other-schema-migrate", args: "migrate", given: elsewhere},
	}
}

// refusePassword is a PostgreSQL server that reads who comes and refuses the password (SQLSTATE 28P01).
func refusePassword(c net.Conn) {
	var length uint32
	if binary.Read(c, binary.BigEndian, &length) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, c, int64(length)-4)
	body := "SFATAL\x00VFATAL\x00C28P01\x00Mpassword authentication failed for user \"ann\"\x00\x00"
	out := binary.BigEndian.AppendUint32([]byte{'E'}, uint32(len(body)+4))
	_, _ = c.Write(append(out, body...))
}
