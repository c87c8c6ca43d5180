package procore

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNetworkReason(t *testing.T) {
	t.Parallel()
	at := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}
	for says, err := range map[string]error{
		"no answer: the host name api.procore.invalid is unknown":                   &net.OpError{Op: "dial", Err: &net.DNSError{Name: "api.procore.invalid", Server: "10.0.0.2:53", IsNotFound: true}},
		"no answer: 127.0.0.1:9 refuses the connection":                             &net.OpError{Op: "dial", Addr: at, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
		"no answer: nobody this machine knows vouches for the server's certificate": fmt.Errorf("tls: %w", x509.UnknownAuthorityError{}),
		"no answer: the server's certificate is for another host name":              fmt.Errorf("tls: %w", x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}),
		"no answer: the server's certificate has expired or is not valid yet":       x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.Expired},
		"no answer in time": fmt.Errorf("waiting: %w", os.ErrDeadlineExceeded),
		"no answer: EOF":    io.EOF,
		"the answer holds no token, so this is not Procore's login host": errors.New("oauth2: cannot parse json: invalid character '<'"),
	} {
		require.Equal(t, says, networkReason(err))
		require.Equal(t, "procore: GET /x: "+says, (&NetworkError{Operation: "GET /x", Err: err}).Error())
	}
	require.Equal(t, "it is no JSON (invalid character '<' looking for beginning of value)", decodeReason(json.Unmarshal([]byte("<"), new(int))))
	require.Equal(t, "EOF", decodeReason(io.EOF))
}
