package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"
)

// fromOutside are variables that .env does not set.
var fromOutside = []string{"USER"}

var assignment = regexp.MustCompile(`^(#?)([A-Z][A-Z0-9_]*)=(.*)$`)

// checkVariables holds .env.example against the compose file: each variable is explained, used, and none is missing.
func (s *stack) checkVariables() []error {
	var wrong []error
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	used := s.used()
	explained := map[string]bool{}
	sentence := false
	for i, line := range s.envText {
		m := assignment.FindStringSubmatch(line)
		switch {
		case m == nil:
			sentence = strings.HasPrefix(line, "# ") || (sentence && line != "")
		case !sentence:
			add(".env.example:%d: no sentence says what %s is", i+1, m[2])
		case explained[m[2]]:
			add(".env.example:%d: %s is there twice", i+1, m[2])
		case !slices.Contains(used, m[2]):
			add(".env.example:%d: docker-compose.yml does not use %s", i+1, m[2])
		}
		if m != nil {
			explained[m[2]] = true
		}
	}
	for _, name := range used {
		if !explained[name] && !slices.Contains(fromOutside, name) {
			add("docker-compose.yml: %s is not in .env.example", name)
		}
	}
	return wrong
}

// used are the variables that the compose file puts in or passes on.
func (s *stack) used() []string {
	names := map[string]bool{}
	for name := range template.ExtractVariables(s.raw, template.DefaultPattern) {
		names[name] = true
	}
	services, _ := s.raw["services"].(map[string]any)
	for _, of := range services {
		for name, value := range environment(of) {
			if _, set := value.(string); !set {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// environment is a service's, as a mapping or as a list of NAME=value and NAME.
func environment(service any) map[string]any {
	of, _ := service.(map[string]any)
	switch env := of["environment"].(type) {
	case map[string]any:
		return env
	case []any:
		all := map[string]any{}
		for _, item := range env {
			name, value, set := strings.Cut(fmt.Sprint(item), "=")
			all[name] = value
			if !set {
				all[name] = nil
			}
		}
		return all
	}
	return nil
}
