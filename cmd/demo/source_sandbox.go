package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/internal/firm"
)

// sandboxSource is the sandbox with the firm in it.
type sandboxSource struct{ *Demo }

func (d sandboxSource) handler() http.Handler { return nil }

func (d sandboxSource) load(ctx context.Context) error {
	d.say("the Odoo sandbox is version %s", d.sandboxes.odoo.Version())
	return d.firm.Load(ctx, d.sandboxes.odoo, d.sandboxes.procore, func(what string) { d.say("loading the firm: %s", what) })
}

func (d sandboxSource) patience() (timeout, settle string) { return "10s", "15s" }

// tenantFile is the firm's file for people who do not want to wait.
func (d sandboxSource) tenantFile() ([]byte, error) {
	var file map[string]any
	if err := yaml.Unmarshal(d.firm.TenantYAML(d.sandboxes.odooURL, d.sandboxes.procoreURL), &file); err != nil {
		return nil, fmt.Errorf("reading the firm's tenant file: %w", err)
	}
	for key, change := range map[string]map[string]any{
		"odoo": {"settle_delay": settleDelay.String()}, "schedule": {"every": scheduleEvery.String()},
	} {
		section, ok := file[key].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("reading the firm's tenant file: it has no section %s", key)
		}
		maps.Copy(section, change)
	}
	data, err := yaml.Marshal(file)
	if err != nil {
		return nil, fmt.Errorf("writing the tenant file: %w", err)
	}
	return data, nil
}

func (d sandboxSource) key() string {
	_, _, key := d.firm.OdooUser()
	return key
}

func (d sandboxSource) mapIn(ctx context.Context) error {
	d.say("map import: the firm's mapping sheet")
	if err := d.write("mapping.csv", d.firm.MappingSheet()); err != nil {
		return err
	}
	_, err := d.product.run(ctx, nil, "map", "import", tenant, d.file("mapping.csv"))
	return err
}

// version tells the protocol by what the product has called so far.
func (d sandboxSource) version() (name, version string) {
	version = d.sandboxes.odoo.Version()
	for _, protocol := range []struct{ path, name string }{{"/json/2/", "JSON-2"}, {"/xmlrpc/2/object", "XML-RPC"}} {
		if slices.ContainsFunc(d.sandboxes.odoo.Journal(), func(c odootest.Call) bool { return strings.HasPrefix(c.Path, protocol.path) }) {
			version += ", " + protocol.name
		}
	}
	return "odoo sandbox", version
}

func (d sandboxSource) calls() int { return len(d.sandboxes.odoo.Journal()) }

// compare holds the day against the firm's ledger. For seed 1 the firm's sums are also files that people can read.
func (d sandboxSource) compare(ctx context.Context) error {
	d.report.Failures = append(d.report.Failures, checkSweep(d.report.Cycles)...)
	d.checkStage(ctx, "At the end", d.firm.Ledger(), d.firm.Exceptions())
	if d.cfg.Seed != 1 {
		return nil
	}
	ledger, err := firm.LedgerCSV(d.firm.Ledger())
	if err != nil {
		return err
	}
	exceptions, err := firm.ExceptionsCSV(d.firm.Exceptions())
	if err != nil {
		return err
	}
	if string(ledger) != string(firm.ExpectedLedger) {
		d.report.fail("internal/firm/expected/ledger.csv is not what the firm's plan adds up to.")
	}
	if string(exceptions) != string(firm.ExpectedExceptions) {
		d.report.fail("internal/firm/expected/exceptions.csv is not what the firm's plan says.")
	}
	return nil
}

func (d sandboxSource) documents() bool { return true }

func (d sandboxSource) counts(context.Context) (map[string]int, error) {
	state := d.sandboxes.odoo.State()
	counts := map[string]int{"res.partner": 0, "purchase.order": 0, "account.move": 0}
	for model := range counts {
		rows, _ := state[model].([]any)
		for _, r := range rows {
			values, _ := r.(map[string]any)
			switch values["move_type"] {
			case nil, "in_invoice", "in_refund", "in_receipt":
				counts[model]++
			}
		}
	}
	return counts, nil
}

func (d sandboxSource) partners(context.Context) (map[int64]partner, error) {
	out := map[int64]partner{}
	rows, _ := d.sandboxes.odoo.State()["res.partner"].([]any)
	for _, r := range rows {
		values, _ := r.(map[string]any)
		id, _ := values["id"].(int64)
		name, _ := values["name"].(string)
		vat, _ := values["vat"].(string)
		out[id] = partner{name, vat}
	}
	return out, nil
}

// checkLinked: the vendors that Procore had must be linked, and no others.
func (d sandboxSource) checkLinked(names []string) {
	expected := d.firm.LinkedVendors()
	for _, name := range expected {
		if !slices.Contains(names, name) {
			d.report.fail("The vendor %s was in Procore before and was not linked.", name)
		}
	}
	for _, name := range names {
		if !slices.Contains(expected, name) {
			d.report.fail("The vendor %s was linked to one that Procore had before, which nobody expected.", name)
		}
	}
}

func (d sandboxSource) leave() error { return nil }

func (d sandboxSource) every() time.Duration { return scheduleEvery }

func (d sandboxSource) address() (name, where string) { return "Odoo sandbox", d.sandboxes.odooURL }
