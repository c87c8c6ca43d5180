package telemetry_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/rig"
)

func (o *office) scrape(ctx context.Context, t *testing.T) string {
	t.Helper()
	served := o.lines(t, "metrics are served")
	require.Len(t, served, 1, o.worker.Log(20))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+served[0]["address"].(string)+"/metrics", http.NoBody)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode, "%s", body)
	return string(body)
}

// What an operator alerts on is there under the names of docs/operations.md, with a tenant whose order waits for a mapping.
func metrics(ctx context.Context, t *testing.T, bench *rig.Bench) {
	o := open(ctx, t, bench, "metrics", "ML_METRICS_ADDR=127.0.0.1:0", "OTEL_TRACES_EXPORTER=none", "OTEL_METRICS_EXPORTER=none")
	o.order(t, 100.25)
	desk := o.Desk()
	desk.Order(o.Firm.Boulder, rig.Line{Amount: 5, Project: o.Firm.Gym, Code: o.Firm.Concrete})
	require.NoError(t, desk.Err())
	require.NoError(t, o.Cycle(ctx), o.worker.Log(20))
	tenant := `tenant="` + o.Name + `"`
	var got string
	require.NoError(t, rig.Until(ctx, "the gauges to be read again", func() (bool, error) {
		got = o.scrape(ctx, t)
		return strings.Contains(got, `ml_exceptions{cause="mapping.project",`+tenant+"} 1\n"), nil
	}), "%s", got)
	for _, line := range []string{
		"ml_records_pending{" + tenant + "} 0\n",
		"ml_cycle_age_seconds{" + tenant + "} ",
		"ml_tenant_paused{" + tenant + "} 0\n",
		`ml_procore_writes_total{operation="create commitment",result="ok",` + tenant + "} 1\n",
		`http_client_request_duration_seconds_count{http_request_method="PATCH",http_response_status_code="200",`,
		`url_template="/json/2/purchase.order/search_read"`,
		`db_client_operation_duration_seconds_count{db_operation_name="BeginSend",`,
		`temporal_activity_execution_latency_seconds_bucket{activity_type="Approve",`,
		`temporal_workflow_completed_total{`,
		"pgxpool_acquired_connections{", "process_resident_memory_bytes ", `target_info{`,
	} {
		require.Contains(t, got, line)
	}
	for _, text := range append(o.secrets(t), "Boulder", "100.25", o.Name+"/purchase.order/1") {
		require.NotContains(t, got, text)
	}
	o.stop(t)
	require.Empty(t, o.collector.bytes, "none means none")
}

// A collector that is not there, or does not answer, holds up neither the work nor the end, and is mentioned once.
func collectorAway(ctx context.Context, t *testing.T, bench *rig.Bench) {
	silent, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, silent.Close()) }) // connections wait in its queue
	for name, endpoint := range map[string]string{"refuses": "http://127.0.0.1:1", "silent": "http://" + silent.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(ctx, t, bench, "away-"+name, "OTEL_EXPORTER_OTLP_ENDPOINT="+endpoint, "OTEL_EXPORTER_OTLP_TIMEOUT=1000")
			o.order(t, 100.25)
			require.NoError(t, o.Cycle(ctx), o.worker.Log(20))
			require.Len(t, o.Procore.State().Commitments, 1)
			const away = "traces cannot be delivered and are dropped until they can; the work goes on"
			require.NoError(t, rig.Until(ctx, "the log to say so", func() (bool, error) { return len(o.lines(t, away)) > 0, nil }))
			start := time.Now()
			o.stop(t)
			require.Less(t, time.Since(start), 10*time.Second)
			require.Len(t, o.lines(t, away), 1)
		})
	}
}
