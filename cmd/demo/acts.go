package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ml-connector/odoo-procore/internal/firm"
)

const (
	// settleDelay is how far behind Odoo's clock a poll of the demo ends.
	settleDelay = time.Second
	// scheduleEvery is how often a demo that stays up reads Odoo.
	scheduleEvery = 15 * time.Second
)

// play is the day: four acts, then the check.
func (d sandboxSource) play(ctx context.Context) error {
	if err := d.act(ctx, "load", d.sync); err != nil {
		return err
	}
	d.checkStage(ctx, "After the load", d.firm.LedgerAfterLoad(), d.firm.ExceptionsAfterLoad())
	if err := d.act(ctx, "edits", d.edits); err != nil {
		return err
	}
	if err := d.act(ctx, "quiet", d.sync); err != nil {
		return err
	}
	if err := d.sweep(ctx); err != nil {
		return err
	}
	if d.cfg.Histories != "" {
		if err := d.recordHistories(ctx); err != nil {
			return err
		}
	}
	if err := d.check(ctx); err != nil || !d.cfg.Once {
		return err
	}
	return d.tryAll(ctx)
}

// act runs one act with progress lines and counts what it cost.
func (d *Demo) act(ctx context.Context, name string, do func(context.Context) error) error {
	d.say("act %s", name)
	if err := d.breathe(ctx); err != nil {
		return err
	}
	before, err := d.settledRuns(ctx)
	if err != nil {
		return err
	}
	odooCalls, procoreCalls := d.source.calls(), len(d.sandboxes.procore.Journal())
	began := time.Now()
	since, err := d.databaseTime(ctx)
	if err != nil {
		return err
	}
	stop := d.watch(name, procoreCalls)
	err = do(ctx)
	stop()
	if err != nil {
		return err
	}
	d.report.took(name, began)
	after, err := d.settledRuns(ctx)
	if err != nil {
		return err
	}
	cycle := Cycle{
		Name: name, Seconds: d.report.Seconds[name], ChildrenStarted: children(after) - children(before),
		OdooCalls: d.source.calls() - odooCalls, ProcoreByOperation: map[string]int{},
	}
	for _, call := range d.sandboxes.procore.Journal()[procoreCalls:] {
		cycle.ProcoreCalls++
		cycle.ProcoreByOperation[call.Operation]++
	}
	if cycle.Models, err = d.models(ctx, since); err != nil {
		return err
	}
	d.report.Cycles = append(d.report.Cycles, cycle)
	d.say("act %s is over: %d records went through a workflow, %d calls to Odoo, %d to Procore, %.1f s",
		name, cycle.ChildrenStarted, cycle.OdooCalls, cycle.ProcoreCalls, d.report.Seconds[name])
	return nil
}

// sync runs one cycle and waits until nothing is pending.
func (d *Demo) sync(ctx context.Context) error {
	_, err := d.product.run(ctx, nil, "sync", "start", tenant, "--wait")
	return err
}

// breathe lets Odoo's clock pass what was written last, so that the next poll sees it.
func (d *Demo) breathe(ctx context.Context) error {
	d.say("waiting two seconds: a poll leaves out what was written within the last one")
	return pause(ctx, settleDelay+1100*time.Millisecond)
}

// edits does what the firm's people do on the scripted day, then runs the cycles that carry it over.
func (d *Demo) edits(ctx context.Context) error {
	for i, edit := range d.firm.Edits() {
		if err := d.edit(ctx, i, edit); err != nil {
			return fmt.Errorf("edit %q: %w", edit.Name, err)
		}
	}
	if err := d.breathe(ctx); err != nil {
		return err
	}
	return d.sync(ctx)
}

func (d *Demo) edit(ctx context.Context, i int, edit firm.Edit) error {
	d.say("  %s", edit.Say)
	if err := edit.Apply(ctx); err != nil {
		return err
	}
	if edit.Sheet == nil {
		return nil
	}
	name := fmt.Sprintf("edit-%d.csv", i)
	if err := d.write(name, edit.Sheet); err != nil {
		return err
	}
	_, err := d.product.run(ctx, nil, "map", "import", tenant, d.file(name))
	return err
}
