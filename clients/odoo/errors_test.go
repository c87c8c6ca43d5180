package odoo

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRecordedErrors(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"auth_bad_key":               CodeBadKey,
		"auth_expired_key":           CodeBadKey,
		"auth_wrong_scope_key":       CodeBadKey,
		"auth_no_header":             CodeBadKey,
		"auth_no_db":                 CodeWrongDatabase,
		"err_access_read":            CodeNoAccess,
		"err_access_move_line":       CodeNoAccess,
		"aa_write_readonly_user":     CodeNoAccess,
		"err_private_method":         CodeInvalidRequest,
		"err_unknown_model":          CodeUnknownModel,
		"err_unknown_method":         CodeInvalidRequest,
		"err_unknown_argument":       CodeInvalidRequest,
		"err_path_extra":             CodeInvalidRequest,
		"err_ids_on_model_method":    CodeInvalidRequest,
		"err_json_array_body":        CodeInvalidRequest,
		"err_malformed_json":         CodeInvalidRequest,
		"err_content_type":           CodeInvalidRequest,
		"err_unknown_field_domain":   CodeUnknownField,
		"err_unknown_field_fields":   CodeUnknownField,
		"err_unknown_field_order":    CodeUnknownField,
		"err_bad_date":               CodeInvalidRequest,
		"err_bad_operator":           CodeInvalidRequest,
		"err_bad_selection":          CodeInvalidRequest,
		"err_bad_type_float":         CodeInvalidRequest,
		"err_date_with_zone":         CodeInvalidRequest,
		"err_domain_string":          CodeInvalidRequest,
		"err_limit_string":           CodeInvalidRequest,
		"err_malformed_domain":       CodeInvalidRequest,
		"err_user_error_unlink_po":   CodeBusinessRule,
		"aa_create_bad_fk":           CodeBusinessRule,
		"aa_create_missing_required": CodeBusinessRule,
		"aa_create_unknown_field":    CodeUnknownField,
		"aa_write_missing":           CodeMissingRecord,
		"err_old_json1":              CodeRedirect,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newReplay(t).on("purchase.order/search", fixture(t, name))
			_, err := s.client(t).PurchaseOrderIDsInPeriod(t.Context(), "", "", 0, 1)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, want, e.Code, "%d %s %s", e.Status, e.Name, e.Message)
			require.False(t, e.Transient())
			require.NotEmpty(t, e.WayOut)
			require.NotEmpty(t, e.Message)
			require.NotContains(t, err.Error(), "Traceback")
			require.NotContains(t, err.Error(), "\n")
			if want == CodeUnknownField {
				require.Equal(t, "nope", e.Field)
			}
		})
	}
}

func TestErrorNamesTheGroup(t *testing.T) {
	t.Parallel()
	s := newReplay(t).on("purchase.order/search_read", fixture(t, "err_access_read"))
	_, err := s.client(t).PurchaseOrders(t.Context(), Window{})
	require.EqualError(t, err, "calling Odoo purchase.order.search_read: You are not allowed to access 'Purchase Order' (purchase.order) records: "+
		"ask an Odoo administrator to give the user the group Accounting / Read-only")
	require.ErrorIs(t, err, &Error{Code: CodeNoAccess})
}

