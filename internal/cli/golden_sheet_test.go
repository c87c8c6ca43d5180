package cli

import (
	"os"
	"path/filepath"
	"strings"
)

const (
	goodHeader = "kind,odoo_model,odoo_id,odoo_code,odoo_name,procore_project,cost_code,cost_type,sub_job,note\n"
	goodRow    = "project,account.analytic.account,2,M,Mill,562949954000035,,,,\n"
)

// badSheets are mapping sheets with one fault each, below a row that is right.
func badSheets() []badInput {
	var cases []badInput
	add := func(name, text string) {
		cases = append(cases, badInput{name: "sheet-" + name, args: "map import acme DIR/sheet.csv", given: func(w *world) { w.file("sheet.csv", text) }})
	}
	for name, rows := range map[string]string{
		"kind":                    "projekt,account.analytic.account,1,T,Tower,562949954000014,,,,\n",
		"kind-empty":              ",account.analytic.account,1,T,Tower,562949954000014,,,,\n",
		"model-of-project":        "project,product.category,1,,,562949954000014,,,,\n",
		"model-of-code":           "code,res.partner,1,,,,03 30 00,M,,\n",
		"id-missing":              "project,account.analytic.account,,T,Tower,562949954000014,,,,\n",
		"id-word":                 "project,account.analytic.account,one,T,Tower,562949954000014,,,,\n",
		"id-negative":             "project,account.analytic.account,-1,T,Tower,562949954000014,,,,\n",
		"id-unknown-in-odoo":      "project,account.analytic.account,99,X,Nowhere,562949954000014,,,,\n",
		"category-unknown":        "code,product.category,99,,,,03 30 00,M,,\n",
		"code-differs-from-odoo":  "project,account.analytic.account,1,M,Tower,562949954000014,,,,\n",
		"emptied-and-filled":      "project,account.analytic.account,1,T,Tower,,,,,\nproject,account.analytic.account,1,T,Tower,562949954000014,,,,\n",
		"project-number":          "project,account.analytic.account,1,T,Tower,2026-001,,,,\n",
		"project-unknown":         "project,account.analytic.account,1,T,Tower,123,,,,\n",
		"project-with-code":       "project,account.analytic.account,1,T,Tower,562949954000014,03 30 00,M,,\n",
		"not-in-procore-with-id":  "not_in_procore,account.analytic.account,1,T,Tower,562949954000014,,,,\n",
		"duplicate":               goodRow,
		"contradiction":           "project,account.analytic.account,2,M,Mill,562949954000014,,,,\n",
		"contradiction-kind":      "not_in_procore,account.analytic.account,2,M,Mill,,,,,\n",
		"contradiction-code":      "code,account.analytic.account,3,03.M,Concrete,,03 30 00,M,,\ncode,account.analytic.account,3,03.M,Concrete,,09 29 00,M,,\n",
		"code-missing":            "code,account.analytic.account,3,03.M,Concrete,,,M,,\n",
		"code-of-another-project": "code,account.analytic.account,3,03.M,Concrete,562949954000014,09 29 00,M,,\n",
		"cost-type-unknown":       "code,account.analytic.account,3,03.M,Concrete,,03 30 00,Z,,\n",
		"too-many-fields":         "project,account.analytic.account,1,T,Tower,562949954000014,,,,,one more\n",
		"several":                 "project,account.analytic.account,x,T,Tower,562949954000014,,,,\ncode,res.partner,1,,,,03 30 00,M,,\nproject,account.analytic.account,1,T,Tower,tower,,,,\n",
		"quote":                   "project,account.analytic.account,1,T,\"Tower,562949954000014,,,,\n",
		"encoding":                "project,account.analytic.account,1,T,T\xfcrm,562949954000014,,,,\n",
	} {
		add(name, goodHeader+goodRow+rows)
	}
	add("unknown-column", strings.Replace(goodHeader, "note", "comment", 1)+goodRow)
	add("column-twice", strings.Replace(goodHeader, "note", "kind", 1)+goodRow)
	add("column-missing", "kind,odoo_model,procore_project\nproject,account.analytic.account,562949954000035\n")
	add("no-header", goodRow)
	add("no-rows", goodHeader)
	add("empty", "")
	add("semicolons", strings.ReplaceAll(goodHeader+goodRow, ",", ";"))
	add("utf16", "\xff\xfek\x00i\x00n\x00d\x00,\x00o\x00d\x00o\x00o\x00_\x00i\x00d\x00\n\x00")
	add("workbook", "PK\x03\x04\x14\x00\x06\x00workbook")
	return append(cases,
		badInput{name: "sheet-missing", args: "map import acme DIR/nosuch.csv"},
		badInput{name: "sheet-directory", args: "map import acme DIR"},
		badInput{name: "sheet-stdin-empty", args: "map import acme -"},
		badInput{name: "sheet-not-readable", args: "map import acme DIR/file/sheet.csv", given: func(w *world) {
			w.note("file is no directory")
			must(os.WriteFile(filepath.Join(w.dir, "file"), nil, 0o600))
		}},
		badInput{name: "sheet-odoo-unreachable", args: "map import acme DIR/sheet.csv", given: func(w *world) {
			w.file("sheet.csv", goodHeader+goodRow)
			w.odooAt("an address where nothing listens", "http://"+nobody)
		}},
	)
}
