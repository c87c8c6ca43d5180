package telemetry

import (
	"strconv"
	"strings"
)

// recordOf reads a workflow id: "acme/purchase.order/42" is the record purchase.order/42 of acme, "acme/sync-…" is of
// acme only.
func recordOf(workflowID string) (tenant, record string) {
	tenant, rest, ok := strings.Cut(workflowID, "/")
	if !ok {
		return "", ""
	}
	_, id, ok := strings.Cut(rest, "/")
	if _, err := strconv.ParseInt(id, 10, 64); !ok || err != nil {
		return tenant, ""
	}
	return tenant, rest
}
