package main

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// describe fills in what became of the records and vendors, and checks the vendors that must be linked.
func (d *Demo) describe(ctx context.Context) error {
	state := d.sandboxes.procore.State()
	bindings, err := d.bindings(ctx)
	if err != nil {
		return err
	}
	if d.report.Records, err = d.records(ctx); err != nil {
		return err
	}
	index := map[string]int{}
	for i, r := range d.report.Records {
		index[recordKey(r.Model, r.ID)] = i
	}
	for _, e := range d.report.Exceptions {
		if i, ok := index[recordKey(e.Model, e.ID)]; ok {
			d.report.Records[i].State = "exception"
		}
	}
	documents := documentsOf(state)
	for _, b := range bindings {
		document := documents[b.ProcoreID]
		document.Resource, document.ID, document.Project = b.Kind, b.ProcoreID, b.Project
		if i, ok := index[recordKey(b.Model, b.OdooID)]; ok {
			d.report.Records[i].Procore = append(d.report.Records[i].Procore, document)
		}
	}
	d.checkVendors(state, bindings)
	return nil
}

// documentsOf gives status and amount by Procore id.
func documentsOf(state procoretest.State) map[int64]Document {
	out := map[int64]Document{}
	gone := map[bool]string{true: "deleted"}
	for _, v := range state.Vendors {
		out[v.ID] = Document{Status: map[bool]string{true: "active", false: "inactive"}[v.IsActive]}
	}
	for _, c := range state.Commitments {
		out[c.ID] = Document{Status: orElse(gone[c.Deleted], c.Status), Amount: c.GrandTotal}
	}
	for _, r := range state.Requisitions {
		out[r.ID] = Document{Status: r.Status, Amount: r.Total}
	}
	for _, c := range state.DirectCosts {
		out[c.ID] = Document{Status: orElse(gone[c.Deleted], c.Status), Amount: c.Total}
	}
	return out
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// checkVendors tells linked from created; those that Procore had must be linked, and no others.
func (d *Demo) checkVendors(state procoretest.State, bindings []binding) {
	vendors := map[int64]procoretest.VendorState{}
	for _, v := range state.Vendors {
		vendors[v.ID] = v
		if !d.baseline[v.ID] {
			d.report.Vendors.Created++
		}
	}
	partners := d.partners()
	var linked []string
	for _, b := range bindings {
		if b.Kind != "vendor" || !d.baseline[b.ProcoreID] {
			continue
		}
		p, v := partners[b.OdooID], vendors[b.ProcoreID]
		why := "same name"
		if p.vat != "" && digits(p.vat) == digits(v.TaxID) {
			why = "same tax number"
		}
		d.report.Vendors.Linked = append(d.report.Vendors.Linked, LinkedVendor{ID: b.OdooID, ProcoreID: b.ProcoreID, Why: why})
		linked = append(linked, p.name)
	}
	expected := d.firm.LinkedVendors()
	for _, name := range expected {
		if !slices.Contains(linked, name) {
			d.report.fail("The vendor %s was in Procore before and was not linked.", name)
		}
	}
	for _, name := range linked {
		if !slices.Contains(expected, name) {
			d.report.fail("The vendor %s was linked to one that Procore had before, which nobody expected.", name)
		}
	}
}

type partner struct{ name, vat string }

func (d *Demo) partners() map[int64]partner {
	out := map[int64]partner{}
	rows, _ := d.sandboxes.odoo.State()["res.partner"].([]any)
	for _, r := range rows {
		values, _ := r.(map[string]any)
		id, _ := values["id"].(int64)
		name, _ := values["name"].(string)
		vat, _ := values["vat"].(string)
		out[id] = partner{name, vat}
	}
	return out
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// noteVersions writes down what took part.
func (d *Demo) noteVersions(ctx context.Context) error {
	versions := d.report.Versions
	versions["go"] = runtime.Version()
	out, err := d.product.run(ctx, nil, "--version")
	if err != nil {
		return err
	}
	versions["ml-connector"] = strings.TrimPrefix(string(bytes.TrimSpace(out)), "ml-connector version ")
	var postgres string
	if err := d.db.QueryRow(ctx, "show server_version").Scan(&postgres); err != nil {
		return fmt.Errorf("asking PostgreSQL for its version: %w", err)
	}
	versions["postgresql"] = postgres
	info, err := d.temporal.WorkflowService().GetSystemInfo(ctx, &workflowservice.GetSystemInfoRequest{})
	if err != nil {
		return fmt.Errorf("asking Temporal for its version: %w", err)
	}
	versions["temporal"] = info.GetServerVersion()
	versions["odoo sandbox"], versions["procore sandbox"] = "19.0, JSON-2", "REST v1.0 and v1.1"
	return nil
}

// summary prints the result.
func (d *Demo) summary() {
	r := d.report
	_, _ = fmt.Fprintln(d.out)
	for _, c := range r.Cycles {
		_, _ = fmt.Fprintf(d.out, "  %-6s %4d children  %5d Odoo calls  %5d Procore calls  %6.1f s\n",
			c.Name, c.ChildrenStarted, c.OdooCalls, c.ProcoreCalls, r.Seconds[c.Name])
	}
	_, _ = fmt.Fprintf(d.out, "  ledger: %d rows, %d mismatches; unexplained: %s; exceptions: %d; duplicates: %d; vendors: %d created, %d linked\n",
		r.Ledger.Rows, len(r.Ledger.Mismatches), orElse(r.Reconciliation.Unexplained, "not known"), len(r.Exceptions), len(r.Duplicates),
		r.Vendors.Created, len(r.Vendors.Linked))
	_, _ = fmt.Fprintf(d.out, "  temporal: %d runs, %d failed, longest history %d events\n", r.Temporal.Runs, r.Temporal.Failed, r.Temporal.MaxHistoryEvents)
	const shown = 40
	for _, f := range r.Failures[:min(shown, len(r.Failures))] {
		_, _ = fmt.Fprintln(d.out, "  - "+f)
	}
	if n := len(r.Failures) - shown; n > 0 {
		_, _ = fmt.Fprintf(d.out, "  … and %d more findings\n", n)
	}
	_, _ = fmt.Fprintf(d.out, "result: %s, %.1f s\n", strings.ToUpper(r.Result), r.Seconds["total"])
	if r.Result != "pass" && d.logs != "" {
		d.showErrors()
	}
}

// showErrors prints the worker's last errors and where the logs are.
func (d *Demo) showErrors() {
	lines, err := errorLines(d.workerLog(), 20)
	if err != nil {
		lines = []string{err.Error()}
	}
	_, _ = fmt.Fprintf(d.out, "the worker's last errors (%s%s):\n", d.workerLog(),
		map[bool]string{false: "; -keep keeps the logs in .demo/logs"}[d.cfg.Keep])
	for _, line := range lines {
		_, _ = fmt.Fprintln(d.out, "  "+line)
	}
}
