package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// exact is an image that is the same tomorrow. PostgreSQL has two numbers where others have three.
var exact = regexp.MustCompile(`^(postgres:\d+\.\d+|[^:]+:\d+\.\d+\.\d+)(-[a-z0-9.]+)?$`)

// rules are what each service must keep to. They give what is wrong, empty: nothing.
var rules = []func(s *stack, name string, c types.ServiceConfig) string{
	imageIsExact, portsAreLocal, waitsForSomething, isBounded, filesAreThere, oursHasNoRights, passwordsAreNoArguments,
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
	return append(wrong, s.checkVariables()...)
}

func ours(c types.ServiceConfig) bool { return c.Build != nil }

func imageIsExact(_ *stack, _ string, c types.ServiceConfig) string {
	if !ours(c) && !exact.MatchString(c.Image) {
		return fmt.Sprintf("image %q has no exact version", c.Image)
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

func waitsForSomething(s *stack, _ string, c types.ServiceConfig) string {
	for _, on := range slices.Sorted(maps.Keys(c.DependsOn)) {
		other := s.project.Services[on]
		once := other.Restart == "no" || strings.HasPrefix(other.Restart, types.RestartPolicyOnFailure)
		healthy := other.HealthCheck != nil && !other.HealthCheck.Disable && len(other.HealthCheck.Test) > 1
		switch condition := c.DependsOn[on].Condition; {
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

func isBounded(_ *stack, _ string, c types.ServiceConfig) string {
	switch {
	case c.Logging == nil || c.Logging.Options["max-size"] == "" || c.Logging.Options["max-file"] == "":
		return "its log grows for ever: set max-size and max-file"
	case c.Deploy == nil || c.Deploy.Resources.Limits == nil || c.Deploy.Resources.Limits.MemoryBytes == 0:
		return "its memory has no limit"
	case !slices.Contains(c.SecurityOpt, "no-new-privileges:true"):
		return "lacks no-new-privileges"
	case c.Restart == "":
		return "does not say when it is started again (restart)"
	case c.ContainerName != "":
		return "has a name of its own (container_name): two stacks would collide"
	}
	return ""
}

func filesAreThere(_ *stack, _ string, c types.ServiceConfig) string {
	for _, v := range c.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		if _, err := os.Stat(v.Source); err != nil {
			return fmt.Sprintf("mounts %s, which is not there: Docker would make a folder of that name", v.Source)
		}
		if !v.ReadOnly {
			return fmt.Sprintf("may write to %s of this tree", v.Source)
		}
	}
	return ""
}

func oursHasNoRights(_ *stack, _ string, c types.ServiceConfig) string {
	switch {
	case !ours(c):
	case !c.ReadOnly:
		return "its root file system can be written to (read_only)"
	case !slices.Equal(c.CapDrop, []string{"ALL"}) || len(c.CapAdd) > 0 || c.Privileged:
		return "has capabilities (cap_drop)"
	case c.User == "" || strings.HasPrefix(c.User, "0") || strings.HasPrefix(c.User, "root"):
		return fmt.Sprintf("runs as user %q", c.User)
	}
	return ""
}

// passwordsAreNoArguments: arguments can be seen by whoever lists processes.
func passwordsAreNoArguments(s *stack, _ string, c types.ServiceConfig) string {
	arguments := append(slices.Clone(c.Entrypoint), c.Command...)
	if c.HealthCheck != nil {
		arguments = append(arguments, c.HealthCheck.Test...)
	}
	for name, value := range s.env {
		if strings.HasSuffix(name, "PASSWORD") && strings.Contains(strings.Join(arguments, " "), value) {
			return fmt.Sprintf("%s is an argument of a command", name)
		}
	}
	return ""
}
