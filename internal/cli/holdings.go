package cli

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// holding is a record of Odoo that a rule can be for. Kind is that of the row that it gets without a rule; empty: none.
type holding struct {
	kind, model       string
	id                int64
	code, name, group string
	archived          bool
}

func (h holding) key() string { return fmt.Sprintf("%s/%d", h.model, h.id) }

func (h holding) state() string {
	if h.archived {
		return "archived"
	}
	return ""
}

// holdings reads the analytic accounts, product categories and G/L accounts.
func holdings(ctx context.Context, c *activities.Connection) ([]holding, error) {
	held, err := analyticHoldings(ctx, c)
	if err != nil {
		return nil, err
	}
	categories := map[int64]odoo.Category{}
	err = odoo.Each(ctx, c.Odoo.Categories, 1, math.MaxInt64, func(r odoo.Record[odoo.Category]) { categories[r.ID] = r.Doc })
	if err != nil {
		return nil, err
	}
	for id, category := range categories {
		held = append(held, holding{
			kind: kindCode, model: odoo.ModelCategory, id: id, name: category.Name,
			group: path(category.Parent, func(id int64) (string, int64) { return categories[id].Name, categories[id].Parent }),
		})
	}
	err = odoo.Each(ctx, c.Odoo.Accounts, 1, math.MaxInt64, func(r odoo.Record[odoo.Account]) {
		h := holding{model: odoo.ModelAccount, id: r.ID, code: r.Doc.Code, name: r.Doc.Name, group: r.Doc.Type}
		if takesCosts(r.Doc.Type) {
			h.kind = kindCode
		}
		held = append(held, h)
	})
	return held, err
}

// takesCosts says whether lines of vendor bills are booked on accounts of a type: expenses, and assets such as work in
// progress, but no bank, cash or receivable.
func takesCosts(accountType string) bool {
	return strings.HasPrefix(accountType, "expense") ||
		slices.Contains([]string{"asset_current", "asset_non_current", "asset_prepayments", "asset_fixed"}, accountType)
}

func analyticHoldings(ctx context.Context, c *activities.Connection) ([]holding, error) {
	plans := map[int64]odoo.AnalyticPlan{}
	err := odoo.Each(ctx, c.Odoo.AnalyticPlans, 1, math.MaxInt64, func(r odoo.Record[odoo.AnalyticPlan]) { plans[r.ID] = r.Doc })
	if err != nil {
		return nil, err
	}
	kinds := map[int64]string{} // of a root plan
	for _, plan := range []struct{ setting, name, kind string }{
		{"odoo.plans.cost", c.File.Odoo.Plans.Cost, kindCode}, {"odoo.plans.project", c.File.Odoo.Plans.Project, kindProject},
	} {
		if plan.name == "" {
			continue
		}
		id := odoo.RootPlan(plans, plan.name)
		if id == 0 {
			return nil, missingPlan(plans, plan.setting, plan.name)
		}
		kinds[id] = plan.kind
	}
	var held []holding
	err = odoo.Each(ctx, c.Odoo.AnalyticAccounts, 1, math.MaxInt64, func(r odoo.Record[odoo.AnalyticAccount]) {
		h := holding{
			model: odoo.ModelAnalyticAccount, id: r.ID, code: r.Doc.Code, name: r.Doc.Name, archived: !r.Doc.Active,
			group: path(r.Doc.Plan, func(id int64) (string, int64) { return plans[id].Name, plans[id].Parent }),
		}
		// An account of a company that is not read stands on no document that is.
		if r.Doc.Company == 0 || slices.Contains(c.File.Odoo.Companies, r.Doc.Company) {
			h.kind = kinds[r.Doc.RootPlan]
		}
		held = append(held, h)
	})
	return held, err
}

func missingPlan(plans map[int64]odoo.AnalyticPlan, setting, name string) error {
	var roots []string
	for id, p := range plans {
		if p.Root == id {
			roots = append(roots, p.Name)
		}
	}
	slices.Sort(roots)
	if len(roots) == 0 {
		return fmt.Errorf("%s: %q: Odoo shows its user no analytic plan: make one in Odoo, or give the user the group Analytic Accounting", setting, name)
	}
	return fmt.Errorf("%s: Odoo has no root plan %q; it has %s: correct the tenant file, or make the plan in Odoo", setting, name, strings.Join(roots, ", "))
}

// path is the names from the root to id, as Odoo writes them.
func path(id int64, of func(int64) (name string, parent int64)) string {
	var names []string
	for seen := map[int64]bool{0: true}; !seen[id]; {
		seen[id] = true
		var name string
		name, id = of(id)
		names = append(names, name)
	}
	slices.Reverse(names)
	return strings.Join(names, " / ")
}
