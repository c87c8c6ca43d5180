package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (a *App) pingCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "ping TENANT",
		Short: "Reach Odoo and Procore with the stored credentials and say who and where one is",
		Long: "Reaches Odoo and Procore with the stored credentials, and changes nothing in either. Of Odoo it says what the user may\n" +
			"read, how much there is in scope, when the API key ends, and for each feature whether it works and what to change.\n" +
			"It sends some forty requests, so it takes most of a minute where only one a second is allowed.",
		Example: "  ml-connector ping acme\n  ml-connector ping acme -o json",
		Args:    exactArgs("TENANT"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.ping(cmd.Context(), args[0]) },
	}
}

type pingReport struct {
	Odoo    odooSide `json:"odoo"`
	Procore pingSide `json:"procore"`
}

type pingSide struct {
	OK      bool   `json:"ok"`
	Message string `json:"message"`
}

func (a *App) ping(ctx context.Context, tenant string) error {
	c, err := a.connection(ctx, tenant)
	if err != nil {
		return err
	}
	report := pingReport{}
	found, err := c.Odoo.Ping(ctx)
	report.Odoo = pingOdoo(found, c.File, err)
	if found, err := c.Procore.Ping(ctx); err != nil {
		report.Procore.Message = withWayOut(err).Error()
	} else {
		report.Procore = pingSide{OK: true, Message: fmt.Sprintf("company %s (%d) at %s, as %s",
			found.CompanyName, c.File.Procore.CompanyID, strings.ToUpper(c.File.Procore.Environment), found.User.Login)}
	}
	if err := a.printPing(report); err != nil {
		return err
	}
	if !report.Odoo.OK || !report.Procore.OK {
		return errQuiet
	}
	return nil
}

// printPing shows what counts first: whether both systems answer, then warnings, then the particulars of Odoo.
func (a *App) printPing(report pingReport) error {
	mark := func(ok bool) string {
		if ok {
			return "ok"
		}
		return "FAILED"
	}
	if err := a.print(report, []string{"SYSTEM", "RESULT", "WHAT"}, [][]string{
		{"Odoo", mark(report.Odoo.OK), report.Odoo.Message}, {"Procore", mark(report.Procore.OK), report.Procore.Message},
	}); err != nil || a.output == "json" {
		return err
	}
	for i, warning := range report.Odoo.Warnings {
		if i == 0 {
			a.say("")
		}
		a.say("Warning: %s", warning)
	}
	for _, t := range report.Odoo.tables() {
		a.say("")
		if err := a.print(nil, t.header, t.rows); err != nil {
			return err
		}
		if t.note != "" {
			a.say("%s", t.note)
		}
	}
	return nil
}
