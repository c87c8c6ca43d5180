package odoo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

func waitingError(err error) error { return fmt.Errorf("waiting to call Odoo: %w", err) }

// connectionError is a request without a whole answer. The caller's own cancellation stays itself.
func connectionError(ctx context.Context, req request, server string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("calling Odoo: %w", ctx.Err())
	}
	e := &Error{
		Code: CodeUnavailable, Model: req.model, Method: req.method, cause: err,
		Message: server + " cannot be reached", WayOut: again,
	}
	var ne net.Error
	var dns *net.DNSError
	switch {
	case isTLS(err):
		why := whyNotTrusted(err)
		e.Code, e.Message, e.WayOut = CodeTLS, "the encrypted connection to "+server+" cannot be trusted"+why.remark, why.way
	case strings.Contains(err.Error(), "parse Location header"):
		e.Code = CodeRedirect
		e.Message, e.WayOut = failure{server: server}.redirect()
	case errors.As(err, &dns):
		e.Message = "the host name of " + server + " is unknown"
	case errors.As(err, &ne) && ne.Timeout():
		e.Message = server + " did not answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Message += " (the connection is refused)"
	case strings.Contains(err.Error(), "malformed HTTP"):
		e.Message = "what answers at " + server + " does not speak HTTP"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		e.Message = "the connection to " + server + " broke before the answer was complete"
	}
	return e
}

// distrust is why a certificate is not trusted, and who can do what about it.
type distrust struct{ remark, way string }

// whyNotTrusted says as much as the error tells.
func whyNotTrusted(err error) distrust {
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &authority):
		return distrust{
			" (nobody this machine knows vouches for its certificate)",
			"ask whoever runs the Odoo server for a certificate of a public authority, or have that authority's own installed where workers run",
		}
	case errors.As(err, &host):
		return distrust{" (its certificate is for another host name)", "write the host name that the certificate is for in odoo.url"}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return distrust{
			" (its certificate has expired or is not valid yet)",
			"ask whoever runs the Odoo server for a new certificate, and check this machine's clock",
		}
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return distrust{" (the server speaks http)", "check http or https and the port in odoo.url"}
	default:
		return distrust{"", "ask whoever runs the Odoo server for a valid certificate, or check the host name and http or https in odoo.url"}
	}
}

func isTLS(err error) bool {
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		alert     tls.AlertError
	)
	return errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) ||
		errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}
