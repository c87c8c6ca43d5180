package activities_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
)

// traffic is every request that came to the sandboxes, and every attempt of an activity, by one clock. Temporal's history
// has the times of an activity's last attempt only.
type traffic struct {
	interceptor.WorkerInterceptorBase

	mu       sync.Mutex
	arrivals []arrival
	attempts []*attempt
}

type arrival struct {
	at        time.Time
	system    string // odoo or procore
	method    string
	path      string
	requestID string
}

// attempt of an activity; while it runs, to is zero.
type attempt struct {
	workflow, run, activity string
	number                  int32
	from, to                time.Time
}

func (a *attempt) holds(at time.Time) bool {
	return !at.Before(a.from) && (a.to.IsZero() || !at.After(a.to))
}

// watch notes the requests of a sandbox.
func (t *traffic) watch(system string, sandbox http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.mu.Lock()
		t.arrivals = append(t.arrivals, arrival{
			at: time.Now(), system: system, method: r.Method, path: r.URL.Path, requestID: r.Header.Get("X-Request-Id"),
		})
		t.mu.Unlock()
		sandbox.ServeHTTP(w, r)
	})
}

// InterceptActivity makes a worker note its attempts.
func (t *traffic) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &attempting{ActivityInboundInterceptorBase: interceptor.ActivityInboundInterceptorBase{Next: next}, traffic: t}
}

type attempting struct {
	interceptor.ActivityInboundInterceptorBase

	traffic *traffic
}

// ExecuteActivity is one attempt.
func (a *attempting) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	info := activity.GetInfo(ctx)
	t := a.traffic
	t.mu.Lock()
	made := &attempt{
		workflow: info.WorkflowExecution.ID, run: info.WorkflowExecution.RunID, activity: info.ActivityID, number: info.Attempt, from: time.Now(),
	}
	t.attempts = append(t.attempts, made)
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		made.to = time.Now()
	}()
	return a.Next.ExecuteActivity(ctx, in)
}

func (t *traffic) seen() ([]arrival, []attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	attempts := make([]attempt, len(t.attempts))
	for i, a := range t.attempts {
		attempts[i] = *a
	}
	return slices.Clone(t.arrivals), attempts
}

// histories reads each run once.
type histories struct {
	p    *product
	runs map[string][]*historypb.HistoryEvent
}

func (h *histories) of(workflow, run string) []*historypb.HistoryEvent {
	key := workflow + "/" + run
	if h.runs == nil {
		h.runs = map[string][]*historypb.HistoryEvent{}
	}
	if h.runs[key] == nil {
		h.runs[key] = h.p.events(workflow, run)
	}
	return h.runs[key]
}

// started are the starts of activities in a run; Temporal writes one for each activity, of its last attempt.
func started(events []*historypb.HistoryEvent) map[string]*historypb.ActivityTaskStartedEventAttributes {
	names := map[int64]string{}
	out := map[string]*historypb.ActivityTaskStartedEventAttributes{}
	for _, e := range events {
		if scheduled := e.GetActivityTaskScheduledEventAttributes(); scheduled != nil {
			names[e.GetEventId()] = scheduled.GetActivityId()
		}
		if s := e.GetActivityTaskStartedEventAttributes(); s != nil {
			out[names[s.GetScheduledEventId()]] = s
		}
	}
	return out
}

// tried tells why activities of a run took more than one attempt. A task that an overloaded Temporal server lost on its
// way to the worker, which never saw that attempt, is no failure of anybody's here.
func (h *histories) tried(workflow, run string) (why []string) {
	h.p.t.Helper()
	_, attempts := h.p.traffic.seen()
	for name, s := range started(h.of(workflow, run)) {
		if s.GetAttempt() == 1 || s.GetLastFailure().GetTimeoutFailureInfo() != nil && !slices.ContainsFunc(attempts, func(m attempt) bool {
			return m.workflow == workflow && m.run == run && m.activity == name && m.number == s.GetAttempt()-1
		}) {
			continue
		}
		require.NotEmpty(h.p.t, s.GetLastFailure().GetMessage())
		why = append(why, s.GetLastFailure().GetMessage())
	}
	return why
}

// tried is the same for one run.
func (p *product) tried(workflow, run string) []string {
	p.t.Helper()
	return (&histories{p: p}).tried(workflow, run)
}

// timers are how long a run waited on each of its timers.
func timers(events []*historypb.HistoryEvent) []time.Duration {
	var waits []time.Duration
	for _, e := range events {
		if s := e.GetTimerStartedEventAttributes(); s != nil {
			waits = append(waits, s.GetStartToFireTimeout().AsDuration())
		}
	}
	return waits
}

// checkTraffic wants every request that came so far inside an attempt of an activity that Temporal's history knows; a
// write inside the one that its row in sends names. It returns why activities were tried again.
func (p *product) checkTraffic() (why []string) {
	p.t.Helper()
	p.answered()
	arrivals, attempts := p.traffic.seen()
	rows := map[string]attempt{}
	for _, row := range p.sends() {
		rows[strconv.FormatInt(row.ID, 10)] = attempt{workflow: row.WorkflowID, run: row.RunID, number: int32(row.Attempt)}
	}
	for _, a := range arrivals {
		if strings.HasPrefix(a.path, "/_sandbox/") {
			continue
		}
		row, known := rows[a.requestID]
		require.True(p.t, known || a.system == "odoo" || a.method == http.MethodGet || a.path == "/oauth/token", "%s %s has no row in sends", a.method, a.path)
		require.True(p.t, slices.ContainsFunc(attempts, func(m attempt) bool {
			return m.holds(a.at) && (!known || m.workflow == row.workflow && m.run == row.run && m.number == row.number)
		}), "%s %s came outside an attempt", a.method, a.path)
	}
	h := histories{p: p}
	var runs []attempt
	for _, m := range attempts {
		s, known := started(h.of(m.workflow, m.run))[m.activity]
		require.True(p.t, known, "history of %s does not know activity %s", m.workflow, m.activity)
		require.GreaterOrEqual(p.t, s.GetAttempt(), m.number)
		if run := (attempt{workflow: m.workflow, run: m.run}); !slices.Contains(runs, run) {
			runs = append(runs, run)
		}
	}
	for _, run := range runs {
		why = append(why, h.tried(run.workflow, run.run)...)
	}
	return why
}

// answered returns when the sandboxes have answered everything that came, also to callers that had given up, and wants
// their journals to be what was watched.
func (p *product) answered() {
	p.t.Helper()
	var watched, journaled []string
	read := func() bool {
		watched, journaled = nil, nil
		arrivals, _ := p.traffic.seen()
		for _, a := range arrivals {
			if strings.HasPrefix(a.path, "/rest/") || strings.HasPrefix(a.path, "/json/2/") {
				watched = append(watched, a.method+" "+a.path)
			}
		}
		for _, r := range p.procore.Journal() {
			journaled = append(journaled, r.Method+" "+r.Path)
		}
		for _, c := range p.odoo.Journal() {
			journaled = append(journaled, c.Method+" "+c.Path)
		}
		return len(watched) == len(journaled)
	}
	require.Eventually(p.t, read, time.Minute, 20*time.Millisecond, "requests stay without an answer")
	require.ElementsMatch(p.t, watched, journaled)
}
