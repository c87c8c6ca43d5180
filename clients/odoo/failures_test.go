package odoo_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

// What an operator may meet has a code that stays, and says who can do what, over every protocol.
func TestFailuresOfTheServer(t *testing.T) {
	t.Parallel()
	read := func(t *testing.T, c *odoo.Client) error {
		t.Helper()
		_, err := c.PurchaseOrders(t.Context(), odoo.Window{})
		return err
	}
	for name, tt := range map[string]struct {
		cfg       func(*odootest.Config, *odootest.User)
		client    func(*odoo.Config)
		fault     string
		code, way string
		transient bool
	}{
		"wrong key":       {client: func(c *odoo.Config) { c.Key = lowKey }, code: odoo.CodeBadKey, way: "credentials set TENANT odoo"},
		"expired key":     {cfg: func(_ *odootest.Config, u *odootest.User) { u.KeyExpired = true }, code: odoo.CodeBadKey, way: "end after at most 90 days"},
		"key of a plugin": {cfg: func(_ *odootest.Config, u *odootest.User) { u.KeyScopeOK = false }, code: odoo.CodeBadKey, way: "make a new one"},
		"wrong database":  {client: func(c *odoo.Config) { c.Database = "acme-old" }, code: odoo.CodeWrongDatabase, way: "correct odoo.database"},
		"no right":        {cfg: func(_ *odootest.Config, u *odootest.User) { u.Groups = nil }, code: odoo.CodeNoAccess, way: "the user the group "},
		"hidden field": {cfg: func(_ *odootest.Config, u *odootest.User) {
			u.HiddenFields = []string{"purchase.order.partner_id"}
		}, code: odoo.CodeUnknownField, way: "ask an Odoo administrator"},
		"missing app":   {cfg: func(c *odootest.Config, _ *odootest.User) { c.WithoutApps = []string{"purchase"} }, code: odoo.CodeUnknownModel, way: "install the app Purchase"},
		"maintenance":   {fault: "maintenance", code: odoo.CodeMaintenance, way: "ask whoever runs Odoo", transient: true},
		"bad gateway":   {fault: "bad-gateway", code: odoo.CodeUnavailable, way: "ask whoever runs Odoo", transient: true},
		"too many":      {fault: "limit", code: odoo.CodeUnavailable, way: "ask whoever runs Odoo", transient: true},
		"cut off":       {fault: "drop-before", code: odoo.CodeUnavailable, way: "check odoo.url and the network", transient: true},
		"out of memory": {fault: "error-before", code: odoo.CodeUnavailable, way: "ask whoever runs Odoo", transient: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, w := range wires {
				user := odootest.User{Login: "bot", Key: fullKey, KeyScopeOK: true, Groups: []string{"readonly", "analytic"}}
				cfg := odootest.Config{Version: w.version, Database: "acme"}
				if tt.cfg != nil {
					tt.cfg(&cfg, &user)
				}
				cfg.Users = []odootest.User{user}
				s := &sandbox{wire: w, Server: odootest.New(cfg)}
				if tt.fault != "" {
					require.NoError(t, s.SetFaults(odootest.FaultRule{Kind: tt.fault, Times: -1}))
				}
				srv := httptest.NewServer(s.Server)
				t.Cleanup(srv.Close)
				s.url = srv.URL
				err := read(t, s.client(t, func(c *odoo.Config) {
					c.Login = "bot"
					if tt.client != nil {
						tt.client(c)
					}
				}))
				var e *odoo.Error
				require.ErrorAs(t, err, &e, w.name)
				require.Equal(t, tt.code, e.Code, "%s: %v", w.name, err)
				require.Contains(t, e.WayOut, tt.way, w.name)
				require.Equal(t, tt.transient, e.Transient(), w.name)
				require.NotContains(t, err.Error(), fullKey)
				require.NotContains(t, err.Error(), lowKey)
			}
		})
	}
}

func TestRecordRuleIsNamed(t *testing.T) {
	t.Parallel()
	overEveryWire(t, func(t *testing.T, s *sandbox) {
		b := newBooks(t, s)
		c := s.client(t, func(c *odoo.Config) { c.Key = civilKey; c.Login = "civil" })
		_, _, err := c.EnsureAnalyticAccount(t.Context(), b.concrete())
		require.ErrorIs(t, err, &odoo.Error{Code: odoo.CodeRecordRule})
		require.ErrorContains(t, err, "ask an Odoo administrator which record rule or company")
	})
}

var protocols = []string{odoo.APIAuto, odoo.APIJSON2, odoo.APIXMLRPC}

