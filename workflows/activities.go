package workflows

import "github.com/ml-connector/odoo-procore/activities"

// Activities are named through nil typed pointers, so that the compiler checks each call.
var (
	polls    *activities.Polls
	dispatch *activities.Dispatches
	records  *activities.Records
)
