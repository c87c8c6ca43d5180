package odoo

import (
	"context"
	"math"
	"slices"
)

// noGroup stands for the plan of the accounts without a group: before Odoo 16 a group may be missing. It is the
// largest id of a table, which no group will ever have; its name is what Odoo 16 calls the plan that it makes for such
// accounts.
const (
	noGroup     = math.MaxInt32
	noGroupName = "Default"
)

// grouped reports that analytic accounts have groups and not plans: before Odoo 16.
func (c *Client) grouped(ctx context.Context) (bool, error) {
	s, err := c.schema(ctx, ModelAnalyticAccount)
	return s.names["plan_id"] == "group_id", err
}

func (r *row) grouped() bool { return r.schema.names["plan_id"] == "group_id" }

// groups reads a page of the groups of analytic accounts as plans, and after the last one the plan of the accounts
// without a group. They are few, and moving one does not touch the groups below it: so all are read, whatever the
// window's times.
func (c *Client) groups(ctx context.Context, w Window) ([]Record[AnalyticPlan], error) {
	if w.After == 0 {
		c.mu.Lock()
		delete(c.lookups, modelAnalyticGroup)
		c.mu.Unlock()
	}
	rows, err := c.rows(ctx, query{model: modelAnalyticGroup, domain: Window{After: w.After}.domain(), limit: w.limit(), context: includeArchived})
	if err != nil {
		return nil, err
	}
	roots, err := c.groupRoots(ctx, column(rows, "id"))
	if err != nil {
		return nil, err
	}
	out, err := records(rows, func(r *row) AnalyticPlan {
		id := r.integer("id")
		return AnalyticPlan{ID: id, Name: r.text("name"), Parent: r.id("parent_id"), Root: roots[id]}
	})
	if err != nil || len(out) == w.limit() || w.After >= noGroup {
		return out, err
	}
	return append(out, Record[AnalyticPlan]{ID: noGroup, Doc: AnalyticPlan{ID: noGroup, Name: noGroupName, Root: noGroup}}), nil
}

// groupRoots follows groups to the top of their tree, level by level.
func (c *Client) groupRoots(ctx context.Context, groups []int64) (map[int64]int64, error) {
	roots := make(map[int64]int64, len(groups))
	for _, id := range groups {
		roots[id] = id
	}
	for range maxDepth {
		var above []int64
		for _, at := range roots {
			above = append(above, at)
		}
		slices.Sort(above)
		parents, err := c.look(ctx, modelAnalyticGroup, "parent_id", slices.Compact(above))
		if err != nil {
			return nil, err
		}
		moved := false
		for id, at := range roots {
			r := row{model: modelAnalyticGroup, values: map[string]any{"parent_id": parents[at]}}
			if parent := r.id("parent_id"); parent != 0 {
				roots[id], moved = parent, true
			}
			if r.err != nil {
				return nil, r.err
			}
		}
		if !moved {
			break
		}
	}
	return roots, nil
}
