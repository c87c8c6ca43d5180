package activities_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"

	"github.com/ml-connector/odoo-procore/clients/procore"
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
	kind                    string // of the activity: Resolve, WriteLines, ...
	number                  int32
	from, to                time.Time
}

// name is what a read of Procore carries as its request id; a write, and the look before it, carries that of its row.
func (a *attempt) name() string {
	return a.workflow + "/" + a.run + "/" + a.activity + "/" + strconv.Itoa(int(a.number))
}

// Activities that speak to our database and Temporal only, and those that read Odoo; all others speak to Procore alone.
var (
	silent = []string{"Offer", "GiveBack", "Finish", "Park", "WakeDispatch"}
	reads  = []string{"FetchChanges", "FetchPeriod"}
)

// may tells whether an attempt may have made a request that carries nothing to know it by: one to Odoo, or for a token.
func (a *attempt) may(system string) bool {
	if system == "odoo" {
		return slices.Contains(reads, a.kind)
	}
	return !slices.Contains(silent, a.kind)
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
		workflow: info.WorkflowExecution.ID, run: info.WorkflowExecution.RunID, activity: info.ActivityID, kind: info.ActivityType.Name,
		number: info.Attempt, from: time.Now(),
	}
	t.attempts = append(t.attempts, made)
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		made.to = time.Now()
	}()
	return a.Next.ExecuteActivity(procore.WithRequestID(ctx, made.name()), in)
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

// failure is why an activity was tried again: the type and the message of the lastFailure in its ActivityTaskStarted.
type failure struct{ activity, kind, message string }

// tried are the failures of a run. A task that an overloaded Temporal server lost on its way to the worker, which never
// saw that attempt, is no failure of anybody's here.
func (h *histories) tried(workflow, run string) (why []failure) {
	h.p.t.Helper()
	_, attempts := h.p.traffic.seen()
	for name, s := range started(h.of(workflow, run)) {
		i := slices.IndexFunc(attempts, func(m attempt) bool {
			return m.workflow == workflow && m.run == run && m.activity == name && m.number == s.GetAttempt()-1
		})
		last := s.GetLastFailure()
		if s.GetAttempt() == 1 || i < 0 && last.GetTimeoutFailureInfo() != nil {
			continue
		}
		require.GreaterOrEqual(h.p.t, i, 0, "attempt %d of an activity in %s was not seen", s.GetAttempt()-1, workflow)
		require.NotEmpty(h.p.t, last.GetMessage())
		why = append(why, failure{attempts[i].kind, last.GetApplicationFailureInfo().GetType(), last.GetMessage()})
	}
	return why
}

// tried is the same for one run.
func (p *product) tried(workflow, run string) []failure {
	p.t.Helper()
	return (&histories{p: p}).tried(workflow, run)
}

// failed wants an activity of a run to have been tried again after a failure of that type whose message matches.
func (p *product) failed(workflow, run, activity, kind, message string) {
	p.t.Helper()
	why, form := p.tried(workflow, run), regexp.MustCompile(message)
	require.True(p.t, slices.ContainsFunc(why, func(f failure) bool {
		return f.activity == activity && f.kind == kind && form.MatchString(f.message)
	}), "no %s of %s matches %q: %+v", kind, activity, message, why)
}

// attemptAt is the attempt of a run that was under way; one run has one at a time.
func (p *product) attemptAt(workflow, run string, at time.Time) attempt {
	p.t.Helper()
	_, attempts := p.traffic.seen()
	i := slices.IndexFunc(attempts, func(m attempt) bool { return m.workflow == workflow && m.run == run && m.holds(at) })
	require.GreaterOrEqual(p.t, i, 0, "no attempt of %s was under way", workflow)
	return attempts[i]
}

// checkTraffic wants every request that came so far inside an attempt of an activity that Temporal's history knows: a
// write, and the look before it, inside the one that its row in sends names; another read of Procore inside the one whose
// name it carries; a read of Odoo and a request for a token, which carry nothing, inside one that makes such requests. It
// returns why activities were tried again.
func (p *product) checkTraffic() (why []failure) {
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
		nameless := a.system == "odoo" || a.path == "/oauth/token"
		require.True(p.t, known || nameless || a.method == http.MethodGet, "%s %s has no row in sends", a.method, a.path)
		require.True(p.t, slices.ContainsFunc(attempts, func(m attempt) bool {
			switch {
			case !m.holds(a.at):
				return false
			case known:
				return m.workflow == row.workflow && m.run == row.run && m.number == row.number && m.may(a.system)
			case nameless:
				return m.may(a.system)
			}
			return m.name() == a.requestID
		}), "%s %s came outside its attempt", a.method, a.path)
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
