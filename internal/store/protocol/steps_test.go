package protocol

import "fmt"

type step = move[world]

// steps lists everything that can happen next.
func (w world) steps(o options) []step {
	var out []step
	add := func(system bool, name string, to world) {
		out = append(out, step{name: name, to: to, system: system})
	}
	for i := range w.r {
		w.outside(o, i, add)
	}
	w.reading(o, add)
	w.saver(o, add)
	for i := range w.c {
		if w.c[i].at == idle {
			if i == 1 && w.c[0].at == idle {
				continue // the other slot is as good
			}
			w.startChild(i, add)
			continue
		}
		out = append(out, w.childSteps(o, i)...)
		if w.crashes > 0 {
			add(false, fmt.Sprintf("child %d crashes", i), w.crash(i))
		}
	}
	return out
}

// outside: people edit in Odoo, time passes.
func (w world) outside(o options, i int, add func(bool, string, world)) {
	r := w.r[i]
	if w.edits[i] > 0 {
		n := w
		n.edits[i]--
		n.r[i].odoo++
		add(false, fmt.Sprintf("record %d is edited", i), n)
	}
	if r.row == rowOpen && !r.rowOld && (r.rowDead || w.stopped > 0) {
		n := w
		n.r[i].rowOld = true
		if !r.rowDead {
			n.stopped--
		}
		add(r.rowDead, fmt.Sprintf("the row of record %d passes its settle time", i), n)
	}
	if r.unreported {
		n := w
		n.r[i].unreported = false
		n.mustLook(uint8(i))
		add(true, fmt.Sprintf("an hour after the overtaken write of record %d", i), n)
	}
}

// reading: two readers; a read and its upsert are one transaction under the model's lock.
func (w world) reading(o options, add func(bool, string, world)) {
	for i, p := range w.readers {
		if p.busy {
			if w.saving {
				continue // the rules lock
			}
			n := w
			n.readers[i] = reader{}
			r := &n.r[p.rec]
			r.cursor = max(r.cursor, p.content)
			if r.stored != p.content {
				r.stored = p.content
				if p.rec == 1 || !o.vendor || r.want > 0 {
					r.want++
				}
			}
			add(true, fmt.Sprintf("reader %d stores", i), n)
			continue
		}
		if i == 1 && !w.readers[0].busy {
			continue
		}
		for rec := range w.r {
			other := w.readers[1-i]
			if w.r[rec].cursor == w.r[rec].odoo || other.busy && int(other.rec) == rec && (!o.noModelLock || other.content == w.r[rec].odoo) {
				continue
			}
			n := w
			n.readers[i] = reader{busy: true, rec: uint8(rec), content: w.r[rec].odoo}
			add(true, fmt.Sprintf("reader %d reads record %d", i, rec), n)
		}
	}
}

// saver of the mapping that the first record needs: lock alone, then save, free and raise in one commit.
func (w world) saver(_ options, add func(bool, string, world)) {
	switch {
	case w.saving:
		n := w
		n.saving = false
		n.rule++
		n.r[0].wait = 0
		if n.r[0].want > 0 {
			n.r[0].want++
		}
		add(true, "the mapping is saved", n)
	case w.saves > 0 && !w.shared(0):
		n := w
		n.saves--
		n.saving = true
		add(false, "the saver locks", n)
	}
}

func (w world) startChild(i int, add func(bool, string, world)) {
	for rec, r := range w.r {
		if !r.pending() || r.stored == 0 {
			continue
		}
		n := w
		n.c[i] = child{rec: uint8(rec), at: readRules, want: r.want, plan: version{content: r.stored}}
		add(true, fmt.Sprintf("child %d reads record %d", i, rec), n)
	}
}

// crash: the transaction of the child never happened; its open row stays.
func (w world) crash(i int) world {
	c := w.c[i]
	w.crashes--
	if c.at == look || c.at == write || c.at == finishSend {
		switch r := &w.r[c.rec]; {
		case c.late:
			r.unreported = true
		case r.row == rowOpen && c.mine:
			r.rowDead = true
		}
	}
	w.c[i] = child{}
	return w
}
