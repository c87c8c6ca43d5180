package faultproxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
)

// Protocol is what the target speaks.
type Protocol int

// The protocols.
const (
	HTTP Protocol = iota
	Postgres
	GRPC
)

// Proxy listens on a loopback port and passes on to one target. It is safe for concurrent use.
type Proxy struct {
	target   string
	listener net.Listener
	server   server
	ctx      context.Context // the proxy's life
	cancel   context.CancelFunc
	serving  sync.WaitGroup // takes connections
	running  sync.WaitGroup // handles requests
	messages atomic.Int64
	rule     atomic.Pointer[Rule]

	mu          sync.Mutex
	connections int // so far
	open        map[*conn]bool
	down        bool
	closed      bool
	failures    []error
}

// server takes connections until the listener is closed; close gives back what it holds afterwards.
type server interface {
	serve(l net.Listener)
	close()
}

// Start listens on a free port and passes everything on to target, a host:port.
func Start(protocol Protocol, target string) (*Proxy, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	p := &Proxy{target: target, open: map[*conn]bool{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.listener = &listener{Listener: l, p: p}
	switch protocol {
	case Postgres:
		p.server = &postgresServer{p: p}
	case GRPC:
		p.server = newGRPC(p)
	default:
		p.server = newHTTP(p)
	}
	p.serving.Go(func() { p.server.serve(p.listener) })
	return p, nil
}

// Addr is the host:port that clients connect to.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// URL is the target's URL with the proxy's host and port.
func (p *Proxy) URL(target string) (string, error) {
	u, err := url.Parse(target)
	if err != nil {
		return "", errors.New("the target's URL cannot be read") // its text may hold a password
	}
	u.Host = p.Addr()
	return u.String(), nil
}

// Close cuts every connection and ends every wait; it returns when nothing of the proxy runs, and tells the signals that
// could not be sent.
func (p *Proxy) Close() error {
	p.cancel()
	closing := p.listener.Close()
	p.Down()
	p.serving.Wait()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.running.Wait()
	p.server.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if errors.Is(closing, net.ErrClosed) {
		closing = nil
	}
	return errors.Join(append(p.failures, closing)...)
}

// Down cuts every connection, and each new one as soon as it is made, until Up. What was not forwarded yet never is.
func (p *Proxy) Down() {
	p.mu.Lock()
	p.down = true
	cut := make([]*conn, 0, len(p.open))
	for c := range p.open {
		cut = append(cut, c)
	}
	p.mu.Unlock()
	for _, c := range cut {
		c.cut()
	}
}

// Up ends Down.
func (p *Proxy) Up() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = p.ctx.Err() != nil // a closed proxy stays down
}

// Open is how many connections clients have.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

// begin notes one more piece of work, to be ended by running.Done; false when the proxy is closed.
func (p *Proxy) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.running.Add(1)
	}
	return !p.closed
}

func (p *Proxy) failed(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures = append(p.failures, err)
}
