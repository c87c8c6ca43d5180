package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// line prints one line of the summary.
func (d *Demo) line(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format+"\n", args...) }

// titles name Odoo's models for a reader.
var titles = []struct{ model, title string }{
	{"res.partner", "vendors"}, {"purchase.order", "purchase orders"}, {"account.move", "vendor bills"},
}

// summary prints the result on one screen.
func (d *Demo) summary() {
	r := d.report
	d.line("\n%s after %.0f s\n", map[bool]string{true: "PASS", false: "FAIL"}[r.Result == "pass"], r.Seconds["total"])
	d.summarizeModels()
	d.summarizeExceptions()
	for _, c := range r.Cycles {
		d.line("  %-15s %5d records went through a workflow, %5d calls to Odoo, %5d to Procore, %6.1f s",
			c.Name, c.ChildrenStarted, c.OdooCalls, c.ProcoreCalls, c.Seconds)
	}
	d.line("  %-15s unexplained %s; %s%d duplicates; vendors: %d created, %d linked", "reconciliation",
		cmp.Or(r.Reconciliation.Unexplained, "not known"), d.ledgerWords(), len(r.Duplicates), r.Vendors.Created, len(r.Vendors.Linked))
	d.line("  %-15s %d runs, %d failed, longest history %d events", "Temporal", r.Temporal.Runs, r.Temporal.Failed, r.Temporal.MaxHistoryEvents)
	d.summarizeFailures()
}

func (d *Demo) ledgerWords() string {
	if d.report.Ledger.Rows == 0 {
		return ""
	}
	return fmt.Sprintf("%d rows of the firm's ledger, %d cells differ; ", d.report.Ledger.Rows, len(d.report.Ledger.Mismatches))
}

// summarizeModels is a row for each model: where its documents stand now.
func (d *Demo) summarizeModels() {
	if len(d.report.Cycles) == 0 {
		return
	}
	last := d.report.Cycles[len(d.report.Cycles)-1]
	synced := map[string]int{}
	for _, record := range d.report.Records {
		if record.State == "synced" || record.State == "unchanged" {
			synced[record.Model]++
		}
	}
	d.line("  %-15s %9s %9s %9s %11s", "", "fetched", "in scope", "synced", "exceptions")
	for _, t := range titles {
		fetched := 0
		for _, c := range d.report.Cycles {
			fetched += c.Models[t.model].Fetched
		}
		m := last.Models[t.model]
		d.line("  %-15s %9d %9d %9d %11d", t.title, fetched, m.InScope, synced[t.model], m.Exceptions)
	}
}

// summarizeExceptions counts by cause, most frequent first.
func (d *Demo) summarizeExceptions() {
	counts := map[string]int{}
	for _, e := range d.report.Exceptions {
		counts[causeCode(e.Cause)]++
	}
	codes := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var words []string
	for _, code := range codes {
		words = append(words, fmt.Sprintf("%s %d", code, counts[code]))
	}
	const width = 96
	name, row := "by cause", ""
	for i, word := range words {
		if i < len(words)-1 {
			word += ", "
		}
		if len(row)+len(word) > width {
			d.line("  %-15s %s", name, strings.TrimSpace(row))
			name, row = "", ""
		}
		row += word
	}
	if row != "" {
		d.line("  %-15s %s", name, row)
	}
}

// summarizeFailures prints what is not right, and the worker's last errors.
func (d *Demo) summarizeFailures() {
	failures := d.report.Failures
	const shown = 40
	for _, f := range failures[:min(shown, len(failures))] {
		d.line("  - %s", f)
	}
	if n := len(failures) - shown; n > 0 {
		d.line("  … and %d more findings", n)
	}
	if d.report.Result != "pass" && d.logs != "" {
		d.showErrors()
	}
}

// showErrors prints the worker's last errors and where the logs are.
func (d *Demo) showErrors() {
	lines, err := errorLines(d.workerLog(), 20)
	if err != nil {
		lines = []string{err.Error()}
	}
	d.line("the worker's last errors (%s%s):", d.workerLog(), map[bool]string{false: "; -keep keeps the logs in .demo/logs"}[d.cfg.Keep])
	for _, line := range lines {
		d.line("  %s", line)
	}
}
