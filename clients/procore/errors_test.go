package procore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore"
)

// TestErrorShapes holds every shape of FACTS §5 against its meaning. The call is a write in a project, unless company.
func TestErrorShapes(t *testing.T) {
	t.Parallel()
	const openPeriod = "The project must have an open billing period (or admin can specify a period_id) to create an invoice"
	for _, tc := range []struct {
		name    string
		status  int
		body    string
		company bool
		code    string
		fields  map[string][]string
		message string
		class   procore.Class
	}{
		{
			name: "errors as an object", status: 422, body: `{"errors":{"vendor_id":["has not been added to this project"]}}`,
			code: procore.CodeValidation, fields: map[string][]string{"vendor_id": {"has not been added to this project"}},
			message: "vendor_id has not been added to this project",
		},
		{
			name: "errors as an object, nested, on 400", status: 400, body: `{"errors":{"line_items":{"0":{"uom":"is not in the list"}},"name":"is blank"}}`,
			code: procore.CodeValidation, fields: map[string][]string{"line_items.0.uom": {"is not in the list"}, "name": {"is blank"}},
			message: "line_items.0.uom is not in the list; name is blank",
		},
		{
			name: "errors as an array", status: 403, body: `{"errors":["App is not connected to this company."]}`, company: true,
			code: procore.CodeNotConnected, fields: map[string][]string{procore.BaseField: {"App is not connected to this company."}},
			message: "App is not connected to this company.",
		},
		{
			name: "errors as a string", status: 400, body: fmt.Sprintf(`{"errors":%q}`, openPeriod),
			code: procore.CodeValidation, fields: map[string][]string{procore.BaseField: {openPeriod}}, message: openPeriod,
		},
		{
			name: "code and message", status: 400, body: `{"code":400,"message":"project_id is missing","fields":"","reason":"","error":""}`,
			code: procore.CodeBadRequest, message: "project_id is missing",
		},
		{
			name: "message, field and reason", status: 400, body: `{"code":400,"message":"Bad Request","fields":"number","reason":"is too long","error":"is too long"}`,
			code: procore.CodeBadRequest, message: "Bad Request: is too long", fields: map[string][]string{"number": {"is too long"}},
		},
		{
			name: "reason only", status: 403, body: `{"code":403,"message":null,"reason":"no permission"}`, company: true,
			code: procore.CodeForbidden, message: "no permission",
		},
		{
			name: "v2 error", status: 400, code: procore.CodeBadRequest, message: "Invalid input",
			body:   `{"error":{"code":"BAD_REQUEST","message":"Invalid input","details":[{"reason_code":"MISSING","message":"is required","source":"due_date"}]}}`,
			fields: map[string][]string{"due_date": {"is required"}},
		},
		{
			name: "v1 error with details", status: 422, code: procore.CodeValidation, message: "Unprocessable",
			body:   `{"error":{"code":"X","message":"Unprocessable","details":[{"code":"taken","source":"origin_id"},{"message":"odd"}]}}`,
			fields: map[string][]string{"origin_id": {"taken"}, procore.BaseField: {"odd"}},
		},
		{
			name: "empty object on 400", status: 400, body: `{}`, code: procore.CodeValidation,
			message: "Procore gave no reason (empty answer): a business rule is not met",
		},
		{
			name: "no body on 400", status: 400, code: procore.CodeValidation,
			message: "Procore gave no reason (empty answer): a business rule is not met",
		},
		{
			name: "empty errors", status: 422, body: `{"errors":{}}`, code: procore.CodeValidation,
			message: "Procore gave no reason (empty answer): a business rule is not met",
		},
		{
			name: "plain text", status: 400, body: "Missing Procore-Company-Id header", code: procore.CodeBadRequest,
			message: "Missing Procore-Company-Id header",
		},
		{name: "project not permitted", status: 403, body: `{"errors":["Forbidden"]}`, code: procore.CodeProjectForbidden, message: "Forbidden", fields: map[string][]string{procore.BaseField: {"Forbidden"}}},
		{name: "not found", status: 404, body: `{"errors":"Not found"}`, code: procore.CodeNotFound, message: "Not found", fields: map[string][]string{procore.BaseField: {"Not found"}}},
		{name: "unknown field", status: 406, body: `{"message":"Not acceptable"}`, code: procore.CodeBadRequest, message: "Not acceptable"},
		{name: "conflict", status: 409, body: `{"message":"is being updated"}`, code: procore.CodeConflict, message: "is being updated", class: procore.Conflict},
		{name: "too large", status: 413, code: procore.CodeTooLarge, message: "Procore gave no reason (empty answer): a business rule is not met"},
		{name: "locked", status: 422, body: `{"errors":{"base":["Line items cannot be edited while the contract is Approved"]}}`, code: procore.CodeLocked, fields: map[string][]string{procore.BaseField: {"Line items cannot be edited while the contract is Approved"}}, message: "Line items cannot be edited while the contract is Approved"},
		{name: "server error on a write", status: 500, body: `<html><body>oops</body></html>`, code: procore.CodeUnavailable, message: "an HTML page instead of an answer", class: procore.Ambiguous},
		{name: "bad gateway on a write", status: 502, body: `upstream`, code: procore.CodeUnavailable, message: "upstream", class: procore.Ambiguous},
		{name: "redirect is not followed", status: 307, code: procore.CodeBadRequest, message: "Procore gave no reason (empty answer): a business rule is not met"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := serve(t, func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("X-Request-Id", "req-1")
				rw.Header().Set("Location", "/rest/v1.0/elsewhere")
				answer(rw, tc.status, tc.body)
			})
			var err error
			if tc.company {
				_, _, err = w.client.Vendors.Reactivate(t.Context(), 5)
			} else {
				_, _, err = w.client.DirectCosts.Update(t.Context(), 77, 5, procore.DirectCostWrite{Status: new("approved")})
			}
			var e *procore.ErrorResponse
			require.ErrorAs(t, err, &e)
			require.Equal(t, tc.code, e.Code)
			require.Equal(t, tc.status, e.Status)
			require.Equal(t, tc.fields, e.Fields)
			require.Equal(t, tc.message, e.Message)
			require.Equal(t, "req-1", e.RequestID)
			if tc.company {
				require.Equal(t, "PATCH /rest/v1.0/companies/{company_id}/vendors/inactive/{id}", e.Operation)
			} else {
				require.Equal(t, "PATCH /rest/v1.1/projects/{project_id}/direct_costs/{id}", e.Operation)
				require.EqualValues(t, 77, e.ProjectID)
			}
			require.Equal(t, tc.class, procore.Classify(fmt.Errorf("sending: %w", err)))
			require.ErrorIs(t, err, &procore.ErrorResponse{Code: tc.code})
			seen, _ := w.seen()
			require.Len(t, seen, 1, "never sent again")
		})
	}
}

