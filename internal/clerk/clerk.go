package clerk

import (
	"fmt"
	"sync"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

// Clerk writes into one server and reads from it. It is safe for concurrent use.
type Clerk struct {
	server *odootest.Server
	old    bool // the server has the words of version 14

	mu         sync.Mutex
	accounts   map[int64]account
	tags       map[string]int64 // by what they distribute
	types      map[string]int64 // records of account.account.type, by name
	finePrices bool
}

// New makes the clerk of a server.
func New(server *odootest.Server) *Clerk {
	return &Clerk{
		server: server, old: server.Version() == "14.0",
		accounts: map[int64]account{}, tags: map[string]int64{}, types: map[string]int64{},
	}
}

// SharesAccounts tells whether several companies can have one ledger account.
func (c *Clerk) SharesAccounts() bool { return !c.old }

// Create makes one record and gives its id.
func (c *Clerk) Create(model string, vals map[string]any) (int64, error) {
	if vals == nil {
		vals = map[string]any{}
	}
	answer, err := c.Do(model, "create", nil, map[string]any{"vals_list": []any{vals}})
	if err != nil {
		return 0, err
	}
	ids, _ := answer.([]any)
	if len(ids) == 1 {
		if id, ok := ids[0].(int64); ok {
			return id, nil
		}
	}
	return 0, fmt.Errorf("creating %s: no id in the answer", model)
}

// Do calls a method with the arguments of [odootest.Server.Do]. What is read is named in "fields".
func (c *Clerk) Do(model, method string, ids []int64, args map[string]any) (any, error) {
	if !c.old {
		return c.server.Do(model, method, ids, args)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	theirs, err := c.arguments(model, args)
	if err != nil {
		return nil, fmt.Errorf("writing %s as version 14 has it: %w", model, err)
	}
	answer, err := c.server.Do(modelName(model), method, ids, theirs)
	if err != nil || args["fields"] == nil {
		return answer, err
	}
	return c.rows(model, list(args["fields"]), answer)
}
