package protocol

import "fmt"

// moves lists everything that can happen next.
func (w order) moves(o reopening) []move[order] {
	var out []move[order]
	add := func(system bool, name string, to order) {
		out = append(out, move[order]{name: name, to: to, system: system})
	}
	w.around(o, add)
	live := false
	for i, r := range w.runs {
		if r.at == gone {
			continue
		}
		live = live || !r.activity
		name := fmt.Sprintf("run %d of plan %d ", i, r.plan)
		w.progress(o, i, func(system bool, what string, to order) { add(system && !r.asleep, name+what, to) })
		w.trouble(o, i, func(what string, to order) { add(false, name+what, to) })
	}
	free := w.free()
	if w.want > w.done && !w.wait && !live && free >= 0 {
		n := w
		n.runs[free] = run{at: deciding, want: w.want, content: w.stored}
		add(true, "a run reads the order", n)
	}
	return out
}

func (w order) free() int {
	for i, r := range w.runs {
		if r.at == gone {
			return i
		}
	}
	return -1
}

// around: people edit in Odoo, it is read, time passes.
func (w order) around(o reopening, add func(bool, string, order)) {
	if int(w.edited) < len(o.edits) {
		n := w
		n.odoo = o.edits[w.edited]
		n.edited++
		add(false, fmt.Sprintf("the order becomes %d in Odoo", n.odoo), n)
	}
	if w.stored != w.odoo {
		n := w
		n.stored = w.odoo
		n.raise()
		add(true, "it is read", n)
	}
	asleep := false
	for _, r := range w.runs {
		asleep = asleep || r.asleep && r.mine
	}
	if w.row == rowOpen && !w.rowOld && (w.rowDead || asleep) {
		n := w
		n.rowOld = true
		add(true, "the row passes its settle time", n)
	}
	if w.unreported {
		n := w
		n.unreported = false
		n.mustLook = true
		n.raise()
		add(true, "an hour after the overtaken write", n)
	}
}

func (w *order) raise() {
	w.want++
	w.wait = false
}

// trouble is what may happen to a run at any moment.
func (w order) trouble(o reopening, i int, add func(string, order)) {
	r := w.runs[i]
	other := w.runs[1-i].at == gone
	switch {
	case r.activity:
		return
	case w.terminations > 0:
		n := w
		n.terminations--
		n.runs[i].activity = true
		if r.at == beginning && r.first() { // between two activities
			n.runs[i] = run{}
		}
		add("is terminated", n)
	}
	if w.cancels > 0 && !r.cancelled {
		n := w
		n.cancels--
		n.runs[i].cancelled = true
		if o.noWait && other && (r.at != beginning || !r.first()) {
			n.runs[1-i] = r
			n.runs[1-i].activity = true
			n.runs[i].mine = false
			n.afterActivity(i)
		}
		add("is cancelled", n)
	}
	if w.sleeps > 0 && other {
		n := w
		n.sleeps--
		n.runs[1-i] = r
		n.runs[1-i].activity, n.runs[1-i].asleep = true, true
		n.again(i)
		add("sleeps, its activity is tried again elsewhere", n)
	}
	if w.crashes > 0 {
		n := w
		n.crashes--
		if r.mine && w.row == rowOpen {
			n.rowDead = true
		} else if r.late {
			n.unreported = true
		}
		n.again(i)
		add("crashes, its activity is tried again elsewhere", n)
	}
}

// first: the write begins an activity.
func (r run) first() bool {
	return r.act != lining && (!r.restoring || r.act == reopen)
}

// again tries the activity of a run once more, from its beginning.
func (w *order) again(i int) {
	r := &w.runs[i]
	r.mine, r.late, r.unknown, r.refused = false, false, false, false
	switch {
	case r.at == closing:
	case r.restoring && r.cancelled:
		w.wayBack(i)
	case r.at == deciding, r.at == parking, r.restoring: // the record is read anew
		*r = run{at: deciding, want: w.want, content: w.stored, cancelled: r.cancelled}
	default:
		r.at = beginning
		if r.act == lining {
			r.act = removing
		}
	}
}

// halfWritten: a run reopened it, or a look found that it is not what was approved.
func (w *order) halfWritten() bool { return w.reopened || !w.binding.approved }

// wayBack carries a plan of its own, with what was approved last.
func (w *order) wayBack(i int) {
	if !w.halfWritten() {
		w.runs[i] = run{}
		return
	}
	plan := w.nextPlan()
	r := &w.runs[i]
	r.plan, r.content = plan, w.binding.content
	r.restoring, r.at, r.act = true, beginning, reopen
	r.mine, r.late, r.unknown, r.refused = false, false, false, false
}

// afterActivity goes on with the workflow.
func (w *order) afterActivity(i int) {
	r := &w.runs[i]
	r.mine = false
	switch {
	case r.activity:
		*r = run{}
	case !r.cancelled:
	case !r.restoring && r.plan != 0 && w.halfWritten(): // the way back, in an activity of its own
		w.wayBack(i)
	default:
		*r = run{}
	}
}

// round resolves anew: the record changed.
func (w *order) round(i int) {
	w.afterActivity(i)
	r := &w.runs[i]
	if r.at != gone && !r.restoring {
		*r = run{at: deciding, want: w.want, content: w.stored, cancelled: r.cancelled}
	} else if r.at != gone && !r.cancelled {
		*r = run{at: deciding, want: w.want, content: w.stored}
	}
}
