package odoo

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func TestXMLRPCLogsInOnce(t *testing.T) {
	t.Parallel()
	s := newReplayXML(t).on("account.move/search", xmlAnswer(t, []any{1, 2}))
	c := s.client(t, func(cfg *Config) { cfg.UserAgent = "ml-connector/1.0" })
	for range 2 {
		ids, err := c.VendorBillIDsInPeriod(t.Context(), "2026-01-01", "", 5, 2)
		require.NoError(t, err)
		require.Equal(t, []int64{1, 2}, ids)
	}
	logins := s.requests("authenticate")
	require.Len(t, logins, 1)
	require.Equal(t, []any{"acme", "bot", testKey, map[string]any{}}, logins[0].places)
	r := s.requests("account.move/search")[0]
	require.Equal(t, jsonNumber("2"), r.uid)
	require.Equal(t, "text/xml", r.header.Get("Content-Type"))
	require.Equal(t, "ml-connector/1.0", r.header.Get("User-Agent"))
	require.NotEqual(t, "", r.header.Get("Content-Length"))
	require.Equal(t, []any{[]any{
		[]any{"id", ">", jsonNumber("5")},
		[]any{"move_type", "in", []any{"in_invoice", "in_refund", "in_receipt"}},
		[]any{"date", ">=", "2026-01-01"},
	}}, r.places)
	require.Equal(t, map[string]any{"order": "id asc", "limit": jsonNumber("2")}, r.named)
}

