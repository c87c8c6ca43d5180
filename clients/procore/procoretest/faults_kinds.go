package procoretest

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// stage is where on a call's way a fault strikes.
type stage int

const (
	onArrival    stage = iota // before limits, token and company
	beforeEffect              // everything was checked
	afterEffect
)

// faultKind is a way to go wrong. Its function gives the answer instead, or nil for the call to go on; at afterEffect
// it is given the answer that it may change.
type faultKind struct {
	at   stage
	wait time.Duration
	fits func(Request) bool // the calls that it makes sense for, nil: all
	do   func(s *Server, f *FaultRule, c *call, answer reply) *reply
}

// faultKinds is the table. What Procore answers with is FACTS §3 and §5.
var faultKinds = map[string]faultKind{
	// 429, the window of 10 seconds or of an hour is used up; no Retry-After.
	"limit-spike": {at: onArrival, wait: 10 * time.Second, do: func(s *Server, f *FaultRule, _ *call, _ reply) *reply {
		return s.overLimit(f, s.cfg.SpikeLimit)
	}},
	"limit-hour": {at: onArrival, wait: time.Hour, do: func(s *Server, f *FaultRule, _ *call, _ reply) *reply {
		return s.overLimit(f, s.cfg.HourlyLimit)
	}},
	// 401, every token handed out so far is dead.
	"token-expired": {at: onArrival, do: func(s *Server, _ *FaultRule, _ *call, _ reply) *reply {
		s.ExpireTokens()
		return nil
	}},
	// 503 with Retry-After: overload.
	"unavailable": {at: beforeEffect, wait: 5 * time.Second, do: func(_ *Server, f *FaultRule, _ *call, _ reply) *reply {
		return &reply{status: http.StatusServiceUnavailable, header: http.Header{"Retry-After": {strconv.FormatInt(wholeSeconds(f.wait()), 10)}}}
	}},
	// 500.
	"error-before": {at: beforeEffect, do: brokenDown},
	"error-after":  {at: afterEffect, do: brokenDown},
	// 400 without a body: a business rule that Procore does not name.
	"empty-400": {at: beforeEffect, do: func(*Server, *FaultRule, *call, reply) *reply { return &reply{status: http.StatusBadRequest} }},
	// 409: somebody else is writing the same direct cost.
	"conflict": {at: beforeEffect, fits: writesDirectCost, do: func(*Server, *FaultRule, *call, reply) *reply {
		return new(replyOf(answer{}, conflict()))
	}},
	// The answer takes its time.
	"slow-before": {at: beforeEffect, wait: time.Second, do: slow},
	"slow-after":  {at: afterEffect, wait: time.Second, do: slow},
	// The connection breaks without an answer.
	"drop-before": {at: beforeEffect, do: dropped},
	"drop-after":  {at: afterEffect, do: dropped},
	// A sync action's answer names one record neither in entities nor in errors; it was written, or it was not.
	"left-out":         {at: afterEffect, fits: isSync, do: leaveOut},
	"left-out-undone":  {at: beforeEffect, fits: isSync, do: leaveUndone},
	"changes-in-pages": {at: afterEffect, fits: isRead, do: editBetween},
}

func (s *Server) overLimit(f *FaultRule, limit int) *reply {
	r := replyOf(answer{}, surpassed())
	r.header = http.Header{}
	limitHeaders(r.header, limit, 0, s.cfg.Now().Add(f.wait()))
	return &r
}

func brokenDown(*Server, *FaultRule, *call, reply) *reply {
	return new(jsonReply(http.StatusInternalServerError, map[string]any{"errors": "Internal Server Error"}, "Internal Server Error"))
}

func dropped(*Server, *FaultRule, *call, reply) *reply { return &reply{drop: true} }

// slow waits also when the caller has given up: his request is carried out late.
func slow(_ *Server, f *FaultRule, _ *call, _ reply) *reply {
	<-time.After(f.wait())
	return nil
}

// editBetween lets a person change something after a page was read.
func editBetween(s *Server, f *FaultRule, _ *call, answered reply) *reply {
	if f.Edit == nil {
		return nil
	}
	if _, err := s.Edit(*f.Edit); err != nil {
		return new(replyOf(answer{}, err)) // a mistake of the test, not of the caller
	}
	return &answered
}

func isSync(r Request) bool { return strings.HasSuffix(r.Path, "/sync") }

func isRead(r Request) bool { return !r.Write }

func writesDirectCost(r Request) bool { return r.Write && strings.Contains(r.Path, "/direct_costs") }

// wholeSeconds rounds up: who waits so long does not come too early.
func wholeSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// strike lets the fault of a stage act on a call; nil: the call goes on.
func (s *Server) strike(at stage, entry Request, c *call, answered reply) *reply {
	f := s.hit(at, entry)
	if f == nil {
		return nil
	}
	r := faultKinds[f.Kind].do(s, f, c, answered)
	if r != nil {
		r.err = cmp.Or(r.err, "fault "+f.Kind)
	}
	return r
}
