package procore

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// Class says what to do with an error.
type Class int

const (
	// Permanent errors stay until a person or another write changes something.
	Permanent Class = iota
	// Transient errors may be gone at the next try; nothing was written.
	Transient
	// Limited is no failure: come back later (see [RetryAt]); nothing was written.
	Limited
	// Ambiguous is a write whose answer was lost: look the record up before sending again.
	Ambiguous
	// Conflict is a 409: a parallel write on the same record (again after a pause), or a duplicate.
	Conflict
)

// String is the name of the class.
func (c Class) String() string {
	switch c {
	case Permanent:
		return "permanent"
	case Transient:
		return "transient"
	case Limited:
		return "limited"
	case Ambiguous:
		return "ambiguous"
	case Conflict:
		return "conflict"
	default:
		return "unknown"
	}
}

// Classify tells the class of an error of this package, also when wrapped. Errors of others are Permanent, except the
// ends of contexts. Reads are never Ambiguous. It must not be asked about nil.
//
// A 503 with Retry-After is Limited for a read, but Ambiguous for a write: nothing Procore publishes promises that
// the write was not done.
func Classify(err error) Class {
	var (
		deferred *DeferredError
		limit    *RateLimitError
		busy     *UnavailableError
		unknown  *UnknownOutcomeError
		network  *NetworkError
		decode   *DecodeError
		refusal  *ErrorResponse
	)
	switch {
	case errors.As(err, &deferred), errors.As(err, &limit):
		return Limited
	case errors.As(err, &unknown):
		return Ambiguous
	case errors.As(err, &network):
		if network.Write && network.Sent {
			return Ambiguous
		}
		return Transient
	case errors.As(err, &decode):
		return classifyDecode(decode)
	case errors.As(err, &busy):
		if busy.Response != nil && busy.Response.Write {
			return Ambiguous
		}
		return Limited
	case errors.As(err, &refusal):
		return classifyRefusal(refusal)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Transient // before sending: later ends are NetworkErrors
	case errors.Is(err, ErrListChanges):
		return Transient
	default:
		return Permanent
	}
}

func classifyRefusal(e *ErrorResponse) Class {
	switch e.Code {
	case CodeUnavailable:
		if e.Write {
			return Ambiguous
		}
		return Transient
	case CodeRateLimited:
		return Limited
	case CodeConflict:
		return Conflict
	default:
		return Permanent
	}
}

// classifyDecode: a written record whose answer is unreadable has to be looked up; a cut answer of a read comes whole
// the next time, one of another shape does not.
func classifyDecode(e *DecodeError) Class {
	var syntax *json.SyntaxError
	switch {
	case e.Write:
		return Ambiguous
	case errors.As(e.Err, &syntax), errors.Is(e.Err, io.ErrUnexpectedEOF):
		return Transient
	default:
		return Permanent
	}
}

// longestOverload is the longest time that a 503 can keep us away; after that we look for ourselves.
const longestOverload = 15 * time.Minute

// RetryAt tells when to come back, for errors that know it: the gate's, a 429's, a 503's with Retry-After.
func RetryAt(err error) (time.Time, bool) {
	var (
		deferred *DeferredError
		limit    *RateLimitError
		busy     *UnavailableError
	)
	switch {
	case errors.As(err, &deferred):
		return deferred.Until, true
	case errors.As(err, &limit):
		return limit.Until, true
	case errors.As(err, &busy):
		return time.Now().UTC().Add(min(busy.RetryAfter, longestOverload)), true
	default:
		return time.Time{}, false
	}
}

// IsNotFound reports a 404: absent, or invisible to this login.
func IsNotFound(err error) bool {
	return errors.Is(err, &ErrorResponse{Code: CodeNotFound, Status: http.StatusNotFound})
}

// notDialled reports an error that came before there was a connection.
func notDialled(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	var dns *net.DNSError
	return errors.As(err, &dns)
}
