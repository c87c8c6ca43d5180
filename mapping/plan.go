package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// latest is the newest generation of each part's binding of a kind.
func latest(bindings []Binding, kind string) map[string]Binding {
	byPart := map[string]Binding{}
	for _, b := range bindings {
		if b.Kind != kind {
			continue
		}
		if known, ok := byPart[b.Part]; !ok || b.Generation > known.Generation {
			byPart[b.Part] = b
		}
	}
	return byPart
}

// live says whether any document of the record still exists in Procore (a Closed commitment does).
func live(bindings []Binding) bool {
	return slices.ContainsFunc(bindings, func(b Binding) bool { return b.Kind != KindVendor && exists(b) })
}

// exists says whether the document of a binding is known to exist in Procore.
func exists(b Binding) bool { return b.ProcoreID != 0 && b.Status != StatusDeleted }

// owned says whether a binding holds something in Procore that is ours to retire.
func owned(b Binding) bool {
	return exists(b) && b.Status != StatusLinked && b.Status != StatusClosed
}

// originOf is the origin id of a part: that of its binding, the next generation's after a deletion, or the
// first.
func originOf(s Settings, model string, id int64, kind, part string, b Binding) string {
	switch {
	case b.Status == StatusDeleted:
		return OriginID(s, model, id, kind, part, max(b.Generation, Generation(b.OriginID))+1)
	case b.OriginID != "":
		return b.OriginID
	default:
		return OriginID(s, model, id, kind, part, max(b.Generation, 1))
	}
}

// unfinished says whether a binding was left half written.
func unfinished(b Binding, wantedStatus string) bool {
	return b.Status == StatusDraft && !strings.EqualFold(wantedStatus, StatusDraft)
}

// retires says whether a step takes something away.
func (s Step) retires() bool {
	return s.Kind == StepRetireCommitment || s.Kind == StepRetireRequisition || s.Kind == StepRetireDirectCost
}

// sortSteps puts retire steps first, then goes by part (numbers as numbers) and kind.
func sortSteps(steps []Step) {
	slices.SortStableFunc(steps, func(a, b Step) int {
		if a.retires() != b.retires() {
			if a.retires() {
				return -1
			}
			return 1
		}
		return cmp.Or(compareParts(a.Part, b.Part), cmp.Compare(a.Kind, b.Kind))
	})
}

// compareParts compares parts and line keys by their leading number, then as text.
func compareParts(a, b string) int {
	return cmp.Or(cmp.Compare(leading(a), leading(b)), cmp.Compare(a, b))
}

func leading(text string) int64 {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		text = text[:end]
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// codesOf are the budget codes to be made before a document of a project is written.
func codesOf(missing []MissingCode, project int64, used map[string]bool) []MissingCode {
	var codes []MissingCode
	for _, m := range missing {
		if m.Project == project && used[m.Code] {
			codes = append(codes, m)
		}
	}
	return codes
}

// finish closes a plan: a closed project only matters where something is to be written, and nothing is
// written while there are causes.
func finish(steps []Step, found *causes, alloc Allocated, bound bool) Plan {
	plan := Plan{
		Steps: []Step{}, Excluded: alloc.Excluded,
		InScope: bound || len(alloc.Lines) > 0 || len(found.byKey) > 0,
	}
	writes := map[string]bool{}
	for _, s := range steps {
		writes[strconv.FormatInt(s.Project, 10)] = true
	}
	for _, c := range alloc.Causes {
		if id, ok := strings.CutPrefix(c.Key, "project.closed:"); ok && bound && !writes[id] {
			found.drop(c.Key)
		}
	}
	plan.Causes = found.sorted()
	if len(plan.Causes) == 0 && len(steps) > 0 {
		sortSteps(steps)
		plan.Steps = steps
	}
	return plan
}
