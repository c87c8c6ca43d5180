package faultproxy

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// Moment is when a rule is asked.
type Moment int

// The moments of a message.
const (
	// Before: the message has come and is not forwarded yet; it has had no effect.
	Before Moment = iota
	// After: the target's answer has come and is not forwarded yet.
	After
)

// String is "before" or "after".
func (m Moment) String() string {
	if m == After {
		return "after"
	}
	return "before"
}

// Message is one request of a client.
type Message struct {
	// N counts from 1, over all connections of the proxy.
	N int
	// Conn counts the clients' connections from 1.
	Conn int
	// Text says what it asks for: "PATCH /rest/v1.0/vendors/sync", SQL text, or the full name of a gRPC method.
	Text string
}

// Action is what happens at a moment, in the order of the fields; the zero Action lets the message go on.
type Action struct {
	// Signal goes to the process PID. A message whose sender must not have its effect any more needs Cut, too.
	Signal syscall.Signal
	PID    int
	// Delay holds the message for so long.
	Delay time.Duration
	// Hold holds the message until it is closed.
	Hold <-chan struct{}
	// Cut closes the client's connection; the message, or its answer, is not forwarded.
	Cut bool
}

// Rule decides; it is called outside the proxy's locks, at the same time for different connections, and may block.
type Rule func(Moment, Message) Action

// SetRule replaces the rule, also for the answers to messages that have passed; nil lets everything go on.
func (p *Proxy) SetRule(rule func(Moment, Message) Action) {
	if rule == nil {
		p.rule.Store(nil)
		return
	}
	p.rule.Store((*Rule)(&rule))
}

func (p *Proxy) message(c *conn, text string) Message {
	return Message{N: int(p.messages.Add(1)), Conn: c.id, Text: text}
}

// passes asks the rule and does what it says. False: the connection is cut, nothing may be forwarded.
func (p *Proxy) passes(at Moment, m Message, c *conn) bool {
	rule := p.rule.Load()
	if rule == nil {
		return c.ctx.Err() == nil
	}
	a := (*rule)(at, m)
	if a.Signal != 0 {
		if err := signal(a.PID, a.Signal); err != nil {
			p.failed(fmt.Errorf("signalling process %d %s message %d (%s): %w", a.PID, at, m.N, m.Text, err))
		}
	}
	c.wait(a.Delay)
	c.hold(a.Hold)
	if a.Cut {
		c.cut()
	}
	return c.ctx.Err() == nil
}

func signal(pid int, s syscall.Signal) error {
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	defer func() { _ = process.Release() }() // a handle, not the process
	return process.Signal(s)
}
