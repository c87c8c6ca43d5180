package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
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

func (a *App) exceptionsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "exceptions", Short: "Records that wait for a person"}
	return group(cmd, &cobra.Command{
		Use: "list TENANT", Short: "List what waits, why, how much, and the way out", Args: exactArgs("TENANT"),
		Example: "  ml-connector exceptions list acme -o json",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.exceptionsList(cmd.Context(), args[0]) },
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
	a.say("Tenant %s is %s; %d records are pending, %d exceptions.", tenant, row.State, view.Pending, len(exceptions))
	if row.PausedReason != "" {
		a.say("It is paused: %s.", row.PausedReason)
	}
	if view.NextAt != nil {
		a.say("The next deferred record is due at %s.", view.NextAt.Format(time.RFC3339))
	}
	return a.print(view, []string{"MODEL", "STATE", "OUTCOME", "RECORDS"}, table)
}

// exceptionView is one wait of one record, with its sentence and its way out.
type exceptionView struct {
	Ref      string `json:"ref"`
	Model    string `json:"model"`
	ID       int64  `json:"id"`
	Cause    string `json:"cause"`
	Key      string `json:"key"`
	Sentence string `json:"sentence"`
	WayOut   string `json:"way_out"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	Since    string `json:"since"` // UTC, database clock
}

func viewException(e store.Exception) (exceptionView, error) {
	detail := map[string]string{}
	if len(e.Detail) > 0 {
		if err := json.Unmarshal(e.Detail, &detail); err != nil {
			return exceptionView{}, fmt.Errorf("reading the details of %s: %w", e.Cause, err)
		}
	}
	key := cause.Key(e.Code, cause.Subject(e.Cause))
	if cause.Code(e.Cause) == cause.Dependency {
		detail["target"] = cause.Subject(e.Cause)
	}
	amount := decimal.Zero
	if e.Amount.Valid {
		amount = e.Amount.Decimal
	}
	return exceptionView{
		Ref: e.Ref, Model: e.Model, ID: e.ID, Cause: e.Code, Key: e.Cause,
		Sentence: cause.Sentence(key, detail), WayOut: cause.WayOut(key, detail),
		Amount: amount.StringFixed(2), Currency: e.Currency, Since: e.Since.UTC().Format(time.RFC3339),
	}, nil
}

func (a *App) exceptionsList(ctx context.Context, tenant string) error {
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Tenant(ctx, tenant); err != nil {
		return err
	}
	rows, err := s.Exceptions(ctx, tenant)
	if err != nil {
		return err
	}
	views := make([]exceptionView, 0, len(rows))
	table := make([][]string, 0, len(rows))
	for _, row := range rows {
		view, err := viewException(row)
		if err != nil {
			return err
		}
		views = append(views, view)
		table = append(table, []string{view.Ref, view.Cause, view.Amount, view.Currency, view.Sentence, view.WayOut})
	}
	if len(rows) == 0 && a.output == "table" {
		a.say("No exceptions.")
		return nil
	}
	return a.print(views, []string{"RECORD", "CAUSE", "AMOUNT", "", "WHY", "WAY OUT"}, table)
}
