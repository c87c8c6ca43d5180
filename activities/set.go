package activities

import (
	"log/slog"
	"net/http"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/ml-connector/odoo-procore/internal/secrets"
	"github.com/ml-connector/odoo-procore/internal/store"
)

// Config holds the worker's settings.
type Config struct {
	// Worker names this process in sends and audit rows.
	Worker string
	// HTTPTimeout bounds one request to Odoo or Procore. Default 30s.
	HTTPTimeout time.Duration
	// ActivityTimeout bounds one attempt of a Procore step. Default 2m.
	ActivityTimeout time.Duration
	// Settle is how long an open intent of another worker is respected: longer than HTTPTimeout, for its request may
	// still be under way. Default HTTPTimeout + 30s.
	Settle time.Duration
	// Pause is how long nobody writes a part again whose answer was lost: the request may still be under way. Default a
	// sixth of Settle, at most 10s.
	Pause time.Duration
	// Attempts of a Procore step before the record is parked as procore.unavailable. Default 36, about an hour.
	Attempts int32
	// SlowAfter is how long a record's run holds its place among those that Dispatch starts side by side. Default 2m.
	SlowAfter time.Duration
	// OfferedFor is how long a record that was handed to Dispatch is not handed out again. Default 2m.
	OfferedFor time.Duration
	// UserAgent is sent to both systems.
	UserAgent string
	// WrapTransport puts something around the transport of requests to both systems; nil: nothing.
	WrapTransport func(http.RoundTripper) http.RoundTripper
}

func (c Config) withDefaults() Config {
	if c.HTTPTimeout <= 0 {
		c.HTTPTimeout = 30 * time.Second
	}
	if c.ActivityTimeout <= 0 {
		c.ActivityTimeout = 2 * time.Minute
	}
	if c.Settle <= 0 {
		c.Settle = c.HTTPTimeout + 30*time.Second
	}
	if c.Pause <= 0 {
		c.Pause = min(c.Settle/6, 10*time.Second)
	}
	if c.Attempts <= 0 {
		c.Attempts = 36
	}
	if c.SlowAfter <= 0 {
		c.SlowAfter = 2 * time.Minute
	}
	if c.OfferedFor <= 0 {
		c.OfferedFor = 2 * time.Minute
	}
	return c
}

// Set is every activity of the product.
type Set struct {
	Polls      *Polls
	Dispatches *Dispatches
	Records    *Records
}

// New builds the activities of one worker. The box opens the credentials of tenants.
func New(s *store.Store, box *secrets.Box, temporal client.Client, taskQueue string, cfg Config, log *slog.Logger) Set {
	cfg = cfg.withDefaults()
	connections := NewConnections(s, box, cfg)
	identity := NewIdentity(s, temporal, taskQueue)
	return Set{
		Polls:      &Polls{store: s, connections: connections, identity: identity, temporal: temporal, taskQueue: taskQueue},
		Dispatches: &Dispatches{store: s, cfg: cfg},
		Records:    &Records{store: s, connections: connections, identity: identity, cfg: cfg, log: log},
	}
}
