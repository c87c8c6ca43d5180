package faultproxy

import (
	"bufio"
	"net"
	"sync"

	"github.com/jackc/pgx/v5/pgproto3"
)

// postgresSession follows one connection. The client's messages up to a Sync, or a simple Query, are a group that the
// server answers with one ReadyForQuery.
type postgresSession struct {
	p          *Proxy
	client     *conn
	server     net.Conn
	statements map[string]string // name → SQL
	portals    map[string]string

	mu     sync.Mutex
	groups []*group // waiting for their ReadyForQuery, the last one is being filled
}

type group struct {
	executed []Message
	flush    bool // the client waits for answers before the end of the group
}

func newPostgresSession(p *Proxy, client *conn, server net.Conn) *postgresSession {
	return &postgresSession{
		p: p, client: client, server: server, statements: map[string]string{}, portals: map[string]string{},
		groups: []*group{{}, {}}, // the first is the start of the session
	}
}

// requests passes the client's messages on; it returns when the connection is over.
func (s *postgresSession) requests() {
	r := bufio.NewReader(s.client)
	for {
		f, err := readFrame(r)
		if err != nil {
			return
		}
		if sql, executes := s.read(f); executes && !s.admit(sql) {
			return
		}
		s.group(f.kind)
		if _, err := s.server.Write(f.raw); err != nil {
			return
		}
	}
}

// read follows the names of statements and portals, and tells what a message executes. Broken ones are the server's to
// refuse.
func (s *postgresSession) read(f frame) (sql string, executes bool) {
	switch f.kind {
	case 'Q':
		var m pgproto3.Query
		if m.Decode(f.body()) == nil {
			return m.String, true
		}
	case 'P':
		var m pgproto3.Parse
		if m.Decode(f.body()) == nil {
			s.statements[m.Name] = m.Query
		}
	case 'B':
		var m pgproto3.Bind
		if m.Decode(f.body()) == nil {
			s.portals[m.DestinationPortal] = s.statements[m.PreparedStatement]
		}
	case 'E':
		var m pgproto3.Execute
		if m.Decode(f.body()) == nil {
			return s.portals[m.Portal], true
		}
	}
	return "", false
}

// admit asks the rule before a statement is executed.
func (s *postgresSession) admit(sql string) bool {
	m := s.p.message(s.client, sql)
	if !s.p.passes(Before, m, s.client) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.groups[len(s.groups)-1]
	last.executed = append(last.executed, m)
	return true
}

// group notes what a message means for the answers; it runs before the message is forwarded.
func (s *postgresSession) group(kind byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch kind {
	case 'Q', 'S':
		s.groups = append(s.groups, &group{})
	case 'H':
		s.groups[len(s.groups)-1].flush = true
	}
}

// answers passes the server's messages back, those to what was executed at the end of their group.
func (s *postgresSession) answers() {
	r := bufio.NewReader(s.server)
	var kept []byte
	for {
		f, err := readFrame(r)
		if err != nil {
			_, _ = s.client.Write(kept) // a server that ends says why; the client may be gone
			return
		}
		kept = append(kept, f.raw...)
		switch {
		case f.kind == 'Z':
			for _, m := range s.finish() {
				if !s.p.passes(After, m, s.client) {
					return
				}
			}
		case s.keeps(f.kind):
			continue
		}
		if _, err := s.client.Write(kept); err != nil {
			return
		}
		kept = kept[:0]
	}
}

// keeps tells whether an answer waits for the end of its group. A server that wants the data of a COPY does not get on
// without its client.
func (s *postgresSession) keeps(kind byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	head := s.groups[0]
	return len(head.executed) > 0 && !head.flush && kind != 'G' && kind != 'W'
}

// finish ends the group that is answered.
func (s *postgresSession) finish() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	head := s.groups[0]
	if len(s.groups) > 1 {
		s.groups = s.groups[1:]
	}
	return head.executed
}
