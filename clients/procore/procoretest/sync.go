package procoretest

import (
	"maps"
	"slices"
)

// maxSync is the number of records that one sync action takes.
const maxSync = 1000

// syncTarget is the collection that a sync action works on.
type syncTarget struct {
	schema   schema
	prefix   string
	byID     func(id int64) bool
	byOrigin func(origin string) (int64, bool)
	create   func(in attrs) (any, faults)
	update   func(id int64, in attrs) (any, faults)
}

// syncPlan says what a sync action does with one record.
type syncPlan struct {
	update int64 // 0 = create
	bad    faults
}

// plan is the table of Procore's sync actions:
// neither id nor origin_id creates, a known id updates, an unknown id is an error,
// origin_id updates where found and creates where not.
func (t syncTarget) plan(in attrs) syncPlan {
	if id := in.id("id"); id != 0 {
		if !t.byID(id) {
			return syncPlan{bad: fault("id", "not found")}
		}
		return syncPlan{update: id}
	}
	if origin := in.text("origin_id"); origin != "" {
		if id, found := t.byOrigin(origin); found {
			return syncPlan{update: id}
		}
	}
	return syncPlan{}
}

// sync answers 200 even when every record failed. Entities come back in another
// order than they were sent, because Procore promises none.
func (s *Server) sync(c *call, t syncTarget) (answer, error) {
	updates, isList := c.body["updates"].([]any)
	if !isList {
		return answer{}, missingParam("updates")
	}
	if len(updates) > maxSync {
		return answer{}, tooLarge("at most 1000 records per sync action")
	}
	entities, failures := []any{}, []any{}
	for _, update := range updates {
		raw, isObject := update.(map[string]any)
		if !isObject {
			return answer{}, badRequest("updates", "updates must hold objects")
		}
		entity, bad := s.syncOne(c, t, raw)
		if len(bad) > 0 {
			failures = append(failures, withErrors(raw, bad))
			continue
		}
		entities = append(entities, entity)
	}
	slices.Reverse(entities)
	slices.Reverse(failures)
	return ok(map[string]any{"entities": entities, "errors": failures}), nil
}

func (s *Server) syncOne(c *call, t syncTarget, raw map[string]any) (any, faults) {
	in, bad := c.read(t.schema, raw, t.prefix)
	if len(bad) > 0 {
		return nil, bad
	}
	p := t.plan(in)
	delete(in, "id")
	switch {
	case len(p.bad) > 0:
		return nil, p.bad
	case p.update != 0:
		return t.update(p.update, in)
	default:
		return t.create(in)
	}
}

// withErrors is an element of a sync answer's errors: what was sent, plus errors.
func withErrors(raw map[string]any, bad faults) map[string]any {
	out := make(map[string]any, len(raw)+1)
	maps.Copy(out, raw)
	out["errors"] = bad
	return out
}
