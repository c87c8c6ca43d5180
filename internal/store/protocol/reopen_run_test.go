package protocol

// progress is what a run does next.
func (w order) progress(o reopening, i int, add func(bool, string, order)) {
	n := w
	r := &n.runs[i]
	switch r.at {
	case deciding:
		if w.row == rowOpen && !w.rowOld && !r.cancelled {
			return // whoever writes there has not ended: the look waits
		}
		n.decide(o, i)
		add(true, "decides", n)
	case beginning:
		n.beginWrite(o, i, add)
	case writing:
		w.effect(i, add)
	case finishing:
		n.finishWrite(o, i)
		add(true, "finishes its write", n)
	case parking:
		if r.want == n.want && n.done < r.want {
			n.wait = true
			n.runs[i] = run{}
		} else {
			n.round(i)
		}
		add(true, "parks", n)
	case closing:
		n.done = max(n.done, r.want)
		if r.want == n.want {
			n.wait = false
			n.runs[i] = run{}
		} else {
			n.round(i)
		}
		add(true, "finishes", n)
	case gone:
	}
}

// decide looks at Procore where the last write has no known end, and makes a plan.
func (w *order) decide(o reopening, i int) {
	r := &w.runs[i]
	if r.cancelled {
		*r = run{}
		return
	}
	if r.want != w.want {
		w.round(i)
		return
	}
	if w.row == rowOpen {
		w.overtake(i)
		w.row = rowOvertaken
	}
	if w.row == rowUnknown || w.row == rowOvertaken || w.mustLook {
		w.row, w.mustLook, w.rowDead, w.rowOld, w.looked = rowOK, false, false, false, true
		if w.doc != w.binding {
			w.binding.approved = false
		}
	}
	switch {
	case r.content == o.unmapped && w.halfWritten() && !o.noPutBack:
		w.wayBack(i)
	case r.content == o.unmapped:
		r.at = parking
	case w.binding == commitment{r.content, true} && !w.reopened:
		r.at = closing
		w.endsResolve(i)
	default:
		r.plan = w.nextPlan()
		r.at, r.act = beginning, reopen
		w.endsResolve(i)
	}
}

func (w *order) nextPlan() uint8 {
	return max(w.newest, w.approvedBy, w.runs[0].plan, w.runs[1].plan) + 1
}

// endsResolve: an activity that outlived its workflow ends with the plan.
func (w *order) endsResolve(i int) {
	if w.runs[i].activity {
		w.runs[i] = run{}
	}
}

func (w *order) overtake(i int) {
	w.unreported = true
	if other := &w.runs[1-i]; other.mine {
		other.mine, other.late = false, true
	}
	w.rowDead, w.rowOld = false, false
}

// beginWrite writes the intent row, or not.
func (w order) beginWrite(o reopening, i int, add func(bool, string, order)) {
	r := &w.runs[i]
	if r.cancelled && !r.restoring && r.first() { // between two activities
		w.afterActivity(i)
		add(true, "stops", w)
		return
	}
	older := r.plan < w.newest && !o.anyPlan || r.plan == w.newest && w.looked && !o.anyLook || r.plan == w.approvedBy && !o.noEnd
	older = older || r.restoring && r.act == reopen && !w.halfWritten() && !o.anyBack
	carried := w.reopened
	if older || (r.want != w.want || w.done >= r.want) && !carried {
		w.round(i)
		add(true, "is stale", w)
		return
	}
	if w.row == rowOpen {
		if !w.rowOld {
			return // busy
		}
		w.overtake(i)
	}
	w.runs[1-i].mine = false
	w.row, w.rowDead, w.rowOld = rowOpen, false, false
	w.newest, w.looked = max(w.newest, r.plan), false
	r.mine, r.at = true, writing
	if r.act == reopen {
		w.reopened = true
	}
	add(true, "begins to write", w)
}

// effect in Procore, which refuses to change the lines of an Approved commitment. The answer may be lost, with or
// without the effect.
func (w order) effect(i int, add func(bool, string, order)) {
	n := w
	r := &n.runs[i]
	r.at, r.asleep = finishing, false
	switch {
	case r.act == reopen:
		n.doc.approved = false
	case r.act == approving:
		n.doc.approved = true
	case n.doc.approved:
		r.refused = true
	case r.act == removing && n.doc.content == r.content: // nothing to remove
	case r.act == removing:
		n.doc.content = 0
	default:
		n.doc.content = r.content
	}
	add(true, [...]string{"reopens", "removes lines", "writes lines", "approves"}[r.act], n)
	if w.losses > 0 {
		n.losses--
		n.runs[i].unknown = true
		add(false, "writes, the answer is lost", n)
		lost := w
		lost.losses--
		lost.runs[i].at, lost.runs[i].unknown = finishing, true
		add(false, "writes nothing, the answer is lost", lost)
	}
}

func (w *order) finishWrite(o reopening, i int) {
	r := &w.runs[i]
	r.at = beginning
	switch {
	case r.late:
		w.mustLook = true
		w.raise()
		if r.activity {
			*r = run{}
			return
		}
		r.late = false
	case r.unknown:
		w.row = rowUnknown
		if r.activity { // nobody tries it again
			*r = run{}
			return
		}
		w.again(i)
		if r.cancelled && r.at == beginning {
			w.afterActivity(i)
		}
		return
	case r.refused:
		w.row = rowOK
		r.refused = false
		r.at = parking
		if !r.restoring && w.halfWritten() && !o.noPutBack {
			w.wayBack(i)
		}
		return
	default:
		w.row = rowOK
		w.binding.approved = false
		if r.act == approving {
			w.binding, w.reopened, w.approvedBy = commitment{r.content, true}, false, r.plan
		}
	}
	r.mine = false
	w.nextWrite(i)
}

// nextWrite is what follows a write that is done.
func (w *order) nextWrite(i int) {
	r := &w.runs[i]
	inside := r.act == removing || r.restoring
	switch {
	case r.act == approving && r.restoring && r.cancelled:
		*r = run{}
		return
	case r.act == approving && r.restoring:
		r.at = parking
		return
	case r.act == approving:
		r.at = closing
	default:
		r.act++
	}
	if !inside {
		w.afterActivity(i)
	}
}
