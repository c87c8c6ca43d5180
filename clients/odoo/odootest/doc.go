// Package odootest is a server that behaves like Odoo 19 for the documents of purchasing and vendor bills: the
// JSON-2 API, a subset of the ORM, computed amounts, write dates, access rights and business rules. Everything is
// kept in memory. It imports nothing of the product, so that client and server cannot agree on one mistake.
//
// # State
//
// A [Server] starts empty but for its users. What a document needs and nobody made (a company, its currency, a purchase
// journal, payable and expense accounts, a unit) is made on first use, so ids start from 1 in every model.
//
// # Transactions
//
// Each request is one transaction under one lock. A failure rolls back everything but the id sequences. write_date is
// the start of the transaction with microseconds, cut to seconds in answers; [Server.DoStarted] gives a transaction
// an earlier start, as a long import has that commits behind a poller.
//
// # Faults on order
//
// A [FaultRule] makes requests go wrong; each kind is a row of a table. Faults are set in Go, or at /_sandbox/faults: GET
// lists them with how often each has hit, POST takes a list in place of those that are set, DELETE clears.
//
// # Failure inside
//
// Business code raises an *apiError by panic; [Server.run] is the only place that recovers it, undoes the
// transaction and turns it into an answer.
package odootest
