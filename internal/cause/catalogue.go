package cause

import "time"

// Entry describes one code. Sentence and WayOut may name details of the wait in braces, {project}; what the wait
// does not tell is named by the subject of its key.
type Entry struct {
	Code     string
	Sentence string
	WayOut   string
	// Recheck is when the record looks again by itself, for causes outside our database; 0 never.
	Recheck time.Duration
	// Waiting marks a cause that ends by itself and is no exception.
	Waiting bool
}

// Codes that code outside the rules names.
const (
	ProcoreUnavailable = "procore.unavailable"
	ProcoreRejected    = "procore.rejected"
	ProcoreForbidden   = "procore.forbidden"
	ProjectForbidden   = "project.forbidden"
	BillingPeriodNone  = "billing_period.none"
	CommitmentExists   = "commitment.exists"
	DirectCostExists   = "direct_cost.exists"
	RequisitionExists  = "requisition.exists"
	VendorAmbiguous    = "vendor.ambiguous"
	VendorInactive     = "vendor.inactive"
	VendorParked       = "vendor.parked"
	OrderParked        = "po.parked"
	BillParked         = "bill.parked"
	IdentityChanged    = "identity.changed"
	NotNewest          = "requisition.not_newest"
	DirectCostLocked   = "direct_cost.locked"
	BillReset          = "bill.reset"
	AnalyticUnknown    = "analytic.unknown"
	DuplicateRef       = "bill.duplicate_ref"
	SetupPlan          = "setup.plan"
	OdooVisibility     = "odoo.visibility"
	SetupCredentials   = "setup.credentials" //nolint:gosec // a code, not a credential
	ConnectorError     = "connector.error"
	ProjectUnknown     = "project.unknown"
	ProjectClosed      = "project.closed"
	BudgetCode         = "mapping.budget_code"
	Dependency         = "dep"
)

const (
	soon  = 5 * time.Minute
	hour  = time.Hour
	daily = 24 * time.Hour
)

