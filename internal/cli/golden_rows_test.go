package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// table is the number of rows of a table and a digest of them.
type table struct {
	rows    int64
	content string
}

type tables map[string]table

// counters are tables that count requests and keep what was read in Procore: a command that reads may change them.
var counters = []string{"budgets", "procore_codes", "procore_reads"}

func (t tables) withoutCounters() tables {
	out := maps.Clone(t)
	for _, name := range counters {
		delete(out, name)
	}
	return out
}

// sameCounts reports whether the tables are the same and hold as many rows.
func (t tables) sameCounts(after tables) bool {
	return maps.EqualFunc(t, after, func(a, b table) bool { return a.rows == b.rows })
}

// rows counts and digests every table of the case's database.
func (w *world) rows() tables {
	w.t.Helper()
	out := tables{}
	w.query(func(ctx context.Context, conn *pgx.Conn) {
		rows, err := conn.Query(ctx, `SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`)
		require.NoError(w.t, err)
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(w.t, err)
		for _, name := range names {
			var t table
			err := conn.QueryRow(ctx, `SELECT count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM `+name+` t`).Scan(&t.rows, &t.content)
			require.NoError(w.t, err)
			out[name] = t
		}
	})
	return out
}

// against lists both counts of each table that has or had rows, and says where rows changed. Empty tables are one line,
// and so is the schema's version: a migration would else change every golden file.
func (t tables) against(after tables) string {
	names := maps.Clone(t)
	maps.Copy(names, after)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, is := t[name], after[name]
		switch {
		case was.rows == 0 && is.rows == 0, name == "ml_connector_version" && was == is:
		case was.content != is.content:
			fmt.Fprintf(&b, "%-16s %d → %d  changed\n", name, was.rows, is.rows)
		default:
			fmt.Fprintf(&b, "%-16s %d → %d\n", name, was.rows, is.rows)
		}
	}
	switch {
	case len(names) == 0:
		b.WriteString("no table\n")
	case slices.Equal(slices.Sorted(maps.Keys(t)), slices.Sorted(maps.Keys(after))):
		b.WriteString("no other table has rows, none was made or dropped\n")
	default:
		fmt.Fprintf(&b, "tables before: %s\ntables after: %s\n", strings.Join(slices.Sorted(maps.Keys(t)), ", "), strings.Join(slices.Sorted(maps.Keys(after)), ", "))
	}
	return b.String()
}
