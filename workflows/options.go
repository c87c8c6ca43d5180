package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
)

// patience is the retry policy of Procore steps: about an hour, counted in attempts. There is no schedule-to-close
// timeout, for a delay beyond it would fail the activity at once.
func patience(attempts int32) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval:    time.Second,
		BackoffCoefficient: 2,
		MaximumInterval:    2 * time.Minute,
		MaximumAttempts:    attempts,
	}
}

// endless is the retry policy of what touches PostgreSQL and Temporal only: without the database there is no place to
// write down that something failed.
func endless() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second}
}

// oneCycle is the retry policy of reading Odoo: the next cycle of the schedule begins where this one stopped.
func oneCycle() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute, MaximumAttempts: 20}
}

// short is for one transaction. A cancelled workflow waits for it: whether it happened decides how the workflow ends.
func short(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute, RetryPolicy: endless(), Summary: summary, WaitForCancellation: true,
	})
}

// step is for activities that call Procore; timeout and attempts are the worker's settings. A cancelled workflow waits
// for the attempt that is under way: the way back must not run beside the step that it takes back.
func step(ctx workflow.Context, timing activities.Timing, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: timing.StartToClose, RetryPolicy: patience(timing.Attempts), Summary: summary, WaitForCancellation: true,
	})
}

// fetch is for reading Odoo: pages are committed one by one, so an attempt that dies costs one page.
func fetch(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Hour, HeartbeatTimeout: 2 * time.Minute, RetryPolicy: oneCycle(), Summary: summary,
	})
}

// patienceOver tells a failed activity from a cancelled workflow.
func patienceOver(err error) bool {
	var failed *temporal.ActivityError
	return errors.As(err, &failed) && !temporal.IsCanceledError(err)
}

// failure is type and text of the error that ended an activity for good.
func failure(err error) (kind, text string) {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return application.Type(), application.Message()
	}
	return "", err.Error()
}
