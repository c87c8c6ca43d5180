package crash

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// end is what a run leaves, one line for each document, sorted.
type end []string

// end lets an hour pass, in which nothing may happen, and tells how things stand.
func (p *play) end(ctx context.Context) (end, error) {
	before := p.writes()
	if _, err := p.bench.Store.Pool().Exec(ctx, `UPDATE sends SET started_at = started_at - interval '2 hours',
		overtaken_at = overtaken_at - interval '2 hours' WHERE tenant = $1 AND (result IS NULL OR result = 'overtaken')`, p.tenant.Name); err != nil {
		return nil, fmt.Errorf("letting an hour pass: %w", err)
	}
	if err := p.tenant.Cycle(ctx); err != nil {
		return nil, fmt.Errorf("an hour later: %w", err)
	}
	lines := held(p.tenant.Procore.State(), p.words())
	for _, operation := range p.writes()[len(before):] {
		lines = append(lines, "an hour later still written: "+operation)
	}
	for _, look := range []func(context.Context) ([]string, error){p.bound, p.waits, p.unchecked, p.unintended} {
		more, err := look(ctx)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	slices.Sort(lines)
	return lines, nil
}

// writes are the operations of the journal that write.
func (p *play) writes() []string {
	var out []string
	for _, r := range p.tenant.Procore.Journal() {
		if r.Write {
			out = append(out, r.Operation)
		}
	}
	return out
}

// generation is the end of a document's origin id that counts how often it was made.
var generation = regexp.MustCompile(`^((?:[^:]*:){6}[^:]*):\d+$`)

func origin(id string) string { return generation.ReplaceAllString(id, "$1") }

// lineOrigin is the origin id of a line without that of its document.
func lineOrigin(line, document string) string {
	return strings.TrimPrefix(strings.TrimPrefix(line, document), ":")
}

// held tells what is alive in Procore.
func held(state procoretest.State, w words) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, v := range state.Vendors {
		id := v
		id.ID = 0
		add("vendor: %+v", id)
	}
	for _, v := range state.ProjectVendors {
		add("on project: %s on %s", w.vendors[v.VendorID], w.projects[v.ProjectID])
	}
	for _, c := range state.WBSCodes {
		add("budget code: %s on %s, %s", c.BudgetCode, w.projects[c.ProjectID], c.Status)
	}
	lines := func(list []procoretest.LineState, document string) string {
		var parts []string
		for _, l := range list {
			parts = append(parts, fmt.Sprintf("%s %s %s %q", lineOrigin(l.OriginID, document), l.BudgetCode, l.Amount, l.Description))
		}
		slices.Sort(parts)
		return strings.Join(parts, "; ")
	}
	for _, c := range state.Commitments {
		if !c.Deleted {
			add("commitment: %s on %s, %s, of %s, %q, private %v, %s: %s", c.Number, w.projects[c.ProjectID], c.Status, w.vendors[c.VendorID],
				c.Title, c.Private, origin(c.OriginID), lines(c.Lines, c.OriginID))
		}
	}
	for _, q := range state.Requisitions {
		var parts []string
		for _, i := range q.Items {
			if i.Amount != "0.00" {
				parts = append(parts, i.BudgetCode+" "+i.Amount)
			}
		}
		slices.Sort(parts)
		add("subcontractor invoice: %s, number %d of %s, %s, %s, %s: %s", q.InvoiceNumber, q.Number, w.commitments[q.CommitmentID], q.Status,
			q.BillingDate, origin(q.OriginID), strings.Join(parts, "; "))
	}
	for _, d := range state.DirectCosts {
		if !d.Deleted {
			add("direct cost: %s %s on %s, %s, of %s, %s, received %s, %q, %s: %s", d.Type, d.InvoiceNumber, w.projects[d.ProjectID], d.Status,
				w.vendors[d.VendorID], d.Date, d.ReceivedDate, d.Description, origin(d.OriginID), lines(d.Lines, d.OriginID))
		}
	}
	return out
}

