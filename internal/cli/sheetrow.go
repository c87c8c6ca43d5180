package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

type sheetRow struct {
	line    int
	columns map[string]int
	width   int // fields of the header, with those that have no name
	fields  []string
}

func (r sheetRow) text(column string) string {
	i, ok := r.columns[column]
	if !ok || i >= len(r.fields) {
		return ""
	}
	text := cell(r.fields[i])
	if column == columnKind {
		return strings.ToLower(text)
	}
	return text
}

// empty says whether the row has nothing in any of the columns.
func (r sheetRow) empty(columns ...string) bool {
	return !slices.ContainsFunc(columns, func(column string) bool { return r.text(column) != "" })
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

// against says how a later row for the same thing differs from this one.
func (r sheetRow) against(later sheetRow) error {
	for _, column := range []string{columnKind, columnProject, columnCostCode, columnCostType, columnSubJob} {
		if a, b := r.text(column), later.text(column); a != b {
			return fmt.Errorf("%s: %q contradicts row %d, which says %q for the same %s %s: keep one of them",
				column, b, r.line, a, later.model(), later.text(columnID))
		}
	}
	return fmt.Errorf("says the same as row %d: keep one of them", r.line)
}

func (r sheetRow) model() string {
	if r.text(columnKind) != kindCode {
		return odoo.ModelAnalyticAccount
	}
	return r.text(columnModel)
}

// misplaced refuses a row with fields that no column is for.
func (r sheetRow) misplaced() error {
	if len(r.fields) > r.width {
		return fmt.Errorf("has %d fields, the header names %d: a text with a comma needs quotes", len(r.fields), r.width)
	}
	named := make([]bool, r.width)
	for _, i := range r.columns {
		named[i] = true
	}
	for i, field := range r.fields {
		if !named[i] && cell(field) != "" {
			return fmt.Errorf("has %q in column %d, which the header does not name: name the column, or empty it", field, i+1)
		}
	}
	return nil
}

// into adds the row to the sheet and returns what it is the rule for.
func (r sheetRow) into(sheet *mappingSheet) (string, error) {
	if err := r.misplaced(); err != nil {
		return "", err
	}
	id, err := r.id(columnID)
	if err != nil {
		return "", err
	}
	if id == 0 {
		return "", errors.New("odoo_id: is missing")
	}
	project, err := r.id(columnProject)
	if err != nil {
		return "", err
	}
	switch kind := r.text(columnKind); kind {
	case kindProject, kindNotInProcore:
		return r.intoProjects(sheet, kind, id, project)
	case kindCode:
		return r.intoCodes(sheet, id, project)
	default:
		return "", fmt.Errorf("kind: %q is not known; use project, code or not_in_procore", kind)
	}
}

func (r sheetRow) intoProjects(sheet *mappingSheet, kind string, id, project int64) (string, error) {
	if model := r.text(columnModel); model != "" && model != odoo.ModelAnalyticAccount {
		return "", fmt.Errorf("odoo_model: %q; rows of kind %s are for %s", model, kind, odoo.ModelAnalyticAccount)
	}
	if kind == kindNotInProcore && project != 0 {
		return "", fmt.Errorf("procore_project: %d contradicts kind not_in_procore; leave it empty", project)
	}
	for _, column := range []string{columnCostCode, columnCostType, columnSubJob} {
		if value := r.text(column); value != "" {
			return "", fmt.Errorf("%s: %q has no place in a row of kind %s; codes are rows of kind code", column, value, kind)
		}
	}
	key := fmt.Sprintf("project/%d", id)
	if kind == kindProject && project == 0 {
		sheet.unmapped = append(sheet.unmapped, unmappedRow{subject{kindProject, odoo.ModelAnalyticAccount, id}, r.line})
		return key, nil
	}
	sheet.projects = append(sheet.projects, store.ProjectMapping{
		OdooID: id, OdooCode: r.text(columnCode), OdooName: r.text(columnName), ProcoreProject: project,
		NotInProcore: kind == kindNotInProcore, Note: r.text(columnNote),
	})
	sheet.projectLines = append(sheet.projectLines, r.line)
	return key, nil
}

func (r sheetRow) intoCodes(sheet *mappingSheet, id, project int64) (string, error) {
	model := r.text(columnModel)
	if !slices.Contains(codeModels, model) {
		return "", fmt.Errorf("odoo_model: %q; rows of kind code are for %s", model, strings.Join(codeModels, ", "))
	}
	key := fmt.Sprintf("code/%s/%d/%d", model, id, project)
	if r.empty(columnProject, columnCostCode, columnCostType, columnSubJob) {
		sheet.unmapped = append(sheet.unmapped, unmappedRow{subject{kindCode, model, id}, r.line})
		return key, nil
	}
	if r.text(columnCostCode) == "" {
		return "", errors.New("cost_code: is missing")
	}
	sheet.codes = append(sheet.codes, store.CodeMapping{
		OdooModel: model, OdooID: id, ProcoreProject: project, OdooCode: r.text(columnCode), OdooName: r.text(columnName),
		SubJob: r.text(columnSubJob), CostCode: r.text(columnCostCode), CostType: r.text(columnCostType), Note: r.text(columnNote),
	})
	sheet.codeLines = append(sheet.codeLines, r.line)
	return key, nil
}
