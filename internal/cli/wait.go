package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/internal/store"
)

// moreCycles is how many polls a waiting command adds for records that others turned out to wait for: a bill asks for
// its order, the order for its vendor.
const moreCycles = 3

// waitDone waits until nothing is pending. Records that others wait for and that were never read are read by polls of
// its own, not by the schedule's next one.
func (a *App) waitDone(ctx context.Context, c client.Client, s *store.Store, tenant string) error {
	for cycle := 0; ; cycle++ {
		if err := a.waitIdle(ctx, s, tenant); err != nil {
			return err
		}
		requested, err := requested(ctx, s, tenant)
		if err != nil {
			return err
		}
		if requested == 0 {
			a.say("Nothing is pending.")
			return nil
		}
		if cycle == moreCycles {
			return fmt.Errorf("%d records that others wait for could not be read from Odoo: `ml-connector status show %s` counts them as requested", requested, tenant)
		}
		a.say("%d records that others wait for are read now.", requested)
		run, err := a.startCycle(ctx, c, tenant)
		if err != nil {
			return err
		}
		if err := a.readCycle(ctx, run, tenant); err != nil {
			return err
		}
	}
}

// requested counts the records that others wait for and that were never read.
func requested(ctx context.Context, s *store.Store, tenant string) (int, error) {
	counts, err := s.Counts(ctx, tenant)
	n := 0
	for _, c := range counts {
		if c.State == "requested" {
			n += c.Count
		}
	}
	return n, err
}

// waitIdle shows progress until nothing that was read is pending.
func (a *App) waitIdle(ctx context.Context, s *store.Store, tenant string) error {
	pending, last := -1, -1
	said := time.Time{}
	for {
		waiting, offered, _, err := s.Pending(ctx, tenant)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if err != nil {
			return stillPending(pending)
		}
		pending = waiting + offered
		if pending == 0 {
			return nil
		}
		if err := running(ctx, s, tenant); err != nil && ctx.Err() == nil {
			return err
		}
		if pending != last && time.Since(said) > 2*time.Second {
			a.say("%d records are pending …", pending)
			last, said = pending, time.Now()
		}
		select {
		case <-ctx.Done():
			return stillPending(pending)
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// stillPending is for a command that stops waiting; n is negative when it never counted.
func stillPending(n int) error {
	if n < 0 {
		return errors.New("stopped before it was known what is pending; the work goes on without this command")
	}
	return fmt.Errorf("%d records are still pending; the work goes on without this command", n)
}

// readingFailed tells a command that stopped waiting from a workflow that failed.
func readingFailed(ctx context.Context, id string, err error) error {
	// The server ends a call that has the command's deadline, and may be the first to notice.
	if _, late := errors.AsType[*serviceerror.DeadlineExceeded](err); late || ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("reading Odoo takes longer: %s goes on without this command, if a worker runs", id)
	}
	if failed, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return fmt.Errorf("reading Odoo: %s (the Temporal Web UI shows %s)", failed.Message(), id)
	}
	return fmt.Errorf("reading Odoo: %w", err)
}