// living maps origin ids to the ids of what is alive.
func living(state procoretest.State) map[string]int64 {
	alive := map[string]int64{}
	for _, v := range state.Vendors {
		alive[v.OriginID] = v.ID
	}
	for _, c := range state.Commitments {
		if !c.Deleted {
			alive[c.OriginID] = c.ID
		}
	}
	for _, q := range state.Requisitions {
		alive[q.OriginID] = q.ID
	}
	for _, d := range state.DirectCosts {
		if !d.Deleted {
			alive[d.OriginID] = d.ID
		}
	}
	return alive
}

// bound tells what each part of a record became.
func (p *play) bound(ctx context.Context) ([]string, error) {
	alive, w := living(p.tenant.Procore.State()), p.words()
	var out []string
	for _, kind := range []string{store.KindVendor, store.KindCommitment, store.KindRequisition, store.KindDirectCost} {
		bindings, err := p.bench.Store.BindingsByKind(ctx, p.tenant.Name, kind)
		if err != nil {
			return nil, err
		}
		for _, b := range bindings {
			line := fmt.Sprintf("binding: %s of %s %d%s, %s", kind, b.Model, b.OdooID, w.part(b.Part), b.Status)
			switch {
			case b.Status == store.StatusDeleted:
			case alive[b.OriginID] == 0:
				line += ", but there is none of its origin"
			case alive[b.OriginID] != b.ProcoreID:
				line += ", but another one has its origin"
			}
			if b.ReopenedBy != 0 {
				line += ", left reopened"
			}
			delete(alive, b.OriginID)
			out = append(out, line)
		}
	}
	for id := range alive {
		if strings.HasPrefix(id, "odoo:") {
			out = append(out, "not bound: "+id)
		}
	}
	return out, nil
}

// waits tells what is parked.
func (p *play) waits(ctx context.Context) ([]string, error) {
	return p.texts(ctx, "what waits", `SELECT 'waits: ' || model || '/' || odoo_id || ' for ' || cause FROM record_waits WHERE tenant = $1`)
}

// unchecked tells which overtaken writes of documents nobody has looked after. A vendor that was not bound yet is looked
// for in the directory anyway.
func (p *play) unchecked(ctx context.Context) ([]string, error) {
	return p.texts(ctx, "overtaken writes", `SELECT 'not looked at again: ' || operation || ' of ' || subject FROM sends
		WHERE tenant = $1 AND result = 'overtaken' AND checked_at IS NULL AND kind NOT IN ('', 'vendor')`)
}

func (p *play) texts(ctx context.Context, what, query string) ([]string, error) {
	rows, err := p.bench.Store.Pool().Query(ctx, query, p.tenant.Name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	return out, nil
}

// unintended tells which writes had no intent, or one that was used before.
func (p *play) unintended(ctx context.Context) ([]string, error) {
	ids, err := p.texts(ctx, "the intents", `SELECT id::text FROM sends WHERE tenant = $1`)
	if err != nil {
		return nil, err
	}
	var out []string
	used := map[string]bool{}
	for _, r := range p.tenant.Procore.Journal() {
		switch {
		case !r.Write || r.Status == http.StatusUnauthorized:
			continue
		case !slices.Contains(ids, r.RequestID):
			out = append(out, "without an intent: "+r.Operation)
		case used[r.RequestID]:
			out = append(out, "twice under one intent: "+r.Operation)
		}
		used[r.RequestID] = true
	}
	return out, nil
}

// differences are the lines that only one of two ends has.
func (e end) differences(undisturbed end) []Difference {
	var out []Difference
	left := slices.Clone(undisturbed)
	for _, line := range e {
		if i := slices.Index(left, line); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		out = append(out, Difference{Here: line})
	}
	for _, line := range left {
		out = append(out, Difference{Undisturbed: line})
	}
	return out
}
