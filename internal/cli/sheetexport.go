package cli

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// exportSheet is what `map export` writes.
type exportSheet struct {
	rows     []exportRow
	warnings []string
}

// exportRow is a rule, or a record of Odoo that has none.
type exportRow struct {
	Kind           string `json:"kind"`
	Model          string `json:"odoo_model"`
	ID             int64  `json:"odoo_id"`
	Code           string `json:"odoo_code"`
	Name           string `json:"odoo_name"`
	Group          string `json:"odoo_group"` // plan, parent categories or account type
	State          string `json:"odoo_state"` // "archived" or empty
	ProcoreProject int64  `json:"procore_project"`
	ProcoreName    string `json:"procore_name"`
	CostCode       string `json:"cost_code"`
	CostType       string `json:"cost_type"`
	SubJob         string `json:"sub_job"`
	Note           string `json:"note"`
}

var exportColumns = []string{
	"kind", "odoo_model", "odoo_id", "odoo_code", "odoo_name", "odoo_group", "odoo_state",
	"procore_project", "procore_name", "cost_code", "cost_type", "sub_job", "note",
}

func (r exportRow) fields() []string {
	project := ""
	if r.ProcoreProject != 0 {
		project = strconv.FormatInt(r.ProcoreProject, 10)
	}
	fields := []string{
		r.Kind, r.Model, strconv.FormatInt(r.ID, 10), r.Code, r.Name, r.Group, r.State,
		project, r.ProcoreName, r.CostCode, r.CostType, r.SubJob, r.Note,
	}
	for i, text := range fields {
		fields[i] = guarded(text)
	}
	return fields
}

func (r exportRow) mapped() bool {
	return r.Kind == "not_in_procore" || r.ProcoreProject != 0 || r.CostCode != ""
}

func (s exportSheet) unmapped() int {
	n := 0
	for _, r := range s.rows {
		if !r.mapped() {
			n++
		}
	}
	return n
}

// prepareSheet reads rules, Odoo and the names of Procore's projects, and writes nothing.
func prepareSheet(ctx context.Context, c *activities.Connection, s *store.Store) (exportSheet, error) {
	projects, err := s.ProjectMappings(ctx, c.Tenant.Name)
	if err != nil {
		return exportSheet{}, err
	}
	codes, err := s.CodeMappings(ctx, c.Tenant.Name)
	if err != nil {
		return exportSheet{}, err
	}
	held, err := holdings(ctx, c)
	if err != nil {
		return exportSheet{}, fmt.Errorf("reading what Odoo holds: %w", err)
	}
	list, _, err := c.Procore.Projects.List(ctx, procore.ProjectListOptions{Status: "All"})
	if err != nil {
		return exportSheet{}, fmt.Errorf("reading the names of Procore's projects: %w", err)
	}
	names := map[int64]string{}
	for _, p := range list {
		names[p.ID] = p.Name
	}
	return buildSheet(held, projects, codes, names), nil
}

// buildSheet joins rules and records. The order depends on kind, state, code and name, and on the ids where these agree.
func buildSheet(held []holding, projects []store.ProjectMapping, codes []store.CodeMapping, names map[int64]string) exportSheet {
	byID := map[string]holding{}
	for _, h := range held {
		byID[h.key()] = h
	}
	var sheet exportSheet
	ruled := map[string]bool{}
	add := func(row exportRow) {
		h, there := byID[fmt.Sprintf("%s/%d", row.Model, row.ID)]
		if !there {
			sheet.warnings = append(sheet.warnings, fmt.Sprintf("a rule is for %s %d (%s), which Odoo does not show any more: it is left out", row.Model, row.ID, row.Name))
			return
		}
		row.Code, row.Name, row.Group, row.State, row.ProcoreName = h.code, h.name, h.group, h.state(), names[row.ProcoreProject]
		sheet.rows = append(sheet.rows, row)
		ruled[h.key()+"/"+kindOf(row.Kind)] = true
	}
	for _, m := range projects {
		kind := "project"
		if m.NotInProcore {
			kind = "not_in_procore"
		}
		add(exportRow{Kind: kind, Model: odoo.ModelAnalyticAccount, ID: m.OdooID, Name: m.OdooName, ProcoreProject: m.ProcoreProject, Note: m.Note})
	}
	for _, m := range codes {
		add(exportRow{
			Kind: "code", Model: m.OdooModel, ID: m.OdooID, Name: m.OdooName, ProcoreProject: m.ProcoreProject,
			CostCode: m.CostCode, CostType: m.CostType, SubJob: m.SubJob, Note: m.Note,
		})
	}
	for _, h := range held {
		if h.kind != "" && !ruled[h.key()+"/"+h.kind] {
			add(exportRow{Kind: h.kind, Model: h.model, ID: h.id})
		}
	}
	slices.SortFunc(sheet.rows, compareRows)
	return sheet
}

// kindOf is project for both kinds of project rows.
func kindOf(kind string) string {
	if kind == "code" {
		return kind
	}
	return "project"
}

func compareRows(a, b exportRow) int {
	return cmp.Or(
		cmp.Compare(kindOf(b.Kind), kindOf(a.Kind)), // project before code
		cmp.Compare(slices.Index(codeModels, a.Model), slices.Index(codeModels, b.Model)),
		cmp.Compare(a.State, b.State),
		cmp.Compare(a.Code, b.Code), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.ID, b.ID), cmp.Compare(a.ProcoreProject, b.ProcoreProject),
	)
}

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
			kind: "code", model: odoo.ModelCategory, id: id, name: category.Name,
			group: path(category.Parent, func(id int64) (string, int64) { return categories[id].Name, categories[id].Parent }),
		})
	}
	err = odoo.Each(ctx, c.Odoo.Accounts, 1, math.MaxInt64, func(r odoo.Record[odoo.Account]) {
		h := holding{model: odoo.ModelAccount, id: r.ID, code: r.Doc.Code, name: r.Doc.Name, group: r.Doc.Type}
		if takesCosts(r.Doc.Type) {
			h.kind = "code"
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
		{"odoo.plans.cost", c.File.Odoo.Plans.Cost, "code"}, {"odoo.plans.project", c.File.Odoo.Plans.Project, "project"},
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
