// Package odootest is a server that behaves like Odoo 14 or 19 for the documents of purchasing and vendor bills: JSON-2
// (19) and XML-RPC, a subset of the ORM, computed amounts, write dates, access rights and business rules. Everything
// is kept in memory. It imports nothing of the product, so that client and server cannot agree on one mistake.
//
// # State
//
// A [Server] starts empty but for its users. What a document needs and nobody made (a company, its currency, a purchase
// journal, payable and expense accounts, a unit) is made on first use, so ids start from 1 in every model.
//
// # Versions
//
// Records are stored alike. A version names, hides and shows fields by its schema, and a dialect holds what else differs:
// texts, names of arguments, groups. Where the bookkeeping or the write dates differ, the code of version 14 stands in
// functions with 14 in their name. Callers in Go give the field names of the version, and the arguments of version 19.
//
// # Protocols
//
// Both fronts turn a request into one invocation and one transaction, and an *apiError into their kind of answer. Over
// XML-RPC an answer that cannot be marshalled is a fault although the transaction was committed.
//
// # Transactions
//
// Each request is one transaction under one lock. A failure rolls back everything but the id sequences. write_date is
// the start of the transaction with microseconds, cut to seconds in answers; [Server.DoStarted] gives a transaction
// an earlier start, as a long import has that commits behind a poller. [Server.Begin] keeps a transaction open over
// several calls, beside others.
//
// # Size
//
// An order with one line takes about 1.4 KB and 50 µs to make. A search goes through the write times of all records (8
// bytes each) or through an index of a many2one, so a million orders need 1.4 GB, a minute, and a millisecond for a
// poll without a change.
//
// # Faults on order
//
// A [FaultRule] makes requests go wrong, over both protocols; each kind is a row of a table. Faults are set in Go, or at
// /_sandbox/faults: GET lists them with how often each has hit, POST takes a list in place of those that are set,
// DELETE clears. Journal and faults know an XML-RPC call as /xmlrpc/2/object/<model>/<method>.
//
// # Failure inside
//
// Business code raises an *apiError by panic; [Server.transact] is the only place that recovers it, undoes the
// transaction and turns it into an answer.
package odootest
