package cli

import (
	"context"
	"log/slog"

	"github.com/ml-connector/odoo-procore/internal/telemetry"
)

// openTelemetry opens traces and metrics as the environment says, before what is looked into.
func (a *App) openTelemetry(ctx context.Context, logger *slog.Logger) error {
	t, err := telemetry.Start(ctx, telemetry.Options{
		Environ: a.environ, MetricsAddr: a.cfg.MetricsAddr, Version: Version, Worker: a.cfg.Worker, Log: logger,
	})
	if err != nil {
		return err
	}
	a.telemetry = *t
	return nil
}

// closeTelemetry sends what is left, in what is left of the worker's time to stop.
func (a *App) closeTelemetry() {
	ctx := context.Background()
	if !a.stopBy.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, a.stopBy)
		defer cancel()
	}
	_ = a.telemetry.Close(ctx) // what was not delivered is logged
}
