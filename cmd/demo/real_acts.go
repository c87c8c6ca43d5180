package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// OdooReport is what was found on the real server that was read in place of the sandbox.
type OdooReport struct {
	URL         string         `json:"url"`
	Database    string         `json:"database"`
	Companies   []string       `json:"companies"`
	ProjectPlan string         `json:"project_plan"`
	CostPlan    string         `json:"cost_plan"` // empty: codes come from categories and accounts
	MapAll      bool           `json:"map_all"`
	Calls       map[string]int `json:"calls"` // by method, the demo's own too
}

// meetOdoo looks at the real server before anything is started. It says false when there is nothing to carry over.
func (d *Demo) meetOdoo(ctx context.Context) (there bool, err error) {
	d.say("looking at the Odoo at %s, which is only read", d.cfg.Odoo.URL)
	if d.real, err = meet(ctx, d.cfg.Odoo); err != nil {
		return false, err
	}
	r := d.real
	d.report.Odoo = &OdooReport{
		URL: r.URL, Database: r.Database, Companies: []string{}, ProjectPlan: r.project, CostPlan: r.cost, MapAll: r.MapAll,
		Calls: map[string]int{},
	}
	if len(r.companies) == 0 {
		d.say("it is an Odoo %s that shows the user %s no company: there is nothing to carry over", r.version, r.User)
		return false, nil
	}
	for _, c := range r.companies {
		d.report.Odoo.Companies = append(d.report.Odoo.Companies, c.Name)
	}
	d.say("it is an Odoo %s with the companies %s", r.version, strings.Join(d.report.Odoo.Companies, ", "))
	codes := "product categories and G/L accounts"
	if r.cost != "" {
		codes = "its plan " + r.cost + ", then " + codes
	}
	d.say("projects come from its analytic plan %s, cost codes from %s", r.project, codes)
	if !r.documents {
		d.say("it holds no purchase order and no vendor bill: nothing will be carried over")
	}
	return true, nil
}

// endEarly writes the report of a demo that started nothing.
func (d *Demo) endEarly(err error) error {
	d.report.took("total", d.began)
	d.report.Result = "pass"
	if err != nil {
		d.report.Result = "fail"
		d.report.fail("The demo could not begin: %s.", strings.TrimSuffix(err.Error(), "."))
	}
	if writeErr := d.report.write(d.cfg.Report); writeErr != nil && err == nil {
		return writeErr
	}
	return err
}

// mostQuiet is how often a cycle without work is waited for: others work with a real server while it is read.
const mostQuiet = 3

// playReal is the day with a real server: no edits, and no ledger to hold it against.
func (d *Demo) playReal(ctx context.Context) error {
	if err := d.act(ctx, "load", d.sync); err != nil {
		return err
	}
	for i := range mostQuiet {
		if err := d.act(ctx, "quiet", d.sync); err != nil {
			return err
		}
		last := &d.report.Cycles[len(d.report.Cycles)-1]
		if last.ProcoreCalls+last.ChildrenStarted == 0 || i == mostQuiet-1 {
			break
		}
		last.Name = "busy"
		d.say("that cycle had work: something changed in Odoo, or was due to be tried again. Once more")
	}
	if err := d.check(ctx); err != nil || !d.cfg.Once {
		return err
	}
	return d.tryAll(ctx)
}

// checkRead lists what waits, and holds the demo to its word that the server is only read.
func (d *Demo) checkRead(ctx context.Context) {
	exceptions, err := d.exceptions(ctx)
	if err != nil {
		d.report.fail("The exceptions could not be listed: %v.", err)
	}
	d.report.Exceptions = exceptions
	var refused []string
	if d.report.Odoo.Calls, refused = d.real.guard.seen(); len(refused) > 0 {
		d.report.fail("The real Odoo was to be only read; these requests were not let through: %s.", strings.Join(refused, ", "))
	}
	if !d.real.MapAll && len(exceptions) > 0 {
		d.say("no account is mapped, so what belongs to a project waits: fill in the sheet, or use -map-all")
	}
}

// odooCalls is the number of requests to Odoo so far, sandbox or not.
func (d *Demo) odooCalls() int {
	if d.real == nil {
		return len(d.sandboxes.odoo.Journal())
	}
	calls, _ := d.real.guard.seen()
	n := 0
	for _, of := range calls {
		n += of
	}
	return n
}

// wasRead counts the documents that were read of each model.
func (d *Demo) wasRead(ctx context.Context) (map[string]int, error) {
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

// partnersRead are the suppliers as they were read.
func (d *Demo) partnersRead(ctx context.Context) (map[int64]partner, error) {
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

// realTries are things to do with the documents of a real server. None of them changes it.
func (d *Demo) realTries() []try {
	var projects []string
	for _, p := range targetsIn(d.sandboxes.procore.State()).projects {
		projects = append(projects, fmt.Sprintf("%d %s", p.ID, p.Name))
	}
	tries := []try{{
		title: fmt.Sprintf("say where costs go: edit %s (procore_project, cost_code and cost_type; projects are %s), then import it",
			d.sheet, strings.Join(projects, ", ")),
		commands: []string{"bin/ml-connector map import " + tenant + " " + d.sheet},
	}, {
		title:    "see what waits for a person, and why",
		commands: []string{"bin/ml-connector exceptions list " + tenant},
	}}
	if ref := d.arrivedRef(); ref != "" {
		tries = append(tries, try{
			title:    "see all that happened to one document",
			commands: []string{"bin/ml-connector audit show " + tenant + " '" + ref + "'"},
		})
	}
	return tries
}

// arrivedRef is a document that is in Procore, by a name that no other record has and a shell takes; empty: none.
func (d *Demo) arrivedRef() string {
	named := map[string]int{}
	for _, r := range d.report.Records {
		named[r.Ref]++
	}
	for _, r := range d.report.Records {
		if r.Model != "res.partner" && len(r.Procore) > 0 && named[r.Ref] == 1 && r.Ref != "" && !strings.ContainsAny(r.Ref, "'\n") {
			return r.Ref
		}
	}
	return ""
}
