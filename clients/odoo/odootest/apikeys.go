package odootest

import "time"

// Key is an API key of a user beside the one that he calls with.
type Key struct {
	// Name is what the user called it.
	Name string
	// Scope is empty or "rpc" for one that opens the API.
	Scope string
	// Ends is by the server's clock; zero is never. Keys of version 14 do not end.
	Ends time.Time
}

const keyModel = "res.users.apikeys"

// keys are those of a user, the one that he calls with first.
func (u *User) keys() []Key {
	own := Key{Name: u.KeyName, Ends: u.KeyEnds}
	if own.Name == "" {
		own.Name = "connector"
	}
	if !u.KeyScopeOK {
		own.Scope = "elsewhere"
	}
	return append([]Key{own}, u.OtherKeys...)
}

func (s *Server) registerKeys() {
	m := parseModel(keyModel, "Users API Keys", "id", `
name|char|Description|req ro
user_id|many2one:res.users|User|req ro idx
scope|char|Scope|ro
expiration_date|datetime|Expiration Date|ro`)
	if s.dialect.old {
		m.patch("-expiration_date")
	}
	s.register(m)
}

// seedKeys lists the keys. A user sees his own, an administrator all.
func (s *Server) seedKeys() {
	m := s.model(keyModel)
	for i := range s.cfg.Users {
		for _, k := range s.cfg.Users[i].keys() {
			m.seq++
			values := map[string]any{"name": k.Name, "user_id": int64(i + superuserID + 1), "scope": null(k.Scope)}
			if !k.Ends.IsZero() {
				values["expiration_date"] = k.Ends.UnixMicro()
			}
			m.insert(s.installed(m, m.seq, values))
		}
	}
}

// ended tells that a user's key is over. It is refused from then on like an unknown one.
func (s *Server) ended(u *User) bool {
	return u.KeyExpired || !s.dialect.old && !u.KeyEnds.IsZero() && !s.cfg.Now().Before(u.KeyEnds)
}