func TestServerErrors(t *testing.T) {
	t.Parallel()
	exception := func(name, message string) map[string]any {
		return map[string]any{"name": name, "message": message, "debug": "Traceback /opt/odoo " + message}
	}
	for name, tt := range map[string]struct {
		answer    answer
		code      string
		transient bool
	}{
		"record rule": {answer{status: 403, body: exception("odoo.exceptions.AccessError",
			"Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, Bot doesn't have 'read' access to:\n- Purchase Order (purchase.order)")}, CodeRecordRule, false},
		"record rule in French": {answer{status: 403, body: exception("odoo.exceptions.AccessError",
			"Oups !\n\nDésolé, Bot n'a pas d'accès en lecture à :\n- Bon de commande (purchase.order)")}, CodeRecordRule, false},
		"model right in French": {answer{status: 403, body: exception("odoo.exceptions.AccessError",
			"Vous n'êtes pas autorisé.\n\nGroupes :\n\t- Achats/Utilisateur")}, CodeNoAccess, false},
		"lock":             {answer{status: 409, body: exception("odoo.exceptions.LockError", "locked")}, CodeUnavailable, true},
		"too many":         {answer{status: 429, body: "slow down"}, CodeUnavailable, true},
		"gateway":          {answer{status: 502, body: "<html>bad gateway"}, CodeUnavailable, true},
		"crash":            {answer{status: 500, body: "Internal Server Error"}, CodeUnavailable, true},
		"maintenance":      {answer{status: 503, body: "<html>back soon"}, CodeMaintenance, true},
		"serialization":    {answer{status: 500, body: exception("psycopg2.errors.SerializationFailure", "x")}, CodeUnavailable, true},
		"database down":    {answer{status: 500, body: exception("psycopg2.OperationalError", "x")}, CodeUnavailable, true},
		"memory":           {answer{status: 500, body: exception("builtins.MemoryError", "")}, CodeUnavailable, true},
		"type error":       {answer{status: 500, body: exception("builtins.TypeError", "x")}, CodeInvalidRequest, false},
		"login of a proxy": {answer{status: 401, body: "<html>who are you"}, CodeNotOdoo, false},
		"proxy forbids":    {answer{status: 403, body: "<html>go away"}, CodeNotOdoo, false},
		"http to https":    {answer{status: 400, body: "Client sent an HTTP request to an HTTPS server."}, CodeNotOdoo, false},
		"page of another":  {answer{status: 200, body: "<html>hello"}, CodeNotOdoo, false},
		"older Odoo":       {answer{status: 404, body: "<html>Page not found"}, CodeNotOdoo, false},
		"not a list":       {answer{body: map[string]any{"a": 1}}, CodeInvalidRequest, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newReplay(t).on("account.move/search", tt.answer)
			_, err := s.client(t).VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tt.code, e.Code)
			require.Equal(t, tt.transient, e.Transient())
			require.NotContains(t, err.Error(), "Traceback")
		})
	}
}

// What an operator reads names the server that was asked, and what to change.
func TestErrorsNameServerAndWayOut(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer answer
		says   []string
	}{
		"key":         {fixture(t, "auth_expired_key"), []string{"refuses the API key (Invalid apikey)", "has expired", "credentials set TENANT odoo"}},
		"database":    {fixture(t, "auth_no_db"), []string{"SERVER has no database \"acme\"", "odoo.database"}},
		"https":       {answer{status: 400, body: "400 The plain HTTP request was sent to HTTPS port"}, []string{"SERVER wants https", "odoo.url"}},
		"proxy":       {answer{status: 401, body: "<html>"}, []string{"what answers at SERVER is not Odoo", "401"}},
		"maintenance": {answer{status: 503, body: "<html>"}, []string{"SERVER is down for maintenance", "cycles try it again"}},
		"page":        {answer{status: 200, body: "<html>"}, []string{"what answers at SERVER is not Odoo's API", "odoo.url"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newReplay(t).on("purchase.order/search", tt.answer)
			_, err := s.client(t).PurchaseOrderIDsInPeriod(t.Context(), "", "", 0, 1)
			for _, says := range tt.says {
				require.ErrorContains(t, err, strings.ReplaceAll(says, "SERVER", s.URL))
			}
		})
	}
}

