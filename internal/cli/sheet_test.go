package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// imports gives BETA a sheet, which must be taken, and returns what the command said.
func (w *world) imports(sheet string) string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "sheet.csv")
	require.NoError(w.t, makeFile(path, []byte(sheet)))
	return w.command("map import BETA " + path)
}

// rules are those of BETA.
func (w *world) rules() (projects []store.ProjectMapping, codes []store.CodeMapping) {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.database)
	require.NoError(w.t, err)
	defer s.Close()
	projects, err = s.ProjectMappings(w.t.Context(), w.second)
	require.NoError(w.t, err)
	codes, err = s.CodeMappings(w.t.Context(), w.second)
	require.NoError(w.t, err)
	return projects, codes
}

// A sheet changes what is for people only where it has a column for it, and says what it changed.
func TestMapNotes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newDatabases(t, 1))
	w.beta()
	w.imports(goodHeader + "project,,1,T,Tower,562949954000014,,,,the east one\n" + "code,account.analytic.account,3,03.M,Concrete,,03 30 00,M,,ask Ann\n")
	projects, codes := w.rules()

	said := w.imports("kind,odoo_model,odoo_id,procore_project,cost_code,cost_type\nproject,,1,562949954000014,,\ncode,account.analytic.account,3,,03 30 00,M\n")
	require.Contains(t, said, "No rows change.\n")
	gotProjects, gotCodes := w.rules()
	require.Equal(t, projects, gotProjects)
	require.Equal(t, codes, gotCodes)

	said = w.imports("kind,odoo_model,odoo_id,procore_project,cost_code,cost_type,note\nproject,,1,562949954000014,,,the west one\ncode,account.analytic.account,3,,03 30 00,M,\n")
	require.NotContains(t, said, "No rows change.")
	require.Contains(t, said, "2 notes are new or changed.\n")
	gotProjects, gotCodes = w.rules()
	require.Equal(t, "the west one", gotProjects[0].Note)
	require.Equal(t, "Tower", gotProjects[0].OdooName)
	require.Empty(t, gotCodes[0].Note, "a column that is there and empty takes the note away")
}

// Whoever empties a row is told of every rule that stays for its record.
func TestMapEmptiedRows(t *testing.T) {
	t.Parallel()
	const header = "kind,odoo_model,odoo_id,procore_project,cost_code\n"
	w := newWorld(t, newDatabases(t, 1))
	w.beta()
	w.imports(header + "code,account.analytic.account,3,562949954000014,03 30 00\ncode,account.analytic.account,3,562949954000035,03 30 00\ncode,product.category,1,,03 30 00\n")

	said := w.imports(header + "code,account.analytic.account,3,562949954000035,03 30 00\ncode,account.analytic.account,3,,\ncode,product.category,1,,\n")
	require.Contains(t, said, "row 3: is empty, and the rule that account.analytic.account 3 has for project 562949954000014 stays: write another one over it.\n")
	require.Contains(t, said, "row 4: is empty, and the rule that product.category 1 has stays: write another one over it.\n")
	require.Equal(t, 2, strings.Count(said, "Warning: "), said)
}

// An export comes back whatever the codes of Odoo look like.
func TestMapOddCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newDatabases(t, 1))
	w.beta()
	plan := w.odoo.State()["account.analytic.plan"].([]any)[0].(map[string]any)["id"]
	for _, code := range []string{" =5", "\t=6", "A\r\nB", "A\r\r\nC", "\u00a0'=7", " '=8", "''9", "\n+1\r", "D  E"} {
		_, err := w.odoo.Create(odoo.ModelAnalyticAccount, map[string]any{"name": "Odd", "code": code, "plan_id": plan})
		require.NoError(t, err)
	}
	w.command("map export BETA --file DIR/first.csv")
	filled := filledIn(t, w.exported("first.csv"), func(row map[string]string) {
		if row["kind"] == kindProject {
			row["procore_project"] = "562949954000014"
		}
	})
	require.Contains(t, w.imports(string(filled)), "11 project rows")
	w.command("map export BETA --file DIR/second.csv")
	require.Contains(t, w.imports(string(w.exported("second.csv"))), "No rows change.\n")
}

// A general rule's cost code that no mapped project has is most likely what a spreadsheet made of it.
func TestMapUnknownGeneralCode(t *testing.T) {
	t.Parallel()
	const header, rule = "kind,odoo_model,odoo_id,procore_project,cost_code\n", "code,account.analytic.account,3,,Jan-00\n"
	w := newWorld(t, newDatabases(t, 1))
	w.beta()
	require.NotContains(t, w.imports(header+rule), "Warning: ", "without a mapped project nothing is known")
	w.imports(header + "project,,1,562949954000014,\n")
	said := w.imports(header + rule + "code,product.category,1,,09 29 00\n")
	require.Contains(t, said, `row 2: cost_code: no mapped project of Procore has the cost code "Jan-00"`)
	require.Contains(t, said, `row 3: cost_code: no mapped project of Procore has the cost code "09 29 00"`)
	said = w.imports(header + rule + "code,product.category,1,,09 29 00\nproject,,2,562949954000035,\n")
	require.Equal(t, 1, strings.Count(said, "Warning: "), "the sheet's own projects count: %s", said)
	require.Contains(t, said, `"Jan-00"`)
}

// What spreadsheets leave behind around the rows is no reason to refuse them.
func TestParseSheetLeftovers(t *testing.T) {
	t.Parallel()
	const row = "project,,2,M,Mill,562949954000035,,,,\n"
	for name, text := range map[string]string{
		"blank cells":          goodHeader + ",,,,\n" + row + ",,,,,,,,,\n , ,,,,,,,,,,,\n",
		"rows above":           ",,,\n\n" + goodHeader + row,
		"empty columns":        strings.TrimSpace(goodHeader) + ",, \n" + strings.TrimSpace(row) + ",,\n",
		"column in the middle": "kind,,odoo_id,procore_project\nproject,,2,562949954000035\n",
		"sep":                  "sep=,\n" + goodHeader + row,
		"sep in quotes":        "\"sep=,\"\r\n" + goodHeader + row,
		"sep with cells":       "SEP=,,,,\n" + goodHeader + row,
		"byte order marks":     "\ufeff\ufeff" + goodHeader + row,
		"capitals":             strings.ToUpper(goodHeader) + strings.Replace(row, "project", "Project", 1),
	} {
		sheet, err := parseSheet([]byte(text))
		require.NoError(t, err, name)
		require.Len(t, sheet.projects, 1, name)
		require.Equal(t, int64(2), sheet.projects[0].OdooID, name)
		require.Equal(t, int64(562949954000035), sheet.projects[0].ProcoreProject, name)
	}
	for name, c := range map[string]struct{ text, want string }{
		"text without a column": {"kind,odoo_id,,procore_project\nproject,2,x,562949954000035\n", `row 2: has "x" in column 3, which the header does not name`},
		"header below blanks":   {",,\nkind,id\n", `row 2: column "id" is not known`},
		"a kind in capitals":    {"kind,odoo_id,procore_project\nProject,2,1\nPROJECT,2,1\n", "row 3: says the same as row 2"},
		"only blanks":           {",,\n,,\n", "the mapping sheet is empty"},
		"only a header":         {goodHeader + ",,,\n", "has no rows below its header"},
		"only sep":              {"sep=,\n", "the mapping sheet is empty"},
		"semicolons after sep":  {"sep=;\nkind;odoo_id\n", "not by semicolons"},
	} {
		_, err := parseSheet([]byte(c.text))
		require.ErrorContains(t, err, c.want, name)
	}
}
