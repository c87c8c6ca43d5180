package protocol

import "fmt"

// childSteps is what child i may do next: mostly one thing.
func (w world) childSteps(o options, i int) []step {
	n := w
	c, r := &n.c[i], &n.r[w.c[i].rec]
	one := func(what string) []step {
		return []step{{name: fmt.Sprintf("child %d (record %d) %s", i, w.c[i].rec, what), to: n, system: true}}
	}
	switch c.at {
	case readRules:
		n.resolve(o, c, *r)
		return one("resolves")
	case parkLock:
		if c.rec == 0 && w.saving {
			return nil
		}
		c.at = parkLook
		if o.noLook {
			c.at = parkInsert
		}
		return one("locks the cause")
	case parkLook:
		c.at = parkInsert
		if !w.open(o, c.rec) {
			*c = child{} // settled meanwhile: resolve again
		}
		return one("looks at the cause")
	case parkInsert:
		return n.park(o, c, r, one)
	case begin:
		n.begin(o, i)
		return one("begins to send")
	case look:
		c.at = write
		if r.docs > 0 {
			c.bound = true
			r.docs = 1 // a double that a stopped worker made is removed
		}
		return one("looks in Procore")
	case write:
		return w.write(o, i)
	case finishSend:
		if o.vendor && c.rec == 0 && w.shared(1) {
			return nil
		}
		n.finishSend(o, c, r)
		return one("finishes the send")
	case finish:
		if c.rec == 0 && w.shared(1) {
			return nil
		}
		n.finish(o, c, r)
		return one("finishes")
	case idle:
	}
	return nil
}

// resolve reads rules and bindings after the record, and decides.
func (w *world) resolve(o options, c *child, r record) {
	if c.rec == 0 {
		c.plan.rule = w.rule
	}
	c.bound, c.same = r.bound, r.bound && r.binding == c.plan && (!r.mustLook || o.noSecondLook)
	switch {
	case w.open(o, c.rec):
		c.at = parkLock
	case c.same:
		c.at = finish
	default:
		c.at = begin
	}
}

func (w *world) park(o options, c *child, r *record, one func(string) []step) []step {
	if r.want != c.want && !o.noCompare {
		*c = child{}
		return one("is stale")
	}
	r.wait = r.want
	if c.rec == 1 && o.vendor && w.r[0].want == 0 {
		w.r[0].want = 1 // asks for the vendor
	}
	*c = child{}
	return one("parks")
}

func (w *world) begin(o options, i int) {
	c, r := &w.c[i], &w.r[w.c[i].rec]
	if (r.want != c.want || r.done >= c.want) && !o.noCompare {
		*c = child{}
		return
	}
	if o.noIntent {
		c.at = write
		return
	}
	if r.row == rowOpen && !r.rowOld {
		*c = child{} // busy
		return
	}
	if r.row == rowOpen {
		r.row = rowOvertaken
		if r.rowDead {
			r.unreported = true
		}
		for j := range w.c {
			if d := &w.c[j]; j != i && d.at != idle && d.rec == c.rec && d.mine && (d.at == look || d.at == write || d.at == finishSend) {
				d.late = true
			}
		}
	}
	otherPlan := r.row == rowOK && !c.mine && !o.noPlanCheck
	c.looks = r.row == rowUnknown || r.row == rowOvertaken || r.mustLook || otherPlan
	c.looksOnce = r.mustLook
	for j := range w.c {
		if w.c[j].rec == c.rec {
			w.c[j].mine = false
		}
	}
	r.row, r.rowDead, r.rowOld = rowOpen, false, false
	c.mine, c.unknown = true, false
	c.at = write
	if c.looks {
		c.at = look
	}
}

// write is the effect in Procore. The answer may be lost, with or without the effect.
func (w world) write(o options, i int) []step {
	n := w
	c, r := &n.c[i], &n.r[w.c[i].rec]
	name := fmt.Sprintf("child %d (record %d) ", i, c.rec)
	broken := ""
	if r.docs > 0 && (r.doc.content > c.plan.content || r.doc.rule > c.plan.rule) && !c.late {
		broken = "stale overwrite"
	}
	switch {
	case c.bound && r.docs > 0, o.upsert && r.docs > 0:
		r.doc = c.plan
	default:
		if r.docs++; r.docs > 1 && o.stopped == 0 { // a stopped worker's double is found and removed later
			broken = "double create"
		}
		r.doc = c.plan
	}
	c.at = finishSend
	out := []step{{name: name + "writes", to: n, system: true, broken: broken}}
	if w.losses > 0 {
		n.losses--
		c.unknown = true
		out = append(out, step{name: name + "writes, the answer is lost", to: n, broken: broken})
		lost := w
		lost.losses--
		lost.c[i].at, lost.c[i].unknown = finishSend, true
		out = append(out, step{name: name + "writes nothing, the answer is lost", to: lost})
	}
	return out
}

// mustLook asks for one more look at a part; one that has begun already does not count.
func (w *world) mustLook(rec uint8) {
	w.r[rec].mustLook = true
	w.r[rec].want++
	for i := range w.c {
		if w.c[i].rec == rec {
			w.c[i].looksOnce = false
		}
	}
}

func (w *world) finishSend(o options, c *child, r *record) {
	switch {
	case c.late: // its binding is not written, the record is looked at once more
		w.mustLook(c.rec)
		*c = child{}
	case c.unknown:
		if !o.noIntent {
			r.row = rowUnknown
		}
		c.at, c.unknown = begin, false // Temporal tries again
	default:
		if !o.noIntent {
			r.row = rowOK
		}
		r.bound, r.binding = true, c.plan
		if c.looksOnce {
			r.mustLook = false
		}
		if c.rec == 0 && o.vendor {
			w.free(o)
		}
		c.at = finish
	}
}

func (w *world) finish(o options, c *child, r *record) {
	switch {
	case o.noCompare:
		r.done = r.want
	case c.want > r.done:
		r.done = c.want
	}
	if r.done == r.want {
		r.wait = 0
		if c.rec == 0 {
			w.free(o)
		}
	}
	*c = child{}
}
