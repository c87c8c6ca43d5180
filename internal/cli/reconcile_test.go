package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/reconcile"
)

func TestReconcileTables(t *testing.T) {
	t.Parallel()
	money := func(text string) reconcile.Amount { return reconcile.Amount{Decimal: decimal.RequireFromString(text)} }
	because := func(line, ref, amount string) reconcile.Explanation {
		return reconcile.Explanation{Line: line, Ref: ref, Amount: money(amount)}
	}
	report := reconcile.Report{
		Tenant: "acme", At: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC), Unexplained: money("0.01"),
		Problems: []string{"The Procore project Annex (9) is not compared."},
		Rows: []reconcile.Row{
			{
				Test: reconcile.TestCommitments, Odoo: money("30"), Difference: money("30"),
				ExplainedBy: []reconcile.Explanation{because("out of scope", "PO1", "10"), because("out of scope", "PO2", "20")},
			},
			{
				Project: "T-1", BudgetCode: "03.M", Test: reconcile.TestCommitments, Odoo: money("500.01"), Procore: money("490"),
				Difference: money("10.01"), Unexplained: money("0.01"), ExplainedBy: []reconcile.Explanation{because("changed in Procore", "PO42", "10")},
				UnexplainedBy: []reconcile.Explanation{because("unexplained", "PO43", "0.01")},
			},
			{Project: "T-1", BudgetCode: "05.M", Test: reconcile.TestCommitments, Odoo: money("1"), Procore: money("1")},
		},
	}
	var out bytes.Buffer
	a := &App{stdout: &out, output: "table"}
	require.NoError(t, a.reconcileTables(report))
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	require.Equal(t, []string{
		"Odoo and Procore of tenant acme, both read at 2026-11-24 06:00:00 UTC (clock of this machine).",
		"",
		"PROJECT TEST ODOO PROCORE DIFFERENCE EXPLAINED UNEXPLAINED",
		"(not in Procore) commitments 30.00 0.00 30.00 30.00 0.00",
		"T-1 commitments 501.01 491.00 10.01 10.00 0.01",
		"",
		"Differences:",
		"",
		"PROJECT BUDGET CODE TEST AMOUNT WHY RECORD",
		"(not in Procore) commitments 30.00 out of scope 2 records",
		"T-1 03.M commitments 10.00 changed in Procore PO42",
		"T-1 03.M commitments 0.01 UNEXPLAINED PO43",
		"",
		"The Procore project Annex (9) is not compared.",
		"",
		"Unexplained: 0.01",
	}, lines)
}
