// Package firm is a believable construction firm for the demo and the tests: two companies in one Odoo
// database, four running jobs, a closed one and one that is out of reach, about forty vendors, 120 purchase
// orders and 200 vendor bills over a year, and every odd case of the accounting rules.
//
// The firm is a plan. Every document says, beside its own content, where its money must end: each share of
// a line names the job and the budget code that it was bought for, and each document names the column of
// the ledger, or the cause for which it stays with a person. [Firm.Load] makes the documents in the two
// sandbox servers, [Firm.Edits] is the scripted day after, and [Firm.Ledger] and [Firm.Exceptions] add up
// the plan in whole cents. Nothing here uses the product's rules or clients, so the product cannot agree
// with this package on a mistake; expected/ledger.csv and expected/exceptions.csv are the sums as files.
//
// The ledger counts what the connector owns, or has to own, in Procore: documents that carry an origin id
// of ours. Commitments and direct costs that the firm typed into Procore by hand carry none and are no
// part of it, whatever their budget code. Projects appear by their Procore number. A record that is parked
// and never reached Procore counts nothing; a commitment that reached it and was parked by a later change
// counts as Procore still has it.
//
// The firm keeps its books in an Odoo of either version of the sandbox, and the sums are the same. It writes in the words of
// version 19; package clerk knows what stands for them in a 14.
//
// All amounts are US dollars; the one euro bill is parked.
package firm
