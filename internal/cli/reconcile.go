package cli

import "github.com/spf13/cobra"

func (a *App) reconcileCommand() *cobra.Command {
	return &cobra.Command{Use: "reconcile", Short: "Compare Odoo and Procore to the cent"}
}
