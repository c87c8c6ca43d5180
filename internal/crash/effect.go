package crash

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// intent is the row of sends that a write at Procore's door names.
type intent struct {
	ID        int64
	Subject   string
	Part      string
	Operation string
	Worker    string
	Model     string
	OdooID    int64
	PlanID    int64
	Ref       string // of the record that it is for
}

var errNoIntent = errors.New("a write without its intent row")

// intentOf reads the row that a request id names.
func (p *play) intentOf(ctx context.Context, requestID string) (intent, error) {
	id, err := strconv.ParseInt(requestID, 10, 64)
	if err != nil {
		return intent{}, errNoIntent
	}
	rows, err := p.bench.Store.Pool().Query(ctx, `SELECT s.id, s.subject, s.part, s.operation, s.worker, s.model, s.odoo_id, s.plan_id, coalesce(r.ref, '') AS ref
		FROM sends s LEFT JOIN records r USING (tenant, model, odoo_id) WHERE s.tenant = $1 AND s.id = $2`, p.tenant.Name, id)
	if err != nil {
		return intent{}, fmt.Errorf("reading the intent of a write: %w", err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[intent])
	if errors.Is(err, pgx.ErrNoRows) {
		return row, errNoIntent
	}
	if err != nil {
		return row, fmt.Errorf("reading the intent of a write: %w", err)
	}
	return row, nil
}

// effects gives writes their names: what is written of which document, and which plan of it this is. A retry of a plan is
// no effect of its own.
type effects struct {
	mu    sync.Mutex
	plans map[string][]int64 // by what is written
	done  []string           // names, in the order of their effect
}

// name names a write as "approve commitment: P00002 on Tower", and "…, 2nd plan" when it is the second plan that writes so.
func (e *effects) name(row intent, words words) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.plans == nil {
		e.plans = map[string][]int64{}
	}
	name := row.Operation + ": " + words.what(row)
	if !slices.Contains(e.plans[name], row.PlanID) {
		e.plans[name] = append(e.plans[name], row.PlanID)
	}
	if n := slices.Index(e.plans[name], row.PlanID); n > 0 {
		return fmt.Sprintf("%s, plan %d", name, n+1)
	}
	return name
}

// took notes that a write had its effect.
func (e *effects) took(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !slices.Contains(e.done, name) {
		e.done = append(e.done, name)
	}
}

func (e *effects) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.done)
}

// words are what Procore's ids stand for, which differ from run to run.
type words struct {
	projects, vendors, commitments map[int64]string
}

// what is the document or shared thing of a write.
func (w words) what(row intent) string {
	kind, id, _ := strings.Cut(row.Subject, "/")
	subject := row.Subject
	switch {
	case kind == "project":
		subject = w.projects[number(id)]
	case kind == "vendor" || row.Model == "res.partner":
		return "supplier " + row.Ref
	case row.Ref != "":
		subject = row.Ref
	}
	return subject + w.part(row.Part)
}

// part puts the part of a send or binding in words, with a blank before.
func (w words) part(part string) string {
	if vendor, ok := strings.CutPrefix(part, "vendor/"); ok {
		return ", " + w.vendors[number(vendor)]
	}
	if code, ok := strings.CutPrefix(part, "budget_code/"); ok {
		return ", " + code
	}
	order, project, billed := strings.Cut(part, "@")
	switch {
	case billed:
		return fmt.Sprintf(" for order %s on %s", order, w.projects[number(project)])
	case w.projects[number(part)] != "":
		return " on " + w.projects[number(part)]
	}
	return " " + part
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
