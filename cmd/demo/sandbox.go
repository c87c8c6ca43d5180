package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/firm"
)

// sandboxes are the two systems, served on loopback ports by this process.
type sandboxes struct {
	odoo       *odootest.Server
	odooURL    string
	procore    *procoretest.Server
	procoreURL string
	contract   *contract // nil without the OpenAPI document
	servers    []*http.Server
}

// openSandboxes starts both, empty. With an OpenAPI document all of Procore's traffic is held against it.
func openSandboxes(ctx context.Context, f *firm.Firm, document string) (*sandboxes, error) {
	database, login, key := f.OdooUser()
	clientID, secret, companyID, company := f.ProcoreApp()
	s := &sandboxes{
		odoo: odootest.New(odootest.Config{Database: database, Users: []odootest.User{
			{Login: login, Key: key, Groups: []string{"purchase", "billing", "analytic", "readonly"}, KeyScopeOK: true},
		}}),
		procore: procoretest.New(procoretest.Config{
			ClientID: clientID, ClientSecret: secret, CompanyID: companyID, CompanyName: company,
		}),
	}
	var front http.Handler = s.procore
	if document != "" {
		s.contract = &contract{problems: map[string]int{}}
		checked, err := procoretest.Contract(document, s.procore, s.contract.report)
		if err != nil {
			return nil, err
		}
		front = checked
	}
	var err error
	if s.odooURL, err = s.serve(ctx, s.odoo); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.procoreURL, err = s.serve(ctx, front); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *sandboxes) serve(ctx context.Context, h http.Handler) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("opening a port for a sandbox: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(l) }() // ends with Close
	return "http://" + l.Addr().String(), nil
}

// Close stops serving at once.
func (s *sandboxes) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
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
