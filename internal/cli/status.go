package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func (a *App) statusCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "status", Short: "What a tenant is doing"}
	return group(cmd, &cobra.Command{
		Use: "show TENANT", Short: "Records by model and state, pending work, exceptions by cause", Args: exactArgs("TENANT"),
		Example: "  ml-connector status show acme",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.statusShow(cmd.Context(), args[0]) },
	})
}

type statusView struct {
	Tenant       string         `json:"tenant"`
	State        string         `json:"state"`
	PausedReason string         `json:"paused_reason,omitempty"`
	Pending      int            `json:"pending"`
	NextAt       *time.Time     `json:"next_at,omitempty"` // when the next deferred record is due, database clock
	Counts       []statusCount  `json:"counts"`
	Exceptions   map[string]int `json:"exceptions"` // by code
	Alerts       []alertView    `json:"alerts"`     // what is wrong with the tenant as a whole
}

type alertView struct {
	Cause    string    `json:"cause"` // key
	Sentence string    `json:"sentence"`
	WayOut   string    `json:"way_out"`
	Since    time.Time `json:"since"` // UTC, database clock
}

func viewAlerts(alerts []store.Alert) []alertView {
	views := make([]alertView, 0, len(alerts))
	for _, alert := range alerts {
		views = append(views, alertView{
			Cause: alert.Cause, Sentence: cause.Sentence(alert.Cause, alert.Detail), WayOut: cause.WayOut(alert.Cause, alert.Detail), Since: alert.Since.UTC(),
		})
	}
	return views
}

type statusCount struct {
	Model   string `json:"model"`
	State   string `json:"state"` // idle, requested, pending, waiting, exception, done
	Outcome string `json:"outcome"`
	Count   int    `json:"count"`
}

func (a *App) statusShow(ctx context.Context, tenant string) error {
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	row, err := s.Tenant(ctx, tenant)
	if err != nil {
		return err
	}
	view := statusView{Tenant: tenant, State: row.State, PausedReason: row.PausedReason, Exceptions: map[string]int{}, Counts: []statusCount{}}
	if view.Pending, _, view.NextAt, err = s.Pending(ctx, tenant); err != nil {
		return err
	}
	counts, err := s.Counts(ctx, tenant)
	if err != nil {
		return err
	}
	var table [][]string
	for _, c := range counts {
		view.Counts = append(view.Counts, statusCount{Model: c.Model, State: c.State, Outcome: c.Outcome, Count: c.Count})
		table = append(table, []string{c.Model, c.State, c.Outcome, strconv.Itoa(c.Count)})
	}
	exceptions, err := s.Exceptions(ctx, tenant)
	if err != nil {
		return err
	}
	for _, e := range exceptions {
		view.Exceptions[e.Code]++
	}
	alerts, err := s.Alerts(ctx, tenant)
	if err != nil {
		return err
	}
	view.Alerts = viewAlerts(alerts)
	a.say("Tenant %s is %s; %d records are pending, %d exceptions.", tenant, row.State, view.Pending, len(exceptions))
	if row.PausedReason != "" {
		a.say("It is paused: %s.", row.PausedReason)
	}
	for _, alert := range view.Alerts {
		a.say("Since %s: %s %s", alert.Since.Format(time.RFC3339), alert.Sentence, alert.WayOut)
	}
	if view.NextAt != nil {
		a.say("The next deferred record is due at %s.", view.NextAt.Format(time.RFC3339))
	}
	return a.print(view, []string{"MODEL", "STATE", "OUTCOME", "RECORDS"}, table)
}
