package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func (a *App) exceptionsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "exceptions", Short: "Records that wait for a person"}
	return group(cmd, &cobra.Command{
		Use: "list TENANT", Short: "List what waits, why, how much, and the way out", Args: exactArgs("TENANT"),
		Example: "  ml-connector exceptions list acme -o json",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.exceptionsList(cmd.Context(), args[0]) },
	}, &cobra.Command{
		Use: "show TENANT REF", Short: "Why one record waits, since when, and the way out", Args: exactArgs("TENANT", "REF"),
		Example: "  ml-connector exceptions show acme PO00042\n  ml-connector exceptions show acme account.move,7 -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.exceptionsShow(cmd.Context(), args[0], args[1])
		},
	})
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
	alerts, err := s.Alerts(ctx, tenant)
	if err != nil {
		return err
	}
	views := make([]exceptionView, 0, len(rows)+len(alerts))
	table := make([][]string, 0, len(rows)+len(alerts))
	for _, alert := range viewAlerts(alerts) { // of the tenant as a whole, of no record
		view := exceptionView{
			Ref: tenant, Cause: cause.Code(alert.Cause), Key: alert.Cause, Sentence: alert.Sentence, WayOut: alert.WayOut,
			Amount: decimal.Zero.StringFixed(2), Since: alert.Since.Format(time.RFC3339),
		}
		views = append(views, view)
		table = append(table, []string{view.Ref, view.Cause, "", "", view.Sentence, view.WayOut})
	}
	for _, row := range rows {
		view, err := viewException(row)
		if err != nil {
			return err
		}
		views = append(views, view)
		table = append(table, []string{view.Ref, view.Cause, view.Amount, view.Currency, view.Sentence, view.WayOut})
	}
	if len(views) == 0 && a.output == "table" {
		a.say("No exceptions.")
		return nil
	}
	return a.print(views, []string{"RECORD", "CAUSE", "AMOUNT", "", "WHY", "WAY OUT"}, table)
}

// exceptionsShow prints what one record waits for, and what that waits for in turn where it is another record.
func (a *App) exceptionsShow(ctx context.Context, tenant, ref string) error {
	s, record, err := a.record(ctx, tenant, ref)
	if err != nil {
		return err
	}
	rows, err := s.Exceptions(ctx, tenant)
	if err != nil {
		return err
	}
	views, err := reasons(rows, fmt.Sprintf("%s/%d", record.Model, record.ID))
	if err != nil {
		return err
	}
	if a.output == "json" {
		return a.print(views, nil, nil)
	}
	if len(views) == 0 {
		a.say("%s (%s,%d) does not wait for a person: it is %s.", record.Ref, record.Model, record.ID, standing(record))
		return nil
	}
	for i, v := range views {
		if i > 0 {
			a.say("")
		}
		a.say("%s (%s,%d)\n  why      %s\n  way out  %s\n  cause    %s, since %s", v.Ref, v.Model, v.ID, v.Sentence, v.WayOut, v.Key, v.Since)
		if v.Currency != "" {
			a.say("  amount   %s %s", v.Amount, v.Currency)
		}
	}
	return nil
}

// reasons are the exceptions of the record with this key (model/id) and, after them, those of the records that it waits for.
func reasons(rows []store.Exception, key string) ([]exceptionView, error) {
	views, keys := []exceptionView{}, []string{key}
	for i := 0; i < len(keys); i++ {
		for _, row := range rows {
			if fmt.Sprintf("%s/%d", row.Model, row.ID) != keys[i] {
				continue
			}
			view, err := viewException(row)
			if err != nil {
				return nil, err
			}
			views = append(views, view)
			if target := cause.Subject(row.Cause); cause.Code(row.Cause) == cause.Dependency && !slices.Contains(keys, target) {
				keys = append(keys, target)
			}
		}
	}
	return views, nil
}

// standing is how a record that is no exception stands.
func standing(r store.Record) string {
	switch {
	case r.Want == 0:
		return "only known because others refer to it"
	case r.Want > r.Done:
		return "pending, or waits for a record that is under way"
	}
	return strings.ReplaceAll(r.Outcome, "_", " ")
}
