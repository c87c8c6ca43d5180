package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/ml-connector/odoo-procore/activities"
)

// RetryPolicy is the product's only one: about an hour of patience, counted in attempts. There is no
// schedule-to-close timeout, for a delay beyond it would fail the activity at once.
func RetryPolicy() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval:    time.Second,
		BackoffCoefficient: 2,
		MaximumInterval:    2 * time.Minute,
		MaximumAttempts:    36,
	}
}

// short is for activities that touch PostgreSQL and Temporal only. They are retried for as long as it takes:
// without the database there is no place to write down that something failed.
func short(ctx workflow.Context, summary string) workflow.Context {
	policy := RetryPolicy()
	policy.MaximumAttempts = 0
	policy.MaximumInterval = 30 * time.Second
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute,
		RetryPolicy:         policy,
		Summary:             summary,
	})
}

// step is for activities that call Procore; the timeout is the worker's setting.
func step(ctx workflow.Context, timing activities.Timing, summary string) workflow.Context {
	policy := RetryPolicy()
	if timing.Attempts > 0 {
		policy.MaximumAttempts = timing.Attempts
	}
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: timing.StartToClose,
		RetryPolicy:         policy,
		Summary:             summary,
	})
}

// patienceOver tells a failed activity from a cancelled workflow.
func patienceOver(err error) bool {
	var failed *temporal.ActivityError
	return errors.As(err, &failed) && !temporal.IsCanceledError(err)
}

// lastFailure is the text of the attempt that ended the patience.
func lastFailure(err error) string {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return application.Message()
	}
	return err.Error()
}
