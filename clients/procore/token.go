package procore

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"
)

// tokenMargin is how long before its end a token is renewed. The end is the local time of receipt plus expires_in,
// so that Procore's clock does not matter.
const tokenMargin = 120 * time.Second

const oauthOperation = "POST /oauth/token"

// tokens holds the token of one login in this process. One token serves every company of the app.
type tokens struct {
	mint func(hc *http.Client) oauth2.TokenSource

	mu  sync.Mutex
	gen *generation
}

// generation is the life of one token source until Procore answers 401 to a token of it.
type generation struct {
	flight singleflight.Group
	mu     sync.Mutex
	source oauth2.TokenSource
	last   atomic.Pointer[string]
}

var (
	registryMu sync.Mutex
	registry   = map[[sha256.Size]byte]*tokens{}
)

// tokensFor gives the holder of the login, the same one for all clients of the process.
func tokensFor(cfg Config, login *url.URL) *tokens {
	key := sha256.Sum256([]byte(login.String() + "\x00" + cfg.ClientID + "\x00" + cfg.ClientSecret))
	registryMu.Lock()
	defer registryMu.Unlock()
	if t, ok := registry[key]; ok {
		return t
	}
	conf := clientcredentials.Config{
		ClientID:     cfg.ClientID,
		ClientSecret: cfg.ClientSecret,
		TokenURL:     login.JoinPath("oauth", "token").String(),
		AuthStyle:    oauth2.AuthStyleInParams,
	}
	t := &tokens{gen: &generation{}}
	t.mint = func(hc *http.Client) oauth2.TokenSource {
		// The token is for all who wait, so no caller's context may end the request; hc's timeout does.
		return conf.TokenSource(context.WithValue(context.Background(), oauth2.HTTPClient, hc))
	}
	registry[key] = t
	return t
}

// get returns a token that is good for a while yet; many callers cause one request. A caller that gives up leaves
// the request to the others.
func (t *tokens) get(ctx context.Context, hc *http.Client) (string, error) {
	t.mu.Lock()
	gen := t.gen
	t.mu.Unlock()
	done := gen.flight.DoChan("token", func() (any, error) { return gen.token(t.mint, hc) })
	select {
	case <-ctx.Done():
		return "", &NetworkError{Operation: oauthOperation, Err: ctx.Err()}
	case r := <-done:
		if r.Err != nil {
			return "", tokenError(r.Err)
		}
		access, _ := r.Val.(string)
		return access, nil
	}
}

func (g *generation) token(mint func(*http.Client) oauth2.TokenSource, hc *http.Client) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.source == nil {
		g.source = oauth2.ReuseTokenSourceWithExpiry(nil, mint(hc), tokenMargin)
	}
	tok, err := g.source.Token()
	if err != nil {
		g.source = nil // the next caller's transport asks again
		return "", err
	}
	access := tok.AccessToken
	g.last.Store(&access)
	return access, nil
}

// drop forgets the token that Procore answered 401 to, unless somebody did so already.
func (t *tokens) drop(access string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last := t.gen.last.Load(); last != nil && *last == access {
		t.gen = &generation{}
	}
}

// tokenError keeps status and OAuth error code only: the body of a RetrieveError is the login host's and may repeat
// what was sent. No token means that nothing was sent to the API, so these errors are never ambiguous.
func tokenError(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return &NetworkError{Operation: oauthOperation, Err: withoutURL(err)}
	}
	status := 0
	header := http.Header{}
	if refused.Response != nil {
		status, header = refused.Response.StatusCode, refused.Response.Header
	}
	e := &ErrorResponse{Status: status, Operation: oauthOperation, Code: CodeUnauthorized, Message: oauthReason(refused.ErrorCode)}
	now := time.Now()
	rate := parseRate(header, now)
	switch {
	case status == http.StatusTooManyRequests:
		e.Code = CodeRateLimited
		return &RateLimitError{Until: retryAt(header, rate, now), Response: e}
	case status == http.StatusServiceUnavailable && rate.RetryAfter > 0:
		e.Code = CodeUnavailable
		return &UnavailableError{RetryAfter: rate.RetryAfter, Response: e}
	case status >= http.StatusInternalServerError:
		e.Code, e.Message = CodeUnavailable, "the login host is down or overloaded"
	case status == http.StatusNotFound:
		e.Message = "what answers there is not Procore's login host"
	case status < http.StatusBadRequest:
		// 200 without a token, or a redirect: not Procore's login host.
		e.Code, e.Message = CodeBadRequest, "it gave no token, so this is not Procore's login host"
	}
	return e
}

// oauthReason turns the codes of RFC 6749 into words; other texts are the login host's own and are left out.
func oauthReason(code string) string {
	switch code {
	case "invalid_client":
		return "client id or secret is wrong, or belongs to another environment (invalid_client)"
	case "invalid_request", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope":
		return "the login host refused (" + code + ")"
	default:
		return "the login host refused"
	}
}
