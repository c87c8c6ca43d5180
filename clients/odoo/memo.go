package odoo

import "context"

// memo keeps the first answer to a question that everybody asks. Who comes while it is asked waits; a failure is not
// kept.
type memo[T comparable] struct {
	turn  chan struct{}
	value T
	known bool
}

func newMemo[T comparable]() *memo[T] { return &memo[T]{turn: make(chan struct{}, 1)} }

func (m *memo[T]) get(ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		var none T
		return none, waitingError(ctx.Err())
	}
	if m.known {
		return m.value, nil
	}
	v, err := ask(ctx)
	if err == nil {
		m.value, m.known = v, true
	}
	return v, err
}

// forget makes the next one ask again, unless somebody has found another value meanwhile, or asks right now.
func (m *memo[T]) forget(v T) {
	select {
	case m.turn <- struct{}{}:
		m.known = m.known && m.value != v
		<-m.turn
	default:
	}
}
