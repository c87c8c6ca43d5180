package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func (a *App) mapCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "map", Short: "Mappings: Odoo analytic accounts, categories and accounts to Procore projects and codes"}
	return group(cmd, a.mapExportCommand(), &cobra.Command{
		Use:   "import TENANT SHEET.csv",
		Short: "Import a mapping sheet: all rows or none",
		Long: "Columns: kind (project, code, not_in_procore), odoo_model, odoo_id, odoo_code, odoo_name, procore_project,\n" +
			"cost_code, cost_type, sub_job, note. Ids and codes decide, names are for people; both systems are asked whether they\n" +
			"have them. A sheet adds and changes rules; rules that are not in it stay. Rows whose Procore columns are empty, as\n" +
			"`map export` writes them, are skipped. Records that waited for a mapping are freed at once.",
		Example: "  ml-connector map import acme mapping.csv",
		Args:    exactArgs("TENANT", "SHEET.csv"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.mapImport(cmd.Context(), args[0], args[1]) },
	})
}

func (a *App) mapImport(ctx context.Context, tenant, path string) error {
	data, err := a.readText(path)
	if err != nil {
		return err
	}
	sheet, err := parseSheet(data)
	if err != nil {
		return err
	}
	c, err := a.connection(ctx, tenant)
	if err != nil {
		return err
	}
	warnings, err := checkSheet(ctx, c, sheet)
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
	kept, err := staying(ctx, s, tenant, sheet)
	if err != nil {
		return err
	}
	warnings = append(warnings, kept...)
	saved, err := s.SaveMappings(ctx, tenant, operator(), sheet.projects, sheet.codes)
	if err != nil {
		return err
	}
	if err := activities.Wake(ctx, temporal, a.cfg.TaskQueue, tenant); err != nil {
		return fmt.Errorf("the mappings are saved, the next cycle uses them; %w", err)
	}
	return a.sayImported(mapView{MappingResult: saved, Skipped: len(sheet.unmapped), Warnings: append([]string{}, warnings...)})
}

func (a *App) sayImported(view mapView) error {
	if a.output == "json" {
		return a.print(view, nil, nil)
	}
	for _, warning := range view.Warnings {
		a.say("Warning: %s", warning)
	}
	if view.Projects+view.Codes == 0 {
		a.say("No rows change.")
	} else {
		a.say("%d project rows and %d code rows are new or changed; %d records that waited are freed, %d are looked at again.",
			view.Projects, view.Codes, view.Released, view.Raised)
	}
	if view.Skipped > 0 {
		a.say("%d unmapped rows were skipped: their Procore columns are empty.", view.Skipped)
	}
	return nil
}

// staying warns of rows that somebody emptied: an empty row takes no rule away.
func staying(ctx context.Context, s *store.Store, tenant string, sheet mappingSheet) ([]string, error) {
	if len(sheet.unmapped) == 0 {
		return nil, nil
	}
	projects, err := s.ProjectMappings(ctx, tenant)
	if err != nil {
		return nil, err
	}
	codes, err := s.CodeMappings(ctx, tenant)
	if err != nil {
		return nil, err
	}
	ruled := map[subject]bool{}
	for _, m := range projects {
		ruled[subject{kindProject, odoo.ModelAnalyticAccount, m.OdooID}] = true
	}
	for _, m := range codes {
		if m.ProcoreProject == 0 { // an empty row names no project either
			ruled[subject{kindCode, m.OdooModel, m.OdooID}] = true
		}
	}
	var warnings []string
	for _, row := range sheet.unmapped {
		if ruled[row.subject] {
			warnings = append(warnings, fmt.Sprintf("row %d: is empty, and the rule that %s %d has stays: write another one over it, or not_in_procore.", row.line, row.model, row.id))
		}
	}
	return warnings, nil
}

// mapView is what an import says as JSON.
type mapView struct {
	store.MappingResult
	Skipped  int      `json:"skipped"` // unmapped rows
	Warnings []string `json:"warnings"`
}
