package odoo

import (
	"cmp"
	"context"
	"strconv"
	"strings"
)

// AnalyticPlans reads one window page of plans; open bounds mean the whole table, paged by id. Before Odoo 16 the groups
// of analytic accounts stand for plans (see groups).
func (c *Client) AnalyticPlans(ctx context.Context, w Window) ([]Record[AnalyticPlan], error) {
	grouped, err := c.grouped(ctx)
	if err != nil {
		return nil, err
	}
	if grouped {
		return c.groups(ctx, w)
	}
	return master(ctx, c, ModelAnalyticPlan, w, func(r *row) AnalyticPlan {
		id := r.integer("id")
		return AnalyticPlan{
			ID: id, Name: r.text("name"), Parent: r.id("parent_id"),
			Root: cmp.Or(r.id("root_id"), pathRoot(r.text("parent_path")), id),
		}
	})
}

// pathRoot is the first id of a parent_path, "4/5/".
func pathRoot(path string) int64 {
	first, _, _ := strings.Cut(path, "/")
	id, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// RootPlan is the id of the root plan with a name, in any case; of several the oldest, of none 0.
func RootPlan(plans map[int64]AnalyticPlan, name string) int64 {
	var found int64
	for id, p := range plans {
		if p.Root == id && name != "" && strings.EqualFold(strings.TrimSpace(p.Name), strings.TrimSpace(name)) && (found == 0 || id < found) {
			found = id
		}
	}
	return found
}

// AnalyticAccounts reads one window page of analytic accounts, archived ones too.
func (c *Client) AnalyticAccounts(ctx context.Context, w Window) ([]Record[AnalyticAccount], error) {
	rows, err := c.page(ctx, ModelAnalyticAccount, w)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	roots := map[int64]int64{}
	if rows[0].grouped() {
		if roots, err = c.groupRoots(ctx, column(rows, "plan_id")); err != nil {
			return nil, err
		}
	}
	return records(rows, func(r *row) AnalyticAccount {
		a := AnalyticAccount{
			ID: r.integer("id"), Name: r.text("name"), Code: r.text("code"), Plan: r.id("plan_id"),
			Active: r.flag("active"), Company: r.id("company_id"),
		}
		if a.Plan == 0 && r.grouped() {
			a.Plan = noGroup
		}
		a.RootPlan = cmp.Or(r.id("root_plan_id"), roots[a.Plan], a.Plan)
		return a
	})
}

// Products reads one window page of product variants, archived ones too.
func (c *Client) Products(ctx context.Context, w Window) ([]Record[Product], error) {
	return master(ctx, c, ModelProduct, w, func(r *row) Product {
		return Product{
			ID: r.integer("id"), Name: r.text("name"), Code: r.text("default_code"),
			Category: r.id("categ_id"), Type: cmp.Or(productTypes[r.text("type")], r.text("type")),
		}
	})
}

// productTypes: before Odoo 18 goods that are kept in stock are a type of their own.
var productTypes = map[string]string{"product": "consu"}

// Categories reads one window page of product categories.
func (c *Client) Categories(ctx context.Context, w Window) ([]Record[Category], error) {
	return master(ctx, c, ModelCategory, w, func(r *row) Category {
		return Category{ID: r.integer("id"), Name: r.text("name"), Parent: r.id("parent_id")}
	})
}

// Companies reads one window page of the companies that the user sees.
func (c *Client) Companies(ctx context.Context, w Window) ([]Record[Company], error) {
	return master(ctx, c, ModelCompany, w, decodeCompany)
}

func decodeCompany(r *row) Company {
	return Company{ID: r.integer("id"), Name: r.text("name"), Currency: r.id("currency_id"), Partner: r.id("partner_id")}
}

// Currencies reads one window page of currencies, inactive ones too.
func (c *Client) Currencies(ctx context.Context, w Window) ([]Record[Currency], error) {
	return master(ctx, c, ModelCurrency, w, func(r *row) Currency {
		return Currency{ID: r.integer("id"), Name: r.text("name"), Digits: int32(min(max(r.integer("decimal_places"), 0), 12))}
	})
}

// master reads a page of a table of master data, archived records too, of all companies.
func master[T any](ctx context.Context, c *Client, model string, w Window, f func(*row) T) ([]Record[T], error) {
	rows, err := c.page(ctx, model, w)
	if err != nil {
		return nil, err
	}
	return records(rows, f)
}

func records[T any](rows []*row, f func(*row) T) ([]Record[T], error) {
	return decode(rows, func(r *row) Record[T] {
		return Record[T]{
			Doc: f(r), ID: r.integer("id"),
			WriteDate: r.instant("write_date"), CreateDate: r.instant("create_date"),
		}
	})
}
