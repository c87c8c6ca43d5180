package procore

import (
	"context"
	"time"
)

// patience is how often a read is tried when the network or Procore fails.
const patience = 4

// Patiently runs a read for a command that may wait: it sits out Procore's limits, and tries again what may pass by
// itself.
func Patiently(ctx context.Context, read func() error) error {
	for attempt := 1; ; attempt++ {
		err := read()
		if err == nil {
			return nil
		}
		wait := time.Duration(attempt) * time.Second
		switch Classify(err) {
		case Limited:
			if until, ok := RetryAt(err); ok {
				wait = max(time.Until(until), time.Second)
			}
		case Transient:
			if attempt >= patience {
				return err
			}
		case Permanent, Ambiguous, Conflict:
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
