package procore_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore"
)

func TestFiftyCallersOneToken(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, _ *http.Request) { answer(rw, http.StatusOK, `{"id":1}`) })
	again := connect(t, w.URL, w.URL) // another client of the same login, in the same process
	var all sync.WaitGroup
	for i := range 50 {
		c := w.client
		if i%2 == 0 {
			c = again
		}
		all.Go(func() {
			_, _, err := c.Companies.Me(t.Context())
			assert.NoError(t, err)
		})
	}
	all.Wait()
	require.Equal(t, 1, w.tokens())
}

func TestExpiredTokenIsRenewedOnceForAll(t *testing.T) {
	t.Parallel()
	var good atomic.Value
	good.Store("Bearer token-1")
	w := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != good.Load() {
			answer(rw, http.StatusUnauthorized, `{"errors":"token expired"}`)
			return
		}
		answer(rw, http.StatusOK, `{"id":1}`)
	})
	_, _, err := w.client.Companies.Me(t.Context())
	require.NoError(t, err)
	good.Store("Bearer token-2")
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			_, _, err := w.client.Companies.Me(t.Context())
			assert.NoError(t, err)
		})
	}
	all.Wait()
	require.Equal(t, 2, w.tokens())
}

func TestA401IsRepeatedOnceWithTheSameRequestID(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	g := &gate{}
	w := serve(t, func(rw http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			answer(rw, http.StatusUnauthorized, `{"errors":"token expired"}`)
			return
		}
		answer(rw, http.StatusCreated, `{"id":5}`)
	}, func(c *procore.Config) { c.Gate = g })
	ctx := procore.WithRequestID(t.Context(), "send-42")
	got, resp, err := w.client.DirectCosts.Create(ctx, 3, procore.DirectCostWrite{OriginID: new("o")})
	require.NoError(t, err)
	require.EqualValues(t, 5, got.ID)
	require.Equal(t, 2, resp.Requests)
	require.Equal(t, "send-42", resp.RequestID)
	require.Equal(t, 2, g.acquired)
	seen, bodies := w.seen()
	require.Len(t, seen, 2)
	for i, r := range seen {
		require.Equal(t, "send-42", r.Header.Get("X-Request-Id"))
		require.JSONEq(t, `{"direct_cost":{"origin_id":"o"}}`, bodies[i])
	}
	require.Equal(t, "Bearer token-1", seen[0].Header.Get("Authorization"))
	require.Equal(t, "Bearer token-2", seen[1].Header.Get("Authorization"))
}

func TestASecond401IsTheAnswer(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, _ *http.Request) { answer(rw, http.StatusUnauthorized, ``) })
	_, _, err := w.client.Companies.Me(t.Context())
	require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeUnauthorized})
	require.Equal(t, procore.Permanent, procore.Classify(err))
	seen, _ := w.seen()
	require.Len(t, seen, 2)
	require.Equal(t, 2, w.tokens())
}

func TestA403KeepsTheToken(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, _ *http.Request) { answer(rw, http.StatusForbidden, ``) })
	for range 3 {
		_, _, err := w.client.CostCodes.List(t.Context(), 7, procore.ListOptions{})
		require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeProjectForbidden})
	}
	seen, _ := w.seen()
	require.Len(t, seen, 3)
	require.Equal(t, 1, w.tokens())
}

// TestTokenRenewal: a token that ends within two minutes of its receipt is not used twice.
func TestTokenRenewal(t *testing.T) {
	t.Parallel()
	for expires, want := range map[string]int32{"119": 3, "180": 1} {
		var minted atomic.Int32
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/oauth/token" {
				minted.Add(1)
				// created_at is the server's clock, and wrong: it must not matter.
				answer(rw, http.StatusOK, `{"access_token":"t","token_type":"bearer","expires_in":`+expires+`,"created_at":5}`)
				return
			}
			answer(rw, http.StatusOK, `{"id":1}`)
		}))
		t.Cleanup(s.Close)
		c := connect(t, s.URL, s.URL)
		for range 3 {
			_, _, err := c.Companies.Me(t.Context())
			require.NoError(t, err)
		}
		require.Equal(t, want, minted.Load(), "expires in %s", expires)
	}
}

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		body   string
		code   string
		class  procore.Class
	}{
		"wrong secret":     {401, `{"error":"invalid_client","error_description":"bad secret ` + sesame + `"}`, procore.CodeUnauthorized, procore.Permanent},
		"wrong secret 400": {400, `{"error":"invalid_client"}`, procore.CodeUnauthorized, procore.Permanent},
		"odd error code":   {400, `{"error":"` + sesame + `"}`, procore.CodeUnauthorized, procore.Permanent},
		"echo":             {403, `you sent client_secret=` + sesame, procore.CodeUnauthorized, procore.Permanent},
		"down":             {502, `oops ` + sesame, procore.CodeUnavailable, procore.Transient},
		"limited":          {429, ``, procore.CodeRateLimited, procore.Limited},
		"redirect":         {302, ``, procore.CodeBadRequest, procore.Permanent},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/oauth/token" {
				t.Error("called without a token, or followed a redirect: " + r.URL.Path)
			}
			if r.FormValue("client_secret") != sesame || r.FormValue("grant_type") != "client_credentials" {
				t.Error("not a client credentials request")
			}
			rw.Header().Set("Location", "/elsewhere")
			answer(rw, tc.status, tc.body)
		}))
		t.Cleanup(s.Close)
		_, err := connect(t, s.URL, s.URL).Commitments.Delete(t.Context(), 1, 2)
		require.ErrorIs(t, err, &procore.ErrorResponse{Code: tc.code}, name)
		require.Equal(t, tc.class, procore.Classify(err), name)
		for e := err; e != nil; e = errors.Unwrap(e) {
			require.NotContains(t, e.Error(), sesame, name)
		}
	}
}

