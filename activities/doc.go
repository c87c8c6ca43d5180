// Package activities does the connector's I/O: one Odoo page, one Procore step or one transaction each.
//
// [Polls] read Odoo into PostgreSQL, [Dispatches] hand pending records out, [Records] resolve a record and carry its
// plan into Procore. Every write to Procore goes through [Records.send]: first a row in sends (the intent), then the
// call, then the result and the binding in one transaction. An activity that dies between two of these leaves an open
// row, and whoever comes next looks up before writing.
//
// [Identity] looks whether both systems and the database are those that the bindings belong to, and holds the tenant when
// they are not: then no intent is written any more, and so nothing is sent.
//
// Results carry ids, versions and keys of causes, never names, amounts or secrets: those stay in PostgreSQL, because
// results stay in Temporal's history. What stops a record (a cause) is parked inside the activity; what may pass by
// itself is returned as an error and retried by Temporal; a rate limit is neither, it is returned as seconds to wait.
package activities
