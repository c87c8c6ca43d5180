// Package reconcile compares Odoo and Procore to the cent, project by project and budget code by budget code.
//
// Amounts come from live reads of both systems, never from what we remember of a document. Four tests stand side by
// side, each with its own difference: the value of purchase orders against committed cost, their bills against
// subcontractor invoices (gross), other bills against direct costs (by type), and per project Odoo's analytic cost
// against Procore's cost to date. A difference is explained by bridge lines that name their records; what no line
// explains is unexplained, and nothing is forgiven. What stays out of Procore altogether stands in rows without a
// project, so that the Odoo side adds up to all confirmed orders and posted bills.
//
// Bindings only tell which Procore document belongs to which record, and what was sent last: a live document that
// holds something else was changed in Procore; one that holds what was sent, though the rules want something else, is
// unexplained. A record that waits or is under way is explained by what is still to come: what the rules want less
// what Procore holds. Records that move while both sides are read count as under way.
//
// [Run] reads and compares; [compare] is the pure part. A project that Procore refuses is named in the problems and
// left out. When a system does not answer, Run gives up with an error: half a reconciliation is none.
package reconcile
