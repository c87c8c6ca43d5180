package procore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore"
)

const (
	company = int64(4567)
	sesame  = "open-sesame-4711"
)

// world is a login and an API host with answers of the test's own.
type world struct {
	*httptest.Server
	client *procore.Client

	mu       sync.Mutex
	minted   int
	requests []*http.Request
	bodies   []string
}

// serve starts a world whose API answers with api. change may alter the client's configuration.
func serve(t *testing.T, api http.HandlerFunc, change ...func(*procore.Config)) *world {
	t.Helper()
	w := &world{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/token", func(rw http.ResponseWriter, _ *http.Request) {
		w.mu.Lock()
		w.minted++
		n := w.minted
		w.mu.Unlock()
		answer(rw, http.StatusOK, fmt.Sprintf(`{"access_token":"token-%d","token_type":"bearer","expires_in":5400,"created_at":1}`, n))
	})
	mux.HandleFunc("/rest/", func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		w.requests = append(w.requests, r)
		w.bodies = append(w.bodies, string(body))
		w.mu.Unlock()
		api(rw, r)
	})
	w.Server = httptest.NewServer(mux)
	t.Cleanup(w.Close)
	w.client = connect(t, w.URL, w.URL, change...)
	return w
}

func connect(t *testing.T, login, api string, change ...func(*procore.Config)) *procore.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg := procore.Config{
		LoginURL: login, APIURL: api, ClientID: "client", ClientSecret: sesame, CompanyID: company,
		HTTPTimeout: 10 * time.Second, Transport: transport,
	}
	for _, f := range change {
		f(&cfg)
	}
	c, err := procore.New(cfg)
	require.NoError(t, err)
	return c
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// seen gives the API requests and their bodies so far.
func (w *world) seen() ([]*http.Request, []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.requests), slices.Clone(w.bodies)
}

func (w *world) tokens() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.minted
}

// gate records what it is asked and told.
type gate struct {
	mu       sync.Mutex
	refuse   error
	acquired int
	statuses []int
	rates    []procore.Rate
}

func (g *gate) Acquire(context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refuse != nil {
		return g.refuse
	}
	g.acquired++
	return nil
}

func (g *gate) Observe(_ context.Context, r procore.Rate, status int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.statuses = append(g.statuses, status)
	g.rates = append(g.rates, r)
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
