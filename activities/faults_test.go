package activities_test

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// impatient is an HTTP timeout that the slow faults are slower than.
const impatient = time.Second

// load is one document of each kind, with a vendor that Procore does not have.
type load struct {
	*product

	order, billed, direct int64
}

var loadHeld = []string{"INV-1 bills P00001 approved #1: 03 30 00.M 10.00", ordered, "invoice D-1 on Tower approved: 03 30 00.L 7.50"}

// newLoad makes it in Odoo; nothing is carried yet.
func newLoad(t *testing.T, timeout time.Duration) *load {
	t.Helper()
	b := setup(t)
	cfg := b.config("one")
	cfg.HTTPTimeout, cfg.ActivityTimeout = cmp.Or(timeout, cfg.HTTPTimeout), 30*time.Second
	l := &load{product: b.startWith(cfg, &b.traffic)}
	var lines []int64
	l.order, lines = b.order(b.peak, share{amount: 100, project: b.tower, code: b.concrete})
	l.billed = b.bill("in_invoice", b.peak, "INV-1", "2026-03-10", nil, share{amount: 10, project: b.tower, code: b.concrete, of: lines[0]})
	l.direct = b.bill("in_invoice", b.peak, "D-1", "2026-03-10", nil, share{amount: 7.5, project: b.tower, code: b.labor})
	return l
}

func (l *load) fault(rule procoretest.FaultRule) {
	l.t.Helper()
	require.NoError(l.t, l.procore.SetFaults(rule))
}

// struck is the request that the fault hit, and the row of its write.
func (l *load) struck() (procoretest.Request, store.SendRow) {
	l.t.Helper()
	fault := l.procore.Faults()[0]
	require.Equal(l.t, 1, fault.Hits, "the fault did not strike")
	for _, row := range l.sends() {
		if row.Result != store.ResultOK && row.Result != store.ResultSkipped {
			i := slices.IndexFunc(l.procore.Journal(), func(r procoretest.Request) bool { return r.RequestID == itoa(row.ID) && r.Write })
			require.GreaterOrEqual(l.t, i, 0)
			return l.procore.Journal()[i], row
		}
	}
	require.Fail(l.t, "no write has a bad end")
	return procoretest.Request{}, store.SendRow{}
}

// What the history says of a write that was struck; forHistory tells no more.
const (
	noAnswer   = "^Procore did not answer "
	noAccount  = "does not say what became of the record"
	brokenDown = "^Procore answered .* with 500 "
)

// Each fault of Procore that a later attempt answers: Temporal makes that attempt, of the activity that was struck and for
// that reason, and nothing is doubled.
func TestProcoreFaultsThatAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, operation string
		wait            time.Duration
		slow            bool
		result          string // of the write that was struck
		activity, why   string // what is tried again, and what its lastFailure says
	}{
		{kind: "unavailable", operation: syncCommitments, wait: 4 * time.Second, result: store.ResultUnknown, activity: "WriteHeader", why: "^Procore answered .* with 503 "},
		{kind: "error-before", operation: syncLines, result: store.ResultUnknown, activity: "WriteLines", why: brokenDown},
		{kind: "error-after", operation: createRequisition, result: store.ResultUnknown, activity: "WriteRequisition", why: brokenDown},
		{kind: "drop-before", operation: addVendor, result: store.ResultUnknown, activity: "Prepare", why: noAnswer},
		{kind: "drop-before", operation: syncVendors, result: store.ResultUnknown, activity: "WriteVendor", why: noAnswer},
		{kind: "drop-after", operation: createDirectCost, result: store.ResultUnknown, activity: "WriteDirectCost", why: noAnswer},
		{kind: "conflict", operation: createDirectCost, result: store.ResultError, activity: "WriteDirectCost", why: "^Procore answered .* with 409 "},
		{kind: "left-out", operation: syncVendors, result: store.ResultUnknown, activity: "WriteVendor", why: noAccount},
		{kind: "left-out-undone", operation: syncVendors, result: store.ResultUnknown, activity: "WriteVendor", why: noAccount},
		{kind: "left-out", operation: syncCommitments, result: store.ResultUnknown, activity: "WriteHeader", why: noAccount},
		{kind: "left-out-undone", operation: syncCommitments, result: store.ResultUnknown, activity: "WriteHeader", why: noAccount},
		{kind: "left-out", operation: syncLines, result: store.ResultUnknown, activity: "WriteLines", why: noAccount},
		{kind: "left-out-undone", operation: syncLines, result: store.ResultUnknown, activity: "WriteLines", why: noAccount},
		{kind: "slow-before", operation: createRequisition, wait: 2500 * time.Millisecond, slow: true, result: store.ResultUnknown, activity: "WriteRequisition", why: noAnswer},
		{kind: "slow-before", operation: createDirectCost, wait: 2500 * time.Millisecond, slow: true, result: store.ResultUnknown, activity: "WriteDirectCost", why: noAnswer},
		{kind: "slow-after", operation: syncLines, wait: 2500 * time.Millisecond, slow: true, result: store.ResultUnknown, activity: "WriteLines", why: noAnswer},
	} {
		t.Run(c.kind+" "+strings.ReplaceAll(c.operation, "/", "."), func(t *testing.T) {
			t.Parallel()
			timeout := time.Duration(0)
			if c.slow {
				timeout = impatient
			}
			l := newLoad(t, timeout)
			l.fault(procoretest.FaultRule{Kind: c.kind, Operation: c.operation, WaitMS: c.wait.Milliseconds()})
			l.sync()
			l.checkTraffic()
			refused, row := l.struck()
			require.Equal(t, c.result, row.Result)
			require.Equal(t, c.activity, l.attemptAt(row.WorkflowID, row.RunID, row.Started).kind)
			l.failed(row.WorkflowID, row.RunID, c.activity, "procore", c.why)
			if c.kind == "unavailable" {
				l.awayFor(c.wait, refused, row.WorkflowID)
			}
			l.settled(l.worker("next"), loadHeld)
		})
	}
}

