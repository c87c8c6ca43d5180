package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// order is what each service has to wait for. Until when follows from what it waits for: waitsForSomething.
var order = map[string][]string{
	"temporal-schema":    {"postgres"},
	"temporal":           {"temporal-schema"},
	"temporal-namespace": {"temporal"},
	"temporal-ui":        {"temporal"},
	"migrate":            {"postgres"},
	"worker":             {"key", "migrate", "temporal-namespace"},
	"demo-setup":         {"key", "migrate", "temporal-namespace", "odoo", "procore"},
}

func (s *stack) checkOrder() []error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(order)) {
		for _, on := range order[name] {
			if _, waits := s.project.Services[name].DependsOn[on]; !waits {
				wrong = append(wrong, fmt.Errorf("docker-compose.yml: service %s: does not wait for %s (depends_on)", name, on))
			}
		}
	}
	return wrong
}

func waitsForSomething(s *stack, _ string, c types.ServiceConfig) string {
	for _, on := range slices.Sorted(maps.Keys(c.DependsOn)) {
		other := s.project.Services[on]
		once := other.Restart == "no" || strings.HasPrefix(other.Restart, types.RestartPolicyOnFailure)
		healthy := other.HealthCheck != nil && !other.HealthCheck.Disable && len(other.HealthCheck.Test) > 1
		switch condition := c.DependsOn[on].Condition; {
		case !c.DependsOn[on].Required:
			return fmt.Sprintf("starts without %s too (required: false)", on)
		case condition == types.ServiceConditionHealthy && !healthy:
			return fmt.Sprintf("waits until %s is healthy, which has no healthcheck", on)
		case condition == types.ServiceConditionCompletedSuccessfully && !once:
			return fmt.Sprintf("waits for the end of %s, which is started again for ever (restart: %s)", on, other.Restart)
		case condition == types.ServiceConditionStarted:
			return fmt.Sprintf("waits for the start of %s alone, which says nothing", on)
		}
	}
	return ""
}
