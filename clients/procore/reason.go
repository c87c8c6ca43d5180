package procore

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
)

// networkReason says in plain words why no answer of use came, as far as the error tells.
func networkReason(err error) string {
	var (
		dns       *net.DNSError
		dial      *net.OpError
		timeout   net.Error
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &dns):
		return "no answer: the host name " + dns.Name + " is unknown"
	case errors.Is(err, syscall.ECONNREFUSED) && errors.As(err, &dial) && dial.Addr != nil:
		return "no answer: " + dial.Addr.String() + " refuses the connection"
	case errors.As(err, &authority):
		return "no answer: nobody this machine knows vouches for the server's certificate"
	case errors.As(err, &host):
		return "no answer: the server's certificate is for another host name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "no answer: the server's certificate has expired or is not valid yet"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	case strings.HasPrefix(err.Error(), "oauth2: cannot parse"), strings.Contains(err.Error(), "server response missing access_token"):
		return "the answer holds no token, so this is not Procore's login host"
	default:
		return "no answer: " + err.Error()
	}
}

// decodeReason says in plain words why an answer was not understood.
func decodeReason(err error) string {
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return "it is no JSON (" + syntax.Error() + ")"
	}
	return err.Error()
}
