package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/internal/store"
)

func (a *App) auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "What happened to a record, and where it is in Procore"}
	return group(cmd, &cobra.Command{
		Use: "show TENANT REF", Short: "Events, writes and Procore documents of one record", Args: exactArgs("TENANT", "REF"),
		Example: "  ml-connector audit show acme PO00042\n  ml-connector audit show acme account.move,7 -o json",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.auditShow(cmd.Context(), args[0], args[1]) },
	})
}

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

func (a *App) auditShow(ctx context.Context, tenant, ref string) error {
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Tenant(ctx, tenant); err != nil {
		return err
	}
	record, err := a.find(ctx, s, tenant, ref)
	if err != nil {
		return err
	}
	view := auditView{Model: record.Model, ID: record.ID, Ref: record.Ref, Outcome: record.Outcome, Documents: []auditDocument{}}
	if view.Events, err = s.Audits(ctx, tenant, record.Model, record.ID); err != nil {
		return err
	}
	if view.Writes, err = s.Sends(ctx, tenant, record.Model, record.ID); err != nil {
		return err
	}
	bindings, err := s.Bindings(ctx, tenant, record.Model, record.ID)
	if err != nil {
		return err
	}
	for _, b := range bindings {
		view.Documents = append(view.Documents, auditDocument{Resource: b.Kind, ID: b.ProcoreID, Project: b.Project, Status: b.Status, OriginID: b.OriginID})
	}
	var table [][]string
	for _, e := range view.Events {
		table = append(table, []string{stamp(e.At), e.Action, e.Actor, string(e.Detail), e.WorkflowID})
	}
	for _, w := range view.Writes {
		table = append(table, []string{stamp(w.Started), w.Operation, w.Worker, w.Result + " " + w.Error, w.WorkflowID})
	}
	for _, d := range view.Documents {
		table = append(table, []string{"now", d.Resource, strconv.FormatInt(d.ID, 10), d.Status, d.OriginID})
	}
	a.say("%s (%s,%d): %s", record.Ref, record.Model, record.ID, record.Outcome)
	return a.print(view, []string{"WHEN", "WHAT", "WHO", "DETAIL", "WORKFLOW"}, table)
}

// stamp is UTC, the database's clock.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000") }
