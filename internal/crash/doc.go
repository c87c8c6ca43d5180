// Package crash proves that the connector survives. A small firm with one document of every kind is synced once
// undisturbed; then once for each write to Procore of that run (an effect) and each way to disturb it, and every end is
// compared with the undisturbed one, document by document.
//
//   - before: the worker is killed (SIGKILL) when the request is at Procore's door; it has no effect.
//   - after: it has its effect, the worker is killed before it has the answer.
//   - unsaved: the worker has the answer and is killed when it wants to save it with the binding.
//   - zombie: the worker is frozen (SIGSTOP) at the request, another one takes the write over and ends it; then the first
//     request has its effect after all, and the first worker goes on (SIGCONT).
//
// A point is an effect with one of these. Each has a tenant of its own (package rig), with an Odoo of a chosen version.
// Effects are known by what they write, not by a counter: the order of a run varies. After the stages of the firm a point
// runs cycles until nothing is pending and the zombie has reported, then lets an hour pass for writes that were taken over,
// and in this last cycle nothing may be written any more.
//
// # What is compared
//
// Of Procore: vendors, who is on which project, budget codes, commitments with lines, subcontractor invoices with items
// and direct costs with lines, with their amounts, statuses and texts; by origin id and number, ids are put in words. What
// was deleted is left out, and the generation of an origin id: a way through a crash may delete a document once more. So
// two living documents of one origin are a difference. Of our database: bindings (what each part of a record became, alive
// in Procore under that id, none reopened), what waits, and that every write had its intent row, one write for a row.
//
// A point whose effect never came, that does not come to rest in time, or whose zombie was not taken over, fails.
package crash
