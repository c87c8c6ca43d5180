package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/internal/store"
)

func (a *App) auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "What happened to a record, and where it is in Procore"}
	var follow time.Duration
	show := &cobra.Command{
		Use: "show TENANT REF", Short: "Events, writes and Procore documents of one record", Args: exactArgs("TENANT", "REF"),
		Example: "  ml-connector audit show acme PO00042\n  ml-connector audit show acme account.move,7 -o json\n" +
			"  ml-connector audit show acme PO00042 --follow 1m",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.auditShow(cmd.Context(), args[0], args[1], follow)
		},
	}
	show.Flags().DurationVar(&follow, "follow", 0, "go on for this long, or until the next run of the record has ended, and show what happens as it happens")
	return group(cmd, show)
}

// underWay stands for the result of a write that has none yet.
const underWay = "under way"

type auditView struct {
	Model     string             `json:"model"`
	ID        int64              `json:"id"`
	Ref       string             `json:"ref"`
	Outcome   string             `json:"outcome"`
	Events    []store.AuditEvent `json:"events"`
	Writes    []store.SendRow    `json:"writes"`
	Documents []auditDocument    `json:"documents"`
}

type auditDocument struct {
	Resource string `json:"resource"`
	ID       int64  `json:"id"`
	Project  int64  `json:"project"`
	Status   string `json:"status"`
	OriginID string `json:"origin_id"`
}

func (a *App) auditShow(ctx context.Context, tenant, ref string, follow time.Duration) error {
	switch {
	case follow < 0:
		return fmt.Errorf("--follow %s: give how long to go on, 1m for instance", follow)
	case follow > 0 && a.output != "table":
		return errors.New("--follow shows what happens line by line, which -o json cannot: leave one of them out")
	}
	s, record, err := a.record(ctx, tenant, ref)
	if err != nil {
		return err
	}
	view, err := audit(ctx, s, record)
	if err != nil {
		return err
	}
	table := view.history()
	for _, d := range view.Documents {
		table = append(table, []string{"now", d.Resource, strconv.FormatInt(d.ID, 10), d.Status, d.OriginID})
	}
	a.say("%s (%s,%d): %s", record.Ref, record.Model, record.ID, record.Outcome)
	if err := a.print(view, []string{"WHEN", "WHAT", "WHO", "DETAIL", "WORKFLOW"}, table); err != nil || follow == 0 {
		return err
	}
	return a.auditFollow(ctx, s, record, view, follow)
}

// auditFollow prints the rows that view does not have yet as they come, until a run of the record has ended, the time is
// over, or Ctrl-C.
func (a *App) auditFollow(ctx context.Context, s *store.Store, record store.Record, view auditView, long time.Duration) error {
	a.say("What happens in the next %s:", long)
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	said := view.history()
	for {
		select {
		case <-ctx.Done():
			a.say("No run of it has ended meanwhile; what is above is all.")
			return nil
		case <-time.After(300 * time.Millisecond):
		}
		now, err := s.Record(ctx, record.Tenant, record.Model, record.ID)
		if err == nil {
			view, err = audit(ctx, s, now)
		}
		if ctx.Err() != nil {
			continue // the answer was cut off
		}
		if err != nil {
			return err
		}
		for _, row := range view.history() {
			if row[3] != underWay && !slices.ContainsFunc(said, func(old []string) bool { return slices.Equal(old, row) }) {
				a.say("%s", strings.Join(row, "  "))
				said = append(said, row)
			}
		}
		if now.Want == now.Done && now.FinishedAt.After(record.FinishedAt) {
			a.say("%s is %s.", now.Ref, now.Outcome)
			return nil
		}
	}
}

func audit(ctx context.Context, s *store.Store, record store.Record) (view auditView, err error) {
	view = auditView{Model: record.Model, ID: record.ID, Ref: record.Ref, Outcome: record.Outcome, Documents: []auditDocument{}}
	if view.Events, err = s.Audits(ctx, record.Tenant, record.Model, record.ID); err != nil {
		return view, err
	}
	if view.Writes, err = s.Sends(ctx, record.Tenant, record.Model, record.ID); err != nil {
		return view, err
	}
	bindings, err := s.Bindings(ctx, record.Tenant, record.Model, record.ID)
	for _, b := range bindings {
		view.Documents = append(view.Documents, auditDocument{Resource: b.Kind, ID: b.ProcoreID, Project: b.Project, Status: b.Status, OriginID: b.OriginID})
	}
	return view, err
}

// history is a row for each event and each write, in the order of their times.
func (v auditView) history() [][]string {
	rows := make([][]string, 0, len(v.Events)+len(v.Writes))
	for _, e := range v.Events {
		rows = append(rows, []string{stamp(e.At), e.Action, e.Actor, string(e.Detail), e.WorkflowID})
	}
	for _, w := range v.Writes {
		rows = append(rows, []string{stamp(w.Started), w.Operation, w.Worker, strings.TrimSpace(cmp.Or(w.Result, underWay) + " " + w.Error), w.WorkflowID})
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return rows
}

// stamp is UTC, the database's clock; as text it sorts by time.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000") }
