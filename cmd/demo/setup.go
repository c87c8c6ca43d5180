package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
	d.taskQueue = "ml-connector"
	if os.Getenv("TEMPORAL_ADDRESS") != "" {
		d.taskQueue += "-demo-" + strings.ToLower(rand.Text()[:8]) // the server is not ours alone
	}
	d.product = &product{binary: binary, log: filepath.Join(d.logs, "commands.log"), env: d.environment()}
	if !d.cfg.Once {
		if err := d.writeEnvFile(); err != nil {
			return err
		}
	}
	file, err := d.source.tenantFile()
	if err != nil {
		return err
	}
	if err := d.write("tenant.yaml", file); err != nil {
		return err
	}
	if err := d.operate(ctx); err != nil {
		return err
	}
	return d.source.mapIn(ctx)
}

// environment is the product's.
func (d *Demo) environment() []string {
	timeout, settle := d.source.patience()
	return []string{
		"DATABASE_URL=" + d.database, "TEMPORAL_ADDRESS=" + d.env.TemporalAddress, "TEMPORAL_NAMESPACE=default",
		"ML_KEY_FILE=" + d.file("key.json"), "ML_TASK_QUEUE=" + d.taskQueue, "ML_WORKER=demo-worker", "ML_OPERATOR=demo",
		"ML_HTTP_TIMEOUT=" + timeout, "ML_SETTLE=" + settle, "ML_ACTIVITY_TIMEOUT=2m", "ML_LOG_LEVEL=info",
	}
}

// operate gives the product's commands from an empty database to two systems that answer.
func (d *Demo) operate(ctx context.Context) error {
	clientID, secret, _, _ := d.firm.ProcoreApp()
	for _, step := range []struct {
		say   string
		stdin string
		args  []string
	}{
		{"migrate: the database gets its schema", "", []string{"migrate"}},
		{"credentials keygen: a key for the credentials", "", []string{"credentials", "keygen", d.file("key.json")}},
		{"tenant apply: " + tenant, "", []string{"tenant", "apply", "-f", d.file("tenant.yaml")}},
		{"credentials set: Odoo", d.source.key() + "\n", []string{"credentials", "set", tenant, "odoo"}},
		{"credentials set: Procore", clientID + "\n" + secret + "\n", []string{"credentials", "set", tenant, "procore"}},
		{"ping: both systems answer", "", []string{"ping", tenant}},
	} {
		d.say("%s", step.say)
		if _, err := d.product.run(ctx, []byte(step.stdin), step.args...); err != nil {
			return err
		}
		if step.args[0] == "tenant" {
			if err := d.pauseSchedules(ctx); err != nil {
				return err
			}
		}
	}
	return nil
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