// failure is what comes of a ping of a server that is none.
func failure(t *testing.T, address, api string, transport *http.Transport) *odoo.Error {
	t.Helper()
	c, err := odoo.New(odoo.Config{URL: address, API: api, Database: "acme", Login: "bot", Key: fullKey, HTTPTimeout: 10 * time.Second, Transport: transport})
	require.NoError(t, err)
	_, err = c.Ping(t.Context())
	var e *odoo.Error
	require.ErrorAs(t, err, &e)
	require.NotContains(t, err.Error(), fullKey)
	return e
}

func TestRedirectsSayWhereTo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		location     string
		message, way string
	}{
		"another address":      {location: "https://erp.acme.com/web/version?token=1", message: "redirects to https://erp.acme.com", way: "write that address in odoo.url"},
		"Odoo Online, unknown": {location: "https://www.odoo.com/typo?domain=acme.odoo.com", message: "Odoo Online has no such database", way: "correct the name in odoo.url"},
		"Odoo Online, asleep":  {location: "https://accounts.odoo.com/web/login?redirect=x", message: "Odoo Online has no such database", way: "have the database activated"},
		"login of its own":     {location: "/web/login?redirect=%2F", message: "redirects to a login page at SERVER", way: "let the API through without one"},
		"login elsewhere":      {location: "https://sso.acme.com/realms/acme/login-actions", message: "redirects to a login page at https://sso.acme.com", way: "let the API through without one"},
		"page of its own":      {location: "/en/", message: "redirects to another page of its own", way: "check odoo.url"},
		"nowhere":              {location: "", message: "redirects to another page", way: "check odoo.url"},
		"no address":           {location: "http://[::1", message: "redirects to another page", way: "check odoo.url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					if tt.location != "" {
						w.Header().Set("Location", tt.location)
					}
					w.WriteHeader(status)
				}))
				t.Cleanup(srv.Close)
				for _, api := range protocols {
					e := failure(t, srv.URL, api, &http.Transport{})
					require.Equal(t, odoo.CodeRedirect, e.Code)
					require.Contains(t, e.Message, strings.ReplaceAll(tt.message, "SERVER", srv.URL))
					require.Contains(t, e.WayOut, tt.way)
					require.NotContains(t, e.Error(), "token")
					require.False(t, e.Transient())
				}
			}
		})
	}
}

// authority signs certificates for tests.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{pool: x509.NewCertPool()}
	var err error
	a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	a.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Acme"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, a.key.Public(), a.key)
	require.NoError(t, err)
	a.cert, err = x509.ParseCertificate(raw)
	require.NoError(t, err)
	a.pool.AddCert(a.cert)
	return a
}

// serve is a server with a certificate for a host name, valid for an hour from a time on.
func (a *authority) serve(t *testing.T, host string, from time.Time) *httptest.Server {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{host}, NotBefore: from, NotAfter: from.Add(time.Hour),
	}, a.cert, key.Public(), a.key)
	require.NoError(t, err)
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func TestCertificatesThatAreNotTrusted(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	now := time.Now()
	for name, tt := range map[string]struct {
		host         string
		from         time.Time
		trusted      *x509.CertPool
		code         string
		message, way string
	}{
		"unknown authority": {"localhost", now.Add(-time.Minute), x509.NewCertPool(), odoo.CodeTLS, "nobody this machine knows vouches", "a certificate of a public authority"},
		"another host":      {"odoo.acme.com", now.Add(-time.Minute), a.pool, odoo.CodeTLS, "for another host name", "write the host name that the certificate is for"},
		"expired":           {"localhost", now.Add(-2 * time.Hour), a.pool, odoo.CodeTLS, "has expired or is not valid yet", "for a new certificate"},
		"not valid yet":     {"localhost", now.Add(time.Hour), a.pool, odoo.CodeTLS, "has expired or is not valid yet", "this machine's clock"},
		"right":             {"localhost", now.Add(-time.Minute), a.pool, odoo.CodeNotOdoo, "HTTP 404", "check odoo.url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := a.serve(t, tt.host, tt.from)
			_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "https://"), ":")
			for _, api := range protocols {
				transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: tt.trusted, MinVersion: tls.VersionTLS12}}
				e := failure(t, "https://localhost:"+port, api, transport)
				transport.CloseIdleConnections()
				require.Equal(t, tt.code, e.Code, e)
				require.Contains(t, e.Error(), tt.message)
				require.Contains(t, e.WayOut, tt.way)
				require.False(t, e.Transient())
			}
		})
	}
}
