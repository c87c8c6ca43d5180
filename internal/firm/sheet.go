package firm

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

var sheetColumns = []string{
	"kind", "odoo_model", "odoo_id", "odoo_code", "odoo_name", "procore_project", "cost_code", "cost_type", "sub_job", "note",
}

// MappingSheet is the mapping with which the tenant starts, as CSV; the row of one account is missing in it.
// [Firm.Load] comes first: the ids are those of the sandboxes.
func (f *Firm) MappingSheet() []byte { return f.sheet(func(j job) bool { return !j.later }, true) }

func (f *Firm) sheet(of func(job) bool, codes bool) []byte {
	var rows [][]string
	for _, j := range jobs {
		if !of(j) {
			continue
		}
		kind, project, note := "project", strconv.FormatInt(f.ids.project[j.project], 10), ""
		if j.project == "" {
			kind, project, note = "not_in_procore", "", "overhead"
		}
		rows = append(rows, f.sheetRow(kind, "account.analytic.account", f.ids.account[j.code], j.code, j.name, project, "", note))
	}
	if codes {
		rows = append(rows, f.codeRows()...)
	}
	return csvSheet(rows)
}

func csvSheet(rows [][]string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.WriteAll(append([][]string{sheetColumns}, rows...)); err != nil {
		panic("firm: writing to memory: " + err.Error())
	}
	return out.Bytes()
}

func (f *Firm) codeRows() [][]string {
	var rows [][]string
	for _, n := range costAccounts() {
		rows = append(rows, f.sheetRow("code", "account.analytic.account", f.ids.account[n.code], n.code, n.name, "", n.code, ""))
	}
	for _, c := range categories {
		if c.code != "" {
			rows = append(rows, f.sheetRow("code", "product.category", f.ids.category[c.name], "", c.name, "", c.code, ""))
		}
	}
	for _, a := range glAccounts {
		if a.budget != "" {
			rows = append(rows, f.ledgerRows(a)...)
		}
	}
	return rows
}

// ledgerRows map what is booked on a ledger account to its budget code.
func (f *Firm) ledgerRows(a glAccount) [][]string {
	var rows [][]string
	for _, id := range f.ledger(a.code) {
		rows = append(rows, f.sheetRow("code", "account.account", id, a.code, a.name, "", a.budget, ""))
	}
	return rows
}

func (f *Firm) sheetRow(kind, model string, id int64, code, name, project, budget, note string) []string {
	costCode, costType, _ := strings.Cut(budget, ".")
	return []string{kind, model, strconv.FormatInt(id, 10), code, name, project, costCode, costType, "", note}
}

// TenantYAML is the tenant's file for the two sandboxes at these addresses.
func (f *Firm) TenantYAML(odooURL, procoreURL string) []byte {
	database, login, _ := f.OdooUser()
	_, _, company, _ := f.ProcoreApp()
	return fmt.Appendf(nil, `tenant: acme
odoo:
  url: %s
  database: %s
  user: %s
  api: auto
  companies: [%d, %d]
  plans: {project: Projects, cost: Cost Codes}
procore:
  environment: custom
  login_url: %s
  api_url: %s
  company_id: %d
schedule: {time_zone: America/Denver, every: 15m}
settings:
  go_live: %s
  retention_accounts: ["%s"]
`, odooURL, database, login, f.ids.company[building], f.ids.company[civil], procoreURL, procoreURL, company, goLive, glRetention)
}
