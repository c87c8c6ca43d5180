package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/internal/tenant"
)

type rebindFlags struct{ apply, newEpoch, restored bool }

func (a *App) rebindCommand() *cobra.Command {
	var f rebindFlags
	cmd := &cobra.Command{
		Use:   "rebind TENANT",
		Short: "Tie a tenant anew to its systems after one was restored, copied or exchanged",
		Long: "Reads all documents of the tenant in Procore, and the dates of its records in Odoo, and compares them with what was\n" +
			"sent. Without --apply it only shows what it would do. With it the tenant writes nothing meanwhile, its bindings are\n" +
			"corrected by origin id, and it goes on when the next cycle has read all of Odoo. Nothing is written to Procore here.\n" +
			"Interrupted, it has changed nothing and is run again.",
		Example: "  ml-connector tenant rebind acme\n  ml-connector tenant rebind acme --apply\n  ml-connector tenant rebind acme --apply --restored\n" +
			"  ml-connector tenant rebind staging --apply --new-epoch",
		Args: exactArgs("TENANT"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.tenantRebind(cmd.Context(), args[0], f) },
	}
	cmd.Flags().BoolVar(&f.apply, "apply", false, "do it")
	cmd.Flags().BoolVar(&f.newEpoch, "new-epoch", false, "for a copy of a system: leave everything sent so far to the original, and use other origin ids from now on")
	cmd.Flags().BoolVar(&f.restored, "restored", false, "also when nothing is seen to differ: the connector's own database was restored")
	return cmd
}

func (a *App) tenantRebind(ctx context.Context, name string, f rebindFlags) error {
	c, err := a.connection(ctx, name)
	if err != nil {
		return err
	}
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	temporal, err := a.openTemporal(ctx)
	if err != nil {
		return err
	}
	identity := activities.NewIdentity(s, temporal, a.cfg.TaskQueue)
	options := activities.RebindOptions{NewEpoch: f.newEpoch, By: operator()}
	if !f.apply {
		survey, err := identity.Survey(ctx, c, options)
		if err != nil {
			return err
		}
		return a.showSurvey(survey, c.File, f)
	}
	if !c.Tenant.Held && !f.newEpoch && !f.restored {
		return fmt.Errorf("tenant %s is not paused by itself: nothing is known to differ; add --restored if the connector's own database was restored, or --new-epoch if this is a copy", name)
	}
	survey, err := identity.Rebind(ctx, c, options)
	if err != nil {
		return err
	}
	return a.showSurvey(survey, c.File, f)
}

// reconsider lets a tenant go on that paused itself, if everything is again as it was.
func (a *App) reconsider(ctx context.Context, s *store.Store, temporal client.Client, name string) error {
	c, err := a.connection(ctx, name)
	if err != nil {
		return err
	}
	seen, err := activities.NewIdentity(s, temporal, a.cfg.TaskQueue).Reconsider(ctx, c)
	if err != nil {
		return err
	}
	if len(seen) > 0 {
		return fmt.Errorf("tenant %s does not go on like this: %s; `ml-connector tenant rebind %s` shows the way out", name, strings.Join(seen, "; "), name)
	}
	return nil
}

// shownDocuments is how many documents of a list a person is shown; -o json has them all.
const shownDocuments = 20

func (a *App) showSurvey(v *activities.Survey, file tenant.File, f rebindFlags) error {
	a.say("Tenant %s: Odoo %s, database %s; Procore company %s (%d).", v.Tenant, file.Odoo.URL, file.Odoo.Database, v.Company, file.Procore.CompanyID)
	for _, seen := range v.Seen {
		a.say("Not as it was: %s.", seen)
	}
	if len(v.Seen) == 0 {
		a.say("Nothing is seen to differ from how it was.")
	}
	var rows [][]string
	for _, k := range v.Kinds {
		row := []string{strings.ReplaceAll(k.Kind, "_", " ")}
		for _, n := range []int{k.Bound, k.Found, k.Corrected, k.Missing, k.LetGo, k.Adopted, k.OtherEpoch} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, row)
	}
	if err := a.print(v, []string{"DOCUMENTS", "KNOWN", "AS SENT", "OTHERWISE", "NOT THERE", "LET GO", "ADOPTED", "OTHER EPOCH"}, rows); err != nil {
		return err
	}
	a.say("Odoo: %d records are gone, %d numbers belong to other records. %d records are looked at again.", v.Gone, v.Again, v.Raised)
	if len(v.MissingProjects) > 0 {
		a.say("%d mapped projects are not in this company, or the app may not see them: %v. Import the mappings of this company.", len(v.MissingProjects), v.MissingProjects)
	}
	a.sayDocuments("stay in Procore and belong to no record from now on", v.LetGo)
	a.sayDocuments("are in Procore and no record stands behind them", v.Unknown)
	if !f.apply {
		flags := ""
		if f.newEpoch {
			flags = " --new-epoch"
		}
		if f.restored {
			flags += " --restored"
		}
		a.say("This was a dry run. `ml-connector tenant rebind %s --apply%s` does it.", v.Tenant, flags)
		return nil
	}
	a.say("Done. The tenant goes on when a cycle has read all of Odoo: the next of its schedule, or `ml-connector sync start %s --wait`.", v.Tenant)
	return nil
}

func (a *App) sayDocuments(what string, list []activities.SurveyDocument) {
	if len(list) == 0 {
		return
	}
	a.say("%d documents %s:", len(list), what)
	for i, d := range list {
		if i == shownDocuments {
			a.say("  and %d more (-o json)", len(list)-i)
			return
		}
		a.say("  %s %d on project %d of %s: %s", strings.ReplaceAll(d.Kind, "_", " "), d.ID, d.Project, d.Record, d.Why)
	}
}

// otherBooks tells how a file points a tenant at other books than its settings, or what was sent, belong to; empty
// when it does not. A file that goes back to what was sent is none.
func otherBooks(before store.Tenant, after tenant.File) (string, error) {
	old, err := tenant.Stored(before.Settings)
	if err != nil {
		return "", fmt.Errorf("opening tenant %s: %w", before.Name, err)
	}
	now := bookFields(after)
	if before.Books != (store.Books{}) {
		old.Odoo.URL, old.Odoo.Database = before.Books.OdooURL, before.Books.OdooDatabase
		old.Procore.Environment, old.Procore.APIURL, old.Procore.CompanyID = before.Books.ProcoreEnvironment, before.Books.ProcoreAPI, before.Books.ProcoreCompany
	}
	for i, was := range bookFields(old) {
		if was.value != now[i].value {
			return fmt.Sprintf("%s: tenant %s is bound to %q and the file says %q", was.field, before.Name, was.value, now[i].value), nil
		}
	}
	return "", nil
}

type bookField struct{ field, value string }

func bookFields(f tenant.File) []bookField {
	return []bookField{
		{"odoo.url", f.Odoo.URL},
		{"odoo.database", f.Odoo.Database},
		{"procore.environment", f.Procore.Environment},
		{"procore.api_url", f.Procore.APIURL},
		{"procore.company_id", strconv.FormatInt(f.Procore.CompanyID, 10)},
	}
}