func TestACallerThatGivesUpLeavesTheOthersTheirToken(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			close(asked) // a second token request would panic
			<-release
			answer(rw, http.StatusOK, `{"access_token":"t","token_type":"bearer","expires_in":5400}`)
			return
		}
		answer(rw, http.StatusOK, `{"id":1}`)
	}))
	t.Cleanup(s.Close)
	c := connect(t, s.URL, s.URL)
	ctx, giveUp := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, _, err := c.Companies.Me(ctx); first <- err }()
	<-asked
	go func() { _, _, err := c.Companies.Me(t.Context()); second <- err }()
	giveUp()
	err := <-first
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, procore.Transient, procore.Classify(err))
	close(release)
	require.NoError(t, <-second)
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := procore.Config{LoginURL: "https://login.procore.com", APIURL: "https://api.procore.com/", ClientID: "i", ClientSecret: "s", CompanyID: 1}
	c, err := procore.New(good)
	require.NoError(t, err)
	require.Equal(t, "production", c.EnvironmentName())
	for name, change := range map[string]func(*procore.Config){
		"no secret":    func(c *procore.Config) { c.ClientSecret = "" },
		"no id":        func(c *procore.Config) { c.ClientID = "" },
		"no company":   func(c *procore.Config) { c.CompanyID = 0 },
		"plain http":   func(c *procore.Config) { c.APIURL = "http://api.procore.com" },
		"user in URL":  func(c *procore.Config) { c.LoginURL = "https://a:b@login.procore.com" },
		"path in URL":  func(c *procore.Config) { c.APIURL = "https://api.procore.com/rest" },
		"no scheme":    func(c *procore.Config) { c.APIURL = "api.procore.com" },
		"empty string": func(c *procore.Config) { c.LoginURL = "" },
	} {
		bad := good
		change(&bad)
		_, err := procore.New(bad)
		require.Error(t, err, name)
	}
	for _, name := range []string{"production", "sandbox", "monthly", "federal"} {
		login, api, err := procore.Environment(name)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(login, "https://login") && strings.HasPrefix(api, "https://"), name)
	}
	_, _, err = procore.Environment("prod")
	require.ErrorContains(t, err, "production, sandbox, monthly, federal")
}

func TestPing(t *testing.T) {
	t.Parallel()
	name := `{"id":4567,"name":"Acme","is_active":true}`
	w := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("X-Rate-Limit-Limit", "600")
		rw.Header().Set("X-Rate-Limit-Remaining", "598")
		rw.Header().Set("X-Rate-Limit-Reset", "1780000000")
		if r.URL.Path == "/rest/v1.0/me" {
			answer(rw, http.StatusOK, `{"id":7,"login":"dmsa@acme.com","name":"Connector"}`)
			return
		}
		answer(rw, http.StatusOK, `[{"id":1,"name":"Other"},`+name+`]`)
	})
	got, err := w.client.Ping(t.Context())
	require.NoError(t, err)
	require.Equal(t, procore.PingResult{
		Environment: "custom", LoginURL: w.URL, APIURL: w.URL, CompanyID: company, CompanyName: "Acme", CompanyActive: true,
		User: procore.User{ID: 7, Login: "dmsa@acme.com", Name: "Connector"},
		Rate: procore.Rate{Limit: 600, Remaining: 598, Reset: time.Unix(1780000000, 0).UTC()},
	}, got)

	other := connect(t, w.URL, w.URL, func(c *procore.Config) { c.CompanyID = 99 })
	got, err = other.Ping(t.Context())
	require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeNotConnected})
	require.Equal(t, "Connector", got.User.Name, "what was learnt before stays")
}
