// Package procorepages shows what the Procore sandbox holds, as a user of Procore would look for it: projects with their
// commitments, subcontractor invoices, direct costs, budget and billing periods, the company directory, and the requests that
// came in. What the connector wrote shows its origin id. A few edits are offered, those that a demo needs.
//
// It reads [procoretest.Server.State] and edits by [procoretest.Server.Edit], as /_sandbox/edit does: the rules of Procore
// hold, and what they refuse is shown on the page.
package procorepages
