// Package workflows holds the deterministic side of the connector: what happens in which order.
//
// A Temporal Schedule starts [TenantSync] for each tenant. It reads Odoo's changes into PostgreSQL and wakes
// [Dispatch], the only starter of record workflows of its tenant. Dispatch hands pending records to
// [SyncVendor], [SyncPurchaseOrder] and [SyncVendorBill], a window of them at a time. Each of these resolves its
// record (an immutable plan, causes to wait for, or nothing to do), sends the plan part by part and finishes by
// compare-and-set. [Backfill] reads a period again.
//
// Workflows do no I/O and read no clock, no random and no map order: all of that is in activities, named through
// the nil pointers of activities.go. What fails is retried by Temporal (options.go); when its patience is over
// the record is parked with the cause procore.unavailable and the workflow ends. Nothing waits for a person here.
package workflows
