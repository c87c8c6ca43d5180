package odoo

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"
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
// window's times and whatever is chosen.
func (c *Client) groups(ctx context.Context, w Window) ([]Record[AnalyticPlan], error) {
	rows, err := c.rows(ctx, c.query(modelAnalyticGroup, w.always()))
	if err != nil {
		return nil, err
	}
	c.parentsSeen(rows, w.After == 0)
	roots, err := c.groupRoots(ctx, column(rows, "id"))
	if err != nil {
		return nil, err
	}
	out, err := records(rows, func(r *row) AnalyticPlan {
		id := r.integer("id")
		return AnalyticPlan{ID: id, Name: r.text("name"), Parent: r.id("parent_id"), Root: roots[id]}
	})
	if err != nil {
		return nil, err
	}
	if w.endsWithNoGroup(len(out)) {
		out = append(out, Record[AnalyticPlan]{ID: noGroup, Doc: AnalyticPlan{ID: noGroup, Name: noGroupName, Root: noGroup}})
	}
	refs := make([]Ref, len(out))
	for i, r := range out {
		refs[i] = Ref{ID: r.ID, WriteDate: r.WriteDate}
	}
	if w.Choose != nil {
		_, err = w.Choose(ctx, refs)
	}
	return out, err
}

// parentsSeen spares groupRoots the question for what was just read; from the first page on anew.
func (c *Client) parentsSeen(rows []*row, anew bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.lookups[modelAnalyticGroup]
	values := make(map[int64]any, len(known.values)+len(rows)) // the old map may be in use
	if !anew {
		maps.Copy(values, known.values)
	}
	for _, r := range rows {
		values[r.integer("id")] = r.value("parent_id")
	}
	c.lookups[modelAnalyticGroup] = lookup{values: values, read: time.Now()}
}

// always is the window without its times.
func (w Window) always() Window {
	return Window{After: w.After, Limit: w.Limit, IDs: w.IDs}
}

// endsWithNoGroup tells whether a page of so many groups has the plan of the accounts without a group behind it.
func (w Window) endsWithNoGroup(groups int) bool {
	if len(w.IDs) > 0 {
		return slices.Contains(w.IDs, noGroup)
	}
	return groups < w.limit() && w.After < noGroup
}

func (c *Client) groupIndex(ctx context.Context, w Window) ([]Ref, error) {
	rows, err := c.index(ctx, c.query(modelAnalyticGroup, w.always()))
	if err != nil {
		return nil, err
	}
	refs, err := toRefs(rows, "")
	if err == nil && w.endsWithNoGroup(len(refs)) {
		refs = append(refs, Ref{ID: noGroup})
	}
	return refs, err
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
