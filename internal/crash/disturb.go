package crash

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ml-connector/odoo-procore/internal/faultproxy"
	"github.com/ml-connector/odoo-procore/internal/rig"
)

// When says how a worker is disturbed at an effect.
type When string

// The ways; see the package's text.
const (
	Before  When = "before"
	After   When = "after"
	Unsaved When = "unsaved"
	Zombie  When = "zombie"
)

// Whens are all ways, in the order of the points of an effect.
var Whens = []When{Before, After, Unsaved, Zombie}

// disturbance acts at the write of a worker; handle lets the write have its effect. A nil answer drops the connection.
type disturbance func(ctx context.Context, p *play, w *rig.Worker, row intent, handle func() *httptest.ResponseRecorder) (*httptest.ResponseRecorder, error)

var disturbances = map[When]disturbance{
	Before: func(_ context.Context, _ *play, w *rig.Worker, _ intent, _ func() *httptest.ResponseRecorder) (*httptest.ResponseRecorder, error) {
		return nil, w.Kill()
	},
	After: func(_ context.Context, _ *play, w *rig.Worker, _ intent, handle func() *httptest.ResponseRecorder) (*httptest.ResponseRecorder, error) {
		handle()
		return nil, w.Kill()
	},
	Unsaved: func(_ context.Context, p *play, w *rig.Worker, _ intent, handle func() *httptest.ResponseRecorder) (*httptest.ResponseRecorder, error) {
		answer := handle()
		p.killAtSave(w)
		return answer, nil
	},
	Zombie: zombie,
}

// takeOver is how long another worker may take until it has ended a frozen worker's write: Temporal gives up what the frozen
// one had in hand after as much as a minute.
const takeOver = 3 * time.Minute

// zombie freezes the worker with its request on the way. Another one takes over and ends the record; then the request has
// its effect and the first worker goes on.
func zombie(ctx context.Context, p *play, w *rig.Worker, row intent, handle func() *httptest.ResponseRecorder) (*httptest.ResponseRecorder, error) {
	if err := w.Freeze(); err != nil {
		return handle(), err
	}
	_, err := p.tenant.StartWorker(ctx)
	if err == nil {
		waiting, cancel := context.WithTimeoutCause(ctx, takeOver, errors.New("nobody took the write over"))
		err = rig.Until(waiting, "the frozen worker's write to be taken over", func() (bool, error) { return p.tookOver(waiting, row) })
		cancel()
	}
	answer := handle()
	return answer, errors.Join(err, w.Thaw())
}

// tookOver tells whether somebody has overtaken a write, ended one of the same part, and is done with the record or has parked it.
func (p *play) tookOver(ctx context.Context, row intent) (bool, error) {
	var over bool
	err := p.bench.Store.Pool().QueryRow(ctx, `SELECT s.result = 'overtaken' AND (r.want = r.done OR is_parked(r.tenant, r.model, r.odoo_id)) AND EXISTS (
			SELECT FROM sends o WHERE o.tenant = s.tenant AND o.subject = s.subject AND o.part = s.part AND o.id > s.id AND o.result IS NOT NULL)
		FROM sends s JOIN records r USING (tenant, model, odoo_id) WHERE s.id = $1`, row.ID).Scan(&over)
	if err != nil {
		return false, fmt.Errorf("looking whether a write is taken over: %w", err)
	}
	return over, nil
}

// finishing is the statement that saves a result with its binding.
const finishing = "finish_send"

// killAtSave kills the worker when it wants to save its next result; the statement does not reach the database.
func (p *play) killAtSave(w *rig.Worker) {
	var first atomic.Bool // the rule is asked for several connections at once
	p.database.SetRule(func(at faultproxy.Moment, m faultproxy.Message) faultproxy.Action {
		if at != faultproxy.Before || !strings.Contains(m.Text, finishing) {
			return faultproxy.Action{}
		}
		if !first.CompareAndSwap(false, true) {
			return faultproxy.Action{Cut: true}
		}
		go func() { // the rule itself must return for its action
			<-w.Done()
			p.database.SetRule(nil)
			p.gate.finish()
		}()
		return faultproxy.Action{Signal: syscall.SIGKILL, PID: w.PID, Cut: true}
	})
}
