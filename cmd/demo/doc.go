// Command demo takes a construction firm through the product on one machine and proves the result.
//
//	make demo                                  stays up until Ctrl-C
//	make demo ARGS="-once -report FILE"        runs once, writes a report, exits 0 only when all of it is right
//
// It starts PostgreSQL and Temporal ([devenv]), the two sandbox servers on loopback ports, and loads the firm into
// them ([firm]). From then on it uses the shipped binary only: the operator's commands, and `ml-connector worker` as a
// child process that is configured by its environment and the tenant's file.
//
// The day has four acts: load (the first cycle), edits (what people do in Odoo on one day), quiet (a cycle without
// changes, which must cost nothing), and sweep (all of Odoo compared, which must find nothing). Then the result is held against what must be there: the firm's own
// ledger and exceptions, the product's live reconciliation, Procore's directory and documents (nothing twice), and
// the sandbox's journal (no write without its intent row). Each finding is a sentence of the report's failures.
//
// A real Odoo can take the place of the sandbox (files real*.go). It is looked at before anything is started, and only
// read: a guard that lets nothing else through stands before it. There is no ledger to hold the result against then. It
// is right when nothing is unexplained, nothing is in Procore twice, a cycle without changes costs nothing and no run
// has failed; what waits for a person is listed.
//
// Whatever ends the demo, Ctrl-C, a failure or a panic, everything that it started is stopped and removed.
package main
