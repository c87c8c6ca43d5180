package main

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ml-connector/odoo-procore/internal/devenv"
)

// stay keeps the demo up until Ctrl-C.
func (d *Demo) stay(ctx context.Context) error {
	tries, err := d.source.tries()
	if err != nil {
		return err
	}
	if err := d.resumeSchedules(ctx); err != nil {
		return err
	}
	since, err := d.databaseTime(ctx)
	if err != nil {
		return err
	}
	d.invite(tries)
	defer d.tell(since)()
	select {
	case <-ctx.Done():
		return nil
	case <-d.worker.Done():
		return d.worker.Ended()
	}
}

// invite says where everything is and what to try.
func (d *Demo) invite(tries []try) {
	d.line("  %-15s %s", "Web UI", cmp.Or(d.env.TemporalUI, "that of the server at "+d.env.TemporalAddress))
	name, where := d.source.address()
	d.line("  %-15s %s", name, where)
	d.line("  %-15s %s", "Procore sandbox", d.sandboxes.procoreURL)
	d.line("\nTry, in a second terminal in this directory, after  . .demo/env")
	for i, t := range tries {
		d.line("%d. %s:", i+1, t.title)
		for _, command := range t.commands {
			d.line("   %s", command)
		}
	}
	d.line("\nIt stays up and reads Odoo every %s. Below is what gets done. Ctrl-C stops and removes all of it.", d.source.every())
}

// tell prints each record that a run has finished since a time of the database's clock, until the returned function is called.
func (d *Demo) tell(since time.Time) (stop func()) {
	return devenv.Every(time.Second, func(ctx context.Context) {
		rows, err := d.db.Query(ctx, `select ref, outcome, finished_at from records
			where tenant = $1 and finished_at > $2 order by finished_at`, tenant, since)
		if err != nil {
			return // the database is gone; the worker's end tells
		}
		var ref, outcome string
		_, _ = pgx.ForEachRow(rows, []any{&ref, &outcome, &since}, func() error {
			d.say("%s is %s", ref, outcome)
			return nil
		})
	})
}