func TestReadsAreNeverAmbiguous(t *testing.T) {
	t.Parallel()
	for _, status := range []int{408, 500, 502, 503, 504} {
		w := serve(t, func(rw http.ResponseWriter, _ *http.Request) { answer(rw, status, "") })
		_, resp, err := w.client.Commitments.Get(t.Context(), 1, 2)
		require.Equal(t, procore.Transient, procore.Classify(err), "status %d", status)
		require.Equal(t, status, resp.Status)
	}
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()
	drop := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	cut := func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Length", "1000")
		answer(rw, http.StatusOK, `{"id":1`)
	}
	half := func(rw http.ResponseWriter, _ *http.Request) { answer(rw, http.StatusOK, `{"id":1`) }
	for name, api := range map[string]http.HandlerFunc{"dropped": drop, "cut": cut, "half a document": half} {
		w := serve(t, api)
		_, _, err := w.client.Requisitions.Create(t.Context(), 1, 2, procore.RequisitionWrite{})
		require.Equal(t, procore.Ambiguous, procore.Classify(err), "%s: %v", name, err)
		seen, _ := w.seen()
		require.Len(t, seen, 1, "%s: never sent again", name)
		_, _, err = w.client.Requisitions.Get(t.Context(), 1, 2)
		require.Equal(t, procore.Transient, procore.Classify(err), "%s: %v", name, err)
	}
}

// hangingTransport answers token requests and nothing else: it waits for the end of the request's context.
type hangingTransport struct{ base http.RoundTripper }

