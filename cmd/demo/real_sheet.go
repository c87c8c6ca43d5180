package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
)

// mapIn maps by the sheet that `map export` prepares: as it is, or filled in.
func (d *realSource) mapIn(ctx context.Context) error {
	path, err := d.placeSheet()
	if err != nil {
		return err
	}
	d.say("map export: a sheet of what that Odoo holds")
	out, err := d.product.run(ctx, nil, "map", "export", tenant, "--file", path, "-o", "json")
	if err != nil {
		return err
	}
	var rows struct{ Mapped, Unmapped int }
	if err := json.Unmarshal(out, &rows); err != nil {
		return fmt.Errorf("reading what `map export` says: %w", err)
	}
	if err := d.placed.remember(); err != nil {
		return err
	}
	if rows.Mapped+rows.Unmapped == 0 {
		d.say("map export: there is nothing to map")
		return nil
	}
	if d.server.MapAll {
		if err := d.fillIn(path); err != nil {
			return err
		}
	}
	if err := d.placed.remember(); err != nil {
		return err
	}
	out, err = d.product.run(ctx, nil, "map", "import", tenant, path)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(out)) {
		d.say("map import: %s", strings.TrimSpace(line))
	}
	return nil
}

// placeSheet chooses where the sheet goes: beside .demo/env where a person will work with it.
func (d *realSource) placeSheet() (string, error) {
	if d.cfg.Once {
		d.sheet = d.file("accounts.csv")
		return d.sheet, nil
	}
	d.sheet = ".demo/accounts.csv"
	path := filepath.Join(d.root, filepath.FromSlash(d.sheet))
	earlier, err := setAside(path)
	if err != nil {
		return "", err
	}
	if earlier != "" {
		d.say("%s was there already: it is %s now", d.sheet, filepath.ToSlash(filepath.Join(".demo", earlier)))
	}
	d.placed.path = path
	return path, nil
}

// leave removes the sheet, unless a person worked on it.
func (d *realSource) leave() error {
	kept, err := d.placed.removeUntouched()
	if kept {
		d.say("%s was changed since the demo wrote it: it stays", d.sheet)
	}
	return err
}

func (d *realSource) fillIn(path string) error {
	data, err := os.ReadFile(path) //nolint:gosec // G304: the demo's own file
	if err != nil {
		return fmt.Errorf("reading the mapping sheet: %w", err)
	}
	filled, err := mapAll(data, targetsIn(d.sandboxes.procore.State()))
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, filled, 0o600); err != nil {
		return fmt.Errorf("writing the mapping sheet: %w", err)
	}
	return nil
}

// targets are what accounts can be routed to.
type targets struct {
	projects []procoretest.ProjectState // that take commitments and invoices, by id
	codes    []budgetCode               // that each of these has
}

type budgetCode struct{ costCode, costType string }

// targetsIn finds the open projects with a billing period, and the budget codes that all of them have.
func targetsIn(state procoretest.State) targets {
	costCodes, costTypes := map[int64]string{}, map[int64]string{}
	for _, c := range state.CostCodes {
		costCodes[c.ID] = c.FullCode
	}
	for _, t := range state.CostTypes {
		costTypes[t.ID] = t.Code
	}
	var t targets
	have := map[budgetCode]int{}
	for _, p := range state.Projects {
		open := slices.ContainsFunc(state.BillingPeriods, func(b procoretest.BillingPeriodState) bool { return b.ProjectID == p.ID && b.Status == "open" })
		if !p.Active || !p.Permitted || !open {
			continue
		}
		t.projects = append(t.projects, p)
		for _, code := range state.WBSCodes {
			if code.ProjectID == p.ID {
				have[budgetCode{costCodes[code.CostCodeID], costTypes[code.CostTypeID]}]++
			}
		}
	}
	for code, n := range have {
		if n == len(t.projects) {
			t.codes = append(t.codes, code)
		}
	}
	slices.SortFunc(t.projects, func(a, b procoretest.ProjectState) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(t.codes, func(a, b budgetCode) int {
		return cmp.Or(cmp.Compare(a.costCode, b.costCode), cmp.Compare(a.costType, b.costType))
	})
	return t
}

// mapAll fills in every row of a sheet: accounts of the project plan go to the projects in turn, all other rows to the
// budget codes in turn, both in the order of Odoo's ids.
func mapAll(sheet []byte, to targets) ([]byte, error) {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(sheet, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading the mapping sheet: %w", err)
	}
	if len(rows) == 0 || len(to.projects) == 0 || len(to.codes) == 0 {
		return nil, errors.New("mapping all accounts: the sheet, or what they can be mapped to, is empty")
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var projects, codes [][]string
	for _, row := range rows[1:] {
		if row[column["kind"]] == "project" {
			projects = append(projects, row)
		} else {
			codes = append(codes, row)
		}
	}
	byID := func(a, b []string) int {
		x, _ := strconv.ParseInt(a[column["odoo_id"]], 10, 64)
		y, _ := strconv.ParseInt(b[column["odoo_id"]], 10, 64)
		return cmp.Or(cmp.Compare(a[column["odoo_model"]], b[column["odoo_model"]]), cmp.Compare(x, y))
	}
	slices.SortFunc(projects, byID)
	slices.SortFunc(codes, byID)
	for i, row := range projects {
		row[column["procore_project"]] = strconv.FormatInt(to.projects[i%len(to.projects)].ID, 10)
	}
	for i, row := range codes {
		code := to.codes[i%len(to.codes)]
		row[column["cost_code"]], row[column["cost_type"]] = code.costCode, code.costType
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		return nil, fmt.Errorf("writing the mapping sheet: %w", err)
	}
	return out.Bytes(), nil
}
