package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ml-connector/odoo-procore/internal/devenv"
)

func (d *Demo) databaseTime(ctx context.Context) (time.Time, error) {
	var now time.Time
	if err := d.db.QueryRow(ctx, "select clock_timestamp()").Scan(&now); err != nil {
		return now, fmt.Errorf("asking the database for its time: %w", err)
	}
	return now, nil
}

// watch prints where the records stand every few seconds until the returned function is called.
func (d *Demo) watch(act string, calls int) (stop func()) {
	return devenv.Every(3*time.Second, func(ctx context.Context) {
		var total, done, waiting int
		err := d.db.QueryRow(ctx, `select count(*), count(*) filter (where r.want = r.done), count(*) filter (where r.want > r.done and exists (
			select from record_waits w where (w.tenant, w.model, w.odoo_id, w.want) = (r.tenant, r.model, r.odoo_id, r.want)))
			from records r where r.tenant = $1 and r.want > 0`, tenant).Scan(&total, &done, &waiting)
		if err != nil {
			return // the act itself tells when the database is gone
		}
		d.say("%s: %d of %d records done, %d wait, %d Procore calls", act, done, total, waiting, len(d.sandboxes.procore.Journal())-calls)
	})
}

// models counts the records by model: states now, events since a time of the database's clock.
func (d *Demo) models(ctx context.Context, since time.Time) (map[string]Model, error) {
	out := map[string]Model{}
	counts, err := d.source.counts(ctx)
	if err != nil {
		return nil, err
	}
	for name, n := range counts {
		out[name] = Model{InOdoo: n}
	}
	exceptions, err := d.exceptions(ctx)
	if err != nil {
		return nil, err
	}
	excepted := map[string]bool{}
	for _, e := range exceptions {
		excepted[recordKey(e.Model, e.ID)] = true
	}
	type row struct {
		Model                           string
		ID                              int64
		Scope, Waits, Fetched, Finished bool
		Outcome                         string
	}
	rows, err := d.db.Query(ctx, `select r.model, r.odoo_id as id, r.want > 0 and not (r.want = r.done and r.outcome = 'out_of_scope') as scope,
		r.want > r.done as waits, coalesce(r.read_at >= $2, false) as fetched, coalesce(r.finished_at >= $2, false) as finished, r.outcome
		from records r where r.tenant = $1 and r.content is not null`, tenant, since)
	if err != nil {
		return nil, fmt.Errorf("counting records: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("counting records: %w", err)
	}
	one := map[bool]int{true: 1}
	for _, r := range all {
		m, listed := out[r.Model]
		if !listed {
			continue // lines and master data
		}
		parked := excepted[recordKey(r.Model, r.ID)]
		m.InScope += one[r.Scope]
		m.Fetched += one[r.Fetched]
		m.Synced += one[r.Finished && r.Outcome == "synced"]
		m.Unchanged += one[r.Finished && r.Outcome == "unchanged"]
		m.Exceptions += one[parked]
		m.Waiting += one[r.Waits && !parked]
		out[r.Model] = m
	}
	return out, nil
}

func recordKey(model string, id int64) string { return fmt.Sprintf("%s/%d", model, id) }

// sent are the intent rows by id: the operation each stands for.
func (d *Demo) sent(ctx context.Context) (map[string]string, error) {
	rows, err := d.db.Query(ctx, "select id::text, operation from sends where tenant = $1", tenant)
	if err != nil {
		return nil, fmt.Errorf("reading sends: %w", err)
	}
	out := map[string]string{}
	var id, operation string
	_, err = pgx.ForEachRow(rows, []any{&id, &operation}, func() error {
		out[id] = operation
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading sends: %w", err)
	}
	return out, nil
}

// binding is a row of bindings: what a record became.
type binding struct {
	Model     string
	OdooID    int64
	Kind      string
	Project   int64
	ProcoreID int64
	Status    string
	OriginID  string
}

func (d *Demo) bindings(ctx context.Context) ([]binding, error) {
	rows, err := d.db.Query(ctx, `select model, odoo_id, kind, project, procore_id, status, origin_id from bindings
		where tenant = $1 and procore_id <> 0 order by model, odoo_id, kind, part`, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading bindings: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[binding])
	if err != nil {
		return nil, fmt.Errorf("reading bindings: %w", err)
	}
	return all, nil
}

// records are those that were read or asked for, with their state.
func (d *Demo) records(ctx context.Context) ([]Record, error) {
	rows, err := d.db.Query(ctx, `select r.model, r.odoo_id as id, r.ref, case
			when r.want = 0 then 'idle' when r.want = r.done then r.outcome
			when exists (select from record_waits w where (w.tenant, w.model, w.odoo_id, w.want) = (r.tenant, r.model, r.odoo_id, r.want))
			then 'waiting' else 'pending' end as state
		from records r where r.tenant = $1 and r.rank <= 3 order by r.rank, r.odoo_id`, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading records: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Record, error) {
		r := Record{Procore: []Document{}}
		err := row.Scan(&r.Model, &r.ID, &r.Ref, &r.State)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading records: %w", err)
	}
	return all, nil
}
