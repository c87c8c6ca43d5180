package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

func (a *App) tenantCommand() *cobra.Command {
	var file string
	var other bool
	apply := &cobra.Command{
		Use:   "apply -f FILE",
		Short: "Create or change a tenant from its file, and its schedules in Temporal",
		Long: "Creates a tenant or changes its settings. A file that names another Odoo server or database, or another Procore or\n" +
			"company than what was sent belongs to, is refused; with --other-books it is applied, and the tenant is paused until\n" +
			"`tenant rebind`.",
		Example: "  ml-connector tenant apply -f acme.yaml\n  cat acme.yaml | ml-connector tenant apply -f -",
		Args:    exactArgs(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.tenantApply(cmd.Context(), file, other) },
	}
	apply.Flags().BoolVar(&other, "other-books", false, "apply a file that names another Odoo or Procore, and pause the tenant")
	apply.Flags().StringVarP(&file, "file", "f", "", "tenant file, or - for standard input")
	_ = apply.MarkFlagRequired("file")
	return group(
		&cobra.Command{Use: "tenant", Short: "Tenants: one Odoo database with one Procore company"},
		apply,
		&cobra.Command{
			Use: "list", Short: "List the tenants", Args: exactArgs(), Example: "  ml-connector tenant list -o json",
			RunE: func(cmd *cobra.Command, _ []string) error { return a.tenantList(cmd.Context()) },
		},
		&cobra.Command{
			Use: "show TENANT", Short: "Show a tenant's settings as applied", Args: exactArgs("TENANT"), Example: "  ml-connector tenant show acme",
			RunE: func(cmd *cobra.Command, args []string) error { return a.tenantShow(cmd.Context(), args[0]) },
		},
		a.pauseCommand(), a.resumeCommand(), a.rebindCommand(),
	)
}

func (a *App) tenantApply(ctx context.Context, path string, other bool) error {
	data, err := a.readText(path)
	if err != nil {
		return err
	}
	file, err := tenant.Parse(data)
	if err != nil {
		return err
	}
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	prefix, differs, err := originPrefix(ctx, s, file)
	if err != nil {
		return err
	}
	if differs != "" && !other {
		return fmt.Errorf("%s: what was sent belongs to the first; use another tenant name for other books, or --other-books if the system itself moved or was exchanged", differs)
	}
	temporal, err := a.openTemporal(ctx)
	if err != nil {
		return err
	}
	settings, err := json.Marshal(file)
	if err != nil {
		return fmt.Errorf("encoding the settings: %w", err)
	}
	if differs != "" { // first: killed in between, nobody would see a difference any more
		if err := s.Hold(ctx, file.Tenant, differs, operator()); err != nil {
			return err
		}
	}
	saved, err := s.SaveTenant(ctx, store.TenantChange{
		Name: file.Tenant, Settings: settings, State: store.StateActive, OriginPrefix: prefix, By: operator(),
		Raise: documents,
	})
	if err != nil {
		return err
	}
	if err := a.applySchedules(ctx, temporal, file); err != nil {
		return fmt.Errorf("tenant %s is saved, its schedules are not, so nothing is read by itself yet: run the command again; %w", file.Tenant, err)
	}
	a.sayApplied(file, saved)
	if differs != "" {
		a.say("It is paused, and nothing is written: %s. `ml-connector tenant rebind %s` shows what going on there would do.", differs, file.Tenant)
		return nil
	}
	row, err := s.Tenant(ctx, file.Tenant)
	if err != nil {
		return err
	}
	if row.Held {
		a.say("It is still paused (%s): `ml-connector tenant resume %s` lets it go on if everything is as it was.", row.PausedReason, file.Tenant)
	}
	return nil
}

// originPrefix is the one that the tenant has; a new tenant gets one. differs tells how the file points a tenant at
// other books.
func originPrefix(ctx context.Context, s *store.Store, file tenant.File) (prefix, differs string, err error) {
	before, err := s.Tenant(ctx, file.Tenant)
	if errors.Is(err, store.ErrUnknownTenant) {
		return strings.ToLower(rand.Text()[:8]), "", nil
	}
	if err != nil {
		return "", "", err
	}
	differs, err = otherBooks(before, file)
	return before.OriginPrefix, differs, err
}

func (a *App) sayApplied(file tenant.File, saved store.TenantResult) {
	verb := map[bool]string{true: "created", false: "updated"}[saved.Created]
	a.say("Tenant %s %s: polls %s every %s and writes to Procore company %d (%s).", file.Tenant, verb, file.Odoo.URL,
		time.Duration(file.Schedule.Every), file.Procore.CompanyID, file.Procore.Environment)
	if host, clear := inTheClear(file.Odoo.URL); clear {
		a.say("Warning: odoo.url is http: the API key travels to %s in the clear. Use https if that server has it.", host)
	}
	if saved.Raised > 0 {
		a.say("%d records are looked at again under the changed settings in the next cycle.", saved.Raised)
	}
	if saved.Created {
		a.say("Next: ml-connector credentials set %s odoo, credentials set %s procore, ping %s, map export %s, map import %s.",
			file.Tenant, file.Tenant, file.Tenant, file.Tenant, file.Tenant)
	}
}

// inTheClear tells whether requests to an address leave this machine without TLS, and to which host.
func inTheClear(address string) (host string, clear bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return "", false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Host, u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback())
}

type tenantView struct {
	Tenant       string      `json:"tenant"`
	State        string      `json:"state"`
	PausedReason string      `json:"paused_reason,omitempty"`
	OriginPrefix string      `json:"origin_prefix"`
	RulesEpoch   int64       `json:"rules_epoch"`
	Settings     tenant.File `json:"settings"`
}

func viewTenant(row store.Tenant) (tenantView, error) {
	view := tenantView{Tenant: row.Name, State: row.State, PausedReason: row.PausedReason, OriginPrefix: row.OriginPrefix, RulesEpoch: row.RulesEpoch}
	var err error
	if view.Settings, err = tenant.Stored(row.Settings); err != nil {
		return view, fmt.Errorf("opening tenant %s: %w", row.Name, err)
	}
	return view, nil
}

func (a *App) tenantList(ctx context.Context) error {
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	rows, err := s.Tenants(ctx)
	if err != nil {
		return err
	}
	views := make([]tenantView, 0, len(rows))
	table := make([][]string, 0, len(rows))
	for _, row := range rows {
		view, err := viewTenant(row)
		if err != nil {
			return err
		}
		views = append(views, view)
		table = append(table, []string{view.Tenant, view.State, view.Settings.Odoo.URL, strconv.FormatInt(view.Settings.Procore.CompanyID, 10), view.Settings.Procore.Environment})
	}
	if len(rows) == 0 {
		a.say("No tenant yet: ml-connector tenant apply -f FILE makes the first.")
		if a.output == "table" {
			return nil
		}
	}
	return a.print(views, []string{"TENANT", "STATE", "ODOO", "PROCORE COMPANY", "ENVIRONMENT"}, table)
}

func (a *App) tenantShow(ctx context.Context, name string) error {
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	row, err := s.Tenant(ctx, name)
	if err != nil {
		return err
	}
	view, err := viewTenant(row)
	if err != nil {
		return err
	}
	a.output = "json" // settings have no table
	return a.print(view, nil, nil)
}

// operator names who runs a command, for the audit trail.
func operator() string {
	for _, name := range []string{"ML_OPERATOR", "SUDO_USER", "USER"} {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return "operator"
}
