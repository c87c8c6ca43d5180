package faultproxy

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
)

// The codes that a connection may begin with instead of a protocol version.
const (
	codeCancel = 80877102
	codeSSL    = 80877103
	codeGSS    = 80877104
)

type postgresServer struct {
	p       *Proxy
	running sync.WaitGroup
}

func (s *postgresServer) serve(l net.Listener) {
	for {
		accepted, err := l.Accept()
		if err != nil {
			return
		}
		if c, ok := accepted.(*conn); ok {
			s.running.Go(func() { s.pass(c) })
		}
	}
}

func (s *postgresServer) close() { s.running.Wait() }

// pass carries one connection until either side ends it.
func (s *postgresServer) pass(c *conn) {
	defer c.cut()
	start, err := startup(c)
	if err != nil {
		return
	}
	up, err := s.p.dial(c.ctx)
	if err != nil {
		return
	}
	if _, err := up.Write(start); err != nil {
		return
	}
	session := newPostgresSession(s.p, c, up)
	s.running.Go(func() {
		defer c.cut()
		session.requests()
	})
	session.answers()
}

// startup reads the first message of a client, a start of a session or a cancel request. Encryption is declined.
func startup(c net.Conn) ([]byte, error) {
	for {
		first := make([]byte, 8)
		if _, err := io.ReadFull(c, first); err != nil {
			return nil, err
		}
		switch binary.BigEndian.Uint32(first[4:]) {
		case codeSSL, codeGSS:
			if _, err := c.Write([]byte{'N'}); err != nil {
				return nil, err
			}
			continue
		}
		rest, err := body(c, int64(binary.BigEndian.Uint32(first))-8)
		return append(first, rest...), err
	}
}
