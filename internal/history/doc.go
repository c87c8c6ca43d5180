// Package history plays random histories of an Odoo against the activities that read it, in tests only: transactions that
// overlap, run long or share a second; edits that touch nothing but a line; deletions, merges and a clock that is set
// back; and a reader that dies at any request, or runs twice at once. When everything is committed, after one more poll
// and the sweeps that confirm deletions, what is stored equals what Odoo has.
//
// The tests need PostgreSQL and no Temporal server. `make test` plays some of them, `make soak` thousands; the same
// histories show that the obvious poller, write_date > the newest one seen, loses records.
package history
