package faultproxy

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// conn is a client's connection.
type conn struct {
	net.Conn

	p      *Proxy
	id     int
	ctx    context.Context // the connection's life
	cancel context.CancelFunc
	once   sync.Once
	err    error
}

// Close ends the connection and all that is done for it.
func (c *conn) Close() error {
	c.once.Do(func() {
		c.cancel()
		c.err = c.Conn.Close()
		c.p.mu.Lock()
		defer c.p.mu.Unlock()
		delete(c.p.open, c)
	})
	return c.err
}

// cut is Close without interest in how the socket took it.
func (c *conn) cut() { _ = c.Close() }

func (c *conn) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.ctx.Done():
	}
}

func (c *conn) hold(until <-chan struct{}) {
	if until == nil {
		return
	}
	select {
	case <-until:
	case <-c.ctx.Done():
	}
}

// listener makes connections of the proxy; while it is down they are cut right away.
type listener struct {
	net.Listener

	p *Proxy
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.p.admit(raw); c != nil {
			return c, nil
		}
		_ = raw.Close() // nobody has used it
	}
}

func (p *Proxy) admit(raw net.Conn) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return nil
	}
	p.connections++
	c := &conn{Conn: raw, p: p, id: p.connections}
	c.ctx, c.cancel = context.WithCancel(p.ctx)
	p.open[c] = true
	return c
}

// upstream is a connection to the target.
type upstream struct {
	net.Conn

	stop func() bool
}

// Close ends it.
func (u *upstream) Close() error {
	u.stop()
	return u.Conn.Close()
}

// dial connects to the target; the connection ends with ctx.
func (p *Proxy) dial(ctx context.Context) (net.Conn, error) {
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.target)
	if err != nil {
		return nil, fmt.Errorf("connecting to the target: %w", err)
	}
	return &upstream{Conn: raw, stop: context.AfterFunc(ctx, func() { _ = raw.Close() })}, nil
}
