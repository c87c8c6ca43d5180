package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
)

func TestMain(m *testing.M) { devtest.Main(m) }

// running is a sandbox that serves.
type running struct {
	t     *testing.T
	said  *bufio.Scanner
	stop  context.CancelFunc
	ended chan error
}

func start(t *testing.T, args ...string) *running {
	t.Helper()
	cfg, err := ParseArgs(args, io.Discard)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	said, out := io.Pipe()
	s := &running{t: t, said: bufio.NewScanner(said), stop: stop, ended: make(chan error, 1)}
	go func() {
		s.ended <- Run(ctx, cfg, out)
		_ = out.Close()
	}()
	return s
}

// says waits for a line with both texts and gives what stands between them. What is said later is not read.
func (s *running) says(before, after string) string {
	s.t.Helper()
	for s.said.Scan() {
		if _, rest, found := strings.Cut(s.said.Text(), before); found {
			between, _, found := strings.Cut(rest, after)
			require.True(s.t, found, rest)
			go func() {
				for s.said.Scan() { // or what is said would wait for a reader
				}
			}()
			return between
		}
	}
	require.NoError(s.t, <-s.ended)
	require.Failf(s.t, "it ended", "without saying %q", before)
	return ""
}

// end stops it as Ctrl-C does.
func (s *running) end() {
	s.t.Helper()
	s.stop()
	require.NoError(s.t, <-s.ended)
}

// Each system alone, as two processes would serve them: they answer, stop when told to, and their files are the same, for
// ids of both systems are in the mapping sheet.
func TestOneSideEach(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"14", "19"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			oneSideEach(t, version)
		})
	}
}

func oneSideEach(t *testing.T, version string) {
	var sheets, tenants []string
	for _, system := range []string{"odoo", "procore"} {
		dir := filepath.Join(t.TempDir(), system)
		s := start(t, system, "-odoo", version, "-addr", "127.0.0.1:0", "-files", dir)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.says("sandbox at ", ": ")+"/_sandbox/state", nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		distribution := map[string]string{"14": "account_analytic_id", "19": "analytic_distribution"}[version]
		require.Contains(t, string(body), map[string]string{"odoo": distribution, "procore": "commitments"}[system])
		s.end()

		sheet, err := os.ReadFile(filepath.Join(dir, "mapping.csv"))
		require.NoError(t, err)
		tenant, err := os.ReadFile(filepath.Join(dir, "tenant.yaml"))
		require.NoError(t, err)
		sheets, tenants = append(sheets, string(sheet)), append(tenants, string(tenant))
	}
	require.Equal(t, sheets[0], sheets[1])
	require.Equal(t, tenants[0], tenants[1])
	require.Contains(t, tenants[0], "url: http://127.0.0.1:8069\n")
}

// Over TLS a client that trusts the certificate, and nobody else, is answered under the host of the tenant file; the
// credentials stand beside it as `credentials set` reads them.
func TestOverTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	authority := filepath.Join(dir, "authority.pem")
	s := start(t, "procore", "-addr", "127.0.0.1:0", "-tls", "127.0.0.1:0", "-authority", authority, "-files", dir,
		"-procore-url", "https://procore:8443")
	address := s.says("Over TLS at https://", ",")
	certificate, err := os.ReadFile(authority)
	require.NoError(t, err)
	trusting := x509.NewCertPool()
	require.True(t, trusting.AppendCertsFromPEM(certificate))

	ask := func(roots *x509.CertPool) error {
		client := &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, address)
			},
		}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://procore:8443/_sandbox/faults", nil)
		require.NoError(t, err)
		answer, err := client.Do(request)
		if err == nil {
			require.Equal(t, http.StatusOK, answer.StatusCode)
			err = answer.Body.Close()
		}
		return err
	}
	require.NoError(t, ask(trusting))
	require.ErrorContains(t, ask(x509.NewCertPool()), "unknown authority")
	s.end()

	for name, lines := range map[string]int{"odoo.credentials": 1, "procore.credentials": 2} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Len(t, strings.Fields(string(data)), lines)
	}
}

func TestArgs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, says string }{
		{"", "say which system first"},
		{"sap", "say which system first"},
		{"odoo twice", `argument "twice" is not understood`},
		{"odoo -tls :0", "-tls and -authority go together"},
		{"odoo -empty -files x", "-files describes the firm, which -empty leaves out"},
		{"procore -seed one", `invalid value "one" for flag -seed`},
	} {
		_, err := ParseArgs(strings.Fields(c.args), io.Discard)
		require.ErrorContains(t, err, c.says, c.args)
	}
	for system, addr := range addrs {
		cfg, err := ParseArgs([]string{system}, io.Discard)
		require.NoError(t, err)
		require.Equal(t, addr, cfg.Addr)
	}
}
