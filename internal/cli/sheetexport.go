package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/ml-connector/odoo-procore/activities"
	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// exportSheet is what `map export` writes.
type exportSheet struct {
	rows     []exportRow
	warnings []string
}

// exportRow is a rule, or a record of Odoo that has none.
type exportRow struct {
	Kind           string `json:"kind"`
	Model          string `json:"odoo_model"`
	ID             int64  `json:"odoo_id"`
	Code           string `json:"odoo_code"`
	Name           string `json:"odoo_name"`
	Group          string `json:"odoo_group"` // plan, parent categories or account type
	State          string `json:"odoo_state"` // "archived" or empty
	ProcoreProject int64  `json:"procore_project"`
	ProcoreName    string `json:"procore_name"`
	CostCode       string `json:"cost_code"`
	CostType       string `json:"cost_type"`
	SubJob         string `json:"sub_job"`
	Note           string `json:"note"`
}

// exportColumns are the columns in their order, with what a row has in them.
var exportColumns = []struct {
	name  string
	value func(r exportRow) string
}{
	{columnKind, func(r exportRow) string { return r.Kind }},
	{columnModel, func(r exportRow) string { return r.Model }},
	{columnID, func(r exportRow) string { return strconv.FormatInt(r.ID, 10) }},
	{columnCode, func(r exportRow) string { return r.Code }},
	{columnName, func(r exportRow) string { return r.Name }},
	{columnGroup, func(r exportRow) string { return r.Group }},
	{columnState, func(r exportRow) string { return r.State }},
	{columnProject, exportRow.project},
	{columnProjectName, func(r exportRow) string { return r.ProcoreName }},
	{columnCostCode, func(r exportRow) string { return r.CostCode }},
	{columnCostType, func(r exportRow) string { return r.CostType }},
	{columnSubJob, func(r exportRow) string { return r.SubJob }},
	{columnNote, func(r exportRow) string { return r.Note }},
}

func (r exportRow) project() string {
	if r.ProcoreProject == 0 {
		return ""
	}
	return strconv.FormatInt(r.ProcoreProject, 10)
}

// fields is the row as it is written.
func (r exportRow) fields() []string {
	fields := make([]string, 0, len(exportColumns))
	for _, column := range exportColumns {
		fields = append(fields, guarded(column.value(r)))
	}
	return fields
}

func (r exportRow) mapped() bool {
	return r.Kind == kindNotInProcore || r.ProcoreProject != 0 || r.CostCode != ""
}

func (s exportSheet) unmapped() int {
	n := 0
	for _, r := range s.rows {
		if !r.mapped() {
			n++
		}
	}
	return n
}

// prepareSheet reads rules, Odoo and the names of Procore's projects, and writes nothing.
func prepareSheet(ctx context.Context, c *activities.Connection, s *store.Store) (exportSheet, error) {
	ruled, err := readRules(ctx, s, c.Tenant.Name)
	if err != nil {
		return exportSheet{}, err
	}
	held, err := holdings(ctx, c)
	if err != nil {
		return exportSheet{}, fmt.Errorf("reading what Odoo holds: %w", err)
	}
	list, _, err := c.Procore.Projects.List(ctx, procore.ProjectListOptions{Status: "All"})
	if err != nil {
		return exportSheet{}, fmt.Errorf("reading the names of Procore's projects: %w", err)
	}
	names := map[int64]string{}
	for _, p := range list {
		names[p.ID] = p.Name
	}
	return buildSheet(held, ruled.projects, ruled.codes, names), nil
}

// buildSheet joins rules and records, in the order of [compareRows].
func buildSheet(held []holding, projects []store.ProjectMapping, codes []store.CodeMapping, names map[int64]string) exportSheet {
	byID := map[string]holding{}
	for _, h := range held {
		byID[h.key()] = h
	}
	var sheet exportSheet
	ruled := map[subject]bool{}
	add := func(row exportRow) {
		h, there := byID[fmt.Sprintf("%s/%d", row.Model, row.ID)]
		if !there {
			sheet.warnings = append(sheet.warnings, fmt.Sprintf("a rule is for %s %d (%s), which Odoo does not show any more: it is left out", row.Model, row.ID, row.Name))
			return
		}
		row.Code, row.Name, row.Group, row.State, row.ProcoreName = h.code, h.name, h.group, h.state(), names[row.ProcoreProject]
		sheet.rows = append(sheet.rows, row)
		ruled[subject{kindOf(row.Kind), h.model, h.id}] = true
	}
	for _, m := range projects {
		kind := kindProject
		if m.NotInProcore {
			kind = kindNotInProcore
		}
		add(exportRow{Kind: kind, Model: odoo.ModelAnalyticAccount, ID: m.OdooID, Name: m.OdooName, ProcoreProject: m.ProcoreProject, Note: m.Note})
	}
	for _, m := range codes {
		add(exportRow{
			Kind: kindCode, Model: m.OdooModel, ID: m.OdooID, Name: m.OdooName, ProcoreProject: m.ProcoreProject,
			CostCode: m.CostCode, CostType: m.CostType, SubJob: m.SubJob, Note: m.Note,
		})
	}
	for _, h := range held {
		if h.kind != "" && !ruled[subject{h.kind, h.model, h.id}] {
			add(exportRow{Kind: h.kind, Model: h.model, ID: h.id})
		}
	}
	slices.SortFunc(sheet.rows, compareRows)
	return sheet
}

// kindOf is project for both kinds of project rows.
func kindOf(kind string) string {
	if kind == kindCode {
		return kind
	}
	return kindProject
}

// compareRows goes by kind, model, state, code, group and name, and by the ids where these agree.
func compareRows(a, b exportRow) int {
	return cmp.Or(
		cmp.Compare(kindOf(b.Kind), kindOf(a.Kind)), // project before code
		cmp.Compare(slices.Index(codeModels, a.Model), slices.Index(codeModels, b.Model)),
		cmp.Compare(a.State, b.State),
		cmp.Compare(a.Code, b.Code), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.ID, b.ID), cmp.Compare(a.ProcoreProject, b.ProcoreProject),
	)
}
