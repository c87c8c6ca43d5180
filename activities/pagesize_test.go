package activities_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/ml-connector/odoo-procore/activities"
)

// slow is an Odoo that does not answer in time when it is asked for more than it can.
type slow struct {
	http.RoundTripper

	most int

	mu     sync.Mutex
	limits []int // of the requests for orders
}

// RoundTrip implements http.RoundTripper.
func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/purchase.order/search_read") {
		return s.RoundTripper.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var asked struct{ Limit int }
	if err := json.Unmarshal(body, &asked); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.limits = append(s.limits, asked.Limit)
	s.mu.Unlock()
	if asked.Limit > s.most {
		return nil, os.ErrDeadlineExceeded
	}
	return s.RoundTripper.RoundTrip(r)
}

// A server that is too slow for a page is asked for smaller ones, and for larger ones again when it is quick.
func TestPagesFitTheServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 130 {
		b.create(order, values{"partner_id": b.peak, "currency_id": b.usd})
	}
	b.pass(time.Minute)
	front := &slow{most: 70}
	cfg := b.config("one")
	cfg.WrapTransport = func(rt http.RoundTripper) http.RoundTripper {
		front.RoundTripper = rt
		return front
	}
	w := activities.New(b.store, b.box, nil, "", cfg, slog.New(slog.DiscardHandler))
	poll := func() error {
		var suite testsuite.WorkflowTestSuite
		suite.SetLogger(quiet())
		env := suite.NewTestActivityEnvironment()
		env.RegisterActivity(w.Polls)
		_, err := env.ExecuteActivity(w.Polls.FetchChanges, activities.FetchInput{Tenant: b.tenant})
		return err
	}
	attempts := 0
	for poll() != nil {
		attempts++
		require.Less(t, attempts, 10)
	}
	require.Equal(t, []int{500, 250, 125, 62}, front.limits[:4], "each attempt asks for half")
	stored, err := b.store.AllContent(t.Context(), b.tenant, order)
	require.NoError(t, err)
	require.Len(t, stored, 130)

	b.do(order, "write", 1, values{"partner_ref": "x"})
	b.pass(time.Minute)
	if poll() != nil { // it asked for more than the server can, and asks for less at once
		require.NoError(t, poll())
	}
	require.Greater(t, slices.Max(front.limits[4:]), 62, "and for more again")
}
