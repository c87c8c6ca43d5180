package main

import (
	"context"
	"encoding/json"
	"fmt"
)

// sweep is the act in which all that Odoo has is compared with what was read, as every night.
func (d *Demo) sweep(ctx context.Context) error {
	var swept []Swept
	err := d.act(ctx, "sweep", func(ctx context.Context) (err error) {
		swept, err = d.sweepNow(ctx)
		return err
	})
	if err != nil {
		return err
	}
	d.report.Cycles[len(d.report.Cycles)-1].Swept = swept
	compared := 0
	for _, s := range swept {
		compared += s.Compared
		if s.Missing > 0 || s.Alert != "" {
			d.say("%s: %d are missing, %d of them deleted %s", s.Model, s.Missing, s.Deleted, s.Alert)
		}
	}
	d.say("%d records and lines were compared with what is known", compared)
	return nil
}

// sweepNow runs the command. It fails where it raised an alert too: a finding, and no reason to end the demo.
func (d *Demo) sweepNow(ctx context.Context) ([]Swept, error) {
	out, failed := d.product.run(ctx, nil, "sweep", "start", tenant, "--wait", "-o", "json")
	var swept []Swept
	if err := json.Unmarshal(out, &swept); err != nil && failed == nil {
		return nil, fmt.Errorf("reading what the sweep found: %w", err)
	}
	for _, s := range swept {
		if s.Alert != "" {
			return swept, nil
		}
	}
	return swept, failed
}

// checkSweep: where every change was read by a poll, a sweep finds nothing and costs Procore nothing.
func checkSweep(cycles []Cycle) (failures []string) {
	found := false
	for _, c := range cycles {
		if c.Name != "sweep" {
			continue
		}
		found = true
		if len(c.Swept) == 0 {
			failures = append(failures, "The sweep compared nothing.")
		}
		if c.ProcoreCalls != 0 || c.ChildrenStarted != 0 {
			failures = append(failures, fmt.Sprintf("The sweep made %d calls to Procore (%v) and started %d record workflows.", c.ProcoreCalls, c.ProcoreByOperation, c.ChildrenStarted))
		}
		for _, s := range c.Swept {
			if s.Read+s.Changed+s.Missing+s.Deleted != 0 || s.Alert != "" {
				failures = append(failures, fmt.Sprintf("The sweep found what no poll had: %+v.", s))
			}
		}
	}
	if !found {
		failures = append(failures, "There was no sweep.")
	}
	return failures
}
