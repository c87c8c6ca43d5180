package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/cause"
	"github.com/ml-connector/odoo-procore/internal/store"
	"github.com/ml-connector/odoo-procore/mapping"
)

// needs are the ids that a document names; only these are read.
type needs struct {
	accounts, products, ledger, partners map[int64]bool
}

func newNeeds() needs {
	return needs{accounts: map[int64]bool{}, products: map[int64]bool{}, ledger: map[int64]bool{}, partners: map[int64]bool{}}
}

func (n needs) order(o odoo.PurchaseOrder) {
	n.partners[o.Partner] = true
	for _, l := range o.Lines {
		n.products[l.Product] = true
		n.distribution(l.Distribution)
	}
}

func (n needs) bill(b odoo.VendorBill) {
	n.partners[b.Partner] = true
	for _, l := range b.Lines {
		n.products[l.Product] = true
		n.ledger[l.Account] = true
		n.distribution(l.Distribution)
	}
}

func (n needs) distribution(shares []odoo.Share) {
	for _, s := range shares {
		for _, a := range s.Accounts {
			n.accounts[a] = true
		}
	}
}

func keys(set map[int64]bool) []int64 {
	ids := make([]int64, 0, len(set))
	for id := range set {
		if id != 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// rules reads what the pure rules need for a document. Forbidden are projects that Procore refuses.
func (r *Records) rules(ctx context.Context, c *Connection, n needs, maxAge time.Duration) (rules mapping.Rules, forbidden map[int64]bool, err error) {
	tenant := c.Tenant.Name
	rules = mapping.Rules{
		Epoch:    c.Tenant.RulesEpoch,
		Settings: c.File.Settings.Rules(c.Tenant.OriginPrefix, c.Tenant.OriginEpoch),
	}
	if rules.Plans, err = all[odoo.AnalyticPlan](ctx, r.store, tenant, odoo.ModelAnalyticPlan); err != nil {
		return rules, nil, err
	}
	if rules.Categories, err = all[odoo.Category](ctx, r.store, tenant, odoo.ModelCategory); err != nil {
		return rules, nil, err
	}
	if rules.Taxes, err = all[odoo.Tax](ctx, r.store, tenant, odoo.ModelTax); err != nil {
		return rules, nil, err
	}
	if rules.Companies, err = all[odoo.Company](ctx, r.store, tenant, odoo.ModelCompany); err != nil {
		return rules, nil, err
	}
	if rules.Currencies, err = all[odoo.Currency](ctx, r.store, tenant, odoo.ModelCurrency); err != nil {
		return rules, nil, err
	}
	if rules.Accounts, err = some[odoo.AnalyticAccount](ctx, r.store, tenant, odoo.ModelAnalyticAccount, keys(n.accounts)); err != nil {
		return rules, nil, err
	}
	if rules.Products, err = some[odoo.Product](ctx, r.store, tenant, odoo.ModelProduct, keys(n.products)); err != nil {
		return rules, nil, err
	}
	if rules.GL, err = some[odoo.Account](ctx, r.store, tenant, odoo.ModelAccount, keys(n.ledger)); err != nil {
		return rules, nil, err
	}
	if err := r.partners(ctx, tenant, n, &rules); err != nil {
		return rules, nil, err
	}
	rules.ProjectPlan, rules.CostPlan = odoo.RootPlan(rules.Plans, c.File.Odoo.Plans.Project), odoo.RootPlan(rules.Plans, c.File.Odoo.Plans.Cost)
	if err := r.mappings(ctx, tenant, &rules); err != nil {
		return rules, nil, err
	}
	var projects []int64
	for _, account := range keys(n.accounts) {
		if target, ok := rules.Projects[account]; ok && target.Project != 0 && !slices.Contains(projects, target.Project) {
			projects = append(projects, target.Project)
		}
	}
	if rules.Procore, forbidden, err = r.projectsFor(ctx, c, projects, maxAge); err != nil {
		return rules, nil, err
	}
	types, err := r.store.Codes(ctx, tenant, store.CodeCostType, 0)
	if err != nil {
		return rules, nil, fmt.Errorf("reading the cost types: %w", err)
	}
	rules.CostTypes = make(map[string]int64, len(types))
	for _, t := range types {
		rules.CostTypes[t.Code] = t.ProcoreID
	}
	return rules, forbidden, nil
}

// partners reads the partners, their commercial partners, and those of the companies (intercompany).
func (r *Records) partners(ctx context.Context, tenant string, n needs, rules *mapping.Rules) (err error) {
	for _, c := range rules.Companies {
		n.partners[c.Partner] = true
	}
	if rules.Partners, err = some[odoo.Partner](ctx, r.store, tenant, odoo.ModelPartner, keys(n.partners)); err != nil {
		return err
	}
	commercial := map[int64]bool{}
	for _, p := range rules.Partners {
		if _, known := rules.Partners[p.Commercial]; !known {
			commercial[p.Commercial] = true
		}
	}
	more, err := some[odoo.Partner](ctx, r.store, tenant, odoo.ModelPartner, keys(commercial))
	maps.Copy(rules.Partners, more)
	return err
}

func (r *Records) mappings(ctx context.Context, tenant string, rules *mapping.Rules) error {
	projects, err := r.store.ProjectMappings(ctx, tenant)
	if err != nil {
		return fmt.Errorf("reading the project mappings: %w", err)
	}
	rules.Projects = make(map[int64]mapping.ProjectTarget, len(projects))
	for _, m := range projects {
		rules.Projects[m.OdooID] = mapping.ProjectTarget{Project: m.ProcoreProject, NotInProcore: m.NotInProcore}
	}
	codes, err := r.store.CodeMappings(ctx, tenant)
	if err != nil {
		return fmt.Errorf("reading the code mappings: %w", err)
	}
	rules.Codes = make(map[mapping.CodeKey]mapping.CodeTarget, len(codes))
	for _, m := range codes {
		rules.Codes[mapping.CodeKey{Model: m.OdooModel, ID: m.OdooID, Project: m.ProcoreProject}] = mapping.CodeTarget{
			SubJob: m.SubJob, CostCode: m.CostCode, CostType: m.CostType,
		}
	}
	return nil
}

// missingPlan is the cause of a tenant file that names an analytic plan that Odoo does not have.
func missingPlan(c *Connection, rules mapping.Rules) *mapping.Cause {
	for _, plan := range []struct {
		name string
		id   int64
	}{{c.File.Odoo.Plans.Project, rules.ProjectPlan}, {c.File.Odoo.Plans.Cost, rules.CostPlan}} {
		if plan.name != "" && plan.id == 0 {
			return &mapping.Cause{Key: cause.Key(cause.SetupPlan, strings.ToLower(plan.name)), Detail: map[string]string{"plan": plan.name}}
		}
	}
	return nil
}

// all reads every record of a small model.
func all[T any](ctx context.Context, s *store.Store, tenant, model string) (map[int64]T, error) {
	rows, err := s.AllContent(ctx, tenant, model)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", model, err)
	}
	return decodeAll[T](model, rows)
}

// some reads the named records of a model; those that are not there are absent.
func some[T any](ctx context.Context, s *store.Store, tenant, model string, ids []int64) (map[int64]T, error) {
	if len(ids) == 0 {
		return map[int64]T{}, nil
	}
	rows, err := s.Records(ctx, tenant, model, ids)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", model, err)
	}
	return decodeAll[T](model, rows)
}

func decodeAll[T any](model string, rows []store.Record) (map[int64]T, error) {
	out := make(map[int64]T, len(rows))
	for _, row := range rows {
		if len(row.Content) == 0 || row.Deleted {
			continue
		}
		doc, err := decode[T](row)
		if err != nil {
			return nil, fmt.Errorf("reading %s/%d: %w", model, row.ID, err)
		}
		out[row.ID] = doc
	}
	return out, nil
}

func decode[T any](row store.Record) (T, error) {
	var doc T
	err := json.Unmarshal(row.Content, &doc)
	return doc, err
}