func TestErrorHidesTheKey(t *testing.T) {
	t.Parallel()
	s := newReplay(t).on("account.move/search", answer{status: 422, body: map[string]any{"name": "odoo.exceptions.UserError", "message": "bad " + testKey}})
	c := s.client(t)
	_, err := c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
	require.ErrorContains(t, err, "bad [key]")
	require.NotContains(t, c.cfg.String()+c.cfg.GoString()+c.cfg.LogValue().String(), testKey)
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	other := newReplay(t)
	s := newReplay(t).on("account.move/search", answer{status: 301, body: "moved", header: http.Header{"Location": {other.URL + "/x"}}})
	_, err := s.client(t).VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
	require.ErrorIs(t, err, &Error{Code: CodeRedirect})
	require.ErrorContains(t, err, other.URL)
	require.Empty(t, other.got)
}

func TestConnectionErrors(t *testing.T) {
	t.Parallel()
	code := func(t *testing.T, c *Client) *Error {
		t.Helper()
		_, err := c.Clock(t.Context())
		var e *Error
		require.ErrorAs(t, err, &e)
		return e
	}
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.NotFoundHandler())
		s.Close()
		e := code(t, newClient(t, s.URL))
		require.Equal(t, CodeUnavailable, e.Code)
		require.Equal(t, s.URL+" cannot be reached (the connection is refused)", e.Message)
		require.True(t, e.Transient())
		require.Error(t, errors.Unwrap(e))
	})
	t.Run("unknown certificate", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewUnstartedServer(http.NotFoundHandler())
		s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		s.StartTLS()
		t.Cleanup(s.Close)
		e := code(t, newClient(t, s.URL))
		require.Equal(t, CodeTLS, e.Code)
		require.Contains(t, e.Message, "nobody this machine knows vouches for its certificate")
	})
	t.Run("https to http", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.NotFoundHandler())
		t.Cleanup(s.Close)
		e := code(t, newClient(t, strings.Replace(s.URL, "http:", "https:", 1)))
		require.Equal(t, CodeTLS, e.Code)
		require.Contains(t, e.Message, "the server speaks http")
	})
	t.Run("timeout", func(t *testing.T) {
		t.Parallel()
		done := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-done }))
		t.Cleanup(func() { close(done); s.Close() })
		e := code(t, newClient(t, s.URL, func(c *Config) { c.HTTPTimeout = 20 * time.Millisecond }))
		require.Equal(t, CodeUnavailable, e.Code)
		require.Contains(t, e.Message, "in time")
	})
	t.Run("cut off", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"version`)
		}))
		t.Cleanup(s.Close)
		require.Equal(t, CodeUnavailable, code(t, newClient(t, s.URL)).Code)
	})
	t.Run("cut off without length", func(t *testing.T) {
		t.Parallel()
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"version`)
		}))
		t.Cleanup(s.Close)
		require.Equal(t, CodeUnavailable, code(t, newClient(t, s.URL)).Code)
	})
	t.Run("too large", func(t *testing.T) {
		t.Parallel()
		s := newReplay(t).on("web/version", answer{body: map[string]any{"version": strings.Repeat("9", 2000)}})
		c := s.client(t)
		wire(t, c).limit = 1000
		e := code(t, c)
		require.Equal(t, CodeTooLarge, e.Code)
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		}))
		t.Cleanup(s.Close)
		_, err := newClient(t, s.URL).Clock(ctx)
		require.ErrorIs(t, err, context.Canceled)
		var e *Error
		require.NotErrorAs(t, err, &e)
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0,
		"Mon, 23 Nov 2026 07:06:43 GMT": time.Minute, "Mon, 23 Nov 2026 07:00:00 GMT": 0,
	} {
		s := newReplay(t).on("res.users/context_get", answer{status: http.StatusServiceUnavailable, body: "<html></html>", header: http.Header{
			"Retry-After": {text}, "Date": {"Mon, 23 Nov 2026 07:05:43 GMT"},
		}})
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/json/2/res.users/context_get", strings.NewReader("{}"))
		require.NoError(t, err)
		_, _, err = (&json2{channel: &channel{http: s.Client(), places: make(places, 1), calls: &atomic.Int64{}, limit: maxBody}}).send(r, request{model: "res.users", method: "context_get"})
		var refused *Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, want, refused.RetryAfter, text)
	}
}
