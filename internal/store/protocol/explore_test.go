package protocol

import "fmt"

// model is what can be explored: a first world, what can happen next in one, and the property that a world at rest
// breaks. Worlds that differ in nothing that matters have one canonical form.
type model[W comparable] struct {
	first     W
	canonical func(W) W
	next      func(W) []move[W]
	rest      func(W) string
}

// move leads to another world. What the system does on its own must be enough to reach the goal; the rest may happen
// or not: edits, saves, crashes, lost answers.
type move[W comparable] struct {
	name   string
	to     W
	system bool
	broken string // the property that the move breaks
}

// waiting is the model of two records of which the second waits for the first.
func waiting(o options) model[world] {
	return model[world]{
		first: start(o), canonical: world.canonical,
		next: func(w world) []step { return w.steps(o) },
		rest: func(w world) string { return w.ended(o) },
	}
}

// result of an exploration: the first violation found, with the way to it.
type result struct {
	states   int
	ends     int
	violated string
	trace    []string
}

type visit struct {
	from int32
	by   string
}

// explore visits every reachable world, depth first.
func explore[W comparable](m model[W], limit int) result {
	first := m.canonical(m.first)
	index := map[W]int32{first: 0}
	worlds := []W{first}
	visits := []visit{{from: -1}}
	var back [][]int32 // edges of the system, reversed
	back = append(back, nil)
	var ends []int32
	stack := []int32{0}
	fail := func(at int32, last, property string) result {
		trace := []string{last}
		for ; at > 0; at = visits[at].from {
			trace = append([]string{visits[at].by}, trace...)
		}
		return result{states: len(worlds), violated: property, trace: trace}
	}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		w := worlds[at]
		moving := false
		for _, s := range m.next(w) {
			if s.broken != "" {
				return fail(at, s.name, s.broken)
			}
			to := m.canonical(s.to)
			next, known := index[to]
			if !known {
				next = int32(len(worlds))
				index[to] = next
				worlds = append(worlds, to)
				visits = append(visits, visit{at, s.name})
				back = append(back, nil)
				stack = append(stack, next)
				if len(worlds) > limit {
					return fail(at, s.name, fmt.Sprintf("more than %d worlds", limit))
				}
			}
			if s.system && to != w {
				moving = true
				back[next] = append(back[next], at)
			}
		}
		if !moving {
			ends = append(ends, at)
			if property := m.rest(w); property != "" {
				return fail(at, fmt.Sprintf("the end: %+v", w), property)
			}
		}
	}
	return livelock(result{states: len(worlds), ends: len(ends)}, back, ends, fail)
}

// livelock: from every world the system must be able to come to rest on its own.
func livelock(ok result, back [][]int32, ends []int32, fail func(int32, string, string) result) result {
	reaches := make([]bool, len(back))
	todo := append([]int32(nil), ends...)
	for _, e := range ends {
		reaches[e] = true
	}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, from := range back[at] {
			if !reaches[from] {
				reaches[from] = true
				todo = append(todo, from)
			}
		}
	}
	for i, r := range reaches {
		if !r {
			return fail(int32(i), "never comes to rest", "livelock")
		}
	}
	return ok
}

// ended names the property that a world at rest breaks.
func (w world) ended(o options) string {
	for i, r := range w.r {
		settled := !w.open(o, uint8(i))
		switch {
		case r.stored != r.odoo:
			return "lost change: not read"
		case r.want == 0 && i == 0 && o.vendor && w.r[1].want == 0:
			continue
		case !settled && r.wait == r.want && r.want > r.done:
			continue
		case settled && r.wait == r.want && r.want > r.done:
			return fmt.Sprintf("lost wake-up of record %d", i)
		case r.done != r.want:
			return fmt.Sprintf("lost change of record %d: not done", i)
		case r.docs != 1:
			return fmt.Sprintf("double create: %d documents of record %d", r.docs, i)
		case r.doc.content != r.odoo || i == 0 && r.doc.rule != w.rule:
			return fmt.Sprintf("lost change of record %d: Procore has %+v", i, r.doc)
		}
	}
	return ""
}
