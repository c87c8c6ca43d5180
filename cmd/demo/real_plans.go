package main

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// lookAtPlans chooses the plans for projects and cost codes.
func (r *realOdoo) lookAtPlans(ctx context.Context) error {
	plans, accounts := map[int64]odoo.AnalyticPlan{}, map[int64]int{}
	err := odoo.Each(ctx, r.client.AnalyticPlans, 1, math.MaxInt64, func(p odoo.Record[odoo.AnalyticPlan]) { plans[p.ID] = p.Doc })
	if err != nil {
		return err
	}
	err = odoo.Each(ctx, r.client.AnalyticAccounts, 1, math.MaxInt64, func(a odoo.Record[odoo.AnalyticAccount]) { accounts[a.Doc.RootPlan]++ })
	if err != nil {
		return err
	}
	if r.project, r.cost = choosePlans(plans, accounts); r.project == "" {
		return fmt.Errorf("the Odoo at %s shows the user %s no analytic plan: documents are routed by one. "+
			"Switch on Analytic Accounting in Odoo's settings and make a plan for projects", r.URL, r.User)
	}
	return nil
}

// choosePlans names the root plan for projects, and the one for cost codes if there is such a one. By name, as Odoo
// and firms call them; else projects are the root plan with most accounts. Accounts are counted by root plan.
func choosePlans(plans map[int64]odoo.AnalyticPlan, accounts map[int64]int) (project, cost string) {
	first := func(better func(a, b odoo.AnalyticPlan) bool, fits func(odoo.AnalyticPlan) bool) (found odoo.AnalyticPlan) {
		for id, p := range plans {
			if p.Root == id && fits(p) && (found.ID == 0 || better(p, found) || !better(found, p) && p.ID < found.ID) {
				found = p
			}
		}
		return found
	}
	older := func(a, b odoo.AnalyticPlan) bool { return a.ID < b.ID }
	costs := first(older, func(p odoo.AnalyticPlan) bool { return strings.Contains(strings.ToLower(p.Name), "cost") })
	for _, name := range []string{"projects", "project", "jobs", "job"} {
		if id := odoo.RootPlan(plans, name); id != 0 {
			return plans[id].Name, costs.Name
		}
	}
	fuller := func(a, b odoo.AnalyticPlan) bool { return accounts[a.ID] > accounts[b.ID] }
	found := first(fuller, func(p odoo.AnalyticPlan) bool { return p.ID != costs.ID })
	if found.ID == 0 { // the one plan that there is
		return costs.Name, ""
	}
	return found.Name, costs.Name
}
