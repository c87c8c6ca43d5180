package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/procore"
)

// procoreProblems looks for every project and code that a row names. Mapped are the projects that have an account once
// the sheet is in.
func procoreProblems(ctx context.Context, c *procore.Client, sheet mappingSheet, mapped []int64) (problems []sheetProblem, warnings []string, err error) {
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
	problems = append(problems, more...)
	if err != nil || len(problems) > 0 {
		return problems, warnings, err
	}
	unknown, err := generalWarnings(ctx, c, sheet, mapped, codes)
	return nil, append(warnings, unknown...), err
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
// codes of rows for all projects are no problem: a project may be still to come, see [generalWarnings].
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

// generalWarnings are about cost codes of rows for all projects that no mapped project has: a mistake in writing, or what
// a spreadsheet made of a code that looks like a date. Projects are read until each code is found.
func generalWarnings(
	ctx context.Context, c *procore.Client, sheet mappingSheet, mapped []int64, codes map[int64]map[string]bool,
) (warnings []string, err error) {
	unknown := map[string]bool{}
	for _, m := range sheet.codes {
		if m.ProcoreProject == 0 {
			unknown[m.CostCode] = true
		}
	}
	shown := 0 // projects whose codes Procore shows
	for _, project := range mapped {
		if len(unknown) == 0 {
			return nil, nil
		}
		of, read := codes[project]
		if !read {
			var refused error
			of, refused, err = costCodes(ctx, c, project)
			if err != nil {
				return nil, err
			}
			if refused != nil {
				continue
			}
		}
		shown++
		maps.DeleteFunc(unknown, func(code string, _ bool) bool { return of[code] })
	}
	if shown == 0 {
		return nil, nil
	}
	for i, m := range sheet.codes {
		if m.ProcoreProject == 0 && unknown[m.CostCode] {
			warnings = append(warnings, fmt.Sprintf("row %d: cost_code: no mapped project of Procore has the cost code %q: correct it, or add it in Procore.", sheet.codeLines[i], m.CostCode))
		}
	}
	return warnings, nil
}
