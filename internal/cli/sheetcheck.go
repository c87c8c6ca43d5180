package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
)

// checkSheet holds the rows against both systems: what a row names must be there. It returns warnings about projects
// that Procore refuses: that they are not permitted yet is no reason to refuse the sheet, their records wait as
// project.forbidden; and about cost codes of rows for all projects that none of them has, with the rules that there
// were before.
func checkSheet(ctx context.Context, c *activities.Connection, sheet mappingSheet, before rules) (warnings []string, err error) {
	problems, err := odooProblems(ctx, c.Odoo, sheet)
	if err != nil {
		return nil, fmt.Errorf("looking for the sheet's rows in Odoo: %w", err)
	}
	more, warnings, err := procoreProblems(ctx, c.Procore, sheet, before.mapped(sheet))
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
			case model == odoo.ModelAnalyticAccount && w.code != "" && !sameCode(w.code, code):
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
	err := odoo.Each(ctx, read, first, last, func(r odoo.Record[T]) { out[r.ID] = code(r.Doc) })
	return out, err
}
