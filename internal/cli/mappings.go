package cli

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func (a *App) mapCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "map", Short: "Mappings: Odoo analytic accounts, categories and accounts to Procore projects and codes"}
	cmd.AddCommand(&cobra.Command{
		Use:   "import TENANT SHEET.csv",
		Short: "Import a mapping sheet: all rows or none",
		Long: "Columns: kind (project, code, not_in_procore), odoo_model, odoo_id, odoo_code, odoo_name, procore_project,\n" +
			"cost_code, cost_type, sub_job, note. Ids and codes decide, names are for people. A sheet adds and changes rows; rows\n" +
			"that are not in it stay. Records that waited for a mapping are freed at once.",
		Example: "  ml-connector map import acme mapping.csv",
		Args:    exactArgs("TENANT", "SHEET.csv"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.mapImport(cmd.Context(), args[0], args[1]) },
	})
	return cmd
}

func (a *App) mapImport(ctx context.Context, tenant, path string) error {
	data, err := a.readFile(path)
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
	unseen, err := unseenProjects(ctx, c.Procore, sheet)
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
	saved, err := s.SaveMappings(ctx, tenant, operator(), sheet.projects, sheet.codes)
	if err != nil {
		return err
	}
	if err := activities.Wake(ctx, temporal, a.cfg.TaskQueue, tenant); err != nil {
		return fmt.Errorf("the mappings are saved, the next cycle uses them; %w", err)
	}
	for _, row := range unseen {
		a.say("Warning: %s", row)
	}
	a.say("%d project rows and %d code rows are new or changed; %d records that waited are freed, %d are looked at again.",
		saved.Projects, saved.Codes, saved.Released, saved.Raised)
	if a.output == "json" {
		return a.print(mapView{MappingResult: saved, Warnings: unseen}, nil, nil)
	}
	return nil
}

// mapView is what an import says as JSON.
type mapView struct {
	store.MappingResult
	Warnings []string `json:"warnings"`
}

type mappingSheet struct {
	projects []store.ProjectMapping
	codes    []store.CodeMapping
	rows     map[int64][]int // Procore project → rows that name it
}

var sheetColumns = []string{
	"kind", "odoo_model", "odoo_id", "odoo_code", "odoo_name", "procore_project", "cost_code", "cost_type", "sub_job", "note",
}

var codeModels = []string{odoo.ModelAnalyticAccount, odoo.ModelCategory, odoo.ModelAccount}

// parseSheet reads a whole sheet and reports every wrong row, so that it is mended in one go.
func parseSheet(data []byte) (mappingSheet, error) {
	sheet := mappingSheet{rows: map[int64][]int{}}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return sheet, errors.New("the mapping sheet is empty: its first row must name the columns " + strings.Join(sheetColumns, ", "))
	}
	if err != nil {
		return sheet, fmt.Errorf("reading the mapping sheet: %w", err)
	}
	columns := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(sheetColumns, name) {
			return sheet, fmt.Errorf("row 1: column %q is not known; use %s", name, strings.Join(sheetColumns, ", "))
		}
		if _, twice := columns[name]; twice {
			return sheet, fmt.Errorf("row 1: column %q is there twice", name)
		}
		columns[name] = i
	}
	for _, needed := range []string{"kind", "odoo_id"} {
		if _, ok := columns[needed]; !ok {
			return sheet, fmt.Errorf("row 1: the column %q is missing", needed)
		}
	}
	var problems []string
	seen := map[string]int{}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return sheet, fmt.Errorf("reading the mapping sheet: %w", err)
		}
		line, _ := reader.FieldPos(0)
		row := sheetRow{line: line, columns: columns, fields: record}
		key, err := row.into(&sheet)
		if err == nil {
			if first, twice := seen[key]; twice {
				err = fmt.Errorf("names the same thing as row %d: keep one of them", first)
			}
			seen[key] = line
		}
		if err != nil {
			problems = append(problems, fmt.Sprintf("row %d: %v", line, err))
		}
	}
	if len(problems) > 0 {
		return sheet, errors.New("the mapping sheet is not valid, nothing was imported:\n  " + strings.Join(problems, "\n  "))
	}
	return sheet, nil
}