func TestXMLRPCLogsInOnceForManyAtATime(t *testing.T) {
	t.Parallel()
	s := newReplayXML(t).on("account.move/search", xmlAnswer(t, []any{}))
	c := s.client(t)
	var g errgroup.Group
	for range 20 {
		g.Go(func() error {
			_, err := c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.Len(t, s.requests("authenticate"), 1)
	require.Len(t, s.requests("account.move/search"), 20)
}

func TestXMLRPCLogsInAgainAfterARefusal(t *testing.T) {
	t.Parallel()
	gone := faultAnswer(2, "Record does not exist or has been deleted.\n(Record: res.users(2,), User: 2)")
	t.Run("the user has another id", func(t *testing.T) {
		t.Parallel()
		s := newReplayXML(t).
			on("common authenticate", xmlAnswer(t, 2), xmlAnswer(t, 7)).
			on("account.move/search", gone, xmlAnswer(t, []any{1}))
		ids, err := s.client(t).VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
		require.NoError(t, err)
		require.Equal(t, []int64{1}, ids)
		require.Equal(t, jsonNumber("7"), s.requests("account.move/search")[1].uid)
	})
	t.Run("the key is refused", func(t *testing.T) {
		t.Parallel()
		s := newReplayXML(t).
			on("common authenticate", xmlAnswer(t, 2), xmlAnswer(t, false)).
			on("account.move/search", faultAnswer(3, "Access Denied"))
		c := s.client(t)
		_, err := c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
		require.ErrorIs(t, err, &Error{Code: CodeBadKey})
		require.ErrorContains(t, err, `refuses the login "bot"`)
		require.ErrorContains(t, err, "credentials set TENANT odoo")
		_, err = c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
		require.ErrorIs(t, err, &Error{Code: CodeBadKey})
		require.Len(t, s.requests("authenticate"), 3, "a refusal is not kept")
		require.Len(t, s.requests("account.move/search"), 1)
	})
	t.Run("the same user", func(t *testing.T) {
		t.Parallel()
		s := newReplayXML(t).on("account.move/search", faultAnswer(3, "Access Denied"))
		_, err := s.client(t).VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
		require.ErrorContains(t, err, "refuses the API key (Access Denied)")
		require.Len(t, s.requests("account.move/search"), 1)
	})
	t.Run("no login", func(t *testing.T) {
		t.Parallel()
		s := newReplayXML(t)
		_, err := s.client(t, func(c *Config) { c.Login = "" }).VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
		require.ErrorContains(t, err, "odoo.user")
		require.Empty(t, s.got)
	})
}

// Odoo 14 has no argument load.
func TestXMLRPCLearnsThatLoadIsUnknown(t *testing.T) {
	t.Parallel()
	s := newReplayXML(t).on("product.category/search_read",
		faultAnswer(1, "Traceback (most recent call last):\n  [frames removed]\nTypeError: search_read() got an unexpected keyword argument 'load'\n"),
		xmlAnswer(t, []any{map[string]any{"id": 3, "name": "All", "parent_id": []any{1, "Top"}, "write_date": "2026-11-23 07:00:00"}}))
	c := s.client(t)
	for range 2 {
		got, err := c.Categories(t.Context(), Window{})
		require.NoError(t, err)
		require.Equal(t, Category{ID: 3, Name: "All", Parent: 1}, got[0].Doc)
	}
	reads := s.requests("product.category/search_read")
	require.Len(t, reads, 3)
	require.Contains(t, reads[0].named, "load")
	require.NotContains(t, reads[1].named, "load")
	require.NotContains(t, reads[2].named, "load")
}

func TestXMLRPCFaults(t *testing.T) {
	t.Parallel()
	traceback := func(last string) string {
		return "Traceback (most recent call last):\n  File \"/opt/odoo/http.py\", line 1, in dispatch\n    raise e\n    ^^^^^^^\n" + last + "\n"
	}
	for name, tt := range map[string]struct {
		code int
		text string
		want string
		says string
	}{
		"record rule of 14": {4, "Due to security restrictions, you are not allowed to access 'Purchase Order' (purchase.order) records.", CodeRecordRule, "record rule"},
		"record rule of 19": {4, "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, …", CodeRecordRule, "record rule"},
		"group of 14": {
			4, "You are not allowed to access 'X' (x) records.\n\nGroups:\n\t- Technical/Show Accounting Features - Readonly\n", CodeNoAccess,
			"Technical / Show Accounting Features - Readonly",
		},
		"right in French":     {4, "Vous n'êtes pas autorisé.\n\nGroupes :\n\t- Achats/Utilisateur", CodeNoAccess, "Accounting / Read-only"},
		"missing in French":   {2, "L'enregistrement n'existe pas.\n(Enregistrement: purchase.order(9,), Utilisateur: 2)", CodeMissingRecord, "deleted in Odoo"},
		"rule of business":    {2, "You cannot delete it.\n\nFirst cancel it.", CodeBusinessRule, "You cannot delete it"},
		"serialization":       {1, traceback("psycopg2.errors.SerializationFailure: could not serialize access due to concurrent update"), CodeUnavailable, "could not serialize"},
		"database down":       {1, traceback("psycopg2.OperationalError: FATAL:  the database system is starting up"), CodeUnavailable, "starting up"},
		"memory":              {1, traceback("MemoryError"), CodeUnavailable, "ask whoever runs Odoo"},
		"domain of 14":        {1, traceback("ValueError: Invalid field purchase.order.nope in leaf \"('nope', '=', 1)\""), CodeUnknownField, "lost a right"},
		"two tracebacks":      {1, traceback("KeyError: 'x'") + "\nDuring handling of the above exception, another exception occurred:\n\n" + traceback("ValueError: bad"), CodeInvalidRequest, ": bad:"},
		"message of lines":    {1, traceback("psycopg2.errors.InvalidDatetimeFormat: invalid input\nLINE 1: SELECT\n        ^"), CodeInvalidRequest, ": invalid input:"},
		"no traceback at all": {1, "Oops", CodeUnavailable, "Oops"},
		"cut off":             {1, "Traceback (most recent call last):\n  File \"x\", line 1", CodeUnavailable, "does not say how"},
		"the key in a text":   {2, "bad " + testKey, CodeBusinessRule, "bad [key]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newReplayXML(t).on("purchase.order/search", faultAnswer(tt.code, tt.text))
			_, err := s.client(t).PurchaseOrderIDsInPeriod(t.Context(), "", "", 0, 1)
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tt.want, e.Code, "%s %s", e.Name, e.Message)
			require.Equal(t, tt.want == CodeUnavailable, e.Transient())
			require.ErrorContains(t, err, tt.says)
			require.NotContains(t, err.Error(), "/opt/odoo")
			require.NotContains(t, err.Error(), "Traceback")
			require.NotContains(t, err.Error(), testKey)
		})
	}
}

// A method that returned what XML-RPC cannot carry has run and is committed.
func TestXMLRPCNoneIsSuccess(t *testing.T) {
	t.Parallel()
	for _, last := range []string{
		"TypeError: cannot marshal None unless allow_none is enabled", "TypeError: cannot marshal <class 'odoo.api.account.move'> objects",
	} {
		s := newReplayXML(t).on("account.move/action_post", faultAnswer(1, "Traceback (most recent call last):\n  [frames removed]\n"+last+"\n"))
		v, err := s.client(t).rpc.call(t.Context(), request{model: ModelMove, method: "action_post", ids: []int64{1}, onRecords: true})
		require.NoError(t, err)
		require.Nil(t, v)
	}
	s := newReplayXML(t).on("account.move/action_post", faultAnswer(2, "cannot marshal None"))
	_, err := s.client(t).rpc.call(t.Context(), request{model: ModelMove, method: "action_post", ids: []int64{1}, onRecords: true})
	require.ErrorIs(t, err, &Error{Code: CodeBusinessRule})
}

func TestXMLRPCTransport(t *testing.T) {
	t.Parallel()
	serve := func(t *testing.T, h http.HandlerFunc, change ...func(*Config)) (*Client, *Error) {
		t.Helper()
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		c := newClient(t, s.URL, append([]func(*Config){func(c *Config) { c.API, c.Login = APIXMLRPC, "bot" }}, change...)...)
		_, err := c.Clock(t.Context())
		var e *Error
		require.ErrorAs(t, err, &e)
		return c, e
	}
	body := func(contentType, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, text)
		}
	}
	version := encodeAnswer(map[string]any{"server_version": "14.0"})
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		code    string
		says    string
	}{
		"page":             {body("text/html", "<html>hello"), CodeNotOdoo, "is not Odoo's API"},
		"JSON":             {body("application/json", `{"version": "19.0"}`), CodeNotOdoo, "is not Odoo's API"},
		"another XML":      {body("text/xml", "<rss></rss>"), CodeInvalidRequest, "not valid XML-RPC"},
		"document type":    {body("text/xml", `<!DOCTYPE x [<!ENTITY a "b">]>`+version), CodeInvalidRequest, "not valid XML-RPC"},
		"not XML":          {body("text/xml", "hello"), CodeInvalidRequest, "not valid XML-RPC"},
		"empty":            {body("text/xml", ""), CodeUnavailable, "cut off"},
		"cut off":          {body("text/xml", version[:120]), CodeUnavailable, "cut off"},
		"tags cross":       {body("text/xml", strings.Replace(version, "</struct></value>", "</value></struct>", 1)), CodeInvalidRequest, "not valid XML-RPC"},
		"maintenance":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, CodeMaintenance, "503"},
		"not found":        {http.NotFound, CodeNotOdoo, "has no XML-RPC API (HTTP 404)"},
		"login of a proxy": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, CodeNotOdoo, "a login of its own"},
		"moved": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://other.example/x", http.StatusMovedPermanently)
		}, CodeRedirect, "https://other.example"},
		"answer of no value": {body("text/xml", encodeAnswer(false)), CodeNotOdoo, "is not Odoo's API"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, e := serve(t, tt.handler)
			require.Equal(t, tt.code, e.Code, "%s %v", e, e.cause)
			require.ErrorContains(t, e, tt.says)
		})
	}
	t.Run("too large", func(t *testing.T) {
		t.Parallel()
		c, _ := serve(t, body("text/html", ""))
		rpc, ok := c.rpc.(*xmlRPC)
		require.True(t, ok)
		s := newReplayXML(t).on("common version", encodeAnswer(map[string]any{"server_version": strings.Repeat("9", 2000)}))
		rpc.base, rpc.limit = s.URL, 1000
		_, err := c.Clock(t.Context())
		require.ErrorIs(t, err, &Error{Code: CodeTooLarge})
		require.ErrorContains(t, err, "smaller pages")
	})
	t.Run("slow body", func(t *testing.T) {
		t.Parallel()
		_, e := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // a server notices who leaves only when it has read
			body("text/xml", version[:100])(w, nil)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, func(c *Config) { c.HTTPTimeout = 50 * time.Millisecond })
		require.Equal(t, CodeUnavailable, e.Code)
		require.Contains(t, e.Message, "in time")
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // as above
			cancel()
			<-r.Context().Done()
		}))
		t.Cleanup(s.Close)
		_, err := newClient(t, s.URL, func(c *Config) { c.API, c.Login = APIXMLRPC, "bot" }).Clock(ctx)
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("connections are used again", func(t *testing.T) {
		t.Parallel()
		s := newReplayXML(t).on("account.move/search", xmlAnswer(t, []any{}))
		used := map[string]bool{}
		c := s.client(t, func(cfg *Config) {
			cfg.WrapTransport = func(next http.RoundTripper) http.RoundTripper { return remoteAddrs{next, used} }
		})
		for range 5 {
			_, err := c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
			require.NoError(t, err)
		}
		require.Len(t, used, 1)
	})
}

// remoteAddrs notes the server's side of each connection that carries a request.
type remoteAddrs struct {
	next http.RoundTripper
	used map[string]bool
}

func (r remoteAddrs) RoundTrip(hr *http.Request) (*http.Response, error) {
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { r.used[info.Conn.LocalAddr().String()] = true }}
	return r.next.RoundTrip(hr.WithContext(httptrace.WithClientTrace(hr.Context(), trace)))
}
