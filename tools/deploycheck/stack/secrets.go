package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

var (
	secretName = regexp.MustCompile(`PASSWORD|PWD|SECRET|TOKEN`)
	// asked is a value without which the stack does not start.
	asked = regexp.MustCompile(`^\$\{\w+:\?[^{}]*\}$`)
	putIn = regexp.MustCompile(`\$(?:\{(\w+)(:\?)?|(\w+))`)
	// inURL is a password in a URL or in a connection string.
	inURL = regexp.MustCompile(`://[^/@:\s]*:[^/@\s]+@|(?i:\bpassword=)`)
)

// checkSecrets: the stack starts with the passwords of .env, or not at all.
func (s *stack) checkSecrets() []error {
	said := map[string]bool{}
	for name := range optional(s.raw) {
		said[name+" can be missing, or has a default: write ${"+name+":?…}"] = true
	}
	services, _ := s.raw["services"].(map[string]any)
	for service, of := range services {
		for name, value := range environment(of) {
			text, set := value.(string)
			if set && secretName.MatchString(name) && !asked.MatchString(text) && len(optional(text)) == 0 {
				said[fmt.Sprintf("%s.%s is written out: take it from .env", service, name)] = true
			}
		}
	}
	var wrong []error
	for _, text := range slices.Sorted(maps.Keys(said)) {
		wrong = append(wrong, fmt.Errorf("docker-compose.yml: %s", text))
	}
	return wrong
}

// optional are the secrets that a part of the compose file puts in whether they are set or not.
func optional(part any) map[string]bool {
	names := map[string]bool{}
	switch part := part.(type) {
	case string:
		for _, m := range putIn.FindAllStringSubmatch(strings.ReplaceAll(part, "$$", ""), -1) {
			if name := m[1] + m[3]; m[2] == "" && secretName.MatchString(name) {
				names[name] = true
			}
		}
	case map[string]any:
		for _, of := range part {
			maps.Copy(names, optional(of))
		}
	case []any:
		for _, of := range part {
			maps.Copy(names, optional(of))
		}
	}
	return names
}

// passwordsAreAsked: PostgreSQL can be told at its first start to let in whoever comes.
func passwordsAreAsked(_ *stack, _ string, c types.ServiceConfig) string {
	if _, set := c.Environment["POSTGRES_HOST_AUTH_METHOD"]; set {
		return "POSTGRES_HOST_AUTH_METHOD changes who gets in without a password: leave it out"
	}
	return ""
}

// passwordsAreNotSeen: arguments can be seen by whoever lists processes, and URLs stand in errors.
func passwordsAreNotSeen(s *stack, _ string, c types.ServiceConfig) string {
	arguments := append(slices.Clone(c.Entrypoint), c.Command...)
	if c.HealthCheck != nil {
		arguments = append(arguments, c.HealthCheck.Test...)
	}
	for name, value := range s.env {
		if strings.HasSuffix(name, "PASSWORD") && strings.Contains(strings.Join(arguments, " "), value) {
			return fmt.Sprintf("%s is an argument of a command", name)
		}
	}
	if slices.ContainsFunc(arguments, inURL.MatchString) {
		return "a password is an argument of a command"
	}
	for _, name := range slices.Sorted(maps.Keys(c.Environment)) {
		if value := c.Environment[name]; value != nil && inURL.MatchString(*value) {
			return fmt.Sprintf("%s has a password in it: put it into PGPASSWORD", name)
		}
	}
	return ""
}
