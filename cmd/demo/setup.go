package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

// setUp takes the firm's operator through the first day: build, migrate, key, tenant, credentials, ping, mappings.
func (d *Demo) setUp(ctx context.Context) error {
	d.say("building ml-connector")
	stop := d.patiently("building ml-connector")
	binary, err := buildProduct(ctx, d.root)
	stop()
	if err != nil {
		return err
	}
	key := d.file("key.json")
	d.taskQueue = "ml-connector"
	if os.Getenv("TEMPORAL_ADDRESS") != "" {
		d.taskQueue += "-demo-" + strings.ToLower(rand.Text()[:8]) // the server is not ours alone
	}
	timeout, settle := "10s", "15s"
	if d.real != nil {
		timeout, settle = "1m", "70s" // a page of a real server may take its time
	}
	d.product = &product{binary: binary, log: filepath.Join(d.logs, "commands.log"), env: []string{
		"DATABASE_URL=" + d.database, "TEMPORAL_ADDRESS=" + d.env.TemporalAddress, "TEMPORAL_NAMESPACE=default",
		"ML_KEY_FILE=" + key, "ML_TASK_QUEUE=" + d.taskQueue, "ML_WORKER=demo-worker", "ML_OPERATOR=demo",
		"ML_HTTP_TIMEOUT=" + timeout, "ML_SETTLE=" + settle, "ML_ACTIVITY_TIMEOUT=2m", "ML_LOG_LEVEL=info",
	}}
	if !d.cfg.Once {
		if err := d.writeEnvFile(); err != nil {
			return err
		}
	}
	file, err := d.tenantFile()
	if err != nil {
		return err
	}
	if err := d.write("tenant.yaml", file); err != nil {
		return err
	}
	odooKey := d.odooKey()
	clientID, secret, _, _ := d.firm.ProcoreApp()
	for _, step := range []struct {
		say   string
		stdin string
		args  []string
	}{
		{"migrate: the database gets its schema", "", []string{"migrate"}},
		{"credentials keygen: a key for the credentials", "", []string{"credentials", "keygen", key}},
		{"tenant apply: " + tenant, "", []string{"tenant", "apply", "-f", d.file("tenant.yaml")}},
		{"credentials set: Odoo", odooKey + "\n", []string{"credentials", "set", tenant, "odoo"}},
		{"credentials set: Procore", clientID + "\n" + secret + "\n", []string{"credentials", "set", tenant, "procore"}},
		{"ping: both systems answer", "", []string{"ping", tenant}},
	} {
		d.say("%s", step.say)
		if _, err := d.product.run(ctx, []byte(step.stdin), step.args...); err != nil {
			return err
		}
		if step.args[0] == "tenant" {
			if err := d.pauseSchedule(ctx); err != nil {
				return err
			}
		}
	}
	if d.real != nil {
		return d.mapReal(ctx)
	}
	return d.mapFirm(ctx)
}

func (d *Demo) mapFirm(ctx context.Context) error {
	d.say("map import: the firm's mapping sheet")
	if err := d.write("mapping.csv", d.firm.MappingSheet()); err != nil {
		return err
	}
	_, err := d.product.run(ctx, nil, "map", "import", tenant, d.file("mapping.csv"))
	return err
}

func (d *Demo) odooKey() string {
	if d.real != nil {
		return d.real.key
	}
	_, _, key := d.firm.OdooUser()
	return key
}

// tenantFile is the firm's file for people who do not want to wait, or that of a real server.
func (d *Demo) tenantFile() ([]byte, error) {
	if d.real != nil {
		_, _, company, _ := d.firm.ProcoreApp()
		return d.real.tenantFile(d.sandboxes.odooURL, d.sandboxes.procoreURL, company)
	}
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

// file is the path of a file of this run's own.
func (d *Demo) file(name string) string { return filepath.Join(d.env.TempDir(), name) }

func (d *Demo) write(name string, data []byte) error {
	if err := os.WriteFile(d.file(name), data, 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// terminal is the environment of a second terminal: the product's, without this run's worker, and where the systems are.
func (d *Demo) terminal() []string {
	env := []string{"ODOO_URL=" + d.sandboxes.odooURL, "PROCORE_URL=" + d.sandboxes.procoreURL, "TEMPORAL_UI=" + d.env.TemporalUI}
	for _, v := range d.product.env {
		if !strings.HasPrefix(v, "ML_WORKER=") {
			env = append(env, v)
		}
	}
	return env
}

// writeEnvFile writes .demo/env for a second terminal: `. .demo/env`, then bin/ml-connector and bin/temporal.
func (d *Demo) writeEnvFile() error {
	path := filepath.Join(d.root, ".demo", "env")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making .demo: %w", err)
	}
	var b strings.Builder
	for _, v := range d.terminal() {
		name, value, _ := strings.Cut(v, "=")
		fmt.Fprintf(&b, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("writing .demo/env: %w", err)
	}
	d.leftovers = append(d.leftovers, path)
	return nil
}