func (h hangingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/oauth/") {
		return h.base.RoundTrip(r)
	}
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestTimeoutOfAWriteIsAmbiguous(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, _ *http.Request) { answer(rw, http.StatusOK, `{"id":1}`) })
	_, _, err := w.client.Companies.Me(t.Context()) // the token is there
	require.NoError(t, err)
	c := connect(t, w.URL, w.URL, func(cfg *procore.Config) {
		cfg.HTTPTimeout = 20 * time.Millisecond
		cfg.Transport = hangingTransport{cfg.Transport}
	})
	_, err = c.DirectCosts.Delete(t.Context(), 1, 2)
	require.Equal(t, procore.Ambiguous, procore.Classify(err), "%v", err)
	_, _, err = c.DirectCosts.Get(t.Context(), 1, 2)
	require.Equal(t, procore.Transient, procore.Classify(err), "%v", err)
}

func TestACallerThatGivesUpAfterSendingIsAmbiguous(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}), make(chan struct{})
	w := serve(t, func(http.ResponseWriter, *http.Request) { close(arrived); <-release })
	defer close(release)
	ctx, giveUp := context.WithCancel(t.Context())
	go func() { <-arrived; giveUp() }()
	_, err := w.client.DirectCosts.Delete(ctx, 1, 2)
	var n *procore.NetworkError
	require.ErrorAs(t, err, &n)
	require.True(t, n.Sent && n.Write)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, procore.Ambiguous, procore.Classify(err))

	_, err = w.client.DirectCosts.Delete(ctx, 1, 2) // given up before
	require.Equal(t, procore.Transient, procore.Classify(err), "%v", err)
}

func TestUnsentWriteIsTransient(t *testing.T) {
	t.Parallel()
	w := serve(t, nil)
	c := connect(t, w.URL, "http://127.0.0.1:1")
	_, err := c.DirectCosts.Delete(t.Context(), 1, 2)
	require.Equal(t, procore.Transient, procore.Classify(err), "nobody listens: %v", err)
	require.NotContains(t, err.Error(), "http://")

	c = connect(t, "http://127.0.0.1:1", w.URL)
	_, err = c.DirectCosts.Delete(t.Context(), 1, 2)
	require.Equal(t, procore.Transient, procore.Classify(err), "no token: %v", err)
}

type lostTransport struct{ base http.RoundTripper }

func (l lostTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/oauth/") {
		return l.base.RoundTrip(r)
	}
	return nil, errors.New("lost")
}

func TestATransportThatTellsNothingIsAmbiguous(t *testing.T) {
	t.Parallel()
	w := serve(t, nil)
	c := connect(t, w.URL, w.URL, func(cfg *procore.Config) { cfg.Transport = lostTransport{cfg.Transport} })
	_, err := c.DirectCosts.Delete(t.Context(), 1, 2)
	require.Equal(t, procore.Ambiguous, procore.Classify(err), "%v", err)
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	server := time.Now().Add(-3 * time.Hour).UTC().Truncate(time.Second) // a server with another clock
	for name, tc := range map[string]struct {
		header map[string]string
		wait   time.Duration
	}{
		"retry after":        {map[string]string{"Retry-After": "7", "X-Rate-Limit-Reset": fmt.Sprint(server.Add(time.Hour).Unix())}, 7 * time.Second},
		"reset":              {map[string]string{"X-Rate-Limit-Reset": fmt.Sprint(server.Add(90 * time.Second).Unix())}, 91 * time.Second},
		"nothing":            {nil, 10 * time.Second},
		"reset of long ago":  {map[string]string{"X-Rate-Limit-Reset": "1"}, 10 * time.Second},
		"reset of next year": {map[string]string{"X-Rate-Limit-Reset": fmt.Sprint(server.Add(9000 * time.Hour).Unix())}, 65 * time.Minute},
	} {
		g := &gate{}
		w := serve(t, func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Date", server.Format(http.TimeFormat))
			rw.Header().Set("X-Rate-Limit-Limit", "3600")
			rw.Header().Set("X-Rate-Limit-Remaining", "0")
			for k, v := range tc.header {
				rw.Header().Set(k, v)
			}
			answer(rw, http.StatusTooManyRequests, `{"errors":"Rate limit exceeded"}`)
		}, func(c *procore.Config) { c.Gate = g })
		_, _, err := w.client.Vendors.Sync(t.Context(), []procore.VendorUpdate{{OriginID: new("a")}})
		var limit *procore.RateLimitError
		require.ErrorAs(t, err, &limit, name)
		require.WithinDuration(t, time.Now().Add(tc.wait), limit.Until, 5*time.Second, name)
		require.Equal(t, procore.Limited, procore.Classify(err))
		at, ok := procore.RetryAt(err)
		require.True(t, ok)
		require.Equal(t, limit.Until, at)
		require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeRateLimited})
		require.Equal(t, 1, g.acquired)
		require.Equal(t, []int{429}, g.statuses)
		require.Equal(t, 3600, g.rates[0].Limit)
	}
}

