package telemetry

import (
	"context"
	"crypto/rand"
	"crypto/sha256"

	"go.opentelemetry.io/otel/trace"
)

// runKey is in the context of a span that a replay would start once more: its ids follow from the key.
type runKey struct{}

// ids makes random ids, but for the spans of workflow runs: a worker that takes a run over starts its span anew, and the
// children that the first one has sent must not be left without a parent.
type ids struct{}

// NewIDs gives the ids of a root.
func (ids) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	b := source(ctx)
	return trace.TraceID(b[:16]), trace.SpanID(b[16:24])
}

// NewSpanID gives the id of a span that has a parent.
func (ids) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	b := source(ctx)
	return trace.SpanID(b[16:24])
}

func source(ctx context.Context) (b [sha256.Size]byte) {
	if key, ok := ctx.Value(runKey{}).(string); ok {
		return sha256.Sum256([]byte(key))
	}
	_, _ = rand.Read(b[:]) // never fails
	return b
}
