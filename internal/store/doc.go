// Package store keeps everything that outlives a worker in PostgreSQL: tenants, snapshots of Odoo, waits, plans,
// intent rows, bindings, rules, caches and the audit trail. It holds the core of the protocol of writers.
//
// # State of a record
//
// State is derived from two numbers and the waits: want rises with new content, a saved rule, a late write or a
// retry; done follows it. A wait carries the want it was found for and dies with it.
//
//	idle      want = 0: nobody asked for it (a partner of no document in scope)
//	requested another record waits for it, but it was not read from Odoo yet (no content)
//	pending   want > done and no wait for this want
//	parked    want > done and a wait for this want
//	done      want = done
//
// # Who may write
//
// Everything that compares and sets is a function in PostgreSQL (migrations), so that workers of an older build obey
// newer columns. Locks are advisory and end with their transaction. They are taken in this order: model of a reader,
// rules, causes by key, part and lane by key, rows.
//
//   - A reader holds the model's lock over its HTTP call, so an older read never overwrites a newer one.
//   - A parker shares the lock of each cause, looks at it, and inserts the wait only if it is still open. A saver
//     holds the lock alone, saves, and deletes the waits. No wake-up is lost.
//   - A writer to Procore has an intent row in sends. While it is open and younger than its settle time nobody else
//     writes that part; an older one is overtaken, and its successor looks before it writes.
//   - A tenant that is held gets no intent row, by a trigger: not for what is under way either. See WhyHeld and Rebind.
//
// If a worker dies, its transaction never happened, or an open intent row says that its effect is unknown. Deadlocks
// between transactions that touch several records are possible and are tried again here.
package store
