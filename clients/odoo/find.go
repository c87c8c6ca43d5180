package odoo

import (
	"context"
	"errors"
	"slices"
)

// Find tells which of these records Odoo has, archived ones too, and which of them it hides from the user by a record
// rule; one that is in neither was deleted. Losing the right on the whole model is an error (no_access).
func (c *Client) Find(ctx context.Context, model string, ids []int64) (found, hidden []int64, err error) {
	if model == ModelAnalyticPlan {
		grouped, err := c.grouped(ctx)
		if err != nil {
			return nil, nil, err
		}
		if grouped {
			return c.findGroups(ctx, ids)
		}
	}
	for chunk := range slices.Chunk(ids, 100) {
		f, h, err := c.find(ctx, model, chunk)
		if err != nil {
			return nil, nil, err
		}
		found, hidden = append(found, f...), append(hidden, h...)
	}
	return found, hidden, nil
}

// findGroups leaves out the plan of the accounts without a group, which is no record and always there.
func (c *Client) findGroups(ctx context.Context, ids []int64) (found, hidden []int64, err error) {
	groups := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == noGroup })
	found, hidden, err = c.Find(ctx, modelAnalyticGroup, groups)
	if len(groups) < len(ids) {
		found = append(found, noGroup)
	}
	return found, hidden, err
}

// find reads a stored field: for the id alone Odoo does not look into its table, and answers also what is deleted. It leaves
// out what it does not have, and refuses the whole request for one hidden record: then each half is asked for.
func (c *Client) find(ctx context.Context, model string, ids []int64) (found, hidden []int64, err error) {
	if len(ids) == 0 {
		return nil, nil, nil
	}
	v, err := c.rpc.call(ctx, request{
		model: model, method: "read", ids: ids, onRecords: true, args: map[string]any{"fields": []string{"write_date"}, "load": ""},
	})
	switch {
	case errors.Is(err, &Error{Code: CodeRecordRule}) && len(ids) == 1:
		return nil, ids, nil
	case errors.Is(err, &Error{Code: CodeRecordRule}):
		half := len(ids) / 2
		for _, part := range [][]int64{ids[:half], ids[half:]} {
			f, h, err := c.find(ctx, model, part)
			if err != nil {
				return nil, nil, err
			}
			found, hidden = append(found, f...), append(hidden, h...)
		}
		return found, hidden, nil
	case err != nil:
		return nil, nil, err
	}
	rows, err := toRows(model, "read", schema{}, v)
	if err != nil {
		return nil, nil, err
	}
	return column(rows, "id"), nil, nil
}
