package odootest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

const superuserID = 1

// Config says what a sandbox server shows. The zero value is a server without users, which only Do can change.
type Config struct {
	// Version is "14.0" or "19.0", empty means 19.0. Version 14 has XML-RPC only, and its own fields and rules.
	Version string
	// Database is the name that X-Odoo-Database must carry; another name is answered 404 with HTML. Empty accepts any.
	Database string
	// Release is the version as the server tells it, when that is not Version: "saas~19.1+e" of Odoo Online.
	Release string
	// WithoutApps are apps that are not installed; known is "purchase".
	WithoutApps []string
	// SeveralDatabases makes the header obligatory, as on a server that shows more than one database.
	SeveralDatabases bool
	// Users may call the API; the first has uid 2.
	Users []User
	// Now is the clock of the database server, nil means time.Now. It stamps write_date and the Date header.
	Now func() time.Time
}

// User is an account with one API key.
type User struct {
	Login string
	// Key is the secret of the Authorization header.
	Key string
	// Groups hold the rights: "purchase", "billing", "analytic", "readonly" (accounting read-only), "contact" (may change
	// partners), "system", "internal". Every user is internal.
	Groups []string
	// CompanyIDs are the allowed companies, the first is his own; empty means every company.
	CompanyIDs []int64
	// KeyScopeOK is false for a key made for another scope than RPC, which is refused.
	KeyScopeOK bool
	// KeyExpired makes the key refused as an unknown one.
	KeyExpired bool
	// KeyName is what the user called his key, empty means "connector"; KeyEnds is when it ends by the server's clock, zero
	// means never (and so does any time in version 14).
	KeyName string
	KeyEnds time.Time
	// OtherKeys are keys that he has besides. They open nothing here; they are only listed.
	OtherKeys []Key
	// KeysHidden takes away the right to read the list of his own keys.
	KeysHidden bool
	// HiddenFields are fields that his groups do not show, "model.field" by the version's names.
	HiddenFields []string
}

// Server is the sandbox. It is safe for concurrent use: transactions run one after the other.
type Server struct {
	cfg     Config
	dialect *dialect
	mu      sync.Mutex
	models  map[string]*model
	// methods are the ones of single models, by "model.method".
	methods map[string]method
	calls   []Call
	commits int64 // transactions that ended well, from 1: 0 is no snapshot
	faults  []*FaultRule
	// counters hold the highest number in use by company, journal and prefix.
	counters map[string]int
}

// New makes an empty server.
func New(cfg Config) *Server {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Version = cmp.Or(cfg.Version, "19.0")
	s := &Server{cfg: cfg, dialect: dialectOf(cfg.Version), models: map[string]*model{}, methods: map[string]method{}, counters: map[string]int{}, commits: 1}
	s.registerBase()
	s.registerKeys()
	s.registerAccount()
	if s.dialect.old {
		s.register14()
	}
	s.installUsers()
	s.installPartners()
	s.installProducts()
	s.installCurrencies()
	s.installAnalytic()
	s.installTaxes()
	s.installPurchase()
	s.installMoves()
	if s.dialect.old {
		s.install14()
	}
	s.seedUsers()
	s.seedKeys()
	for _, app := range cfg.WithoutApps {
		s.uninstall(app)
	}
	return s
}

// Version is that of the configuration, "14.0" or "19.0".
func (s *Server) Version() string { return s.cfg.Version }

func (s *Server) seedUsers() {
	m := s.model("res.users")
	m.seq = superuserID
	now := s.cfg.Now().UnixMicro()
	for _, u := range s.cfg.Users {
		m.seq++
		r := &record{id: m.seq, v: make([]any, m.slots), created: now, written: now, createdBy: superuserID, writeBy: superuserID}
		for name, v := range map[string]any{"name": u.Login, "login": u.Login, "active": true, "tz": "UTC", "lang": "en_US"} {
			r.v[m.field(name).slot] = v
		}
		m.insert(r)
	}
	allowed := func(r *record) []int64 {
		if u := s.userOf(r.id); u != nil && len(u.CompanyIDs) > 0 {
			return u.CompanyIDs
		}
		return s.model("res.company").ids
	}
	m.computed("company_ids", func(_ *tx, r *record) any { return slices.Clone(allowed(r)) })
	m.computed("company_id", func(_ *tx, r *record) any {
		if ids := allowed(r); len(ids) > 0 {
			return ids[0]
		}
		return nil
	})
}

