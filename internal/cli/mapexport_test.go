package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// command runs one command, which must succeed, and gives what it said.
func (w *world) command(args string) string {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(w.t.Context(), w.env, w.args(args), strings.NewReader(""), &stdout, &stderr)
	require.Zero(w.t, code, stderr.String())
	return stdout.String() + stderr.String()
}

// A sheet that was exported changes nothing when it comes back; one that was filled in maps what was filled in.
func TestMapRoundTrip(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newDatabases(t, 1))
	w.beta()
	plan := func(i int) any { return w.odoo.State()["account.analytic.plan"].([]any)[i].(map[string]any)["id"] }
	made := map[string]int64{}
	for name, vals := range map[string]map[string]any{
		"formula": {"name": `=HYPERLINK("http://x.example", "Zürich, Löwenstraße")`, "code": "=1", "plan_id": plan(0)},
		"quote":   {"name": "'=quoted", "code": "007", "plan_id": plan(0)},
		"gone":    {"name": "Old Mill", "code": "OLD", "plan_id": plan(0), "active": false},
		"blank":   {"name": "Blank", "code": " B ", "plan_id": plan(1)},
	} {
		id, err := w.odoo.Create("account.analytic.account", vals)
		require.NoError(t, err)
		made[name] = id
	}
	before := w.rows()
	w.command("map export BETA --file DIR/first.csv")
	require.Equal(t, before.withoutCounters(), w.rows().withoutCounters(), "an export writes nothing")

	// All of it is unmapped.
	said := w.command("map import BETA DIR/first.csv")
	require.Contains(t, said, "No rows change.\n8 unmapped rows were skipped: their Procore columns are empty.\n")

	filled := filledIn(t, w.exported("first.csv"), func(row map[string]string) {
		switch {
		case row["kind"] == "project" && row["odoo_id"] == odooID(made["quote"]):
			row["kind"] = "not_in_procore"
		case row["kind"] == "project" && row["odoo_name"] != "Mill":
			row["procore_project"], row["note"] = "562949954000014", "=note"
		case row["odoo_model"] == odoo.ModelAnalyticAccount && row["kind"] == "code":
			row["cost_code"], row["cost_type"] = "03 30 00", "M"
		}
	})
	require.NoError(t, makeFile(filepath.Join(w.dir, "filled.csv"), filled))
	said = w.command("map import BETA DIR/filled.csv")
	require.Contains(t, said, "4 project rows and 2 code rows are new or changed")
	require.Contains(t, said, "2 unmapped rows were skipped")

	// Nothing was lost on the way.
	w.command("map export BETA --file DIR/second.csv")
	said = w.command("map import BETA DIR/second.csv")
	require.Contains(t, said, "No rows change.\n2 unmapped rows were skipped")
	w.command("map export BETA --file DIR/third.csv")
	require.Equal(t, string(w.exported("second.csv")), string(w.exported("third.csv")))
	s, err := store.Open(t.Context(), w.database)
	require.NoError(t, err)
	defer s.Close()
	rules, err := s.ProjectMappings(t.Context(), w.second)
	require.NoError(t, err)
	require.Contains(t, rules, store.ProjectMapping{
		OdooID: made["formula"], OdooCode: "=1", OdooName: `=HYPERLINK("http://x.example", "Zürich, Löwenstraße")`, ProcoreProject: towerID, Note: "=note",
	})
	require.Contains(t, rules, store.ProjectMapping{OdooID: made["quote"], OdooCode: "007", OdooName: "'=quoted", NotInProcore: true})
	require.Contains(t, string(w.exported("second.csv")), "OLD,Old Mill,Projects,archived,562949954000014,Tower,")

	// An emptied row takes no rule away, and says so.
	said = w.command("map import BETA DIR/first.csv")
	require.Contains(t, said, "No rows change.\n8 unmapped rows were skipped")
	require.Equal(t, 6, strings.Count(said, "is empty, and the rule that"), said)
	require.Empty(t, w.writes(), "neither system was written to")

	var rows []exportRow
	require.NoError(t, json.Unmarshal([]byte(w.command("map export BETA -o json")), &rows))
	require.Len(t, rows, 8)
}

