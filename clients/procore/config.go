package procore

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Config says where Procore is and who asks.
type Config struct {
	// LoginURL is the host that gives tokens, for example https://login.procore.com.
	// Plain http is accepted on loopback addresses only.
	LoginURL string
	// APIURL is the host of the API, for example https://api.procore.com.
	APIURL string
	// ClientID and ClientSecret belong to the developer managed service account (DMSA).
	ClientID     string
	ClientSecret string
	// CompanyID is sent as Procore-Company-Id with every call. On-Demand sandboxes differ from the real company
	// by nothing else.
	CompanyID int64
	// HTTPTimeout bounds one HTTP request with its answer, tokens included. Default 30 seconds.
	HTTPTimeout time.Duration
	// MaxBody is the size in bytes of the largest answer that is read. Default 32 MB, several times the largest
	// legitimate one (100 extended records).
	MaxBody int64
	// Gate is asked before every API request. Nil means no limit.
	Gate Gate
	// UserAgent is sent with every request. Default "ml-connector".
	UserAgent string
	// Transport carries the requests. Nil means one transport for the process, with keep-alive.
	Transport http.RoundTripper
	// WrapTransport is put around the transport, to look at requests or to count them. Nil means nothing is.
	WrapTransport func(http.RoundTripper) http.RoundTripper
}

const (
	defaultTimeout   = 30 * time.Second
	defaultUserAgent = "ml-connector"
	defaultMaxBody   = 32 << 20
)

// String names the connection without its secret.
func (c Config) String() string {
	return fmt.Sprintf("procore company %d at %s (client %s)", c.CompanyID, c.APIURL, c.ClientID)
}

// GoString is String, so that %#v prints no secret either.
func (c Config) GoString() string { return c.String() }

// LogValue is the connection without its secret.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

func (c Config) check() (login, api *url.URL, err error) {
	if c.ClientID == "" || c.ClientSecret == "" {
		return nil, nil, errors.New("procore: client id and client secret are required")
	}
	if c.CompanyID <= 0 {
		return nil, nil, errors.New("procore: company id is required")
	}
	if login, err = baseURL(c.LoginURL); err != nil {
		return nil, nil, fmt.Errorf("procore: the login URL %w", err)
	}
	if api, err = baseURL(c.APIURL); err != nil {
		return nil, nil, fmt.Errorf("procore: the API URL %w", err)
	}
	return login, api, nil
}

// CheckURL says why raw cannot be a host of Procore. The error continues "the URL ..." and does not repeat raw.
func CheckURL(raw string) error {
	_, err := baseURL(raw)
	return err
}

func baseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || (u.Path != "" && u.Path != "/") {
		return nil, errors.New("must be scheme and host only, like https://api.procore.com")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, errors.New("must use https (http is for loopback addresses only)")
	}
	u.Path = ""
	return u, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