// awayFor wants the workflow whose request was refused to have stayed away from Procore for the time that it was asked to.
func (l *load) awayFor(wait time.Duration, refused procoretest.Request, workflow string) {
	l.t.Helper()
	arrivals, attempts := l.traffic.seen()
	own := map[string]bool{} // what its requests carry
	for _, m := range attempts {
		own[m.name()] = m.workflow == workflow
	}
	for _, row := range l.sends() {
		own[itoa(row.ID)] = row.WorkflowID == workflow
	}
	came := 0
	for _, a := range arrivals {
		if own[a.requestID] && a.at.After(refused.Time) {
			came++
			require.GreaterOrEqual(l.t, a.at.Sub(refused.Time), wait, "%s %s comes too early", a.method, a.path)
		}
	}
	require.NotZero(l.t, came, "it comes back")
}

// A read that fails is tried again, too.
func TestProcoreFaultsOfReads(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"error-before", "error-after"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			l := newLoad(t, 0)
			l.fault(procoretest.FaultRule{Kind: kind, Operation: listCostCodes})
			l.sync()
			l.checkTraffic()
			by := l.readBy(l.refused(listCostCodes))
			require.Equal(t, "Resolve", by.kind)
			l.failed(by.workflow, by.run, by.kind, "procore", brokenDown)
			l.settled(l.worker("next"), loadHeld)
		})
	}
}

// refused is the read that the fault struck.
func (l *load) refused(operation string) procoretest.Request {
	l.t.Helper()
	require.Equal(l.t, 1, l.procore.Faults()[0].Hits, "the fault did not strike")
	journal := l.procore.Journal()
	i := slices.IndexFunc(journal, func(r procoretest.Request) bool { return r.Operation == operation && r.Status >= http.StatusBadRequest })
	require.GreaterOrEqual(l.t, i, 0)
	return journal[i]
}

// readBy is the attempt that made a read.
func (l *load) readBy(r procoretest.Request) attempt {
	l.t.Helper()
	_, attempts := l.traffic.seen()
	i := slices.IndexFunc(attempts, func(m attempt) bool { return m.name() == r.RequestID })
	require.GreaterOrEqual(l.t, i, 0, "no attempt made %s", r.Operation)
	return attempts[i]
}

// A read that is told when to come back is no failure: nothing can have been written, so the run waits on a timer.
func TestProcoreIsUnavailableForARead(t *testing.T) {
	t.Parallel()
	const wait = 4 * time.Second
	l := newLoad(t, 0)
	l.fault(procoretest.FaultRule{Kind: "unavailable", Operation: listCostCodes, WaitMS: wait.Milliseconds()})
	l.sync()
	require.Empty(t, l.checkTraffic(), "Temporal saw no failure, by design")
	refused := l.refused(listCostCodes)
	by := l.readBy(refused)
	l.waited(by.workflow, by.run, wait, refused)
	l.awayFor(wait, refused, by.workflow)
	l.settled(l.worker("next"), loadHeld)
}

