package main

import (
	"context"
	"net/http"
	"time"
)

// source is the Odoo that a demo reads: the sandbox with the firm in it, or a real server. All that differs between the
// two is here.
type source interface {
	// handler serves it to the product; nil: the sandbox itself does.
	handler() http.Handler
	// load fills the sandboxes.
	load(ctx context.Context) error
	// patience is ML_HTTP_TIMEOUT and ML_SETTLE of the product.
	patience() (timeout, settle string)
	tenantFile() ([]byte, error)
	// key is the API key of its user.
	key() string
	// mapIn imports a mapping sheet.
	mapIn(ctx context.Context) error
	// version is what the report calls it, and its version.
	version() (name, version string)

	// play is the day, with its check.
	play(ctx context.Context) error
	// calls is the number of requests to it so far.
	calls() int
	// compare holds the end of the day against what is known about it. Findings go into the report.
	compare(ctx context.Context) error
	// documents says whether there is a purchase order or a vendor bill.
	documents() bool
	// counts are its documents by model, those that the connector is about.
	counts(ctx context.Context) (map[string]int, error)
	// partners are its suppliers by id.
	partners(ctx context.Context) (map[int64]partner, error)
	// checkLinked is given the names of the vendors that were linked to some that Procore had before.
	checkLinked(names []string)

	// every is how often it is read once the demo stays up.
	every() time.Duration
	// address is where it can be looked at, after its name.
	address() (name, where string)
	// tries are things to do once the day is over; the files that they need are written.
	tries() ([]try, error)
	// leave removes what only this demo needed, and keeps what a person worked on.
	leave() error
}
