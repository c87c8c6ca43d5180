package odoopages

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// account is an analytic account.
type account struct {
	id, plan   int64
	Code, Name string
	// project is true on the plan of the projects.
	project bool
}

// label is the code where there is one.
func (a account) label() string { return cmp.Or(a.Code, a.Name) }

// plan is an analytic plan with the accounts on it and below it.
type plan struct {
	id       int64
	Name     string
	Accounts []account
}

// share is the part of a line that goes to some accounts, at most one of each plan.
type share struct {
	Percent  decimal.Decimal
	Accounts []account
}

// accounts reads all accounts, by id.
func (p *pages) accounts() (map[int64]account, error) {
	rows, err := p.find("account.analytic.account", query{fields: []any{"name", "code", "root_plan_id"}})
	if err != nil {
		return nil, err
	}
	out := map[int64]account{}
	for _, r := range rows {
		plan, name := r.ref("root_plan_id")
		out[r.id()] = account{
			id: r.id(), plan: plan, Code: r.text("code"), Name: r.text("name"), project: strings.HasPrefix(name, "Project"),
		}
	}
	return out, nil
}

// plans are the root plans that have accounts.
func (p *pages) plans() ([]plan, error) {
	all, err := p.accounts()
	if err != nil {
		return nil, err
	}
	roots, err := p.find("account.analytic.plan", query{domain: []any{term("parent_id", "=", false)}, fields: []any{"name"}})
	if err != nil {
		return nil, err
	}
	var out []plan
	for _, r := range roots {
		one := plan{id: r.id(), Name: r.text("name")}
		for _, a := range all {
			if a.plan == one.id {
				one.Accounts = append(one.Accounts, a)
			}
		}
		slices.SortFunc(one.Accounts, func(a, b account) int {
			return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name), cmp.Compare(a.id, b.id))
		})
		if len(one.Accounts) > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

// sharesOf reads an analytic distribution, {"12,34": 60, …}, the largest share first.
func sharesOf(distribution any, accounts map[int64]account) []share {
	held, _ := distribution.(map[string]any)
	out := make([]share, 0, len(held))
	for key, percent := range held {
		f, _ := percent.(float64)
		one := share{Percent: decimal.NewFromFloat(f)}
		for part := range strings.SplitSeq(key, ",") {
			id, err := strconv.ParseInt(part, 10, 64)
			a, known := accounts[id]
			if err != nil || !known {
				a = account{Name: fmt.Sprintf("account %s, which is gone", part)}
			}
			one.Accounts = append(one.Accounts, a)
		}
		slices.SortStableFunc(one.Accounts, func(a, b account) int { return cmp.Compare(a.plan, b.plan) })
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b share) int {
		return cmp.Or(b.Percent.Cmp(a.Percent), cmp.Compare(a.key(), b.key()))
	})
	return out
}

func (s share) key() string {
	labels := make([]string, len(s.Accounts))
	for i, a := range s.Accounts {
		labels[i] = a.label()
	}
	return strings.Join(labels, " ")
}

// Whole says that there is nothing besides this share.
func (s share) Whole() bool { return s.Percent.Equal(decimal.NewFromInt(100)) }

// projectsOf names the project accounts of several distributions, each once.
func projectsOf(lines []row, accounts map[int64]account) []string {
	var out []string
	for _, l := range lines {
		for _, s := range sharesOf(l["analytic_distribution"], accounts) {
			for _, a := range s.Accounts {
				if a.project && !slices.Contains(out, a.label()) {
					out = append(out, a.label())
				}
			}
		}
	}
	slices.Sort(out)
	return out
}
