package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func (a *App) pauseCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "pause TENANT --reason TEXT",
		Short: "Read nothing from Odoo and start no more records, until resumed",
		Long: "Cycles read nothing and no more records are started. Records that are under way are carried to their end, so that\n" +
			"none stays half written. What a person asks for meanwhile stays pending.",
		Example: "  ml-connector tenant pause acme --reason \"Procore is being tidied up\"",
		Args:    exactArgs("TENANT"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.tenantPause(cmd.Context(), args[0], reason) },
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, told to whoever asks for its state")
	_ = cmd.MarkFlagRequired("reason")
	return cmd
}

func (a *App) resumeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "resume TENANT", Short: "Let a paused tenant go on", Args: exactArgs("TENANT"), Example: "  ml-connector tenant resume acme",
		Long: "A tenant that paused itself, because a system or the database is not the one that its bindings belong to, goes on only\n" +
			"when everything is again as it was; otherwise see `tenant rebind`.",
		RunE: func(cmd *cobra.Command, args []string) error { return a.tenantResume(cmd.Context(), args[0]) },
	}
}

func (a *App) tenantPause(ctx context.Context, name, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return errors.New("--reason: is empty; say why the tenant is paused")
	}
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	row, err := s.Tenant(ctx, name)
	if err != nil {
		return err
	}
	if row.Held {
		return fmt.Errorf("tenant %s is paused already, and nothing is written: %s", name, row.PausedReason)
	}
	if _, err := setState(ctx, s, name, store.StatePaused, reason); err != nil {
		return err
	}
	a.say("Tenant %s is paused; records under way are carried to their end. `ml-connector tenant resume %s` lets it go on.", name, name)
	return nil
}

// setState changes the tenant's state, notes down who did it, and returns what it came to: one that was rebound links
// before it is active.
func setState(ctx context.Context, s *store.Store, name, state, reason string) (string, error) {
	if err := s.SetTenantState(ctx, name, state, reason); err != nil {
		return "", err
	}
	row, err := s.Tenant(ctx, name)
	if err != nil {
		return "", err
	}
	detail, err := json.Marshal(map[string]string{"reason": reason})
	if err != nil {
		return "", fmt.Errorf("encoding the reason: %w", err)
	}
	return row.State, s.InsertAudit(ctx, name, "", 0, store.Audit{Actor: operator(), Action: "tenant " + row.State, Detail: detail})
}

func (a *App) tenantResume(ctx context.Context, name string) error {
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	row, err := s.Tenant(ctx, name)
	if err != nil {
		return err
	}
	if row.State == store.StateLinking {
		return fmt.Errorf("tenant %s is linking: it goes on by itself when a cycle has read all of Odoo; `ml-connector sync start %s` starts one", name, name)
	}
	temporal, err := a.openTemporal(ctx)
	if err != nil {
		return err
	}
	if row.Held {
		if err := a.reconsider(ctx, s, temporal, name); err != nil {
			return err
		}
	}
	state, err := setState(ctx, s, name, store.StateActive, "")
	if err != nil {
		return err
	}
	if state == store.StateLinking {
		a.say("Tenant %s was rebound: it goes on when a cycle has read all of Odoo, the next of its schedule, or `ml-connector sync start %s --wait`.", name, name)
		return nil
	}
	if err := activities.Wake(ctx, temporal, a.cfg.TaskQueue, name); err != nil {
		return fmt.Errorf("the tenant is active, the next cycle goes on; %w", err)
	}
	a.say("Tenant %s is active and goes on.", name)
	return nil
}
