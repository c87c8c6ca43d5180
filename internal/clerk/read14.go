package clerk

import "slices"

// domain puts the fields that a condition is about.
func domain(model string, given []any) []any {
	out := slices.Clone(given)
	for i, g := range given {
		condition := list(g)
		if len(condition) != 3 {
			continue
		}
		name, _ := condition[0].(string)
		if model == "account.move.line" && name == "display_type" && slices.Contains(list(condition[2]), any("product")) {
			out[i] = []any{"exclude_from_invoice_tab", "=", false} // the lines that a bill shows
			continue
		}
		if w := words14[model][name]; w.name != "" {
			out[i] = []any{w.name, condition[1], condition[2]}
		}
	}
	return out
}

// fields are those that are read in place of the given ones.
func fields(model string, given []any) []any {
	out := []any{}
	for _, g := range given {
		name, _ := g.(string)
		w, other := words14[model][name]
		switch {
		case !other:
			out = append(out, name)
		case w.read != nil:
			for _, from := range w.from {
				out = append(out, from)
			}
		case w.name != "":
			out = append(out, w.name)
		}
	}
	return out
}

// rows puts what was read into the words that were asked for.
func (c *Clerk) rows(model string, asked []any, answer any) (any, error) {
	out := slices.Clone(list(answer))
	for i, r := range out {
		theirs, ok := r.(map[string]any)
		if !ok {
			continue
		}
		row := map[string]any{"id": theirs["id"]}
		for _, a := range asked {
			name, _ := a.(string)
			w, other := words14[model][name]
			switch {
			case !other:
				row[name] = theirs[name]
			case w.read != nil:
				v, err := w.read(c, theirs)
				if err != nil {
					return nil, err
				}
				row[name] = v
			case w.name != "":
				row[name] = theirs[w.name]
			default:
				row[name] = false
			}
		}
		out[i] = row
	}
	return out, nil
}

// read asks for records in version 14's own words.
func (c *Clerk) read(model string, where []any, names ...string) ([]map[string]any, error) {
	answer, err := c.server.Do(model, "search_read", nil, map[string]any{
		"domain": where, "fields": names, "order": "id", "context": map[string]any{"active_test": false},
	})
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	for _, r := range list(answer) {
		if row, ok := r.(map[string]any); ok {
			out = append(out, row)
		}
	}
	return out, nil
}

// reference is the id that a many2one holds, and its name; it may have been read with its name or without.
func reference(v any) (int64, string) {
	if id, ok := v.(int64); ok {
		return id, ""
	}
	pair := list(v)
	if len(pair) != 2 {
		return 0, ""
	}
	id, _ := pair[0].(int64)
	name, _ := pair[1].(string)
	return id, name
}

func accountType(_ *Clerk, row map[string]any) (any, error) {
	_, title := reference(row["user_type_id"])
	for kind, name := range types14 {
		if name == title {
			return kind, nil
		}
	}
	return false, nil
}

// displayType is product for what a bill shows and is no section or note. What Odoo made itself has no type there.
func displayType(_ *Clerk, row map[string]any) (any, error) {
	if row["display_type"] == false && row["exclude_from_invoice_tab"] == false {
		return "product", nil
	}
	return row["display_type"], nil
}

// rootGroup is the group at the top, as a plan is read.
func (c *Clerk) rootGroup(row map[string]any) (any, error) {
	group, _ := reference(row["group_id"])
	if group == 0 {
		return false, nil
	}
	root, err := c.root(group)
	if err != nil {
		return nil, err
	}
	return []any{root.id, root.name}, nil
}

// group is a group of analytic accounts.
type group struct {
	id   int64
	name string
}

// root climbs to the group that is in no other.
func (c *Clerk) root(id int64) (group, error) {
	for {
		rows, err := c.read("account.analytic.group", []any{[]any{"id", "=", id}}, "name", "parent_id")
		if err != nil || len(rows) == 0 {
			return group{}, err
		}
		parent, _ := reference(rows[0]["parent_id"])
		if parent == 0 {
			name, _ := rows[0]["name"].(string)
			return group{id, name}, nil
		}
		id = parent
	}
}
