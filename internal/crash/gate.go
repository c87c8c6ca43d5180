package crash

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// gate stands before a tenant's Procore: it knows each write by its intent, and disturbs the one that its point is about.
type gate struct {
	p       *play
	next    http.Handler
	mu      sync.Mutex
	begun   bool          // the point's effect has come
	over    chan struct{} // closed when it is over, zombies included
	refused approval      // what Procore refuses
	failure error
}

// approval is the Approve of an order's part.
type approval struct{ subject, part string }

// refuse makes Procore refuse a, until it is told something else.
func (g *gate) refuse(a approval) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refused = a
}

func (g *gate) refuses(row intent) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return row.Operation == "approve commitment" && approval{subject: row.Subject, part: row.Part} == g.refused
}

const refusal = `{"errors":{"base":["Contract is locked by an accounting period"]}}`

// maxRequest is more than any request of the firm.
const maxRequest = 1 << 20

// ServeHTTP lets reads and logins pass.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet || !strings.HasPrefix(r.URL.Path, "/rest/") {
		g.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		panic(http.ErrAbortHandler) // the client is gone in the middle of its request
	}
	// The request goes on also when its sender is gone, as a packet does that is on its way.
	ctx := g.p.life
	request := r.Clone(ctx)
	request.Body = io.NopCloser(bytes.NewReader(body))
	row, err := g.p.intentOf(ctx, r.Header.Get("X-Request-Id"))
	if err != nil {
		g.fail(err)
		if !errors.Is(err, errNoIntent) {
			panic(http.ErrAbortHandler)
		}
	}
	if g.refuses(row) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = io.WriteString(w, refusal)
		return
	}
	name := g.p.effects.name(row, g.p.words())
	handle := func() *httptest.ResponseRecorder { return g.handle(name, request) }
	answer := g.disturbed(ctx, name, row, handle)
	if answer == nil {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = answer.Body.WriteTo(w)
}

// handle lets a write have its effect.
func (g *gate) handle(name string, request *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	g.next.ServeHTTP(answer, request)
	if answer.Code < 300 {
		g.p.effects.took(name)
	}
	return answer
}

// disturbed is handle, unless it is this write's turn to be disturbed. A nil answer: the connection is dropped.
func (g *gate) disturbed(ctx context.Context, name string, row intent, handle func() *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	point := g.p.point
	g.mu.Lock()
	mine := !g.begun && point.When != "" && point.Effect == name
	g.begun = g.begun || mine
	g.mu.Unlock()
	if !mine {
		return handle()
	}
	worker := g.p.tenant.Worker(row.Worker)
	if worker == nil {
		g.fail(errors.New("the worker " + row.Worker + " is not known"))
		return handle()
	}
	g.p.hit(row, worker)
	answer, err := disturbances[point.When](ctx, g.p, worker, row, handle)
	g.fail(err)
	if point.When != Unsaved || err != nil { // which is over when the proxy has seen it
		g.finish()
	}
	return answer
}

// finish says that the disturbance is over.
func (g *gate) finish() {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.over:
	default:
		close(g.over)
	}
}

// fail keeps the first failure.
func (g *gate) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failure == nil {
		g.failure = err
	}
}

// state says whether the effect has come, and what failed.
func (g *gate) state() (begun bool, failure error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.begun, g.failure
}
