package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// try is something to do in a second terminal: commands that work as they are printed, and what must come of them.
type try struct {
	title    string
	commands []string
	// says is what the first command must say; arrived is asked until it is true. Either may be left out.
	says    string
	arrived func(context.Context) (bool, error)
}

// arrivePatience is how long what was tried may take: two cycles, and the work.
const arrivePatience = 4 * scheduleEvery

// tries are three things to do with the firm.
func (d sandboxSource) tries() ([]try, error) {
	missing, err := d.writeMissing()
	if err != nil {
		return nil, err
	}
	t := d.firm.Tries()
	return []try{
		{
			title: fmt.Sprintf("change a price of order %s in Odoo, and watch its commitment follow within %s or so", t.Order, scheduleEvery),
			commands: []string{
				fmt.Sprintf(`curl -fsS -w '\n' "$ODOO_URL/_sandbox/edit" -d '{"model": "purchase.order.line", "method": "write", "ids": [%d], "args": {"vals": {"price_unit": %s}}}'`, t.LineID, t.Price),
				fmt.Sprintf("bin/ml-connector audit show %s %s --follow 1m", tenant, t.Order),
			},
			arrived: func(context.Context) (bool, error) {
				for _, c := range d.sandboxes.procore.State().Commitments {
					if c.Number == t.Order && c.OriginID != "" && c.GrandTotal == t.Total.StringFixed(2) && c.Status == "Approved" {
						return true, nil
					}
				}
				return false, nil
			},
		},
		{
			title: fmt.Sprintf("supply the codes that %s wait for, and see them move", strings.Join(t.Unmapped, " and ")),
			commands: []string{
				"bin/ml-connector map import " + tenant + " " + missing,
				fmt.Sprintf("bin/ml-connector audit show %s %s --follow 1m", tenant, t.Unmapped[0]),
			},
			arrived: func(ctx context.Context) (bool, error) {
				records, err := d.records(ctx)
				synced := 0
				for _, r := range records {
					if slices.Contains(t.Unmapped, r.Ref) && r.State == "synced" {
						synced++
					}
				}
				return synced == len(t.Unmapped), err
			},
		},
		{
			title: "see why a bill waits, and all that happened to an order",
			commands: []string{
				fmt.Sprintf("bin/ml-connector exceptions show %s %s", tenant, t.Parked),
				fmt.Sprintf("bin/ml-connector audit show %s %s", tenant, t.Order),
			},
			says: "way out",
		},
	}, nil
}

// writeMissing writes the sheet of the second try, beside .demo/env where a person will import it, and gives its name.
func (d sandboxSource) writeMissing() (name string, err error) {
	name = d.file("missing.csv")
	path := name
	if !d.cfg.Once {
		name = ".demo/missing.csv"
		path = filepath.Join(d.root, filepath.FromSlash(name))
		d.leftovers = append(d.leftovers, path)
	}
	if err := os.WriteFile(path, d.firm.Tries().Sheet, 0o600); err != nil {
		return "", fmt.Errorf("writing %s: %w", name, err)
	}
	return name, nil
}

// tryAll does what a person is told to try, by the very commands, and looks whether it came true.
func (d *Demo) tryAll(ctx context.Context) error {
	defer d.report.took("try", time.Now())
	tries, err := d.source.tries()
	if err != nil {
		return err
	}
	if err := d.resumeSchedules(ctx); err != nil {
		return err
	}
	for _, t := range tries {
		d.say("trying: %s", t.title)
		for i, command := range t.commands {
			said, err := d.shell(ctx, command)
			if err != nil {
				return err
			}
			if i == 0 && !strings.Contains(said, t.says) {
				return fmt.Errorf("`%s` does not say %q: %s", command, t.says, said)
			}
		}
		if t.arrived == nil {
			continue
		}
		if err := d.until(ctx, t.arrived); err != nil {
			return fmt.Errorf("trying to %s: %w", t.title, err)
		}
	}
	return d.pauseSchedules(ctx)
}

// until asks for a while whether something has come true.
func (d *Demo) until(ctx context.Context, came func(context.Context) (bool, error)) error {
	for deadline := time.Now().Add(arrivePatience); ; {
		if yes, err := came(ctx); yes || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("the commands were given, and nothing came of them")
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// shell runs a printed command as the second terminal does, and gives what it said.
func (d *Demo) shell(ctx context.Context, command string) (string, error) {
	cmd := exec.CommandContext(ctx, "bash", "-c", command) //nolint:gosec // G204: the demo's own commands
	cmd.Dir, cmd.Env = d.root, append(inherited(), d.terminal()...)
	isolate(cmd)
	out, err := cmd.CombinedOutput()
	d.product.note([]string{"(shell)", command}, out, nil, err)
	if err != nil {
		return "", fmt.Errorf("`%s`: %w: %s", command, err, bytes.TrimSpace(out))
	}
	return string(out), nil
}
