package faultproxy_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/faultproxy"
)

// A stream flows both ways while it is open, and ends with trailers.
func TestStreams(t *testing.T) {
	cleartext := new(http.Protocols)
	cleartext.SetUnencryptedHTTP2(true)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := bufio.NewReader(r.Body)
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
				return
			}
			_, _ = io.WriteString(w, "you said "+line)
			_ = http.NewResponseController(w).Flush()
		}
	}))
	server.Config.Protocols = cleartext
	server.Start()
	b := setup(t, faultproxy.GRPC, server.Listener.Addr().String())
	t.Cleanup(server.Close)
	transport := &http.Transport{Protocols: cleartext}
	t.Cleanup(transport.CloseIdleConnections)

	say, said := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+b.Addr()+"/chat", say)
	require.NoError(t, err)
	go func() { _, _ = io.WriteString(said, "one\n") }()
	answer, err := transport.RoundTrip(req)
	require.NoError(t, err)
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	hear := func(want string) {
		t.Helper()
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "you said "+want+"\n", line)
	}
	hear("one")
	_, err = io.WriteString(said, "two\n")
	require.NoError(t, err)
	hear("two")
	require.NoError(t, said.Close())
	_, err = lines.ReadString('\n')
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, "0", answer.Trailer.Get("Grpc-Status"))
	require.Equal(t, []string{"/chat"}, b.texts(faultproxy.After))
}
