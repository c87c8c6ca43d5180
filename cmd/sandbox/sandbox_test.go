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

// Each system alone, as two processes would serve them: they answer, stop when told to, and their files are the same, for
// ids of both systems are in the mapping sheet.
func TestOneSideEach(t *testing.T) {
	t.Parallel()
	var sheets, tenants []string
	for _, system := range []string{"odoo", "procore"} {
		dir := filepath.Join(t.TempDir(), system)
		cfg, err := ParseArgs([]string{system, "-addr", "127.0.0.1:0", "-files", dir}, io.Discard)
		require.NoError(t, err)
		ctx, stop := context.WithCancel(t.Context())
		said, out := io.Pipe()
		ended := make(chan error, 1)
		go func() {
			ended <- Run(ctx, cfg, out)
			_ = out.Close()
		}()
		first := make([]byte, 1024)
		n, err := said.Read(first)
		require.NoError(t, err)
		_, rest, found := strings.Cut(string(first[:n]), "sandbox at ")
		require.True(t, found, "%s", first[:n])
		url, _, _ := strings.Cut(rest, ": ")
		go func() { _, _ = io.Copy(io.Discard, said) }()

		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/_sandbox/state", nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Contains(t, string(body), map[string]string{"odoo": "purchase.order.line", "procore": "commitments"}[system])
		stop()
		require.NoError(t, <-ended)

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
	cfg, err := ParseArgs([]string{
		"procore", "-addr", "127.0.0.1:0", "-tls", "127.0.0.1:0", "-authority", authority, "-files", dir,
		"-procore-url", "https://procore:8443",
	}, io.Discard)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	said, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, cfg, out)
		_ = out.Close()
	}()
	var address string
	for lines := bufio.NewScanner(said); address == "" && lines.Scan(); {
		if _, rest, found := strings.Cut(lines.Text(), "Over TLS at https://"); found {
			address, _, _ = strings.Cut(rest, ",")
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
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
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://procore:8443/_sandbox/faults", nil)
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
	stop()
	require.NoError(t, <-ended)

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
