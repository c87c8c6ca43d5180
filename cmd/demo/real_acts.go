package main

import (
	"context"
	"fmt"
	"strings"
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
	r, err := meet(ctx, d.cfg.Odoo)
	if err != nil {
		return false, err
	}
	d.source = &realSource{Demo: d, server: r}
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

// play has no edits: a real server is not written to.
func (d *realSource) play(ctx context.Context) error {
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
	if err := d.sweep(ctx); err != nil {
		return err
	}
	if err := d.check(ctx); err != nil || !d.cfg.Once {
		return err
	}
	return d.tryAll(ctx)
}

// compare has no ledger. It lists what waits, and holds the demo to its word that the server is only read.
func (d *realSource) compare(ctx context.Context) error {
	exceptions, err := d.exceptions(ctx)
	if err != nil {
		d.report.fail("The exceptions could not be listed: %v.", err)
	}
	d.report.Exceptions = exceptions
	var refused []string
	if d.report.Odoo.Calls, refused = d.server.guard.seen(); len(refused) > 0 {
		d.report.fail("The real Odoo was to be only read; these requests were not let through: %s.", strings.Join(refused, ", "))
	}
	if !d.server.MapAll && len(exceptions) > 0 {
		d.say("no account is mapped, so what belongs to a project waits: fill in the sheet, or use -map-all")
	}
	return nil
}

// tries are things to do with what was read. None of them changes the server.
func (d *realSource) tries() ([]try, error) {
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
	return tries, nil
}

// arrivedRef is a document that is in Procore, by a name that no other record has and a shell takes; empty: none.
func (d *realSource) arrivedRef() string {
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
