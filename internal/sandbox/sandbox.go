// Package sandbox serves the two sandbox systems with the firm in them, for the demo and for `cmd/sandbox`: each with its API
// and, at "/" of the same port, with pages for people.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
	"github.com/ml-connector/odoo-procore/clients/procore/procoretest"
	"github.com/ml-connector/odoo-procore/internal/firm"
	"github.com/ml-connector/odoo-procore/internal/sandbox/odoopages"
	"github.com/ml-connector/odoo-procore/internal/sandbox/procorepages"
)

// Pair is both systems, with the users that the firm's tenant file and credentials name. They are empty until the firm is
// loaded ([firm.Firm.Load]); what the firm holds depends on its seed and the version alone, so that two processes can serve
// one each.
type Pair struct {
	Odoo    *odootest.Server
	Procore *procoretest.Server
}

// New makes both systems, empty: Odoo as version 19.
func New(f *firm.Firm) *Pair { return NewVersion(f, "19.0") }

// NewVersion is New with Odoo in a version that [odootest.Versions] has.
func NewVersion(f *firm.Firm, version string) *Pair {
	database, login, key := f.OdooUser()
	clientID, secret, companyID, company := f.ProcoreApp()
	return &Pair{
		Odoo: odootest.New(odootest.Config{Version: version, Database: database, Users: []odootest.User{
			{Login: login, Key: key, Groups: []string{"purchase", "billing", "analytic", "readonly"}, KeyScopeOK: true},
		}}),
		Procore: procoretest.New(procoretest.Config{
			ClientID: clientID, ClientSecret: secret, CompanyID: companyID, CompanyName: company,
		}),
	}
}

// OdooPages is Odoo with its pages at "/". api answers the rest: that is p.Odoo, or what stands before it.
func (p *Pair) OdooPages(api http.Handler) http.Handler { return odoopages.New(p.Odoo, api) }

// ProcorePages is Procore with its pages at "/". api answers the rest: that is p.Procore, or what checks the traffic to it.
func (p *Pair) ProcorePages(api http.Handler) http.Handler { return procorepages.New(p.Procore, api) }

// Served is a system that answers on a port.
type Served struct {
	// URL is where, without a slash at its end.
	URL string

	server *http.Server
	ended  chan error
}

// Serve answers on addr, a host:port; port 0 is a free one.
func Serve(ctx context.Context, addr string, h http.Handler) (*Served, error) {
	l, err := listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	return serve(l, "http", h), nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("opening a port for a sandbox: %w", err)
	}
	return l, nil
}

func serve(l net.Listener, scheme string, h http.Handler) *Served {
	s := &Served{
		URL:    scheme + "://" + l.Addr().String(),
		server: &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second},
		ended:  make(chan error, 1),
	}
	go func() { s.ended <- s.server.Serve(l) }()
	return s
}

// Close stops serving at once; it returns when nothing is served any more.
func (s *Served) Close() error {
	err := s.server.Close()
	if served := <-s.ended; err == nil && !errors.Is(served, http.ErrServerClosed) {
		err = served
	}
	return err
}