func odooID(id int64) string { return strconv.FormatInt(id, 10) }

// filledIn changes the rows of a sheet as somebody with a spreadsheet does.
func filledIn(t *testing.T, sheet []byte, change func(row map[string]string)) []byte {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(sheet, []byte("\xef\xbb\xbf")))).ReadAll()
	require.NoError(t, err)
	for _, fields := range rows[1:] {
		row := map[string]string{}
		for i, name := range rows[0] {
			row[name] = fields[i]
		}
		change(row)
		for i, name := range rows[0] {
			fields[i] = row[name]
		}
	}
	var out bytes.Buffer
	require.NoError(t, csv.NewWriter(&out).WriteAll(rows))
	return out.Bytes()
}

// What an export holds depends on the records and rules, not on the order in which they were read.
func TestSheetOrder(t *testing.T) {
	t.Parallel()
	held := []holding{
		{kind: kindCode, model: odoo.ModelAccount, id: 9, code: "500100", name: "Job Materials"},
		{model: odoo.ModelAccount, id: 8, code: "200000", name: "Payable"},
		{kind: kindCode, model: odoo.ModelCategory, id: 7, name: "Concrete", group: "All"},
		{kind: kindProject, model: odoo.ModelAnalyticAccount, id: 3, code: "2", name: "B"},
		{kind: kindProject, model: odoo.ModelAnalyticAccount, id: 2, code: "1", name: "A", archived: true},
		{kind: kindCode, model: odoo.ModelAnalyticAccount, id: 5, code: "03", name: "Concrete"},
		{model: odoo.ModelAnalyticAccount, id: 6, name: "An account of another plan"},
	}
	codes := []store.CodeMapping{
		{OdooModel: odoo.ModelAnalyticAccount, OdooID: 5, ProcoreProject: 70, CostCode: "03 30 00"},
		{OdooModel: odoo.ModelAnalyticAccount, OdooID: 5, CostCode: "03 20 00", CostType: "M"},
	}
	sheet := buildSheet(held, nil, codes, map[int64]string{70: "Tower"})
	var got []string
	for _, r := range sheet.rows {
		got = append(got, strings.Join(r.fields(), "|"))
	}
	require.Equal(t, []string{
		"project|account.analytic.account|3|2|B||||||||",
		"project|account.analytic.account|2|1|A||archived||||||",
		"code|account.analytic.account|5|03|Concrete|||||03 20 00|M||",
		"code|account.analytic.account|5|03|Concrete|||70|Tower|03 30 00|||",
		"code|product.category|7||Concrete|All|||||||",
		"code|account.account|9|500100|Job Materials||||||||",
	}, got)
	require.Equal(t, 4, sheet.unmapped())

	held[0], held[5], codes[0], codes[1] = held[5], held[0], codes[1], codes[0]
	require.Equal(t, sheet, buildSheet(held, nil, codes, map[int64]string{70: "Tower"}))
}

func TestGuard(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "Tower": "Tower", "03 30 00": "03 30 00", "'twas": "'twas", "a=b": "a=b",
		"=1+1": "'=1+1", "+1": "'+1", "-2": "'-2", "@x": "'@x", "\tx": "'\tx", "\r=x": "'\r=x", "＝1": "'＝1", "'=1": "''=1", " =1": "' =1",
	} {
		require.Equal(t, want, guarded(text))
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`['= \t@-]{0,4}[a-z=]{0,3}`).Draw(t, "text")
		if got := unguarded(guarded(text)); got != text {
			t.Fatalf("%q came back as %q", text, got)
		}
		if strings.ContainsAny(guarded(text)[:min(1, len(text))], "=+-@\t\r\n") {
			t.Fatalf("%q is a formula", guarded(text))
		}
	})
}
