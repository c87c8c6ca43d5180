package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/ml-connector/odoo-procore/clients/odoo"
)

var hundred = decimal.NewFromInt(100)

// share is the part of a line on one account of the project plan and one of the cost plan (0: none).
type share struct {
	project, code int64
	percent       decimal.Decimal
}

// badShares are the things in a distribution that cannot be read.
type badShares struct {
	invalid string  // the first bad key
	unknown []int64 // ids of accounts that do not exist
}

// shares reads a distribution. A key may join accounts of several plans: project and code then come from
// the same key. Separate keys of separate plans are independent in Odoo: each project share is cut by the
// cost shares; what they leave uncovered keeps the project and has no code account. The result is sorted
// and merged; shares without an account of the project plan are left out.
func (r Rules) shares(distribution []odoo.Share) ([]share, badShares) {
	var bad badShares
	var paired, projects, codes []share
	for _, d := range distribution {
		s := share{percent: d.Percent}
		invalid := len(d.Accounts) == 0
		for _, id := range d.Accounts {
			account, ok := r.Accounts[id]
			plan := r.rootPlan(account)
			switch {
			case !ok:
				bad.unknown = append(bad.unknown, id)
			case plan == r.ProjectPlan:
				invalid = invalid || s.project != 0
				s.project = id
			case r.CostPlan != 0 && plan == r.CostPlan:
				invalid = invalid || s.code != 0
				s.code = id
			}
		}
		switch {
		case invalid:
			bad.invalid = max(bad.invalid, shareKey(d))
		case s.project != 0 && s.code != 0:
			paired = append(paired, s)
		case s.project != 0:
			projects = append(projects, s)
		case s.code != 0:
			codes = append(codes, s)
		}
	}
	slices.Sort(bad.unknown)
	bad.unknown = slices.Compact(bad.unknown)
	return merged(append(paired, crossed(merged(projects), merged(codes))...)), bad
}

// rootPlan is that of an account's plan as it is now: moving a plan below another one does not touch its accounts.
func (r Rules) rootPlan(a odoo.AnalyticAccount) int64 {
	if plan, ok := r.Plans[a.Plan]; ok && plan.Root != 0 {
		return plan.Root
	}
	return a.RootPlan
}

// shareKey is the key as Odoo wrote it.
func shareKey(d odoo.Share) string {
	if d.Key != "" || len(d.Accounts) == 0 {
		return strconv.Quote(d.Key)
	}
	ids := slices.Sorted(slices.Values(d.Accounts))
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ","), "[]")
}

// crossed cuts each project share by the cost shares. It never adds to or takes from a project's percent.
func crossed(projects, codes []share) []share {
	covered := decimal.Zero
	for _, c := range codes {
		covered = covered.Add(c.percent)
	}
	if covered.Sign() <= 0 {
		return projects
	}
	whole := decimal.Max(hundred, covered)
	var out []share
	for _, p := range projects {
		rest := p.percent
		for i, c := range codes {
			part := p.percent.Mul(c.percent).DivRound(whole, 12)
			if covered.Equal(whole) && i == len(codes)-1 {
				part = rest
			}
			rest = rest.Sub(part)
			out = append(out, share{project: p.project, code: c.code, percent: part})
		}
		if !rest.IsZero() {
			out = append(out, share{project: p.project, percent: rest})
		}
	}
	return out
}

// merged sums the percents per pair of accounts, in the order of the accounts.
func merged(list []share) []share {
	slices.SortFunc(list, func(a, b share) int {
		return cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.code, b.code))
	})
	var out []share
	for _, s := range list {
		if n := len(out); n > 0 && out[n-1].project == s.project && out[n-1].code == s.code {
			out[n-1].percent = out[n-1].percent.Add(s.percent)
			continue
		}
		out = append(out, s)
	}
	return slices.DeleteFunc(out, func(s share) bool { return s.percent.IsZero() })
}
