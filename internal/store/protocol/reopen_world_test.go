package protocol

// reopening says which world of a commitment is explored and which pillars stand.
type reopening struct {
	// edits are the contents that the order gets in Odoo, one after the other; it begins with 1.
	edits []uint8
	// unmapped is a content that the rules cannot carry: its order parks.
	unmapped uint8
	// by hand: runs are terminated (or reset) and cancelled. A worker may sleep, then its activity is tried again
	// elsewhere, or crash.
	terminations, cancels, crashes, losses, sleeps uint8

	// noWait: a cancelled workflow goes on while its step is under way.
	noWait bool

	anyPlan, anyLook, anyBack, noEnd, noPutBack bool
}

// commitment is what a document holds. Content 0 is half written.
type commitment struct {
	content  uint8
	approved bool
}

// stage is where a run is.
type stage uint8

const (
	gone stage = iota
	deciding
	beginning
	writing
	finishing
	parking
	closing
)

// act is what is written next. Removing and lining are two writes of one activity.
type act uint8

const (
	reopen act = iota
	removing
	lining
	approving
)

// run is the run of the order's workflow, or an activity that outlived it.
type run struct {
	at      stage
	act     act
	want    uint8
	plan    uint8 // plans are numbered as they are made; 0 while resolving
	content uint8 // that it carries

	activity  bool // only this activity is left: the workflow is gone, or tries it again elsewhere
	asleep    bool
	cancelled bool
	restoring bool
	mine      bool // the last intent row is its own
	late      bool // its row was overtaken
	unknown   bool
	refused   bool
}

// order is the world: one order, its commitment, its runs.
type order struct {
	odoo, stored uint8
	want, done   uint8
	wait         bool // for the present want
	binding      commitment
	reopened     bool
	doc          commitment

	row             rowState
	rowDead, rowOld bool
	newest          uint8 // the newest plan that began a write
	approvedBy      uint8 // the plan of the last Approve; 0 is older than all
	looked          bool  // since that plan wrote last
	mustLook        bool
	unreported      bool

	runs                                           [2]run
	edited                                         uint8
	terminations, cancels, crashes, losses, sleeps uint8
}

// approved is the model of a commitment that is Approved and gets changed.
func approved(o reopening) model[order] {
	held := commitment{content: 1, approved: true}
	return model[order]{
		first: order{
			odoo: 1, stored: 1, want: 1, done: 1, binding: held, doc: held, row: rowOK,
			terminations: o.terminations, cancels: o.cancels, crashes: o.crashes, losses: o.losses, sleeps: o.sleeps,
		},
		canonical: order.canonical,
		next:      func(w order) []move[order] { return w.moves(o) },
		rest:      func(w order) string { return w.rest(o) },
	}
}

// canonical numbers plans by their order alone, and puts the run of the workflow first.
func (w order) canonical() order {
	var used [256]bool
	ids := []*uint8{&w.newest, &w.approvedBy, &w.runs[0].plan, &w.runs[1].plan}
	for _, id := range ids {
		used[*id] = true
	}
	for _, id := range ids {
		rank := uint8(0)
		for n := 1; n <= int(*id); n++ {
			if used[n] {
				rank++
			}
		}
		*id = rank
	}
	if a, b := w.runs[0], w.runs[1]; a.at == gone && b.at != gone || a.activity && b.at != gone && !b.activity {
		w.runs[0], w.runs[1] = b, a
	}
	return w
}

// rest names the property that a world at rest breaks.
func (w order) rest(o reopening) string {
	carried := w.stored != o.unmapped
	switch {
	case w.stored != w.odoo:
		return "lost change: not read"
	case !w.doc.approved || w.reopened:
		return "committed cost is zero"
	case w.doc != w.binding:
		return "stale overwrite: we believe something else"
	case carried && w.wait:
		return "parked without a cause"
	case carried && w.done != w.want:
		return "lost change: not done"
	case carried && w.doc.content != w.stored:
		return "lost change: not carried"
	case !carried && !w.wait:
		return "not parked"
	}
	return ""
}
