package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/firm"
	"github.com/ml-connector/odoo-procore/internal/sandbox"
)

// sandboxes are the two systems, served on loopback ports by this process.
type sandboxes struct {
	odoo                *odootest.Server
	procore             *procoretest.Server
	odooURL, procoreURL string
	contract            *contract // nil without the OpenAPI document
	served              []*sandbox.Served
}

// openSandboxes starts both, empty; version is that of Odoo. With an OpenAPI document all of Procore's traffic is held against it. A handler for
// Odoo is served in place of the sandbox, which stays empty then.
func openSandboxes(ctx context.Context, f *firm.Firm, version, document string, odoo http.Handler) (*sandboxes, error) {
	pair := sandbox.NewVersion(f, version)
	s := &sandboxes{odoo: pair.Odoo, procore: pair.Procore}
	var front http.Handler = s.procore
	if document != "" {
		s.contract = &contract{problems: map[string]int{}}
		checked, err := procoretest.Contract(document, s.procore, s.contract.report)
		if err != nil {
			return nil, err
		}
		front = checked
	}
	if odoo == nil {
		odoo = pair.OdooPages(s.odoo)
	}
	for _, one := range []struct {
		url     *string
		handler http.Handler
	}{{&s.odooURL, odoo}, {&s.procoreURL, pair.ProcorePages(front)}} {
		served, err := sandbox.Serve(ctx, "127.0.0.1:0", one.handler)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		*one.url, s.served = served.URL, append(s.served, served)
	}
	return s, nil
}

// Close stops serving at once.
func (s *sandboxes) Close() error {
	var errs []error
	for _, served := range s.served {
		errs = append(errs, served.Close())
	}
	return errors.Join(errs...)
}

// contract counts what Procore's document does not allow, by sentence.
type contract struct {
	mu       sync.Mutex
	problems map[string]int
}

func (c *contract) report(problem string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems[problem]++
}

// findings are the sentences with how often each was seen, most frequent first.
func (c *contract) findings() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(c.problems), func(a, b string) int {
		return cmp.Or(cmp.Compare(c.problems[b], c.problems[a]), cmp.Compare(a, b))
	})
	out := make([]string, 0, len(keys))
	for _, problem := range keys {
		out = append(out, fmt.Sprintf("Procore's OpenAPI document does not allow (seen %d times): %s", c.problems[problem], problem))
	}
	return out
}
