package protocol

// options say which world is explored and which pillars stand.
type options struct {
	// vendor: the first record is usable as soon as it is bound (a vendor); otherwise once it is done (an order).
	vendor bool
	// upsert: Procore itself keeps the origin id unique (sync actions); otherwise a second create makes a double.
	upsert bool
	// stopped workers may go on after their settle time.
	edits                           [2]uint8
	saves, crashes, losses, stopped uint8

	noIntent, noLook, noCompare, noPlanCheck, noModelLock, noSecondLook bool
}

// rowState is the last intent row of a record's part.
type rowState uint8

const (
	rowNone rowState = iota
	rowOpen
	rowOK
	rowUnknown
	rowOvertaken
)

// version is what a document says: the content of Odoo and the rule it was made with.
type version struct{ content, rule uint8 }

type record struct {
	odoo, stored uint8 // content in Odoo, in our snapshot
	cursor       uint8 // newest content of the windows that are done
	want, done   uint8
	wait         uint8 // the want that a wait was found for
	row          rowState
	rowDead      bool // its worker crashed
	rowOld       bool // older than the settle time
	bound        bool
	binding      version // what we believe to be in Procore
	docs         uint8   // how many are in Procore
	doc          version
	unreported   bool // an overtaken write of a dead worker, not looked at since
	mustLook     bool
}

func (r record) pending() bool { return r.want > r.done && r.wait != r.want }

type place uint8

const (
	idle place = iota
	readRules
	parkLock
	parkLook
	parkInsert
	begin
	look
	write
	finishSend
	finish
)

// child is the run of a record's workflow on some worker.
type child struct {
	rec       uint8
	at        place
	want      uint8
	plan      version
	bound     bool // at the time of the plan, or found by a look
	same      bool // the binding says what is planned
	mine      bool // the record's last intent row is of this plan
	late      bool // its row was overtaken
	looks     bool
	looksOnce bool // because of an overtaken write
	unknown   bool
}

// reader is a poll or a backfill: it holds what it read, and the model's lock, until it commits.
type reader struct {
	busy    bool
	rec     uint8
	content uint8
}

type world struct {
	r       [2]record
	c       [2]child
	readers [2]reader
	rule    uint8 // 0: the mapping is missing
	saving  bool  // the saver holds the cause's lock

	edits                           [2]uint8
	saves, crashes, losses, stopped uint8
}

func start(o options) world {
	w := world{edits: o.edits, saves: o.saves, crashes: o.crashes, losses: o.losses, stopped: o.stopped}
	for i := range w.r {
		w.r[i].odoo = 1
	}
	return w
}

// canonical orders children and readers: which slot they are in does not matter.
func (w world) canonical() world {
	if w.c[1].key() < w.c[0].key() {
		w.c[0], w.c[1] = w.c[1], w.c[0]
	}
	if a, b := w.readers[0], w.readers[1]; !a.busy && b.busy || a.busy && b.busy && (b.rec < a.rec || b.rec == a.rec && b.content < a.content) {
		w.readers[0], w.readers[1] = b, a
	}
	return w
}

func (c child) key() uint64 {
	k := uint64(c.rec)<<40 | uint64(c.at)<<32 | uint64(c.want)<<24 | uint64(c.plan.content)<<16 | uint64(c.plan.rule)<<8
	for i, b := range []bool{c.bound, c.same, c.mine, c.late, c.looks, c.looksOnce, c.unknown} {
		if b {
			k |= 1 << i
		}
	}
	return k
}

// usable says whether the first record lets the second go on.
func (w world) usable(o options) bool {
	if o.vendor {
		return w.r[0].bound
	}
	return w.r[0].want > 0 && w.r[0].done == w.r[0].want
}

// open looks at the cause that a record would wait for.
func (w world) open(o options, rec uint8) bool {
	if rec == 0 {
		return w.rule == 0
	}
	return !w.usable(o)
}

// shared says whether a parker holds the lock of the cause of rec.
func (w world) shared(rec uint8) bool {
	for _, c := range w.c {
		if c.rec == rec && (c.at == parkLook || c.at == parkInsert) {
			return true
		}
	}
	return false
}

// free deletes the wait on the first record; its caller holds the lock.
func (w *world) free(o options) {
	if w.usable(o) {
		w.r[1].wait = 0
	}
}
