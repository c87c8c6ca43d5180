package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
)

// exact is an image that is the same tomorrow. PostgreSQL has two numbers where others have three.
var exact = regexp.MustCompile(`^(postgres:\d+\.\d+|[^:@]+:\d+\.\d+\.\d+)(-[a-z0-9.]+)?(@sha256:[0-9a-f]{64})?$`)

// rules are what each service must keep to. They give what is wrong, empty: nothing.
var rules = []func(s *stack, name string, c types.ServiceConfig) string{
	imageIsExact, temporalIsOne, portsAreLocal, waitsForSomething, asksItself, isBounded, filesAreThere,
	hasNoRights, oursHasNoRights, keyIsSafe, passwordsAreNotSeen, passwordsAreAsked,
}

func (s *stack) check() []error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(s.project.Services)) {
		for _, rule := range rules {
			if text := rule(s, name, s.project.Services[name]); text != "" {
				wrong = append(wrong, fmt.Errorf("docker-compose.yml: service %s: %s", name, text))
			}
		}
	}
	return slices.Concat(wrong, s.checkOrder(), s.checkData(), s.checkSecrets(), s.checkVariables())
}

func ours(c types.ServiceConfig) bool { return c.Build != nil }

func imageIsExact(_ *stack, _ string, c types.ServiceConfig) string {
	if !ours(c) && !exact.MatchString(c.Image) {
		return fmt.Sprintf("image %q has no exact version", c.Image)
	}
	return ""
}

var temporalVersion = regexp.MustCompile(`^temporalio/(?:server|admin-tools):([^@]+)`)

// temporalIsOne: the tools bring the databases to the schema of their own version, which another server may refuse.
func temporalIsOne(s *stack, _ string, c types.ServiceConfig) string {
	server := s.project.Services["temporal"].Image
	its, servers := temporalVersion.FindStringSubmatch(c.Image), temporalVersion.FindStringSubmatch(server)
	if its != nil && (servers == nil || its[1] != servers[1]) {
		return fmt.Sprintf("image %s is of another version than the server's, %s", c.Image, server)
	}
	return ""
}

func portsAreLocal(_ *stack, _ string, c types.ServiceConfig) string {
	for _, p := range c.Ports {
		if p.HostIP != "127.0.0.1" {
			return fmt.Sprintf("port %d is published on %q: publish it on 127.0.0.1", p.Target, p.HostIP)
		}
	}
	return ""
}

func isBounded(_ *stack, _ string, c types.ServiceConfig) string {
	switch {
	case c.Logging == nil || c.Logging.Options["max-size"] == "" || c.Logging.Options["max-file"] == "":
		return "its log grows for ever: set max-size and max-file"
	case c.Deploy == nil || c.Deploy.Resources.Limits == nil || c.Deploy.Resources.Limits.MemoryBytes == 0:
		return "its memory has no limit"
	case c.Restart == "":
		return "does not say when it is started again (restart)"
	case c.ContainerName != "":
		return "has a name of its own (container_name): two stacks would collide"
	}
	return ""
}
