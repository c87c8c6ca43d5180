package odoo

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// NewAnalyticAccount is an analytic account that should be there.
type NewAnalyticAccount struct {
	// Plan is the id of its plan; before Odoo 16 that of its group, or the plan of the accounts without one (see
	// AnalyticPlans).
	Plan int64
	// Company is the id of its company; 0 is an account of all companies.
	Company int64
	// Code and Name have no blanks at their ends; those that are given are cut off. Neither may be empty.
	Code, Name string
}

// manyAccounts is how many accounts of one code are looked at; more are as wrong as these.
const manyAccounts = 100

// EnsureAnalyticAccount gives the id of the analytic account with a code in a plan, and makes it when there is none. An
// account of the company counts, and one of all companies; the code must be the same to the letter. What differs in the
// name is left alone.
//
// Odoo has no idempotency key, and codes are not unique. After an error that is Transient the account may have been made
// all the same: call again, which looks first. Two calls at once for the same code may make two; the caller lets
// only one run at a time.
//
// Errors: CodeArchived, with the account's id, when the only ones are archived; CodeAmbiguous when several fit;
// CodeNoAccess when the user may not create accounts; CodeInvalidRequest, without a request, for an account without plan,
// code or name.
func (c *Client) EnsureAnalyticAccount(ctx context.Context, want NewAnalyticAccount) (id int64, created bool, err error) {
	want.Code, want.Name = strings.TrimSpace(want.Code), strings.TrimSpace(want.Name)
	if err := want.check(); err != nil {
		return 0, false, err
	}
	grouped, err := c.grouped(ctx)
	if err != nil {
		return 0, false, err
	}
	plan, err := want.planField(grouped)
	if err != nil {
		return 0, false, err
	}
	rows, err := c.rows(ctx, query{model: ModelAnalyticAccount, domain: want.domain(plan), limit: manyAccounts, context: includeArchived})
	if err != nil {
		return 0, false, err
	}
	if id, err := want.chosen(rows); id != 0 || err != nil {
		return id, false, err
	}
	id, err = c.createAnalyticAccount(ctx, want, plan)
	return id, err == nil, err
}

func (want NewAnalyticAccount) check() error {
	refuse := func(text, way string) error {
		return &Error{Code: CodeInvalidRequest, Model: ModelAnalyticAccount, Method: "create", Message: text + ", and nothing was sent", WayOut: way}
	}
	switch {
	case want.Code == "":
		return refuse(fmt.Sprintf("the analytic account %q has no code", want.Name), "give it a code")
	case want.Name == "":
		return refuse(fmt.Sprintf("the analytic account with the code %q has no name", want.Code), "give it a name")
	case strings.ContainsFunc(want.Code+want.Name, isControl):
		return refuse(fmt.Sprintf("the code %q or the name %q holds a line break or a control character", want.Code, want.Name), "take it out")
	case want.Plan <= 0 || want.Company < 0:
		return refuse(fmt.Sprintf("the analytic account with the code %q has the plan %d and the company %d", want.Code, want.Plan, want.Company), reportDefect)
	}
	return nil
}

// field is a value of an account, by its field's name.
type field struct {
	name  string
	value any
}

// planField is what places an account in its plan.
func (want NewAnalyticAccount) planField(grouped bool) (field, error) {
	switch {
	case !grouped && want.Plan == noGroup:
		return field{}, &Error{
			Code: CodeInvalidRequest, Model: ModelAnalyticAccount, Method: "create",
			Message: fmt.Sprintf("the analytic account with the code %q has no plan, and nothing was sent", want.Code),
			WayOut:  "from Odoo 16 on an account needs a plan: name one in odoo.plans",
		}
	case !grouped:
		return field{"plan_id", want.Plan}, nil
	case want.Plan == noGroup:
		return field{"group_id", false}, nil
	default:
		return field{"group_id", want.Plan}, nil
	}
}

func (want NewAnalyticAccount) domain(plan field) []any {
	companies := []any{false}
	if want.Company != 0 {
		companies = append(companies, want.Company)
	}
	return []any{term("code", "=", want.Code), term(plan.name, "=", plan.value), term("company_id", "in", companies)}
}

// chosen is the one account that fits: the only one in use, or none at all. An archived one does not stand in the way of
// one in use.
func (want NewAnalyticAccount) chosen(rows []*row) (int64, error) {
	var active, archived []int64
	for _, r := range rows {
		if id := r.integer("id"); r.flag("active") {
			active = append(active, id)
		} else {
			archived = append(archived, id)
		}
		if r.err != nil {
			return 0, r.err
		}
	}
	found := active
	if len(active) == 0 {
		found = archived
	}
	switch {
	case len(found) == 0:
		return 0, nil
	case len(found) > 1:
		return 0, want.refused(CodeAmbiguous, "there are several", found, "merge or archive all but one, or give them different codes")
	case len(active) == 0:
		return archived[0], want.refused(CodeArchived, "it is archived", found, "unarchive it in Odoo (Analytic Accounts, filter Archived), or use another code")
	}
	return active[0], nil
}

func (want NewAnalyticAccount) refused(code, what string, ids []int64, way string) *Error {
	return &Error{
		Code: code, Model: ModelAnalyticAccount, Method: "search_read", Status: http.StatusOK, WayOut: way,
		Message: fmt.Sprintf("the analytic account with the code %q in the plan %d: %s (id %s)", want.Code, want.Plan, what, joined(ids)),
	}
}

// joined is "7, 12".
func joined(ids []int64) string {
	ids = slices.Sorted(slices.Values(ids))
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(ids), "[]"), " ", ", ")
}

func (c *Client) createAnalyticAccount(ctx context.Context, want NewAnalyticAccount, plan field) (int64, error) {
	vals := map[string]any{"name": want.Name, "code": want.Code, plan.name: plan.value, "company_id": false}
	if want.Company != 0 { // else false must be said: left out, it is the user's company
		vals["company_id"] = want.Company
	}
	v, err := c.rpc.call(ctx, request{model: ModelAnalyticAccount, method: "create", args: map[string]any{"vals_list": []any{vals}}})
	if err != nil {
		return 0, err
	}
	if ids, ok := v.([]any); ok && len(ids) == 1 {
		if id, ok := toInt(ids[0]); ok {
			return id, nil
		}
	}
	return 0, unexpected(ModelAnalyticAccount, "create", "a list of one id", v)
}
