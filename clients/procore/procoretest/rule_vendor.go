package procoretest

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// checkVendorName: the only field that a vendor cannot do without. It is not unique.
func checkVendorName(next attrs) faults {
	if strings.TrimSpace(next.text("name")) == "" {
		return fault("name", "can't be blank")
	}
	return nil
}

// checkAbbreviation: abbreviated_name has ten characters at most.
func checkAbbreviation(next attrs) faults {
	if utf8.RuneCountInString(next.text("abbreviated_name")) > 10 {
		return fault("abbreviated_name", "is too long (maximum is 10 characters)")
	}
	return nil
}

// checkAddress: country_code is ISO 3166 alpha-2, and state_code belongs to it.
func checkAddress(next attrs) faults {
	country, state := next.text("country_code"), next.text("state_code")
	if country != "" && !isCountry(country) {
		return fault("country_code", "is not a valid country code")
	}
	if state == "" {
		return nil
	}
	if country == "" {
		return fault("state_code", "needs a country code")
	}
	if !isStateOf(country, state) {
		return fault("state_code", "is not a valid state code")
	}
	return nil
}

func isCountry(code string) bool {
	if len(code) != 2 || strings.ToUpper(code) != code {
		return false
	}
	region, err := language.ParseRegion(code)
	return err == nil && region.IsCountry() && region.Canonicalize().String() == code
}

// isStateOf knows the states of the countries most used; elsewhere any short code passes.
func isStateOf(country, state string) bool {
	states, known := statesOf[country]
	if known {
		return slices.Contains(strings.Fields(states), state)
	}
	return len(state) <= 3
}

var statesOf = map[string]string{
	"US": "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR UM VI",
	"CA": "AB BC MB NB NL NS NT NU ON PE QC SK YT",
	"AU": "ACT NSW NT QLD SA TAS VIC WA",
	"DE": "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH",
	"MX": "AGU BCN BCS CAM CHH CHP CMX COA COL DUR GRO GUA HID JAL MEX MIC MOR NAY NLE OAX PUE QUE ROO SIN SLP SON TAB TAM TLA VER YUC ZAC",
}

// checkReactivation: an inactive vendor comes back only through the inactive list.
func checkReactivation(before attrs, in attrs) faults {
	if before != nil && !before.yes("is_active") && in.yes("is_active") {
		return fault("is_active", "cannot be set here, reactivate the vendor through inactive vendors")
	}
	return nil
}

// checkParent: a parent must exist and have no parent itself.
func (s *Server) checkParent(next attrs) faults {
	id := next.id("parent_id")
	if id == 0 {
		return nil
	}
	parent, found := s.vendors.get(id)
	if !found {
		return fault("parent_id", "is invalid")
	}
	if parent.attrs.id("parent_id") != 0 {
		return fault("parent_id", "can have two levels only")
	}
	return nil
}

// checkVendorOnProject: a commitment or direct cost names only vendors of its project.
func (s *Server) checkVendorOnProject(projectID, vendorID int64) faults {
	if vendorID == 0 || s.projectVendors[projectVendor{projectID, vendorID}] {
		return nil
	}
	return fault("vendor_id", "has not been added to this project")
}
