package procoretest

import (
	"net/http"
	"sync"
	"time"
)

// Config sets up a Server. The zero value of each optional field has a default.
type Config struct {
	// ClientID and ClientSecret are the only credentials that get a token.
	ClientID, ClientSecret string
	// CompanyID is the one company that the app is installed in.
	CompanyID   int64
	CompanyName string
	// CurrencyISO is the currency of the company and of projects without their own. Default USD.
	CurrencyISO string
	// Now is the server's clock. Default time.Now.
	Now func() time.Time
	// HourlyLimit and SpikeLimit are requests per 60 minutes and per 10 seconds.
	// Defaults 36000 and 2000.
	HourlyLimit, SpikeLimit int
	// TokenTTL is the life of an access token. Default 5400 s, as Procore's.
	TokenTTL time.Duration
	// LockOriginDirectCosts refuses every change to a direct cost that carries an
	// origin_id, with 422. Procore's own pages disagree whether the API does this.
	LockOriginDirectCosts bool
	// UOMs are units of measure of the company besides the usual ones.
	UOMs []string
}

// Server is the sandbox. Make one with New; it is safe for concurrent use.
type Server struct {
	cfg    Config
	mux    *http.ServeMux
	limits *limiter
	// operations names what routes() has registered under /rest.
	operations []string

	mu       sync.Mutex
	lastID   int64
	hook     Hook
	rules    []*FaultRule
	tokens   map[string]token
	issued   int
	journal  []Request
	requests int
	busy     map[int64]bool
	origins  originIndex

	projects       table[*project]
	vendors        table[*vendor]
	projectVendors map[projectVendor]bool
	costCodes      table[*costCode]
	costTypes      table[*costType]
	wbsCodes       table[*wbsCode]
	wbsByPair      map[wbsPair]int64
	periods        table[*billingPeriod]
	commitments    table[*commitment]
	lines          map[int64]*commitmentLine
	requisitions   table[*requisition]
	directCosts    table[*directCost]
	costLines      map[int64]*directCostLine
}

// firstID is above 32 bits, as ids in Procore's newer regions are.
const firstID = 562_949_954_000_000

// New makes an empty company. It holds no project and no vendor until they are added.
func New(cfg Config) *Server {
	if cfg.CurrencyISO == "" {
		cfg.CurrencyISO = "USD"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.HourlyLimit == 0 {
		cfg.HourlyLimit = 36000
	}
	if cfg.SpikeLimit == 0 {
		cfg.SpikeLimit = 2000
	}
	if cfg.TokenTTL == 0 {
		cfg.TokenTTL = 5400 * time.Second
	}
	s := &Server{
		cfg:            cfg,
		mux:            http.NewServeMux(),
		limits:         newLimiter(cfg.HourlyLimit, cfg.SpikeLimit),
		lastID:         firstID,
		tokens:         map[string]token{},
		busy:           map[int64]bool{},
		origins:        originIndex{},
		projectVendors: map[projectVendor]bool{},
		wbsByPair:      map[wbsPair]int64{},
		lines:          map[int64]*commitmentLine{},
		costLines:      map[int64]*directCostLine{},
	}
	s.routes()
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// nextID hands out ids with gaps, so that no id can be guessed from another.
func (s *Server) nextID() int64 {
	s.lastID += 7
	return s.lastID
}

func (s *Server) newRecord(projectID int64) record {
	now := s.cfg.Now().UTC()
	return record{id: s.nextID(), project: projectID, created: now, updated: now, attrs: attrs{}}
}

func (s *Server) touch(r *record) { r.updated = s.cfg.Now().UTC() }
