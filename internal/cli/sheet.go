package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// mappingSheet is a sheet as it was read. Lines are those of the file, the header is line 1.
type mappingSheet struct {
	columns      map[string]int // those that it has, with their place
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

// parseSheet reads a whole sheet and reports every wrong row. What spreadsheets leave behind is passed over: rows and
// columns with nothing in them, a first line with the separator, byte order marks.
func parseSheet(data []byte) (mappingSheet, error) {
	var sheet mappingSheet
	data = bytes.TrimLeft(data, "\ufeff")
	reader := csv.NewReader(bytes.NewReader(data))
	reader.FieldsPerRecord = -1
	header, line, err := nextRow(reader)
	if err == nil && namesSeparator(header) {
		header, line, err = nextRow(reader)
	}
	if errors.Is(err, io.EOF) {
		return sheet, errors.New("the mapping sheet is empty: its first row must name the columns " + strings.Join(sheetColumns, ", "))
	}
	if err != nil {
		return sheet, csvError(err)
	}
	columns, problem := sheetHeader(header)
	if problem != "" {
		return sheet, sheetError([]sheetProblem{{line, problem}})
	}
	sheet.columns = columns
	return sheet, sheet.readRows(reader, len(header))
}

// readRows reads the rows below a header of so many fields.
func (s *mappingSheet) readRows(reader *csv.Reader, width int) error {
	var problems []sheetProblem
	seen := map[string]sheetRow{}
	for {
		record, line, err := nextRow(reader)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return csvError(err)
		}
		row := sheetRow{line: line, columns: s.columns, width: width, fields: record}
		key, err := row.into(s)
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
		return errors.New("the mapping sheet has no rows below its header")
	}
	return sheetError(problems)
}

// nextRow gives the next row that has something in it, and its line; [io.EOF] when there is none.
func nextRow(reader *csv.Reader) (record []string, line int, err error) {
	for {
		record, err := reader.Read()
		if err != nil {
			return nil, 0, err
		}
		if !blank(record) {
			line, _ := reader.FieldPos(0)
			return record, line, nil
		}
	}
}

func blank(fields []string) bool {
	return !slices.ContainsFunc(fields, func(field string) bool { return strings.TrimSpace(field) != "" })
}

// namesSeparator says whether a row is the line `sep=,` that some spreadsheets write first, or ask for.
func namesSeparator(record []string) bool {
	name, separator, found := strings.Cut(record[0], "=")
	return found && strings.EqualFold(name, "sep") && len(separator) <= 1 && blank(record[1:])
}

func csvError(err error) error {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return fmt.Errorf("reading the mapping sheet: %w", err)
	}
	return sheetError([]sheetProblem{{at.StartLine, `quotes are not closed, or stand inside of a field: write "" for a quote in a quoted field`}})
}

// sheetHeader finds the columns, or says what is wrong with them. One without a name is none.
func sheetHeader(header []string) (columns map[string]int, problem string) {
	columns = map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		_, twice := columns[name]
		switch {
		case name == "":
			continue
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
