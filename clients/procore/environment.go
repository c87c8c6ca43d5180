package procore

import (
	"fmt"
	"strings"
)

type environment struct{ name, login, api string }

// environments are Procore's hosts (documentation: development environments, federal zone). Monthly and On-Demand
// sandboxes take production credentials; On-Demand ones also share the production hosts.
var environments = []environment{
	{"production", "https://login.procore.com", "https://api.procore.com"},
	{"sandbox", "https://login-sandbox.procore.com", "https://sandbox.procore.com"},
	{"monthly", "https://login-sandbox-monthly.procore.com", "https://api-monthly.procore.com"},
	{"federal", "https://login.procoregov.com", "https://api.procoregov.com"},
}

// Environment gives the hosts of a named environment: production, sandbox, monthly or federal.
func Environment(name string) (loginURL, apiURL string, err error) {
	names := make([]string, 0, len(environments))
	for _, e := range environments {
		if e.name == name {
			return e.login, e.api, nil
		}
		names = append(names, e.name)
	}
	return "", "", fmt.Errorf("procore: environment %q is not one of %s", name, strings.Join(names, ", "))
}

// environmentName is the name of the environment with these hosts, or "custom".
func environmentName(login, api string) string {
	for _, e := range environments {
		if e.login == login && e.api == api {
			return e.name
		}
	}
	return "custom"
}
