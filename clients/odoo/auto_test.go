package odoo

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMajor(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]int{"19.0": 19, "14.0": 14, "saas~18.2": 18, "saas~19.1": 19, "20.0+e": 20, "19.0e": 19, "19": 19, "": 0, "x": 0} {
		require.Equal(t, want, major(version), version)
	}
}

func TestAutoTakesJSON2WhereItIs(t *testing.T) {
	t.Parallel()
	s := newReplay(t).
		on("web/version", answer{body: map[string]any{"version": "19.0"}}).
		on("account.move/search", answer{body: []int{1}})
	c := s.client(t, func(cfg *Config) { cfg.API = "" })
	for range 2 {
		ids, err := c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
		require.NoError(t, err)
		require.Equal(t, []int64{1}, ids)
	}
	require.Equal(t, int64(3), c.Calls(), "the version is asked once")
	p, err := c.Protocol(t.Context())
	require.NoError(t, err)
	require.Equal(t, "JSON-2 (odoo.api is auto: from Odoo 19 on)", p.String())
}

func TestAutoTakesXMLRPCElse(t *testing.T) {
	t.Parallel()
	s := newReplayXML(t).
		on("common version", encodeAnswer(map[string]any{"server_version": "14.0"})).
		on("account.move/search", xmlAnswer(t, []any{1}))
	c := s.client(t, func(cfg *Config) { cfg.API = APIAuto })
	ids, err := c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
	require.NoError(t, err)
	require.Equal(t, []int64{1}, ids)
	require.Equal(t, int64(4), c.Calls(), "two questions for the version, login, search")
	p, err := c.Protocol(t.Context())
	require.NoError(t, err)
	require.Equal(t, "XML-RPC (odoo.api is auto: before Odoo 19)", p.String())
}

// What keeps the client from choosing is the error of the call, and the next call asks again.
func TestAutoAsksAgainAfterAFailure(t *testing.T) {
	t.Parallel()
	s := newReplay(t).
		on("web/version", answer{status: http.StatusServiceUnavailable, body: "<html>"}, answer{status: http.StatusNotFound, body: "<html>"}, answer{body: map[string]any{"version": "19.0"}}).
		on("account.move/search", answer{body: []int{1}})
	c := s.client(t, func(cfg *Config) { cfg.API = APIAuto })
	_, err := c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
	require.ErrorIs(t, err, &Error{Code: CodeMaintenance})
	_, err = c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
	require.ErrorIs(t, err, &Error{Code: CodeNotOdoo})
	require.ErrorContains(t, err, "has no Odoo API (HTTP 404)")
	_, err = c.VendorBillIDsInPeriod(t.Context(), "", "", 0, 1)
	require.NoError(t, err)
}

// That XML-RPC could not be asked is no sign that there is no Odoo.
func TestAutoTellsATransientFailure(t *testing.T) {
	t.Parallel()
	s := newReplay(t).
		on("web/version", answer{status: http.StatusNotFound, body: "<html>"}).
		on("xmlrpc/2/common", answer{status: http.StatusBadGateway, body: "<html>"})
	_, err := s.client(t, func(cfg *Config) { cfg.API = APIAuto }).Clock(t.Context())
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, CodeUnavailable, e.Code)
	require.True(t, e.Transient())
}

func TestMemoWaitsWithTheContext(t *testing.T) {
	t.Parallel()
	s := newReplay(t)
	c := s.client(t, func(cfg *Config) { cfg.API = APIAuto })
	a, ok := c.rpc.(*auto)
	require.True(t, ok)
	a.chosen.turn <- struct{}{} // somebody asks and gets no answer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Protocol(ctx)
	require.ErrorContains(t, err, "context canceled")
	require.Empty(t, s.got)
}