type sheetRow struct {
	line    int
	columns map[string]int
	fields  []string
}

func (r sheetRow) text(column string) string {
	i, ok := r.columns[column]
	if !ok || i >= len(r.fields) {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

func (r sheetRow) id(column string) (int64, error) {
	text := r.text(column)
	if text == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, fmt.Errorf("%s: %q is no id; write a positive whole number", column, text)
	}
	return id, nil
}

// into adds the row to the sheet and returns what it is the rule for.
func (r sheetRow) into(sheet *mappingSheet) (string, error) {
	id, err := r.id("odoo_id")
	if err != nil {
		return "", err
	}
	if id == 0 {
		return "", errors.New("odoo_id: is missing")
	}
	project, err := r.id("procore_project")
	if err != nil {
		return "", err
	}
	model := r.text("odoo_model")
	switch kind := r.text("kind"); kind {
	case "project", "not_in_procore":
		if model != "" && model != odoo.ModelAnalyticAccount {
			return "", fmt.Errorf("odoo_model: %q; rows of kind %s are for %s", model, kind, odoo.ModelAnalyticAccount)
		}
		if kind == "project" && project == 0 {
			return "", errors.New("procore_project: is missing; give the project's id, or use kind not_in_procore")
		}
		if kind == "not_in_procore" && project != 0 {
			return "", fmt.Errorf("procore_project: %d contradicts kind not_in_procore; leave it empty", project)
		}
		sheet.projects = append(sheet.projects, store.ProjectMapping{
			OdooID: id, OdooCode: r.text("odoo_code"), OdooName: r.text("odoo_name"), ProcoreProject: project,
			NotInProcore: kind == "not_in_procore", Note: r.text("note"),
		})
		r.names(sheet, project)
		return fmt.Sprintf("project/%d", id), nil
	case "code":
		if !slices.Contains(codeModels, model) {
			return "", fmt.Errorf("odoo_model: %q; use one of %s", model, strings.Join(codeModels, ", "))
		}
		if r.text("cost_code") == "" {
			return "", errors.New("cost_code: is missing")
		}
		sheet.codes = append(sheet.codes, store.CodeMapping{
			OdooModel: model, OdooID: id, ProcoreProject: project, OdooCode: r.text("odoo_code"), OdooName: r.text("odoo_name"),
			SubJob: r.text("sub_job"), CostCode: r.text("cost_code"), CostType: r.text("cost_type"), Note: r.text("note"),
		})
		r.names(sheet, project)
		return fmt.Sprintf("code/%s/%d/%d", model, id, project), nil
	default:
		return "", fmt.Errorf("kind: %q; use project, code or not_in_procore", kind)
	}
}

func (r sheetRow) names(sheet *mappingSheet, project int64) {
	if project != 0 {
		sheet.rows[project] = append(sheet.rows[project], r.line)
	}
}

// unseenProjects warns of rows whose project the app does not see: Procore hides projects that are not permitted, so
// this is no reason to refuse the sheet; their records wait as project.forbidden or project.unknown.
func unseenProjects(ctx context.Context, client *procore.Client, sheet mappingSheet) ([]string, error) {
	list, _, err := client.Projects.List(ctx, procore.ProjectListOptions{Status: "All"})
	if err != nil {
		return nil, fmt.Errorf("reading Procore's projects: %w", err)
	}
	known := map[int64]bool{}
	for _, p := range list {
		known[p.ID] = true
	}
	unseen := []string{}
	for project, lines := range sheet.rows {
		if !known[project] {
			unseen = append(unseen, fmt.Sprintf("row %d: the app sees no project %d; check the id, or permit the project in Procore.", lines[0], project))
		}
	}
	slices.Sort(unseen)
	return unseen, nil
}
