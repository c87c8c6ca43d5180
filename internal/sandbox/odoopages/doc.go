// Package odoopages shows what the Odoo sandbox holds, as a user of Odoo would look for it: purchase orders, vendor bills,
// vendors, and the requests that came in. A few edits are offered, those that a demo needs.
//
// It reads and edits as the superuser through [odootest.Server.Do], the way /_sandbox/edit does: the rules of Odoo hold, and
// what they refuse is shown on the page.
package odoopages
