package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// rules are those of a tenant before a sheet is imported.
type rules struct {
	projects []store.ProjectMapping
	codes    []store.CodeMapping
}

func readRules(ctx context.Context, s *store.Store, tenant string) (r rules, err error) {
	if r.projects, err = s.ProjectMappings(ctx, tenant); err != nil {
		return rules{}, err
	}
	r.codes, err = s.CodeMappings(ctx, tenant)
	return r, err
}

// ruleKey is what a rule is for. Project is that of a code rule, 0: of all; 0 for a project rule too.
type ruleKey struct {
	subject

	project int64
}

func projectKey(m store.ProjectMapping) ruleKey {
	return ruleKey{subject{kindProject, odoo.ModelAnalyticAccount, m.OdooID}, 0}
}

func codeKey(m store.CodeMapping) ruleKey {
	return ruleKey{subject{kindCode, m.OdooModel, m.OdooID}, m.ProcoreProject}
}

// keys are what there are rules for, in their order.
func (r rules) keys() []ruleKey {
	var keys []ruleKey
	for _, m := range r.projects {
		keys = append(keys, projectKey(m))
	}
	for _, m := range r.codes {
		keys = append(keys, codeKey(m))
	}
	return keys
}

// mapped are the Procore projects that have an account once the sheet is in, by id.
func (r rules) mapped(sheet mappingSheet) []int64 {
	of := map[int64]int64{} // analytic account → project
	for _, m := range slices.Concat(r.projects, sheet.projects) {
		of[m.OdooID] = m.ProcoreProject
	}
	projects := slices.Compact(slices.Sorted(maps.Values(of)))
	return slices.DeleteFunc(projects, func(id int64) bool { return id == 0 }) // 0: not in Procore
}

// staying warns of rows that somebody emptied: an empty row takes no rule away, neither that for all projects nor those
// for one, whose project was emptied with the rest.
func (r rules) staying(sheet mappingSheet) []string {
	written := map[ruleKey]bool{}
	for _, key := range (rules{sheet.projects, sheet.codes}).keys() {
		written[key] = true
	}
	stay := map[subject][]ruleKey{}
	for _, key := range r.keys() {
		if !written[key] {
			stay[key.subject] = append(stay[key.subject], key)
		}
	}
	var warnings []string
	for _, row := range sheet.unmapped {
		for _, key := range stay[row.subject] {
			warnings = append(warnings, fmt.Sprintf("row %d: is empty, and the rule that %s stays: %s.", row.line, key.owner(), key.wayOut()))
		}
	}
	return warnings
}

func (k ruleKey) owner() string {
	if k.project == 0 {
		return fmt.Sprintf("%s %d has", k.model, k.id)
	}
	return fmt.Sprintf("%s %d has for project %d", k.model, k.id, k.project)
}

func (k ruleKey) wayOut() string {
	if k.kind == kindCode {
		return "write another one over it"
	}
	return "write another one over it, or not_in_procore"
}

// remarks are what a rule says for people.
type remarks struct{ code, name, note string }

func (r rules) remarks() map[ruleKey]remarks {
	out := map[ruleKey]remarks{}
	for _, m := range r.projects {
		out[projectKey(m)] = remarks{m.OdooCode, m.OdooName, m.Note}
	}
	for _, m := range r.codes {
		out[codeKey(m)] = remarks{m.OdooCode, m.OdooName, m.Note}
	}
	return out
}

// keepRemarks takes from the rules before what the sheet has no column for, and counts the notes that it changes.
func (s *mappingSheet) keepRemarks(before rules) (notes int) {
	was := before.remarks()
	keep := func(key ruleKey, code, name, note *string) {
		old, there := was[key]
		if !there {
			return
		}
		for column, text := range map[string]struct{ now, old *string }{
			columnCode: {code, &old.code}, columnName: {name, &old.name}, columnNote: {note, &old.note},
		} {
			if _, there := s.columns[column]; !there {
				*text.now = *text.old
			}
		}
		if *note != old.note {
			notes++
		}
	}
	for i := range s.projects {
		m := &s.projects[i]
		keep(projectKey(*m), &m.OdooCode, &m.OdooName, &m.Note)
	}
	for i := range s.codes {
		m := &s.codes[i]
		keep(codeKey(*m), &m.OdooCode, &m.OdooName, &m.Note)
	}
	return notes
}
