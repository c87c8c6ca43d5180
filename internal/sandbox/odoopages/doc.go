// Package odoopages shows what the Odoo sandbox holds, as a user of Odoo would look for it: purchase orders, vendor bills,
// vendors, and the requests that came in. A few edits are offered, those that a demo needs.
//
// It reads and edits as the superuser, as /_sandbox/edit does, but through a [clerk.Clerk], so that the same pages fit each
// version of Odoo. The rules of Odoo hold, and what they refuse is shown on the page.
package odoopages
