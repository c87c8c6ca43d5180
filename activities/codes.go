package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/clients/procore"
	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// codesAge is how old a project's cached codes may be when a rule misses one; with codesMaxAge they are read again
// even where nothing is missing.
const (
	codesAge    = time.Minute
	codesMaxAge = 24 * time.Hour
)

// projectsFor gives the rules the projects that a document may go to, from the cache, reading what was never read.
// Projects that Procore refuses (not permitted) are named in forbidden.
func (r *Records) projectsFor(ctx context.Context, c *Connection, ids []int64, maxAge time.Duration) (projects map[int64]mapping.ProcoreProject, forbidden map[int64]bool, err error) {
	if err := r.refreshed(ctx, c, store.CodeProject, 0, maxAge, r.refreshCompany); err != nil {
		return nil, nil, err
	}
	rows, err := r.store.Codes(ctx, c.Tenant.Name, store.CodeProject, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the projects: %w", err)
	}
	known := make(map[int64]store.Code, len(rows))
	for _, row := range rows {
		known[row.ProcoreID] = row
	}
	projects, forbidden = map[int64]mapping.ProcoreProject{}, map[int64]bool{}
	for _, id := range ids {
		row, listed := known[id] // a project that is not permitted may be missing from the list: reading it tells
		err := r.refreshed(ctx, c, store.CodeBudgetCode, id, maxAge, r.refreshProject)
		var refused *procore.ErrorResponse
		switch {
		case errors.As(err, &refused) && (refused.Code == procore.CodeProjectForbidden || refused.Code == procore.CodeForbidden):
			forbidden[id] = true
			continue
		case procore.IsNotFound(err), err == nil && !listed: // also one that the cached list still has
			continue
		case err != nil:
			return nil, nil, err
		}
		if projects[id], err = r.project(ctx, c, row); err != nil {
			return nil, nil, err
		}
	}
	return projects, forbidden, nil
}

// refreshed calls refresh when the cache was read longer than maxAge ago, one caller at a time.
func (r *Records) refreshed(ctx context.Context, c *Connection, kind string, project int64, maxAge time.Duration, refresh func(context.Context, *Connection, int64) error) error {
	fresh := func() (bool, error) {
		at, known, err := r.store.LastRead(ctx, c.Tenant.Name, kind, project)
		return known && time.Since(at) < maxAge, err
	}
	if ok, err := fresh(); ok || err != nil {
		return err
	}
	return r.store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockModel(ctx, c.Tenant.Name, fmt.Sprintf("procore.%s/%d", kind, project)); err != nil {
			return err
		}
		if ok, err := fresh(); ok || err != nil {
			return err
		}
		return refresh(ctx, c, project)
	})
}

func (r *Records) refreshCompany(ctx context.Context, c *Connection, _ int64) error {
	list, _, err := c.Procore.Projects.List(ctx, procore.ProjectListOptions{Status: "All"})
	if err != nil {
		return err
	}
	projects := make([]store.Code, 0, len(list))
	for _, p := range list {
		projects = append(projects, store.Code{ProcoreID: p.ID, Code: p.ProjectNumber, Name: p.Name, Active: p.Active})
	}
	types, _, err := c.Procore.CostTypes.List(ctx, procore.ListOptions{})
	if err != nil {
		return err
	}
	codes := make([]store.Code, 0, len(types))
	for _, t := range types {
		codes = append(codes, store.Code{ProcoreID: t.ID, Code: t.Code, Name: t.Name, Active: true})
	}
	return r.keepCodes(ctx, c, 0, map[string][]store.Code{store.CodeCostType: codes, store.CodeProject: projects}, store.CodeCostType, store.CodeProject)
}

func (r *Records) refreshProject(ctx context.Context, c *Connection, project int64) error {
	costCodes, _, err := c.Procore.CostCodes.List(ctx, project, procore.ListOptions{})
	if err != nil {
		return err
	}
	codes := make([]store.Code, 0, len(costCodes))
	for _, cc := range costCodes {
		codes = append(codes, store.Code{ProcoreID: cc.ID, Code: cc.FullCode, Name: cc.Name, Active: cc.DeletedAt.IsZero()})
	}
	currency, _, err := c.Procore.Currency.Project(ctx, project)
	if err != nil {
		return err
	}
	budget, _, err := c.Procore.BudgetCodes.List(ctx, project, procore.BudgetCodeListOptions{})
	if err != nil {
		return err
	}
	budgetCodes := make([]store.Code, 0, len(budget))
	for _, b := range budget {
		budgetCodes = append(budgetCodes, store.Code{
			ProcoreID: b.ID, Code: b.FlatCode, Name: b.FlatName, Active: b.Status != "inactive",
		})
	}
	return r.keepCodes(ctx, c, project, map[string][]store.Code{
		store.CodeCostCode: codes, store.CodeBudgetCode: budgetCodes, store.CodeCurrency: {{Code: currency.CurrencyISOCode, Active: true}},
	}, store.CodeCostCode, store.CodeCurrency, store.CodeBudgetCode)
}

