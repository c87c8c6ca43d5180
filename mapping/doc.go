// Package mapping is the domain: what an Odoo document has to look like in Procore, and what has to be
// done to get there. It is pure: no I/O, no clock, no result that depends on the order of a map or of
// the lines of a document. Everything it reads comes in as a value (the document, [Rules], and the
// state of the record), everything it decides goes out as a [Plan].
//
// A document passes three stages:
//
//  1. Allocate ([AllocateOrder], [AllocateBill]): cost per line (tax booked to cost included), cut by the
//     analytic distribution, translated to project and budget code, exact to the currency's last digit.
//  2. Route (bills only): each share goes to the commitment of its order as a subcontractor invoice, or
//     to the direct cost of its project.
//  3. Compare ([ResolveOrder], [ResolveBill], [ResolveVendor]): the wanted documents against what the
//     bindings say was written. Equal documents give no step; parts no longer wanted are retired first.
//
// When anything stands in the way the plan has causes and no steps: a document is carried whole or not
// at all. All causes are collected, so that a person mends them in one go. A cause's key names the thing
// to be mended, its Detail the words of the sentence (ref, line, account, project, code, vendor, order).
package mapping
