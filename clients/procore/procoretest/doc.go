// Package procoretest is a sandbox that behaves like Procore's REST API: one
// company, its projects, directory, codes, commitments, subcontractor invoices
// (requisitions) and direct costs, all kept in memory.
//
// It is a server, not a mock. It keeps state, checks tokens, headers, types and
// permissions, counts rate limits, and refuses what Procore refuses, in the
// shapes in which Procore refuses it. Every business rule stands in a function
// of its own in a rule_*.go file, so that changing one rule makes one named test
// fail. The package imports nothing of the product: client and server cannot
// agree on one mistake.
//
// A Server is an http.Handler. It answers under /rest and /oauth as Procore
// does, and under /_sandbox for tests and demonstrations:
//
//	GET  /_sandbox/state    everything it knows (State)
//	GET  /_sandbox/journal  every /rest request it saw, without secrets (Request)
//	GET  /_sandbox/budget   the standard budget view (BudgetRow)
//	POST /_sandbox/edit     what a person does in Procore's web client (Edit)
//	GET  /_sandbox/faults   what goes wrong on order, and how often it has (FaultRule)
//	POST /_sandbox/faults   a list of them instead; DELETE clears
//
// Where Procore's behaviour is not documented the sandbox takes the stricter
// reading, so that code which works here does not depend on luck:
//
//   - sync actions answer entities in another order than they were sent;
//   - a deleted commitment or direct cost keeps its origin_id, its number is free again;
//   - the project list of a service account shows permitted projects only;
//   - a 429 carries no Retry-After, only the X-Rate-Limit headers;
//   - requisition items are in the answer only with view=items or view=extended;
//   - a direct cost line synced with amount but without extended_type is created
//     as calculated, that is as 0.00 (observed once in a live sandbox).
//
// Segment items of budget codes carry the ids of the cost codes and cost types
// they stand for.
//
// Faults strike where Procore's own would: limits and dead tokens before
// everything is checked, the others right before or after the effect, outside
// the lock. A Hook, for what only a test in Go can decide, stands inside them.
//
// Contract wraps any handler and holds the traffic through it against Procore's
// OpenAPI document.
package procoretest
