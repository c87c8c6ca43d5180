package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

func (a *App) pingCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "ping TENANT",
		Short:   "Reach Odoo and Procore with the stored credentials and say who and where one is",
		Example: "  ml-connector ping acme",
		Args:    exactArgs("TENANT"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.ping(cmd.Context(), args[0]) },
	}
}

type pingReport struct {
	Odoo    pingSide `json:"odoo"`
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
	if found, err := c.Odoo.Ping(ctx); err != nil {
		report.Odoo.Message = err.Error()
	} else {
		report.Odoo = pingOdoo(found)
	}
	if found, err := c.Procore.Ping(ctx); err != nil {
		report.Procore.Message = withWayOut(err).Error()
	} else {
		report.Procore = pingSide{OK: true, Message: fmt.Sprintf("company %s (%d) at %s, as %s",
			found.CompanyName, c.File.Procore.CompanyID, strings.ToUpper(c.File.Procore.Environment), found.User.Login)}
	}
	mark := func(ok bool) string {
		if ok {
			return "ok"
		}
		return "FAILED"
	}
	if err := a.print(report, []string{"SYSTEM", "RESULT", "WHAT"}, [][]string{
		{"Odoo", mark(report.Odoo.OK), report.Odoo.Message}, {"Procore", mark(report.Procore.OK), report.Procore.Message},
	}); err != nil {
		return err
	}
	if !report.Odoo.OK || !report.Procore.OK {
		return errQuiet
	}
	return nil
}

// pingOdoo says who the user is, and fails when a right is missing without which nothing can be read.
func pingOdoo(p odoo.Ping) pingSide {
	if lacks := p.Lacks(); lacks != "" {
		return pingSide{Message: lacks}
	}
	names := make([]string, 0, len(p.Companies))
	for _, c := range p.Companies {
		names = append(names, fmt.Sprintf("%s (%d)", c.Name, c.ID))
	}
	return pingSide{OK: true, Message: fmt.Sprintf("Odoo %s over %s, database %s, as %s, companies %s",
		p.Version, p.Protocol, p.Database, p.Login, strings.Join(names, ", "))}
}
