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

// Each fault of Procore that a later attempt answers: Temporal makes that attempt, and nothing is doubled.
func TestProcoreFaultsThatAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, operation string
		wait            int64
		slow            bool
		result          string // of the write that was struck
	}{
		{kind: "unavailable", operation: syncCommitments, wait: 1000, result: store.ResultUnknown},
		{kind: "error-before", operation: syncLines, result: store.ResultUnknown},
		{kind: "error-after", operation: createRequisition, result: store.ResultUnknown},
		{kind: "drop-before", operation: addVendor, result: store.ResultUnknown},
		{kind: "drop-before", operation: syncVendors, result: store.ResultUnknown},
		{kind: "drop-after", operation: createDirectCost, result: store.ResultUnknown},
		{kind: "conflict", operation: createDirectCost, result: store.ResultError},
		{kind: "left-out", operation: syncVendors, result: store.ResultUnknown},
		{kind: "left-out-undone", operation: syncVendors, result: store.ResultUnknown},
		{kind: "left-out", operation: syncCommitments, result: store.ResultUnknown},
		{kind: "left-out-undone", operation: syncCommitments, result: store.ResultUnknown},
		{kind: "left-out", operation: syncLines, result: store.ResultUnknown},
		{kind: "left-out-undone", operation: syncLines, result: store.ResultUnknown},
		{kind: "slow-before", operation: createRequisition, wait: 2500, slow: true, result: store.ResultUnknown},
		{kind: "slow-before", operation: createDirectCost, wait: 2500, slow: true, result: store.ResultUnknown},
		{kind: "slow-after", operation: syncLines, wait: 2500, slow: true, result: store.ResultUnknown},
	} {
		t.Run(c.kind+" "+strings.ReplaceAll(c.operation, "/", "."), func(t *testing.T) {
			t.Parallel()
			timeout := time.Duration(0)
			if c.slow {
				timeout = impatient
			}
			l := newLoad(t, timeout)
			l.fault(procoretest.FaultRule{Kind: c.kind, Operation: c.operation, WaitMS: c.wait})
			l.sync()
			require.NotEmpty(t, l.checkTraffic())
			_, row := l.struck()
			require.Equal(t, c.result, row.Result)
			require.NotEmpty(t, l.tried(row.WorkflowID, row.RunID), "the run of the write shows it")
			l.settled(l.worker("next"), loadHeld)
		})
	}
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
			require.Equal(t, 1, l.procore.Faults()[0].Hits)
			require.NotEmpty(t, l.checkTraffic())
			l.settled(l.worker("next"), loadHeld)
		})
	}
}

// A token that dies in the middle is replaced in the same attempt.
func TestTokenExpiresInTheMiddle(t *testing.T) {
	t.Parallel()
	l := newLoad(t, 0)
	l.fault(procoretest.FaultRule{Kind: "token-expired", Operation: syncLines})
	l.sync()
	require.Equal(t, 1, l.procore.Faults()[0].Hits)
	require.True(t, slices.ContainsFunc(l.procore.Journal(), func(r procoretest.Request) bool { return r.Status == http.StatusUnauthorized }))
	require.Empty(t, l.checkTraffic(), "Temporal saw no failure")
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
			require.Empty(t, l.checkTraffic(), "Temporal saw no failure")
			refused, row := l.struck()
			require.Equal(t, store.ResultError, row.Result)
			timer := slices.ContainsFunc(timers(l.events(row.WorkflowID, row.RunID)), func(d time.Duration) bool { return d > c.wait-2*time.Second && d < c.wait+3*time.Second })
			require.True(t, timer, "the run waits for the window")
			for _, r := range l.procore.Journal() {
				require.False(t, r.Operation == c.operation && r.N > refused.N && r.Time.Before(refused.Time.Add(c.wait)), "it comes back too early")
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
			require.Empty(t, l.checkTraffic(), "a refusal is no failure")
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
