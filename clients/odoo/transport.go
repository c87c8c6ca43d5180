package odoo

import (
	"context"
	"time"
)

// request is one call of a model's method with named arguments.
type request struct {
	model, method string
	// ids are the records of a record method.
	ids []int64
	// onRecords says that the method works on ids. Odoo answers success to a call on no records, so
	// the transport refuses an empty list.
	onRecords bool
	args      map[string]any
}

// transport is a protocol of Odoo's external API.
type transport interface {
	// call returns the method's value: nil, bool, string, json.Number, []any or map[string]any.
	call(ctx context.Context, req request) (any, error)
	// version returns the server's version and its Date, without login.
	version(ctx context.Context) (string, time.Time, error)
}
