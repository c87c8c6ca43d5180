package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// realEvery is how often a demo that stays up reads a real server, which others work with too.
const realEvery = time.Minute

// realSource is a real server. What is in it is known only after it was read.
type realSource struct {
	*Demo

	server *realOdoo
	sheet  string // the mapping sheet, as a person in the source tree names it
	placed sheetFile
}

func (d *realSource) handler() http.Handler { return d.server.guard.proxy() }

func (d *realSource) load(ctx context.Context) error {
	d.say("loading the Procore sandbox: the projects, codes and vendors of a firm, in %s", d.server.currency)
	return d.firm.LoadProcore(ctx, d.sandboxes.procore, d.server.currency)
}

// patience: a page of a real server may take its time.
func (d *realSource) patience() (timeout, settle string) { return "1m", "70s" }

func (d *realSource) tenantFile() ([]byte, error) {
	_, _, company, _ := d.firm.ProcoreApp()
	return d.server.tenantFile(d.sandboxes.odooURL, d.sandboxes.procoreURL, company)
}

func (d *realSource) key() string { return d.server.key }

func (d *realSource) version() (name, version string) { return "odoo", d.server.version }

func (d *realSource) calls() int {
	calls, _ := d.server.guard.seen()
	n := 0
	for _, of := range calls {
		n += of
	}
	return n
}

func (d *realSource) documents() bool { return d.server.documents }

// counts are those of what was read.
func (d *realSource) counts(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{"res.partner": 0, "purchase.order": 0, "account.move": 0}
	rows, err := d.db.Query(ctx, "select model, count(*) from records where tenant = $1 and content is not null and model = any($2) group by model",
		tenant, slices.Collect(maps.Keys(counts)))
	if err != nil {
		return nil, fmt.Errorf("counting what was read: %w", err)
	}
	var model string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&model, &n}, func() error {
		counts[model] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting what was read: %w", err)
	}
	return counts, nil
}

// partners are the suppliers as they were read.
func (d *realSource) partners(ctx context.Context) (map[int64]partner, error) {
	rows, err := d.db.Query(ctx, `select odoo_id, coalesce(content->>'name', ''), coalesce(content->>'vat', '') from records
		where tenant = $1 and model = 'res.partner' and content is not null`, tenant)
	if err != nil {
		return nil, fmt.Errorf("reading the partners: %w", err)
	}
	out := map[int64]partner{}
	var id int64
	var p partner
	_, err = pgx.ForEachRow(rows, []any{&id, &p.name, &p.vat}, func() error {
		out[id] = p
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the partners: %w", err)
	}
	return out, nil
}

// checkLinked has nothing to say: nobody knows which of them Procore had.
func (d *realSource) checkLinked([]string) {}

func (d *realSource) every() time.Duration { return realEvery }

func (d *realSource) address() (name, where string) {
	return "Odoo", fmt.Sprintf("%s, read through %s, which lets no write through", d.server.URL, d.sandboxes.odooURL)
}
