package activities

import "go.temporal.io/sdk/temporal"

// AttrTenant is the search attribute that every workflow carries.
var AttrTenant = temporal.NewSearchAttributeKeyKeyword("Tenant")

func tenantAttribute(tenant string) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(AttrTenant.ValueSet(tenant))
}
