package activities_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
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
	attempts := 0
	for err := error(os.ErrDeadlineExceeded); err != nil; attempts++ {
		require.Less(t, attempts, 10)
		var suite testsuite.WorkflowTestSuite
		suite.SetLogger(quiet())
		env := suite.NewTestActivityEnvironment()
		env.RegisterActivity(w.Polls)
		_, err = env.ExecuteActivity(w.Polls.FetchChanges, activities.FetchInput{Tenant: b.tenant})
		require.False(t, err != nil && !strings.Contains(err.Error(), "deadline") && !strings.Contains(err.Error(), "answer"), fmt.Sprint(err))
	}
	require.Equal(t, []int{500, 250, 125, 62}, front.limits[:4], "each attempt asks for half")
	stored, err := b.store.AllContent(t.Context(), b.tenant, order)
	require.NoError(t, err)
	require.Len(t, stored, 130)
	require.Greater(t, attempts, 3)
}
