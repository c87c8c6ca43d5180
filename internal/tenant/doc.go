// Package tenant reads tenant.yaml: which Odoo database and companies go to which Procore company, and the settings
// of the rules. It is strict: an unknown key, a wrong type or an impossible value is refused with line and field,
// and nothing is half-applied. Secrets are never in the file; see `ml-connector credentials set`.
package tenant
