package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/clients/odoo"
	"github.com/ml-connector/odoo-procore/internal/store"
)

func TestExceptionsShow(t *testing.T) {
	t.Parallel()
	a, s, out := waiting(t)
	a.store = s
	require.NoError(t, a.exceptionsShow(t.Context(), "acme", "42"))
	require.Equal(t, "42 (purchase.order,42) does not wait for a person: it is pending, or waits for a record that is under way.\n", out.String())

	require.NoError(t, read(t.Context(), s, odoo.ModelPartner, 9))
	vendor, err := s.Record(t.Context(), "acme", odoo.ModelPartner, 9)
	require.NoError(t, err)
	parked, err := s.Park(t.Context(), "acme", odoo.ModelPartner, 9, vendor.Want, []store.Wait{{
		Cause: "vendor.ambiguous:res.partner/9", Detail: []byte(`{"vendor": "Summit", "candidates": "Summit (7), Summit (8)"}`),
	}})
	require.NoError(t, err)
	require.True(t, parked.Parked)
	out.Reset()
	require.NoError(t, a.exceptionsShow(t.Context(), "acme", "42"))
	require.Regexp(t, `(?s)^42 \(purchase.order,42\)\n  why      The vendor itself waits: res.partner/9.\n  way out  .*\n\n`+
		`9 \(res.partner,9\)\n  why      Several Procore vendors could be .*\n  way out  .*\n  cause    vendor.ambiguous:res.partner/9, since \d{4}-`,
		out.String(), "what it waits for comes with its own reason")

	out.Reset()
	a.output = "json"
	require.NoError(t, a.exceptionsShow(t.Context(), "acme", "42"))
	var views []exceptionView
	require.NoError(t, json.Unmarshal(out.Bytes(), &views))
	require.Len(t, views, 2)
}

// The command prints what comes after it began, once, and ends with the run.
func TestAuditFollow(t *testing.T) {
	t.Parallel()
	a, s, out := waiting(t)
	a.store = s
	said, w := io.Pipe()
	a.stdout = io.MultiWriter(out, w)
	ended := make(chan error, 1)
	go func() {
		ended <- a.auditShow(t.Context(), "acme", "42", time.Minute)
		_ = w.Close()
	}()
	var seen bytes.Buffer
	for buf := make([]byte, 1024); !bytes.Contains(seen.Bytes(), []byte("What happens in the next 1m0s:\n")); {
		n, err := said.Read(buf)
		require.NoError(t, err)
		seen.Write(buf[:n])
	}
	go func() { _, _ = io.Copy(&seen, said) }()
	require.NoError(t, s.InsertAudit(t.Context(), "acme", odoo.ModelPurchaseOrder, 42, store.Audit{Action: "released", Actor: "ann"}))
	record, err := s.Record(t.Context(), "acme", odoo.ModelPurchaseOrder, 42)
	require.NoError(t, err)
	_, err = s.Finish(t.Context(), "acme", odoo.ModelPurchaseOrder, 42, record.Want, "synced", store.Audit{Action: "finished", Actor: "worker"})
	require.NoError(t, err)
	require.NoError(t, <-ended)
	require.Equal(t, 1, bytes.Count(out.Bytes(), []byte("  released  ann")))
	require.Contains(t, out.String(), "\n42 is synced.\n")
}
