package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
)

// checkSheet holds the rows against both systems: what a row names must be there. It returns warnings about projects
// that Procore refuses: that they are not permitted yet is no reason to refuse the sheet, their records wait as
// project.forbidden.
func checkSheet(ctx context.Context, c *activities.Connection, sheet mappingSheet) (warnings []string, err error) {
	problems, err := odooProblems(ctx, c.Odoo, sheet)
	if err != nil {
		return nil, fmt.Errorf("looking for the sheet's rows in Odoo: %w", err)
	}
	more, warnings, err := procoreProblems(ctx, c.Procore, sheet)
	if err != nil {
		return nil, fmt.Errorf("looking for the sheet's rows in Procore: %w", err)
	}
	return warnings, sheetError(append(problems, more...))
}

// odooProblems looks for every record that a row names. An analytic account must have the row's code too, where it
// gives one: an id that was mistyped would else carry costs to another job.
func odooProblems(ctx context.Context, c *odoo.Client, sheet mappingSheet) ([]sheetProblem, error) {
	type wanted struct {
		id   int64
		line int
		code string
	}
	rows := map[string][]wanted{}
	for i, p := range sheet.projects {
		rows[odoo.ModelAnalyticAccount] = append(rows[odoo.ModelAnalyticAccount], wanted{p.OdooID, sheet.projectLines[i], p.OdooCode})
	}
	for i, m := range sheet.codes {
		rows[m.OdooModel] = append(rows[m.OdooModel], wanted{m.OdooID, sheet.codeLines[i], m.OdooCode})
	}
	var problems []sheetProblem
	for _, model := range codeModels {
		if len(rows[model]) == 0 {
			continue
		}
		ids := make([]int64, 0, len(rows[model]))
		for _, w := range rows[model] {
			ids = append(ids, w.id)
		}
		codes, err := codesInOdoo(ctx, c, model, slices.Min(ids), slices.Max(ids))
		if err != nil {
			return nil, err
		}
		for _, w := range rows[model] {
			code, there := codes[w.id]
			switch {
			case !there:
				problems = append(problems, sheetProblem{w.line, fmt.Sprintf("odoo_id: Odoo has no %s %d that its user sees", model, w.id)})
			case model == odoo.ModelAnalyticAccount && w.code != "" && w.code != code:
				problems = append(problems, sheetProblem{w.line, fmt.Sprintf("odoo_code: Odoo's %s %d has the code %q, the sheet says %q: correct id or code", model, w.id, code, w.code)})
			}
		}
	}
	return problems, nil
}

// codesInOdoo gives the codes of a model's records with ids from first to last.
func codesInOdoo(ctx context.Context, c *odoo.Client, model string, first, last int64) (map[int64]string, error) {
	switch model {
	case odoo.ModelAnalyticAccount:
		return codesOf(ctx, c.AnalyticAccounts, first, last, func(a odoo.AnalyticAccount) string { return a.Code })
	case odoo.ModelCategory:
		return codesOf(ctx, c.Categories, first, last, func(odoo.Category) string { return "" })
	default:
		return codesOf(ctx, c.Accounts, first, last, func(a odoo.Account) string { return a.Code })
	}
}

func codesOf[T any](
	ctx context.Context, read func(context.Context, odoo.Window) ([]odoo.Record[T], error), first, last int64, code func(T) string,
) (map[int64]string, error) {
	out := map[int64]string{}
	err := odoo.Each(ctx, read, first, last, func(r odoo.Record[T]) { out[r.ID] = strings.TrimSpace(code(r.Doc)) })
	return out, err
}

// procoreProblems looks for every project and code that a row names.
func procoreProblems(ctx context.Context, c *procore.Client, sheet mappingSheet) (problems []sheetProblem, warnings []string, err error) {
	rows := map[int64][]int{} // project → rows that name it
	for i, p := range sheet.projects {
		rows[p.ProcoreProject] = append(rows[p.ProcoreProject], sheet.projectLines[i])
	}
	coded := map[int64]bool{}
	for i, m := range sheet.codes {
		rows[m.ProcoreProject] = append(rows[m.ProcoreProject], sheet.codeLines[i])
		coded[m.ProcoreProject] = true
	}
	delete(rows, 0) // of no project, or of all
	list, _, err := c.Projects.List(ctx, procore.ProjectListOptions{Status: "All"})
	if err != nil {
		return nil, nil, err
	}
	known := map[int64]bool{}
	for _, p := range list {
		known[p.ID] = true
	}
	codes := map[int64]map[string]bool{}
	for project, lines := range rows {
		if known[project] && !coded[project] {
			continue
		}
		list, refused, err := costCodes(ctx, c, project)
		switch {
		case err != nil:
			return nil, nil, err
		case refused != nil && procore.IsNotFound(refused):
			for _, line := range lines {
				problems = append(problems, sheetProblem{line, fmt.Sprintf("procore_project: Procore has no project %d: correct the id", project)})
			}
		case refused != nil || !known[project]:
			warnings = append(warnings, fmt.Sprintf("row %d: Procore does not let the app into project %d: its records wait until a company administrator adds it to the app's permitted projects.", slices.Min(lines), project))
		default:
			codes[project] = list
		}
	}
	slices.Sort(warnings)
	more, err := codeProblems(ctx, c, sheet, codes)
	return append(problems, more...), warnings, err
}

// costCodes are the full codes of a project; refused is Procore's answer when it does not show them.
func costCodes(ctx context.Context, c *procore.Client, project int64) (codes map[string]bool, refused, err error) {
	list, _, err := c.CostCodes.List(ctx, project, procore.ListOptions{})
	var refusal *procore.ErrorResponse
	if errors.As(err, &refusal) && (procore.IsNotFound(err) || refusal.Code == procore.CodeProjectForbidden || refusal.Code == procore.CodeForbidden) {
		return nil, err, nil
	}
	codes = map[string]bool{}
	for _, code := range list {
		if code.DeletedAt.IsZero() {
			codes[code.FullCode] = true
		}
	}
	return codes, nil, err
}

// codeProblems looks for the cost codes of rows with a project, and for all cost types, which are the company's. Cost
// codes of rows for all projects are looked for when a document needs one.
func codeProblems(ctx context.Context, c *procore.Client, sheet mappingSheet, codes map[int64]map[string]bool) ([]sheetProblem, error) {
	if len(sheet.codes) == 0 {
		return nil, nil
	}
	list, _, err := c.CostTypes.List(ctx, procore.ListOptions{})
	if err != nil {
		return nil, err
	}
	types := map[string]bool{"": true}
	for _, t := range list {
		types[t.Code] = true
	}
	var problems []sheetProblem
	for i, m := range sheet.codes {
		if of, read := codes[m.ProcoreProject]; read && !of[m.CostCode] {
			problems = append(problems, sheetProblem{sheet.codeLines[i], fmt.Sprintf("cost_code: project %d of Procore has no cost code %q", m.ProcoreProject, m.CostCode)})
		}
		if !types[m.CostType] {
			problems = append(problems, sheetProblem{sheet.codeLines[i], fmt.Sprintf("cost_type: Procore has no cost type %q", m.CostType)})
		}
	}
	return problems, nil
}