func TestOverload(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Retry-After", "30")
		answer(rw, http.StatusServiceUnavailable, "")
	})
	_, _, err := w.client.CostTypes.List(t.Context(), procore.ListOptions{})
	var busy *procore.UnavailableError
	require.ErrorAs(t, err, &busy)
	require.Equal(t, 30*time.Second, busy.RetryAfter)
	require.Equal(t, procore.Limited, procore.Classify(err))

	_, err = w.client.Commitments.Delete(t.Context(), 1, 2)
	require.ErrorAs(t, err, &busy)
	require.Equal(t, procore.Ambiguous, procore.Classify(err), "nobody promises that it was not done")

	at, ok := procore.RetryAt(err)
	require.True(t, ok)
	require.WithinDuration(t, time.Now().Add(30*time.Second), at, 5*time.Second)
	at, ok = procore.RetryAt(&procore.UnavailableError{RetryAfter: 11 * 24 * time.Hour})
	require.True(t, ok)
	require.WithinDuration(t, time.Now().Add(15*time.Minute), at, time.Minute, "whatever it says, we look for ourselves one day")
}

func TestGateDefers(t *testing.T) {
	t.Parallel()
	until := time.Now().Add(time.Minute)
	g := &gate{refuse: fmt.Errorf("budget: %w", &procore.DeferredError{Until: until})}
	w := serve(t, nil, func(c *procore.Config) { c.Gate = g })
	_, resp, err := w.client.Vendors.Sync(t.Context(), []procore.VendorUpdate{{OriginID: new("a")}})
	require.Equal(t, procore.Limited, procore.Classify(err))
	at, ok := procore.RetryAt(err)
	require.True(t, ok)
	require.Equal(t, until, at)
	require.Zero(t, resp.Requests)
	seen, _ := w.seen()
	require.Empty(t, seen)
}

func TestErrorTextsAreShortAndHoldNoSecret(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		echo, _ := json.Marshal(r.Header.Get("Authorization") + " " + sesame + "\n" + strings.Repeat("é", 2000))
		answer(rw, http.StatusUnprocessableEntity, fmt.Sprintf(`{"errors":{"x":[%s]}}`, echo))
	})
	_, _, err := w.client.DirectCosts.Create(t.Context(), 1, procore.DirectCostWrite{})
	var e *procore.ErrorResponse
	require.ErrorAs(t, err, &e)
	for _, text := range []string{err.Error(), e.Message, fmt.Sprintf("%+v", *e), fmt.Sprintf("%v %+v %#v", cfgOf(w), cfgOf(w), cfgOf(w))} {
		require.NotContains(t, text, "token-1")
		require.NotContains(t, text, sesame)
	}
	require.LessOrEqual(t, len(err.Error()), 300)
	require.LessOrEqual(t, len(e.Message), 300)
	require.NotContains(t, err.Error(), "\n")
}

func cfgOf(w *world) procore.Config {
	return procore.Config{LoginURL: w.URL, APIURL: w.URL, ClientID: "client", ClientSecret: sesame, CompanyID: company}
}

func TestHugeAnswersAreCutOff(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, _ *http.Request) { answer(rw, http.StatusOK, `{"id":12345}`) })
	c := connect(t, w.URL, w.URL, func(cfg *procore.Config) { cfg.MaxBody = 12 })
	_, _, err := c.Companies.Me(t.Context())
	require.NoError(t, err)
	c = connect(t, w.URL, w.URL, func(cfg *procore.Config) { cfg.MaxBody = 11 })
	_, _, err = c.Companies.Me(t.Context())
	require.ErrorContains(t, err, "more than 11 bytes")
	require.Equal(t, procore.Transient, procore.Classify(err))
	_, err = c.DirectCosts.Delete(t.Context(), 1, 2)
	require.Equal(t, procore.Ambiguous, procore.Classify(err), "it was done")
}
