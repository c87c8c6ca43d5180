package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/internal/reconcile"
)

func (a *App) reconcileCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "reconcile", Short: "Compare Odoo and Procore to the cent"}
	var project string
	run := &cobra.Command{
		Use:   "run TENANT",
		Short: "Read both systems now and explain every difference; exit 0 only if nothing is unexplained",
		Long: "Read both systems now and compare them, project by project and budget code by budget code: purchase orders with\n" +
			"committed cost, their bills with subcontractor invoices, other bills with direct costs, and Odoo's analytic cost\n" +
			"with Procore's cost to date. Every difference is explained by named records, or is unexplained.",
		Example: "  ml-connector reconcile run acme\n  ml-connector reconcile run acme --project 2026-014 -o json",
		Args:    exactArgs("TENANT"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.reconcileRun(cmd.Context(), args[0], project) },
	}
	run.Flags().StringVar(&project, "project", "", "id or number of one Procore project")
	return group(cmd, run)
}

func (a *App) reconcileRun(ctx context.Context, tenant, project string) error {
	c, err := a.connection(ctx, tenant)
	if err != nil {
		return err
	}
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	report, err := reconcile.Run(ctx, s, c, reconcile.Options{Project: project})
	if err != nil {
		return err
	}
	if a.output == "json" {
		err = a.print(report, nil, nil)
	} else {
		err = a.reconcileTables(report)
	}
	// A project that was asked for and could not be read is in the problems alone: nothing about it is explained.
	unread := project != "" && len(report.Problems) > 0 && len(report.Rows) == 0
	if err == nil && (unread || !report.Clean()) {
		err = errQuiet
	}
	return err
}

// reconcileTables prints the sums per project, then every row that differs with what explains it.
func (a *App) reconcileTables(report reconcile.Report) error {
	a.say("Odoo and Procore of tenant %s, both read at %s (clock of this machine).\n", report.Tenant, report.At.Format("2006-01-02 15:04:05 UTC"))
	if err := a.print(nil, []string{"PROJECT", "TEST", "ODOO", "PROCORE", "DIFFERENCE", "EXPLAINED", "UNEXPLAINED"}, projectSums(report.Rows)); err != nil {
		return err
	}
	if rows := differences(report.Rows); len(rows) > 0 {
		a.say("\nDifferences:\n")
		if err := a.print(nil, []string{"PROJECT", "BUDGET CODE", "TEST", "AMOUNT", "WHY", "RECORD"}, rows); err != nil {
			return err
		}
	}
	for _, problem := range report.Problems {
		a.say("\n%s", problem)
	}
	a.say("\nUnexplained: %s", report.Unexplained)
	return nil
}

// outside is how rows without a project are called.
const outside = "(not in Procore)"

func projectSums(rows []reconcile.Row) [][]string {
	type key struct{ project, test string }
	type sum struct{ odoo, procore, unexplained decimal.Decimal }
	sums := map[key]*sum{}
	var order []key
	for _, r := range rows {
		k := key{cmp.Or(r.Project, outside), r.Test}
		if sums[k] == nil {
			sums[k] = &sum{}
			order = append(order, k)
		}
		s := sums[k]
		s.odoo, s.procore = s.odoo.Add(r.Odoo.Decimal), s.procore.Add(r.Procore.Decimal)
		s.unexplained = s.unexplained.Add(r.Unexplained.Decimal)
	}
	var out [][]string
	for _, k := range order {
		s := sums[k]
		difference := s.odoo.Sub(s.procore)
		line := []string{k.project, k.test}
		for _, d := range []decimal.Decimal{s.odoo, s.procore, difference, difference.Sub(s.unexplained), s.unexplained} {
			line = append(line, reconcile.Amount{Decimal: d}.String())
		}
		out = append(out, line)
	}
	return out
}

// differences lists the explanations of rows that differ. What stays out of Procore is summed per bridge line: its
// records are in the JSON output.
func differences(rows []reconcile.Row) [][]string {
	var out [][]string
	for _, r := range rows {
		add := func(project string, e reconcile.Explanation) {
			test := r.Test
			if r.Type != "" {
				test += " " + r.Type
			}
			out = append(out, []string{project, r.BudgetCode, test, e.Amount.String(), e.Line, e.Ref})
		}
		explained, open := r.ExplainedBy, r.UnexplainedBy
		if r.Project == "" {
			for _, e := range perLine(explained) {
				add(outside, e)
			}
		} else {
			for _, e := range explained {
				add(r.Project, e)
			}
		}
		for _, e := range open {
			e.Line = strings.ToUpper(e.Line)
			add(cmp.Or(r.Project, outside), e)
		}
		if len(open) == 0 && !r.Unexplained.IsZero() {
			add(cmp.Or(r.Project, outside), reconcile.Explanation{Line: strings.ToUpper(reconcile.LineUnexplained), Amount: r.Unexplained})
		}
	}
	return out
}

// perLine sums explanations by their line.
func perLine(list []reconcile.Explanation) []reconcile.Explanation {
	var out []reconcile.Explanation
	counts := map[string]int{}
	for _, e := range list {
		if n := len(out); n > 0 && out[n-1].Line == e.Line {
			out[n-1].Amount = reconcile.Amount{Decimal: out[n-1].Amount.Add(e.Amount.Decimal)}
		} else {
			out = append(out, e)
		}
		counts[e.Line]++
	}
	for i, e := range out {
		if counts[e.Line] > 1 {
			out[i].Ref = fmt.Sprintf("%d records", counts[e.Line])
		}
	}
	return out
}