var entries = []Entry{
	{Code: "mapping.project", Sentence: "The analytic account {account} is not mapped to a Procore project.", WayOut: "Add it to the mapping sheet with its Procore project, or as not_in_procore, and run `ml-connector map import`."},
	{Code: "mapping.no_project", Sentence: "A line on a job-cost account has no analytic account of the project plan.", WayOut: "Give the line a project in Odoo, or take its account out of the setting job_cost_accounts."},
	{Code: "mapping.code", Sentence: "Nothing maps {object} to a cost code of the Procore project {project}.", WayOut: "Add a row of kind code for it to the mapping sheet and run `ml-connector map import`."},
	{Code: BudgetCode, Sentence: "The Procore project {project} has no budget code {code}.", WayOut: "Add the cost code to the project in Procore, or map to another code.", Recheck: hour},
	{Code: AnalyticUnknown, Sentence: "The analytic distribution names an account that Odoo no longer has.", WayOut: "Choose an existing analytic account on the line in Odoo.", Recheck: soon},
	{Code: "analytic.invalid", Sentence: "The analytic distribution of a line is not a list of accounts.", WayOut: "Set the analytic distribution of the line again in Odoo."},
	{Code: SetupPlan, Sentence: "Odoo has no analytic plan named {plan}.", WayOut: "Name an existing root plan under odoo.plans in the tenant file and run `ml-connector tenant apply`.", Recheck: soon},
	{Code: OdooVisibility, Sentence: "{missing} of {known} records of {model} are not found in Odoo any more, or hidden from the connector's user; none of them is taken as deleted.", WayOut: "Give the user the right back that `ml-connector ping` misses. If they were really deleted in Odoo, `ml-connector sweep start {tenant} --deletions` says so."},
	{Code: SetupCredentials, Sentence: "The tenant cannot be opened: {message}.", WayOut: "Enter the credentials with `ml-connector credentials set`.", Recheck: soon},
	{Code: ConnectorError, Sentence: "The connector failed on this record: {message}.", WayOut: "Look at the failed run in the Temporal Web UI and report it as a defect; it is tried again by itself.", Recheck: hour},
	{Code: ProjectUnknown, Sentence: "The Procore project {project} does not exist or the app may not see it.", WayOut: "Check the project in the mapping sheet, and the permitted projects of the app in Procore.", Recheck: hour},
	{Code: ProjectClosed, Sentence: "The Procore project {project} is not active; Procore takes no new cost for it.", WayOut: "Reactivate the project in Procore, map the account elsewhere or as not_in_procore.", Recheck: daily},
	{Code: ProjectForbidden, Sentence: "Procore refuses the project {project}: it is not on the app's list of permitted projects.", WayOut: "A Procore company administrator adds it under App Management, permitted projects.", Recheck: soon},
	{Code: ProcoreForbidden, Sentence: "Procore refuses the request: {message}.", WayOut: "A Procore company administrator checks that the app is installed and its permissions.", Recheck: soon},
	{Code: ProcoreRejected, Sentence: "Procore rejected the {resource}: {message}.", WayOut: "Correct the document in Odoo or the setting in Procore that the message names; a change in Odoo is sent by itself."},
	{Code: ProcoreUnavailable, Sentence: "Procore or the network did not answer for about an hour: {message}.", WayOut: "Nothing to do: the connector tries again by itself.", Recheck: soon},
	{Code: BillingPeriodNone, Sentence: "The Procore project {project} has no open billing period.", WayOut: "Open a billing period for the project in Procore.", Recheck: hour},
	{Code: CommitmentExists, Sentence: "Procore already holds a commitment numbered {number} that does not belong to this order: it was typed by hand, or made for a record that Odoo has no more.", WayOut: "Remove or renumber the one in Procore; until then nothing is written.", Recheck: daily},
	{Code: DirectCostExists, Sentence: "Procore already holds a direct cost {number} of this vendor that does not belong to this bill: it was typed by hand, or made for a record that Odoo has no more.", WayOut: "Remove the one in Procore; until then nothing is written.", Recheck: daily},
	{Code: RequisitionExists, Sentence: "The commitment already has a subcontractor invoice {number} that does not belong to this bill: it was typed by hand, or made for a record that Odoo has no more.", WayOut: "Check with the project manager which one is right and remove the other.", Recheck: daily},
	{Code: VendorAmbiguous, Sentence: "Several Procore vendors could be {name}: {candidates}.", WayOut: "Merge the duplicates in Procore, or give the right one the tax number that Odoo has.", Recheck: daily},
	{Code: VendorInactive, Sentence: "The Procore vendor that {name} is was deactivated there.", WayOut: "Reactivate the vendor in Procore, or use another supplier in Odoo.", Recheck: daily},
	{Code: "vendor.employee", Sentence: "The supplier is an employee; employees are never sent as vendors.", WayOut: "Use a supplier contact on the document in Odoo."},
	{Code: "vendor.intercompany", Sentence: "The vendor is a company of the same Odoo database.", WayOut: "Decide with the setting intercompany (sync or ignore)."},
	{Code: VendorParked, Sentence: "The vendor itself waits: {target}.", WayOut: "Mend what the vendor waits for; this record follows by itself."},
	{Code: OrderParked, Sentence: "The purchase order of this bill waits itself: {target}.", WayOut: "Mend what the purchase order waits for; the bill follows by itself."},
	{Code: BillParked, Sentence: "The bill that this one follows waits itself: {target}.", WayOut: "Mend what that bill waits for; this one follows by itself."},
	{Code: "currency.foreign", Sentence: "The document is in {currency}, the Procore project in {project_currency}.", WayOut: "Enter the document in the project's currency."},
	{Code: "amendment.after_billing", Sentence: "The order was changed after subcontractor invoices were made on its commitment.", WayOut: "Make a commitment change order in Procore, or set the order back in Odoo."},
	{Code: "commitment.cancelled_after_billing", Sentence: "The order was cancelled after subcontractor invoices were made on its commitment.", WayOut: "Decide in Procore what happens to the invoices, then close the commitment there."},
	{Code: "commitment.moved_after_billing", Sentence: "The order left a project on which its commitment has subcontractor invoices.", WayOut: "Set the project back in Odoo, or credit the bills first."},
	{Code: "bill.recoded", Sentence: "A bill line is on another project or code than its purchase order line.", WayOut: "Recode the order line or the bill line in Odoo so that both agree."},
	{Code: "bill.line_not_on_commitment", Sentence: "The commitment has no line for a billed order line.", WayOut: "Check the order line in Odoo; when the order has been carried over, the bill follows."},
	{Code: DuplicateRef, Sentence: "The vendor's number {ref} was already posted on {other}.", WayOut: "Correct the bill reference in Odoo, or cancel the bill entered twice.", Recheck: daily},
	{Code: "bill.retainage", Sentence: "The bill has lines on retention accounts; retainage is not carried yet.", WayOut: "Enter the invoice with its retainage in Procore."},
	{Code: "bill.reversed", Sentence: "The bill {bill} that this credit note reverses is not in Procore yet.", WayOut: "Mend what that bill waits for; the credit note follows by itself.", Recheck: daily},
	{Code: "bill.credit_note", Sentence: "Credit notes wait by the setting credit_note: park.", WayOut: "Enter the credit in Procore, or set credit_note to same_route."},
	{Code: "bill.no_number", Sentence: "The bill has neither a vendor's number nor a number of its own.", WayOut: "Enter the bill reference in Odoo."},
	{Code: BillReset, Sentence: "The bill was reset to draft after it reached Procore.", WayOut: "Post it again or cancel it in Odoo."},
	{Code: NotNewest, Sentence: "The bill changed, but a newer subcontractor invoice exists on its commitment and Procore lets only the newest be changed.", WayOut: "Enter the difference as a new bill or credit note in Odoo."},
	{Code: "direct_cost.too_many_lines", Sentence: "The bill has more than 100 lines on one project, Procore's limit for one request.", WayOut: "Split the bill in Odoo."},
	{Code: DirectCostLocked, Sentence: "Procore does not let the direct cost be changed: {message}.", WayOut: "Unlock or correct it in Procore.", Recheck: daily},
	{Code: IdentityChanged, Sentence: "The Odoo record with this number is not the one that was sent (created {created}, sent as {sent}).", WayOut: "Check whether the Odoo database was restored or copied; `ml-connector tenant rebind` shows what was sent for records that are no more, and lets it go."},
	{Code: "bill.unmatched_po", Sentence: "The vendor has the open commitment {order} on the same project and budget code {code}; this bill may belong to it.", WayOut: "Match the bill with the purchase order in Odoo if it does."},
	{Code: Dependency, Sentence: "It waits for {target}, which is on its way.", WayOut: "Nothing to do.", Waiting: true},
}
