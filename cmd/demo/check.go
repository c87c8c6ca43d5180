package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/internal/firm"
)

// check holds the end of the day against what must be there. Findings go into the report; an error is something that
// could not be looked at.
func (d *Demo) check(ctx context.Context) error {
	defer d.report.took("check", time.Now())
	d.say("checking the result")
	runs, err := d.settledRuns(ctx)
	if err != nil {
		return err
	}
	d.checkRuns(runs)
	d.checkQuiet()
	if err := d.checkReconciliation(ctx); err != nil {
		return err
	}
	if err := d.source.compare(ctx); err != nil {
		return err
	}
	if err := d.checkStockCLI(ctx); err != nil {
		return err
	}
	d.report.Duplicates = duplicates(d.sandboxes.procore.State(), d.baseline)
	for _, twin := range d.report.Duplicates {
		d.report.fail("Procore holds twice: %s.", twin)
	}
	sent, err := d.sent(ctx)
	if err != nil {
		return err
	}
	d.report.Failures = append(d.report.Failures, checkJournal(d.sandboxes.procore.Journal(), sent)...)
	if d.sandboxes.contract != nil {
		d.report.Failures = append(d.report.Failures, d.sandboxes.contract.findings()...)
	}
	return d.describe(ctx)
}

// checkQuiet: a cycle without changes costs Procore nothing and starts nothing.
func (d *Demo) checkQuiet() {
	for _, c := range d.report.Cycles {
		if c.Name != "quiet" {
			continue
		}
		if c.ProcoreCalls != 0 {
			d.report.fail("The quiet cycle made %d calls to Procore: %v.", c.ProcoreCalls, c.ProcoreByOperation)
		}
		if c.ChildrenStarted != 0 {
			d.report.fail("The quiet cycle started %d record workflows.", c.ChildrenStarted)
		}
	}
}

// checkStage compares ledger and exceptions with the firm's, and leaves the last comparison in the report.
func (d *Demo) checkStage(ctx context.Context, when string, ledger []firm.LedgerRow, expected []firm.ExpectedException) {
	sums, unreadable := figures(d.sandboxes.procore.State())
	for _, text := range unreadable {
		d.report.fail("%s: Procore holds the amount %q, which is no number.", when, text)
	}
	mismatches := compareLedger(ledger, sums)
	d.report.Ledger = LedgerResult{Rows: len(ledger), Mismatches: mismatches}
	for _, m := range mismatches {
		d.report.fail("%s: %s on %s %s is %s in Procore and %s in the firm's ledger.", when, m.Column, m.Project, m.BudgetCode, m.Procore, m.Expected)
	}
	exceptions, err := d.exceptions(ctx)
	if err != nil {
		d.report.fail("%s: the exceptions could not be listed: %v.", when, err)
		return
	}
	d.report.Exceptions = exceptions
	missing, extra := compareExceptions(expected, exceptions)
	for _, e := range missing {
		d.report.fail("%s: %s should wait for a person with %s and does not.", when, e.Ref, e.Cause)
	}
	for _, e := range extra {
		d.report.fail("%s: %s waits for a person with %s, which nobody expected: %s", when, e.Ref, e.Cause, e.Sentence)
	}
	d.say("%s: %d ledger rows, %d cells differ; %d exceptions, %d missing, %d unexpected",
		strings.ToLower(when), len(ledger), len(mismatches), len(exceptions), len(missing), len(extra))
}

// compareExceptions matches reference and code, each as often as it is expected.
func compareExceptions(want []firm.ExpectedException, have []Exception) (missing []firm.ExpectedException, extra []Exception) {
	extra = slices.Clone(have)
	for _, w := range want {
		i := slices.IndexFunc(extra, func(e Exception) bool { return e.Ref == w.Ref && causeCode(e.Cause) == w.Cause })
		if i < 0 {
			missing = append(missing, w)
			continue
		}
		extra = slices.Delete(extra, i, i+1)
	}
	return missing, extra
}

// causeCode is the part of a cause's key before the colon.
func causeCode(key string) string {
	code, _, _ := strings.Cut(key, ":")
	return code
}

// exceptions asks the product.
func (d *Demo) exceptions(ctx context.Context) ([]Exception, error) {
	out, err := d.product.run(ctx, nil, "exceptions", "list", tenant, "-o", "json")
	if err != nil {
		return nil, err
	}
	list := []Exception{}
	if err := json.Unmarshal(out, &list); err != nil {
		return nil, fmt.Errorf("reading the list of exceptions: %w", err)
	}
	return list, nil
}

// checkReconciliation asks the product to reconcile live; nothing may stay unexplained.
func (d *Demo) checkReconciliation(ctx context.Context) error {
	out, err := d.product.run(ctx, nil, "reconcile", "run", tenant, "-o", "json")
	if decodeErr := json.Unmarshal(out, &d.report.Reconciliation); decodeErr != nil {
		d.report.fail("`reconcile run` gave no report: %v.", decodeErr)
		if err != nil {
			d.report.fail("`reconcile run` ended with: %v.", err)
		}
		return context.Cause(ctx)
	}
	r := d.report.Reconciliation
	if err != nil {
		d.report.fail("`reconcile run` did not end with exit code 0.")
	}
	if r.Source != "live" {
		d.report.fail("The reconciliation's source is %q, not live.", r.Source)
	}
	if len(r.Rows) == 0 && d.source.documents() {
		d.report.fail("The reconciliation has no row.")
	}
	for _, row := range r.Rows {
		if !zero(row.Unexplained) {
			d.report.fail("Reconciliation: %s of %s %s: Odoo has %s, Procore %s, %s is unexplained.",
				row.Test, row.Project, row.BudgetCode, row.Odoo, row.Procore, row.Unexplained)
		}
	}
	if !zero(r.Unexplained) {
		d.report.fail("Reconciliation: %s is unexplained in total.", r.Unexplained)
	}
	return context.Cause(ctx)
}

func zero(amount string) bool {
	value, err := decimal.NewFromString(amount)
	return err == nil && value.IsZero()
}
