// Package odoo reads purchase orders, vendor bills, partners and master data from an Odoo server
// through its external API: JSON-2 (Odoo 19 and newer) or XML-RPC (Odoo 14 and newer). Documents and errors are the same
// over both, and for every version; which fields a server has is asked (fields_get), not known by its version.
//
// A Client belongs to one database and one API key and is safe for use by several goroutines. It repeats a call only when
// what it believes of the server is out of date: its list of fields, the user's id, an argument that an older version does
// not have; every other failure comes back as an *Error whose Code says what went wrong, whose WayOut says who can do what
// about it, and whose Transient method says whether trying again can help.
//
// Changes are read in windows (see Window): write_date >= From and write_date < To in whole seconds,
// paged by id. Odoo's write_date is the start of the writing transaction, so a record can appear with
// a write_date that a window has already passed: the caller overlaps its windows and compares content
// by the bytes of Canonical.
//
// Headers and lines are read in two requests, hence in two transactions. A document changed between
// them is torn: its lines do not sum to its header (Torn). Read it again before believing it.
//
// Definitions (which fields a model has, currencies, units, countries) are read when first needed and
// kept for an hour. A poll without changes costs one request per model.
package odoo
