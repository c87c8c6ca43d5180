package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"runtime"
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
	return d.checkVendors(ctx, state, bindings)
}

// documentsOf gives status and amount by Procore id.
func documentsOf(state procoretest.State) map[int64]Document {
	out := map[int64]Document{}
	gone := map[bool]string{true: "deleted"}
	for _, v := range state.Vendors {
		out[v.ID] = Document{Status: map[bool]string{true: "active", false: "inactive"}[v.IsActive]}
	}
	for _, c := range state.Commitments {
		out[c.ID] = Document{Status: cmp.Or(gone[c.Deleted], c.Status), Amount: c.GrandTotal}
	}
	for _, r := range state.Requisitions {
		out[r.ID] = Document{Status: r.Status, Amount: r.Total}
	}
	for _, c := range state.DirectCosts {
		out[c.ID] = Document{Status: cmp.Or(gone[c.Deleted], c.Status), Amount: c.Total}
	}
	return out
}

// checkVendors tells linked from created.
func (d *Demo) checkVendors(ctx context.Context, state procoretest.State, bindings []binding) error {
	vendors := map[int64]procoretest.VendorState{}
	for _, v := range state.Vendors {
		vendors[v.ID] = v
		if !d.baseline[v.ID] {
			d.report.Vendors.Created++
		}
	}
	partners, err := d.source.partners(ctx)
	if err != nil {
		return err
	}
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
	d.source.checkLinked(linked)
	return nil
}

type partner struct{ name, vat string }

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
	name, version := d.source.version()
	versions[name], versions["procore sandbox"] = version, "REST v1.0 and v1.1"
	return nil
}
