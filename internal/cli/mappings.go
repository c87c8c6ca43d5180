package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func (a *App) mapCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "map", Short: "Mappings: Odoo analytic accounts, categories and accounts to Procore projects and codes"}
	return group(cmd, a.mapExportCommand(), &cobra.Command{
		Use:   "import TENANT SHEET.csv",
		Short: "Import a mapping sheet: all rows or none",
		Long: "Columns: kind (project, code, not_in_procore), odoo_model, odoo_id, odoo_code, odoo_name, procore_project,\n" +
			"cost_code, cost_type, sub_job, note. Ids and codes decide, names are for people; both systems are asked whether they\n" +
			"have them. A sheet adds and changes rules; rules that are not in it stay, and notes where it has no such column. Rows\n" +
			"whose Procore columns are empty, as `map export` writes them, are skipped. Records that waited for a mapping are\n" +
			"freed at once.",
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
	s, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	before, err := readRules(ctx, s, tenant)
	if err != nil {
		return err
	}
	warnings, err := checkSheet(ctx, c, sheet, before)
	if err != nil {
		return err
	}
	temporal, err := a.openTemporal(ctx)
	if err != nil {
		return err
	}
	warnings = append(warnings, before.staying(sheet)...)
	notes := sheet.keepRemarks(before)
	saved, err := s.SaveMappings(ctx, tenant, operator(), sheet.projects, sheet.codes)
	if err != nil {
		return err
	}
	if err := activities.Wake(ctx, temporal, a.cfg.TaskQueue, tenant); err != nil {
		return fmt.Errorf("the mappings are saved, the next cycle uses them; %w", err)
	}
	return a.sayImported(mapView{MappingResult: saved, Notes: notes, Skipped: len(sheet.unmapped), Warnings: append([]string{}, warnings...)})
}

func (a *App) sayImported(view mapView) error {
	if a.output == "json" {
		return a.print(view, nil, nil)
	}
	for _, warning := range view.Warnings {
		a.say("Warning: %s", warning)
	}
	switch {
	case view.Projects+view.Codes > 0:
		a.say("%d project rows and %d code rows are new or changed; %d records that waited are freed, %d are looked at again.",
			view.Projects, view.Codes, view.Released, view.Raised)
	case view.Notes == 0:
		a.say("No rows change.")
	}
	if view.Notes > 0 {
		a.say("%d notes are new or changed.", view.Notes)
	}
	if view.Skipped > 0 {
		a.say("%d unmapped rows were skipped: their Procore columns are empty.", view.Skipped)
	}
	return nil
}

// mapView is what an import says as JSON.
type mapView struct {
	store.MappingResult
	Notes    int      `json:"notes"`   // of rules that were there, new or changed
	Skipped  int      `json:"skipped"` // unmapped rows
	Warnings []string `json:"warnings"`
}
