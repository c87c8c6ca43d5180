package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func (a *App) mapExportCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "export TENANT",
		Short: "Write a mapping sheet with what Odoo holds: mapped rows, and unmapped ones to fill in",
		Long: "Rows are the analytic accounts of the tenant's plans, the product categories, the G/L accounts that costs are\n" +
			"booked on, and whatever else has a rule; what was archived comes last of its kind. Fill in procore_project, or\n" +
			"cost_code and cost_type, and import the sheet: rows that are still empty are skipped then. The columns odoo_group,\n" +
			"odoo_state and procore_name are for people. Text that a spreadsheet would take for a formula has an apostrophe in\n" +
			"front, which the import takes off. Odoo and Procore are only read.",
		Example: "  ml-connector map export acme --file mapping.csv\n  ml-connector map export acme | head",
		Args:    exactArgs("TENANT"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.mapExport(cmd.Context(), args[0], file) },
	}
	cmd.Flags().StringVar(&file, "file", standardOutput, "`file` to make; - is standard output")
	return cmd
}

// standardOutput is what --file calls it.
const standardOutput = "-"

// exportView is what an export says as JSON beside its file.
type exportView struct {
	File     string   `json:"file"`
	Mapped   int      `json:"mapped"`
	Unmapped int      `json:"unmapped"`
	Warnings []string `json:"warnings"`
}

func (a *App) mapExport(ctx context.Context, tenant, file string) error {
	if file == "" {
		return errors.New("--file names no file; leave it out, or write -, for standard output")
	}
	if err := mayMake(file); err != nil {
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
	sheet, err := prepareSheet(ctx, c, s)
	if err != nil {
		return err
	}
	if file == standardOutput {
		return a.showSheet(sheet)
	}
	data, err := sheet.csv()
	if err != nil {
		return err
	}
	// Spreadsheets take a CSV without the mark for text of another encoding.
	if err := makeFile(file, append([]byte("\xef\xbb\xbf"), data...)); err != nil {
		return err
	}
	view := exportView{File: file, Unmapped: sheet.unmapped(), Warnings: append([]string{}, sheet.warnings...)}
	view.Mapped = len(sheet.rows) - view.Unmapped
	for _, warning := range view.Warnings {
		a.say("Warning: %s", warning)
	}
	a.say("%s has %d mapped rows and %d to fill in. Then: ml-connector map import %s %s", file, view.Mapped, view.Unmapped, tenant, file)
	if a.output == "json" {
		return a.print(view, nil, nil)
	}
	return nil
}

// showSheet prints the sheet; what it warns of stands beside it, so that the sheet can be piped on.
func (a *App) showSheet(sheet exportSheet) error {
	for _, warning := range sheet.warnings {
		_, _ = fmt.Fprintln(a.stderr, "Warning: "+warning)
	}
	if a.output == "json" {
		return a.print(sheet.rows, nil, nil)
	}
	data, err := sheet.csv()
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(data)
	return err
}

// csv is the sheet, with a header.
func (s exportSheet) csv() ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	header := make([]string, 0, len(exportColumns))
	for _, column := range exportColumns {
		header = append(header, column.name)
	}
	if err := w.Write(header); err != nil {
		return nil, fmt.Errorf("writing the mapping sheet: %w", err)
	}
	for _, row := range s.rows {
		if err := w.Write(row.fields()); err != nil {
			return nil, fmt.Errorf("writing the mapping sheet: %w", err)
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}
