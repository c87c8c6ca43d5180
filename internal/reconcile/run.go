package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// Options narrow a comparison.
type Options struct {
	// Project is the id or the number of a Procore project; empty: all that are mapped.
	Project string
}

// Run reads both systems now and compares them. Projects that Procore refuses are named in the problems; any other
// failure to read ends it with an error.
func Run(ctx context.Context, s *store.Store, c *activities.Connection, o Options) (Report, error) {
	report := Report{Source: "live", At: time.Now().UTC().Truncate(time.Second), Tenant: c.Tenant.Name, Rows: []Row{}, Problems: []string{}}
	before, err := readProgress(ctx, s, c.Tenant.Name, nil)
	if err != nil {
		return report, err
	}
	b := books{procore: map[int64]projectBooks{}, whole: o.Project == ""}
	if b.orders, err = readOrders(ctx, c.Odoo); err != nil {
		return report, fmt.Errorf("reading purchase orders: %w", err)
	}
	if b.bills, err = readBills(ctx, c.Odoo); err != nil {
		return report, fmt.Errorf("reading vendor bills: %w", err)
	}
	if b.analytic, err = readAnalytic(ctx, c.Odoo); err != nil {
		return report, fmt.Errorf("reading analytic lines: %w", err)
	}
	ids := map[string][]int64{}
	for _, d := range b.orders {
		ids[odoo.ModelPurchaseOrder] = append(ids[odoo.ModelPurchaseOrder], d.ID)
	}
	for _, d := range b.bills {
		ids[odoo.ModelMove] = append(ids[odoo.ModelMove], d.ID)
	}
	// What was known of these records before Procore is read: a record that is written meanwhile shows.
	earlier, err := readProgress(ctx, s, c.Tenant.Name, ids)
	if err != nil {
		return report, err
	}
	for key := range earlier.records {
		if known, ok := before.records[key]; ok {
			earlier.records[key] = known
		}
	}
	var forbidden map[int64]bool
	load := activities.RulesFor{Orders: b.orders, Bills: b.bills, Accounts: analyticAccounts(b.analytic)}
	if err := procore.Patiently(ctx, func() (err error) {
		b.rules, forbidden, err = activities.LoadRules(ctx, s, c, load)
		return err
	}); err != nil {
		return report, fmt.Errorf("loading the rules: %w", err)
	}
	if b.rules.ProjectPlan == 0 {
		return report, fmt.Errorf("odoo has no analytic plan named %q (odoo.plans.project): poll once with `ml-connector sync start %s`, or correct the tenant file",
			c.File.Odoo.Plans.Project, c.Tenant.Name)
	}
	projects, err := chosen(b.rules, o.Project)
	if err != nil {
		return report, err
	}
	if err := readProjects(ctx, c.Procore, projects, forbidden, &b, &report); err != nil {
		return report, err
	}
	after, err := readProgress(ctx, s, c.Tenant.Name, ids)
	if err != nil {
		return report, err
	}
	b.bindings = after.bindings
	b.states = states(b, earlier, after, report.At)
	if report.Rows, err = compare(b); err != nil {
		return report, err
	}
	report.Unexplained = Amount{unexplained(report.Rows)}
	return report, nil
}

// states tells how far every record is that either side knows.
func states(b books, before, after progress, at time.Time) map[subject]state {
	written := map[subject]time.Time{}
	for _, d := range b.orders {
		written[subject{odoo.ModelPurchaseOrder, d.ID}] = d.WriteDate
	}
	for _, d := range b.bills {
		written[subject{odoo.ModelMove, d.ID}] = d.WriteDate
	}
	for key := range after.bindings {
		if _, live := written[key]; !live {
			written[key] = time.Time{}
		}
	}
	out := make(map[subject]state, len(written))
	for key, w := range written {
		out[key] = stateOf(key, w, before, after, at)
	}
	return out
}

// chosen are the projects to read: the mapped ones, or the one that was asked for.
func chosen(r mapping.Rules, name string) ([]int64, error) {
	mapped := map[int64]bool{}
	for _, target := range r.Projects {
		if target.Project != 0 {
			mapped[target.Project] = true
		}
	}
	all := slices.Sorted(maps.Keys(mapped))
	if name == "" {
		return all, nil
	}
	for _, id := range all {
		if strconv.FormatInt(id, 10) == name || r.Procore[id].Number == name {
			return []int64{id}, nil
		}
	}
	return nil, fmt.Errorf("no mapped Procore project has the id or number %s", name)
}

// readProjects reads what can be read and notes the rest.
func readProjects(ctx context.Context, c *procore.Client, projects []int64, forbidden map[int64]bool, b *books, report *Report) error {
	for _, id := range projects {
		project, known := b.rules.Procore[id]
		name := strconv.FormatInt(id, 10)
		if project.Name != "" {
			name = project.Name + " (" + name + ")"
		}
		if forbidden[id] {
			report.Problems = append(report.Problems, refused(name))
			continue
		}
		if !known {
			report.Problems = append(report.Problems,
				"The Procore project "+name+" is not compared: it does not exist or the app may not see it.")
			continue
		}
		read, err := readProject(ctx, c, id)
		var e *procore.ErrorResponse
		switch {
		case errors.As(err, &e) && (e.Code == procore.CodeProjectForbidden || e.Code == procore.CodeForbidden || procore.IsNotFound(err)):
			report.Problems = append(report.Problems, refused(name))
			continue
		case err != nil:
			return err
		}
		if !project.Active {
			report.Problems = append(report.Problems, "The Procore project "+name+" is closed: it is compared, but takes no new cost.")
		}
		b.procore[id] = read
	}
	return nil
}

func refused(name string) string {
	return "The Procore project " + name + " is not compared: Procore refuses it (permitted projects of the app, or a tool is off)."
}

func analyticAccounts(lines []odoo.AnalyticLine) []int64 {
	set := map[int64]bool{}
	for _, l := range lines {
		for _, id := range l.Accounts {
			set[id] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
