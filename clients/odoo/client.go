package odoo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	defaultTimeout   = 60 * time.Second
	defaultUserAgent = "ml-connector"
	// definitionsTTL is how long field lists, currencies, units and countries are kept.
	definitionsTTL = time.Hour
)

// Config says how to reach one Odoo database.
type Config struct {
	// URL is the server's address, "https://acme.odoo.com". A path of the web client (/web, /odoo) is dropped.
	URL string
	// API is the protocol: APIAuto (also when empty), APIJSON2 or APIXMLRPC. APIAuto asks the server for its version first, once.
	API string
	// Database is named in each request; required.
	Database string
	// Login is the user that the key must belong to. Over JSON-2 only Ping compares it, and empty means any; XML-RPC
	// logs in by it.
	Login string
	// Key is the API key.
	Key string
	// HTTPTimeout is for one whole request; 0 means 60 s.
	HTTPTimeout time.Duration
	// Companies limits orders, bills and their lines to these res.company ids; empty means all that the user sees.
	Companies []int64
	// UserAgent is sent with each request; empty means "ml-connector".
	UserAgent string
	// Transport sends the requests; nil means a clone of http.DefaultTransport.
	Transport http.RoundTripper
	// WrapTransport is put around the transport, to look at requests or to count them; nil means nothing is.
	WrapTransport func(http.RoundTripper) http.RoundTripper
	// RequestsPerSecond spaces out the requests of this client; 0 means no limit.
	RequestsPerSecond float64
	// ParallelRequests is how many requests of this client may be on their way at once; 0 means what DefaultLimits says.
	ParallelRequests int
}

// String leaves out the key.
func (c Config) String() string {
	return fmt.Sprintf("odoo %s database %q login %q companies %v", c.URL, c.Database, c.Login, c.Companies)
}

// GoString leaves out the key.
func (c Config) GoString() string { return c.String() }

// LogValue leaves out the key.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client reads from one Odoo database.
type Client struct {
	cfg   Config
	rpc   transport
	calls atomic.Int64

	mu      sync.Mutex
	schemas map[string]schema
	lookups map[string]lookup
}

// New checks the configuration and returns a client. It sends nothing.
func New(cfg Config) (*Client, error) {
	base, err := BaseURL(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("configuring Odoo: the URL %w", err)
	}
	switch {
	case cfg.Database == "":
		return nil, errors.New("configuring Odoo: no database is given")
	case cfg.Key == "":
		return nil, errors.New("configuring Odoo: no API key is given")
	case strings.ContainsFunc(cfg.Key+cfg.Database+cfg.Login, isControl):
		return nil, errors.New("configuring Odoo: the API key, the database name or the login holds a line break or a control character")
	case cfg.RequestsPerSecond < 0:
		return nil, errors.New("configuring Odoo: the requests per second are negative")
	case cfg.ParallelRequests < 0:
		return nil, errors.New("configuring Odoo: the parallel requests are negative")
	}
	if cfg.ParallelRequests == 0 {
		cfg.ParallelRequests = DefaultLimits(base).Parallel
	}
	if cfg.HTTPTimeout <= 0 {
		cfg.HTTPTimeout = defaultTimeout
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = defaultUserAgent
	}
	rt := cfg.Transport
	if rt == nil {
		rt = http.DefaultTransport
		if d, ok := rt.(*http.Transport); ok {
			rt = d.Clone()
		}
	}
	if cfg.WrapTransport != nil {
		rt = cfg.WrapTransport(rt)
	}
	c := &Client{cfg: cfg, schemas: map[string]schema{}, lookups: map[string]lookup{}}
	c.rpc, err = transports(cfg.API, cfg.Login, &channel{
		base: base, database: cfg.Database, key: cfg.Key, agent: cfg.UserAgent, calls: &c.calls,
		places: make(places, cfg.ParallelRequests), pace: pace{every: interval(cfg.RequestsPerSecond)}, limit: maxBody,
		http: &http.Client{
			Transport: rt,
			Timeout:   cfg.HTTPTimeout, // from the sending on: waiting for a place and a slot is before
			// A redirect would turn POST into GET or carry the key to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Calls is the number of requests that this client has sent so far.
func (c *Client) Calls() int64 { return c.calls.Load() }

// Limits are how many requests this client sends.
func (c *Client) Limits() Limits {
	return Limits{PerSecond: c.cfg.RequestsPerSecond, Parallel: c.cfg.ParallelRequests}
}

// Protocol says which protocol is spoken, and why. With APIAuto it may have to ask the server.
func (c *Client) Protocol(ctx context.Context) (Protocol, error) { return c.rpc.protocol(ctx) }

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// BaseURL keeps scheme and host of an Odoo server's address. The error continues "the URL ..." and does not repeat a
// password.
func BaseURL(s string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return "", errors.New("cannot be read; write https://acme.odoo.com")
	}
	if u.User != nil {
		return "", errors.New("must not hold a login or a password")
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", fmt.Errorf("must look like https://acme.odoo.com, not %q", u.Redacted())
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if first != "" && first != "web" && first != "odoo" {
		return "", fmt.Errorf("must end after the host name, not with %q", u.Path)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}
