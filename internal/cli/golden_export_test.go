package cli

import (
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/tenant"
)

// badExports are mapping sheets that cannot be written, and one with text that a spreadsheet must not carry out. The path is
// looked at before Odoo is, which is why Odoo cannot be reached there.
func badExports() []badInput {
	unreachable := func(w *world) { w.odooAt("an address where nothing listens", "http://"+nobody) }
	formulas := func(w *world) {
		w.note("names in Odoo begin like formulas; a rule is for an account that is gone")
		plan := w.odoo.State()["account.analytic.plan"].([]any)[0].(map[string]any)["id"]
		for _, name := range []string{"=1+1", "+1 303 555 0100", "-03 Annex", "@site", "'quoted', with a comma"} {
			_, err := w.odoo.Create("account.analytic.account", map[string]any{"name": name, "code": name[:1], "plan_id": plan})
			require.NoError(w.t, err)
		}
		w.exec("INSERT INTO project_mappings (tenant, odoo_id, odoo_name, procore_project) VALUES ('acme', 77, 'Old Mill', $1)", towerID)
	}
	return []badInput{
		{name: "export-file-there", args: "map export acme --file DIR/mapping.csv", given: func(w *world) {
			unreachable(w)
			w.file("mapping.csv", "somebody's work\n")
		}},
		{name: "export-no-directory", args: "map export acme --file DIR/nosuch/mapping.csv", given: unreachable},
		{name: "export-directory", args: "map export acme --file DIR", given: func(w *world) {
			unreachable(w)
			w.note("the directory is there")
		}},
		{name: "export-file-empty-name", args: "map export acme --file="},
		{name: "export-one-too-many", args: "map export acme mapping.csv"},
		{name: "export-plan-unknown", args: "map export acme", given: func(w *world) {
			w.note("odoo.plans.project is Jobs")
			w.settings(func(f *tenant.File) { f.Odoo.Plans.Project = "Jobs" })
		}},
		{name: "export-odoo-unreachable", args: "map export acme", given: unreachable},
		{name: "export-procore-unreachable", args: "map export acme", given: func(w *world) {
			w.procoreAt("an address where nothing listens", "http://"+nobody)
		}},
		{name: "export-no-credentials", args: "map export acme", given: func(w *world) {
			w.note("no credentials are stored")
			w.exec("DELETE FROM credentials")
		}},
		{name: "export-formulas", args: "map export acme", warns: true, given: formulas},
		{name: "export-formulas-json", args: "map export acme -o json", warns: true, given: formulas},
	}
}

// exported is the sheet that a command wrote into the case's directory.
func (w *world) exported(name string) []byte {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	require.NoError(w.t, err)
	return data
}
