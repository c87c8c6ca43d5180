package odoo

import (
	"context"
	"fmt"
	"time"
)

// request is one call of a model's method with named arguments.
type request struct {
	model, method string
	// ids are the records of a record method.
	ids []int64
	// onRecords says that the method works on ids. Odoo answers success to a call on no records, so
	// a transport refuses an empty list.
	onRecords bool
	args      map[string]any
}

func (r request) check() error {
	if !r.onRecords || len(r.ids) > 0 {
		return nil
	}
	return &Error{
		Code: CodeInvalidRequest, Model: r.model, Method: r.method,
		Message: "the call names no records and was not sent", WayOut: reportDefect,
	}
}

// transport is a protocol of Odoo's external API.
type transport interface {
	// call returns the method's value: nil, bool, string, json.Number, []any or map[string]any.
	call(ctx context.Context, req request) (any, error)
	// version returns the server's version and its Date, without login.
	version(ctx context.Context) (string, time.Time, error)
	// user returns the id of the user whom the key belongs to.
	user(ctx context.Context) (int64, error)
	// may asks for the user's right to an operation on a model: read, write, create, unlink. A model that is not installed
	// is CodeUnknownModel.
	may(ctx context.Context, model, operation string) (bool, error)
	// protocol says which protocol is spoken. It may have to ask the server.
	protocol(ctx context.Context) (Protocol, error)
}

// The values of Config.API.
const (
	APIAuto   = "auto"
	APIJSON2  = "json2"
	APIXMLRPC = "xmlrpc"
)

const (
	nameJSON2  = "JSON-2"
	nameXMLRPC = "XML-RPC"
)

// Protocol is how a client talks to its server.
type Protocol struct {
	Name string `json:"name"` // "JSON-2", "XML-RPC"
	Why  string `json:"why"`  // half a sentence
}

func (p Protocol) String() string { return fmt.Sprintf("%s (%s)", p.Name, p.Why) }

// transports makes the transport of a setting.
func transports(api, login string, c *channel) (transport, error) {
	switch api {
	case APIJSON2:
		return &json2{channel: c, label: "JSON-2 API"}, nil
	case APIXMLRPC:
		return newXMLRPC(c, login), nil
	case APIAuto, "":
		return &auto{json2: &json2{channel: c, label: "Odoo API"}, xmlrpc: newXMLRPC(c, login), chosen: newMemo[choice]()}, nil
	}
	return nil, fmt.Errorf("configuring Odoo: the API %q is not known: use %s, %s or %s", api, APIAuto, APIJSON2, APIXMLRPC)
}