// waited wants the first timer of a run after its request was refused to end when it may come back, and not to be some
// longer one: what is rounded up on the way, there and here, is less than four seconds.
func (l *load) waited(workflow, run string, wait time.Duration, refused procoretest.Request) {
	l.t.Helper()
	for _, e := range l.events(workflow, run) {
		s, at := e.GetTimerStartedEventAttributes(), e.GetEventTime().AsTime()
		if s == nil || at.Before(refused.Time) {
			continue
		}
		takes := s.GetStartToFireTimeout().AsDuration()
		require.False(l.t, at.Add(takes).Before(refused.Time.Add(wait)), "the timer of %s from %s ends too early for %s", takes, at, refused.Time)
		require.Less(l.t, takes, wait+4*time.Second)
		return
	}
	require.Fail(l.t, "the run does not wait")
}

// A token that dies in the middle is replaced in the same attempt: of the faults this one, a limit and a refusal are those
// that must not show as a failed attempt.
func TestTokenExpiresInTheMiddle(t *testing.T) {
	t.Parallel()
	l := newLoad(t, 0)
	l.fault(procoretest.FaultRule{Kind: "token-expired", Operation: syncLines})
	l.sync()
	require.Equal(t, 1, l.procore.Faults()[0].Hits)
	require.True(t, slices.ContainsFunc(l.procore.Journal(), func(r procoretest.Request) bool { return r.Status == http.StatusUnauthorized }))
	require.Empty(t, l.checkTraffic(), "Temporal saw no failure: the client repeats once after a 401, by design")
	l.settled(l.worker("next"), loadHeld)
}

// A limit is no failure: the run waits on a timer, and comes back when the window is open.
func TestProcoreLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, operation string
		wait            time.Duration
		window          string // of the budget that has learned it
	}{
		{"limit-spike", syncLines, 4 * time.Second, "spike"},
		{"limit-hour", createDirectCost, 17 * time.Second, "hourly"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			l := newLoad(t, 0)
			l.fault(procoretest.FaultRule{Kind: c.kind, Operation: c.operation, WaitMS: c.wait.Milliseconds()})
			l.sync()
			require.Empty(t, l.checkTraffic(), "Temporal saw no failure: a limit uses up no attempt, by design")
			refused, row := l.struck()
			require.Equal(t, store.ResultError, row.Result)
			l.waited(row.WorkflowID, row.RunID, c.wait, refused)
			l.awayFor(c.wait, refused, row.WorkflowID)
			for _, r := range l.procore.Journal() {
				require.False(t, r.Operation == c.operation && r.N > refused.N && r.Time.Before(refused.Time.Add(c.wait)), "another comes too early")
			}
			var learned int
			require.NoError(t, l.store.Pool().QueryRow(t.Context(), `SELECT `+c.window+`_limit FROM budgets WHERE app = $1`, l.tenant).Scan(&learned))
			require.Equal(t, map[string]int{"spike": 2000, "hourly": 36000}[c.window], learned)
			l.settled(l.worker("next"), loadHeld)
		})
	}
}

// An empty 400 is a business rule that Procore does not name: nobody tries that again by himself.
func TestEmpty400IsParked(t *testing.T) {
	t.Parallel()
	for operation, stopped := range map[string]func(l *load) (string, int64, []string){
		createDirectCost: func(l *load) (string, int64, []string) {
			return bill, l.direct, []string{loadHeld[0], ordered}
		},
		syncLines: func(l *load) (string, int64, []string) {
			return order, l.order, []string{"P00001 on Tower Draft: ", loadHeld[2]}
		},
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			l := newLoad(t, 0)
			l.fault(procoretest.FaultRule{Kind: "empty-400", Operation: operation, Times: -1})
			l.sync()
			require.Empty(t, l.checkTraffic(), "a refusal is no failure: no attempt can mend it, the record is parked, by design")
			model, id, left := stopped(l)
			require.Equal(t, []string{"procore.rejected:" + model + "/" + itoa(id)}, l.waits(model, id))
			require.Equal(t, left, l.holds())
			hits := l.procore.Faults()[0].Hits
			l.sync()
			require.Equal(t, hits, l.procore.Faults()[0].Hits, "it waits for a person")

			require.NoError(t, l.procore.SetFaults())
			_, err := l.store.RaiseWant(t.Context(), l.tenant, model, []int64{id}, "retry", 1)
			require.NoError(t, err)
			l.sync()
			l.settled(l.worker("next"), loadHeld)
		})
	}
}