func (s *Server) userOf(uid int64) *User {
	if i := int(uid) - superuserID - 1; i >= 0 && i < len(s.cfg.Users) {
		return &s.cfg.Users[i]
	}
	return nil
}

// Do calls a method as the superuser, through the code the API runs, in one transaction. args are the named arguments
// ("vals", "vals_list", "domain", …) and may hold "context". Answers are plain: map[string]any, []any, int64,
// float64, string, bool, nil. The error tells name and message of the exception.
func (s *Server) Do(model, method string, ids []int64, args map[string]any) (any, error) {
	return s.do(time.Time{}, model, method, ids, args)
}

// DoStarted is Do in a transaction that started at the given time: what it writes becomes visible now with that
// write_date, as a long import's does.
func (s *Server) DoStarted(start time.Time, model, method string, ids []int64, args map[string]any) (any, error) {
	return s.do(start, model, method, ids, args)
}

func (s *Server) do(start time.Time, model, method string, ids []int64, args map[string]any) (any, error) {
	inv, err := newInvocation(model, method, ids, args)
	if err != nil {
		return nil, err
	}
	v, _, failure := s.run(start, nil, superuserID, inv)
	if failure != nil {
		return nil, failure
	}
	return plain(v), nil
}

// newInvocation is a call made in Go; its arguments become what the API would decode.
func newInvocation(model, method string, ids []int64, args map[string]any) (invocation, error) {
	inv := invocation{model: model, method: method}
	raw, err := json.Marshal(args)
	if err != nil {
		return inv, fmt.Errorf("encoding arguments: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&inv.named); err != nil {
		return inv, fmt.Errorf("decoding arguments: %w", err)
	}
	if inv.named == nil {
		inv.named = map[string]any{}
	}
	if ids != nil {
		list := make([]any, len(ids))
		for i, id := range ids {
			list[i] = num(id)
		}
		inv.named["ids"] = list
	}
	return inv, nil
}

// Create makes one record as the superuser and gives its id.
func (s *Server) Create(model string, vals map[string]any) (int64, error) {
	if vals == nil {
		vals = map[string]any{}
	}
	v, err := s.Do(model, "create", nil, map[string]any{"vals_list": []any{vals}})
	if err != nil {
		return 0, err
	}
	ids, _ := v.([]any)
	id, ok := ids[0].(int64)
	if !ok {
		return 0, fmt.Errorf("creating %s: no id in the answer", model)
	}
	return id, nil
}

// run is a transaction of one call. It returns the number of records read or written for the journal.
func (s *Server) run(start time.Time, u *User, uid int64, inv invocation) (out any, records int, failure *apiError) {
	return s.transact(start, u, uid, func(t *tx) any { return t.call(inv) })
}

func (s *Server) transact(start time.Time, u *User, uid int64, work func(*tx) any) (out any, records int, failure *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if start.IsZero() {
		start = s.cfg.Now()
	}
	t := &tx{
		s: s, uid: uid, user: u, start: start.UnixMicro(), ctx: map[string]any{}, fresh: map[*record]bool{},
		dirtyMoves: map[int64]bool{}, dirtyLines: map[int64]bool{}, dirtyOrders: map[int64]bool{}, reanalyse: map[int64]bool{},
	}
	defer func() {
		if p := recover(); p != nil {
			t.rollback()
			e, ok := p.(*apiError)
			if !ok {
				panic(p)
			}
			out, failure = nil, e
		}
		records = t.records
	}()
	out = work(t)
	t.flush()
	s.commits++
	return out, t.records, nil
}

// State gives every document by model: a list of objects with all stored values, by id.
func (s *Server) State() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tx{s: s, uid: superuserID, ctx: map[string]any{"active_test": false}, start: s.cfg.Now().UnixMicro()}
	out := map[string]any{}
	for name, m := range s.models {
		if len(m.recs) > 0 {
			out[name] = plain(t.read(m, m.recs, nil, ""))
		}
	}
	return out
}

func itoa(i int64) string { return strconv.FormatInt(i, 10) }
