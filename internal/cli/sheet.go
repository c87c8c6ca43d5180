package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// mappingSheet is a sheet as it was read. Lines are those of the file, the header is line 1.
type mappingSheet struct {
	projects     []store.ProjectMapping
	projectLines []int
	codes        []store.CodeMapping
	codeLines    []int
	unmapped     []unmappedRow
}

// subject is what rules are for: a record of Odoo, as a project or as a code.
type subject struct {
	kind  string // kindProject or kindCode
	model string
	id    int64
}

// unmappedRow names a record and leaves its Procore columns empty: nobody has decided yet.
type unmappedRow struct {
	subject

	line int
}

// The kinds of rows.
const (
	kindProject      = "project"
	kindNotInProcore = "not_in_procore"
	kindCode         = "code"
)

// The columns of a sheet.
const (
	columnKind        = "kind"
	columnModel       = "odoo_model"
	columnID          = "odoo_id"
	columnCode        = "odoo_code"
	columnName        = "odoo_name"
	columnGroup       = "odoo_group"
	columnState       = "odoo_state"
	columnProject     = "procore_project"
	columnProjectName = "procore_name"
	columnCostCode    = "cost_code"
	columnCostType    = "cost_type"
	columnSubJob      = "sub_job"
	columnNote        = "note"
)

// sheetColumns are those that an import reads.
var sheetColumns = []string{
	columnKind, columnModel, columnID, columnCode, columnName, columnProject, columnCostCode, columnCostType, columnSubJob, columnNote,
}

// remarkColumns are those that `map export` adds for people; an import reads nothing from them.
var remarkColumns = []string{columnGroup, columnState, columnProjectName}

var codeModels = []string{odoo.ModelAnalyticAccount, odoo.ModelCategory, odoo.ModelAccount}

// sheetProblem is what is wrong with one row.
type sheetProblem struct {
	line int
	text string
}

// sheetError names every wrong row, so that the sheet is mended in one go. Nil when there is none.
func sheetError(problems []sheetProblem) error {
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b sheetProblem) int { return a.line - b.line })
	lines := make([]string, 0, len(problems))
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("row %d: %s", p.line, p.text))
	}
	return errors.New("the mapping sheet is not valid, nothing was imported:\n  " + strings.Join(lines, "\n  "))
}

// parseSheet reads a whole sheet and reports every wrong row.
func parseSheet(data []byte) (mappingSheet, error) {
	var sheet mappingSheet
	reader := csv.NewReader(bytes.NewReader(data))
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return sheet, errors.New("the mapping sheet is empty: its first row must name the columns " + strings.Join(sheetColumns, ", "))
	}
	if err != nil {
		return sheet, csvError(err)
	}
	columns, problem := sheetHeader(header)
	if problem != "" {
		return sheet, sheetError([]sheetProblem{{1, problem}})
	}
	var problems []sheetProblem
	seen := map[string]sheetRow{}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return sheet, csvError(err)
		}
		line, _ := reader.FieldPos(0)
		row := sheetRow{line: line, columns: columns, fields: record}
		key, err := row.into(&sheet)
		if err == nil {
			if first, twice := seen[key]; twice {
				err = first.against(row)
			} else {
				seen[key] = row
			}
		}
		if err != nil {
			problems = append(problems, sheetProblem{line, err.Error()})
		}
	}
	if len(problems) == 0 && len(seen) == 0 {
		return sheet, errors.New("the mapping sheet has no rows below its header")
	}
	return sheet, sheetError(problems)
}

func csvError(err error) error {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return fmt.Errorf("reading the mapping sheet: %w", err)
	}
	return sheetError([]sheetProblem{{at.StartLine, `quotes are not closed, or stand inside of a field: write "" for a quote in a quoted field`}})
}

// sheetHeader finds the columns, or says what is wrong with them.
func sheetHeader(header []string) (columns map[string]int, problem string) {
	columns = map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		_, twice := columns[name]
		switch {
		case len(header) == 1 && strings.ContainsAny(name, ";\t"):
			return nil, "the columns must be separated by commas, not by semicolons or tabs"
		case !slices.Contains(sheetColumns, name) && !slices.Contains(remarkColumns, name):
			return nil, fmt.Sprintf("column %q is not known; the first row names the columns: %s; for people only: %s",
				name, strings.Join(sheetColumns, ", "), strings.Join(remarkColumns, ", "))
		case twice:
			return nil, fmt.Sprintf("column %q is there twice", name)
		}
		columns[name] = i
	}
	for _, needed := range []string{columnKind, columnID} {
		if _, ok := columns[needed]; !ok {
			return nil, fmt.Sprintf("the column %q is missing", needed)
		}
	}
	return columns, ""
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
	return unguarded(strings.TrimSpace(r.fields[i]))
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

// into adds the row to the sheet and returns what it is the rule for.
func (r sheetRow) into(sheet *mappingSheet) (string, error) {
	if len(r.fields) > len(r.columns) {
		return "", fmt.Errorf("has %d fields, the header names %d: a text with a comma needs quotes", len(r.fields), len(r.columns))
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