// keepCodes replaces the cached codes of a project (0: the company), kind by kind; the last kind marks the read.
func (r *Records) keepCodes(ctx context.Context, c *Connection, project int64, codes map[string][]store.Code, kinds ...string) error {
	for _, kind := range kinds {
		if _, err := r.store.ReplaceCodes(ctx, c.Tenant.Name, kind, project, codes[kind]); err != nil {
			return fmt.Errorf("keeping the codes of project %d: %w", project, err)
		}
	}
	return nil
}

// project builds what the rules read of one project.
func (r *Records) project(ctx context.Context, c *Connection, row store.Code) (mapping.ProcoreProject, error) {
	p := mapping.ProcoreProject{
		ID: row.ProcoreID, Name: row.Name, Number: row.Code, Active: row.Active,
		Codes: map[string]int64{}, CostCodes: map[string]int64{},
	}
	for kind, into := range map[string]map[string]int64{store.CodeBudgetCode: p.Codes, store.CodeCostCode: p.CostCodes} {
		codes, err := r.store.Codes(ctx, c.Tenant.Name, kind, p.ID)
		if err != nil {
			return p, fmt.Errorf("reading the codes of project %d: %w", p.ID, err)
		}
		for _, code := range codes {
			if code.Active {
				into[code.Code] = code.ProcoreID
			}
		}
	}
	currency, err := r.store.Codes(ctx, c.Tenant.Name, store.CodeCurrency, p.ID)
	if err != nil {
		return p, fmt.Errorf("reading the currency of project %d: %w", p.ID, err)
	}
	if len(currency) > 0 {
		p.Currency = currency[0].Code
	}
	return p, nil
}

// makeCodes makes budget codes whose parts exist in the project, before the plan that needs them. Procore answers an
// existing combination with itself, so making one twice is harmless.
func (r *Records) makeCodes(ctx context.Context, s *stepContext, codes []mapping.MissingCode) (StepResult, error) {
	done := map[int64]bool{}
	for _, code := range codes {
		create, err := selection(ctx, s.connection.Procore, code)
		if err != nil {
			return r.failed(ctx, s, err)
		}
		if len(create.SegmentItems) < budgetCodeParts {
			return r.parkStep(ctx, s, s.cause(cause.BudgetCode, fmt.Sprintf("%d/%s", code.Project, code.Code), nil))
		}
		result, err := r.send(ctx, s, write{
			subject: fmt.Sprintf("project/%d", code.Project), part: "budget_code/" + code.Code, operation: "create budget code",
			send: func(ctx context.Context) (written, error) {
				made, _, err := s.connection.Procore.BudgetCodes.Create(ctx, code.Project, create)
				if err != nil {
					return written{}, err
				}
				return written{found: true, id: made.ID}, nil
			},
		})
		if err != nil || result.Ended() {
			return result, err
		}
		done[code.Project] = true
	}
	for project := range done {
		if err := r.refreshProject(ctx, s.connection, project); err != nil {
			return r.failed(ctx, s, err)
		}
	}
	return StepResult{}, nil
}

// budgetCodeParts are cost code and cost type.
const budgetCodeParts = 2

// selection names the segment items of a budget code: its cost code and its cost type, as far as the project has them.
func selection(ctx context.Context, client *procore.Client, code mapping.MissingCode) (procore.BudgetCodeCreate, error) {
	costCode, costType := cutLast(code.Code)
	var create procore.BudgetCodeCreate
	segments, _, err := client.BudgetCodes.Segments(ctx, code.Project)
	if err != nil {
		return create, err
	}
	parts := map[string]string{"cost_code": costCode, "line_item_type": costType}
	for _, segment := range segments {
		wanted, ours := parts[segment.Type]
		if !ours {
			continue
		}
		items, _, err := client.BudgetCodes.SegmentItems(ctx, code.Project, segment.ID, procore.ListOptions{})
		if err != nil {
			return create, err
		}
		i := slices.IndexFunc(items, func(item procore.SegmentItem) bool { return item.PathCode == wanted || item.Code == wanted })
		if i >= 0 {
			create.SegmentItems = append(create.SegmentItems, procore.SegmentSelection{SegmentID: segment.ID, SegmentItemID: items[i].ID})
		}
	}
	return create, nil
}

// cutLast cuts "03 30 00.M" into cost code and cost type.
func cutLast(code string) (costCode, costType string) {
	i := strings.LastIndexByte(code, '.')
	if i < 0 {
		return code, ""
	}
	return code[:i], code[i+1:]
}
