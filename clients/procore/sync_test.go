package procore_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/procore"
)

func TestSyncResultIsReadByOriginID(t *testing.T) {
	t.Parallel()
	w := serve(t, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("X-Request-Id", "r1")
		answer(rw, http.StatusOK, `{"entities":[{"id":3,"origin_id":"c"},{"id":1,"origin_id":"a"},{"id":8,"origin_id":"twice"},{"id":9,"origin_id":"twice"}],
			"errors":[{"origin_id":"b","name":"B","errors":{"state_code":["is invalid"]}},{"id":44,"errors":["not found"]},
			{"id":"45","origin_id":12,"errors":"odd"},{"origin_id":"l","errors":{"base":["is locked"]}}]}`)
	})
	updates := []procore.VendorUpdate{
		{OriginID: new("a")},
		{OriginID: new("b")},
		{OriginID: new("c"), ID: new(int64(3))},
		{OriginID: new("d")},
		{ID: new(int64(44))},
	}
	got, _, err := w.client.Vendors.Sync(t.Context(), updates)
	require.NoError(t, err)

	v, err := got.Find("a")
	require.NoError(t, err)
	require.EqualValues(t, 1, v.ID)
	v, err = got.FindID(3)
	require.NoError(t, err)
	require.Equal(t, "c", v.OriginID)

	_, err = got.Find("b")
	var e *procore.ErrorResponse
	require.ErrorAs(t, err, &e)
	require.Equal(t, map[string][]string{"state_code": {"is invalid"}}, e.Fields)
	require.Equal(t, "r1", e.RequestID)
	require.Equal(t, "PATCH /rest/v1.0/vendors/sync", e.Operation)
	require.Equal(t, procore.Permanent, procore.Classify(err))
	_, err = got.FindID(44)
	require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeValidation})
	_, err = got.FindID(45)
	require.ErrorContains(t, err, "odd")
	_, err = got.Find("l")
	require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeLocked})

	for _, unknown := range []string{"d", "twice", ""} {
		_, err = got.Find(unknown)
		var u *procore.UnknownOutcomeError
		require.ErrorAs(t, err, &u, unknown)
		require.Equal(t, procore.Ambiguous, procore.Classify(err))
	}

	back := got
	require.NoError(t, json.Unmarshal([]byte(toJSON(t, got)), &back))
	require.Equal(t, got.Errors[0], back.Errors[0])

	_, bodies := w.seen()
	require.JSONEq(t, `{"company_id":4567,"updates":[{"origin_id":"a"},{"origin_id":"b"},{"origin_id":"c","id":3},{"origin_id":"d"},{"id":44}]}`, bodies[0])
}

func TestSyncRefusesWhatWouldDouble(t *testing.T) {
	t.Parallel()
	w := serve(t, nil)
	a := new("a")
	for name, updates := range map[string][]procore.CommitmentUpdate{
		"no key": {{OriginID: a}, {}}, "twice": {{OriginID: a}, {OriginID: new("a")}}, "too many": make([]procore.CommitmentUpdate, procore.MaxSync+1),
	} {
		_, resp, err := w.client.Commitments.Sync(t.Context(), 1, updates)
		require.Error(t, err, name)
		require.Equal(t, procore.Permanent, procore.Classify(err), name)
		require.Zero(t, resp.Requests)
	}
	got, resp, err := w.client.CommitmentLines.Sync(t.Context(), 1, 2, nil)
	require.NoError(t, err)
	require.Empty(t, got.Entities)
	require.Zero(t, resp.Requests)
	_, _, err = w.client.DirectCosts.Create(t.Context(), 1, procore.DirectCostWrite{LineItems: make([]procore.DirectCostLineWrite, procore.MaxDirectCostLines+1)})
	require.ErrorIs(t, err, &procore.ErrorResponse{Code: procore.CodeTooLarge})
	seen, _ := w.seen()
	require.Empty(t, seen)
}
