package procorepages

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/sandbox/page"
)

// snapshot is the server's state with what pages look up in it.
type snapshot struct {
	procoretest.State

	projects    map[int64]procoretest.ProjectState
	vendors     map[int64]procoretest.VendorState
	commitments map[int64]procoretest.CommitmentState
	periods     map[int64]procoretest.BillingPeriodState
	codes       map[string]string // what budget codes are for, by project and code
	// billed is what all invoices together bill, by line of a commitment.
	billed map[int64]decimal.Decimal
}

func (p *pages) look() *snapshot {
	s := &snapshot{
		State: p.server.State(), projects: map[int64]procoretest.ProjectState{}, vendors: map[int64]procoretest.VendorState{},
		commitments: map[int64]procoretest.CommitmentState{}, periods: map[int64]procoretest.BillingPeriodState{},
		codes: map[string]string{}, billed: map[int64]decimal.Decimal{},
	}
	for _, v := range s.Projects {
		s.projects[v.ID] = v
	}
	for _, v := range s.Vendors {
		s.vendors[v.ID] = v
	}
	for _, v := range s.Commitments {
		s.commitments[v.ID] = v
	}
	for _, v := range s.BillingPeriods {
		s.periods[v.ID] = v
	}
	s.nameCodes()
	for _, invoice := range s.Requisitions {
		for _, item := range invoice.Items {
			s.billed[item.LineItemID] = s.billed[item.LineItemID].Add(number(item.Amount))
		}
	}
	return s
}

func codeKey(project int64, code string) string { return fmt.Sprintf("%d %s", project, code) }

// describe says what a budget code is for.
func (s *snapshot) describe(project int64, code string) string {
	return s.codes[codeKey(project, code)]
}

// nameCodes describes each budget code by its own description, or by its cost code and cost type.
func (s *snapshot) nameCodes() {
	costCodes, costTypes := map[int64]string{}, map[int64]string{}
	for _, v := range s.CostCodes {
		costCodes[v.ID] = v.Name
	}
	for _, v := range s.CostTypes {
		costTypes[v.ID] = v.Name
	}
	for _, v := range s.WBSCodes {
		parts := slices.DeleteFunc([]string{costCodes[v.CostCodeID], costTypes[v.CostTypeID]}, func(s string) bool { return s == "" })
		s.codes[codeKey(v.ProjectID, v.BudgetCode)] = cmp.Or(v.Description, strings.Join(parts, ", "))
	}
}

// money is an amount in a project's currency.
func (s *snapshot) money(project int64, amount string) page.Money {
	return page.Money{Amount: number(amount), Currency: s.projects[project].Currency}
}

// number reads an amount of the state, which is always one; empty is none.
func number(amount string) decimal.Decimal {
	d, _ := decimal.NewFromString(amount)
	return d
}

// project is the one that the path names.
func (s *snapshot) project(r *http.Request) (procoretest.ProjectState, error) {
	return find(r, "project", s.projects)
}

// find looks a document up by the id in the path. The error is a [*page.Missing]; what names the kind.
func find[T any](r *http.Request, what string, in map[int64]T) (T, error) {
	id, err := page.ID(r, what)
	if err != nil {
		var none T
		return none, err
	}
	one, known := in[id]
	if !known {
		return one, &page.Missing{What: fmt.Sprintf("%s %d", what, id)}
	}
	return one, nil
}

// edit carries out an edit. What Procore says against it becomes a [*page.Refusal].
func (p *pages) edit(e procoretest.Edit) (int64, error) {
	id, err := p.server.Edit(e)
	if err != nil {
		sentence := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "refused: "), "base ")
		return 0, &page.Refusal{Sentence: sentence + "."}
	}
	return id, nil
}
