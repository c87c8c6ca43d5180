package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.temporal.io/sdk/temporal"

	"github.com/ml-connector/odoo-procore/activities"
)

// Search attributes, all of type Keyword.
var (
	AttrTenant         = activities.AttrTenant
	AttrOdooModel      = temporal.NewSearchAttributeKeyKeyword("OdooModel")
	AttrOdooRef        = temporal.NewSearchAttributeKeyKeyword("OdooRef") // document number, or model/id
	AttrOutcome        = temporal.NewSearchAttributeKeyKeyword("Outcome") // synced, unchanged, out_of_scope, waiting, exception, pending
	AttrCause          = temporal.NewSearchAttributeKeyKeyword("Cause")   // code of the first cause
	AttrProcoreProject = temporal.NewSearchAttributeKeyKeyword("ProcoreProject")
)

// SyncID is the workflow id of a tenant's poll cycle and the id of its schedule.
func SyncID(tenant string) string { return tenant + "/sync" }

// SweepID is the workflow id of a tenant's sweep and the id of its schedule.
func SweepID(tenant string) string { return tenant + "/sweep" }

// DispatchID is the workflow id of a tenant's Dispatch.
func DispatchID(tenant string) string { return activities.DispatchID(tenant) }

// RecordID is the workflow id of one record's run: "acme/purchase.order/42".
func RecordID(tenant, model string, id int64) string {
	return fmt.Sprintf("%s/%s/%d", tenant, model, id)
}

// BackfillID is the workflow id of a backfill: "acme/backfill/purchase.order/2026-01-01..2026-03-31". The same models
// in another order, or named twice, are the same backfill.
func BackfillID(in BackfillInput) string {
	models := slices.Clone(in.Models)
	if len(models) == 0 {
		models = slices.Clone(backfillModels)
	}
	slices.Sort(models)
	return fmt.Sprintf("%s/backfill/%s/%s..%s", in.Tenant, strings.Join(slices.Compact(models), "+"), in.Since, in.Until)
}

// AttrUpdate sets how a run ended; an empty cause leaves Cause unset.
func AttrUpdate(outcome, cause string) []temporal.SearchAttributeUpdate {
	updates := []temporal.SearchAttributeUpdate{AttrOutcome.ValueSet(outcome)}
	if cause != "" {
		updates = append(updates, AttrCause.ValueSet(cause))
	}
	return updates
}

func projectUpdate(project int64) []temporal.SearchAttributeUpdate {
	if project == 0 {
		return nil
	}
	return []temporal.SearchAttributeUpdate{AttrProcoreProject.ValueSet(strconv.FormatInt(project, 10))}
}
