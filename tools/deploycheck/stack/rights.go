package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// hasNoRights: nothing here needs a part of the machine itself.
func hasNoRights(_ *stack, _ string, c types.ServiceConfig) string {
	for _, space := range []struct{ key, value string }{
		{"network_mode", c.NetworkMode}, {"pid", c.Pid}, {"ipc", c.Ipc}, {"uts", c.Uts}, {"userns_mode", c.UserNSMode}, {"cgroup", c.Cgroup},
	} {
		if space.value == "host" {
			return fmt.Sprintf("shares the machine's own (%s: host)", space.key)
		}
	}
	switch {
	case c.Privileged:
		return "has all rights of the machine (privileged)"
	case len(c.CapAdd) > 0:
		return fmt.Sprintf("has more capabilities than its image needs (cap_add: %s)", strings.Join(c.CapAdd, ", "))
	case len(c.Devices) > 0:
		return "has devices of the machine (devices)"
	case !slices.Equal(c.SecurityOpt, []string{"no-new-privileges:true"}):
		return fmt.Sprintf("its security_opt is %q: no-new-privileges:true, and nothing else", c.SecurityOpt)
	}
	return ""
}

func oursHasNoRights(_ *stack, _ string, c types.ServiceConfig) string {
	switch {
	case !ours(c):
	case !c.ReadOnly:
		return "its root file system can be written to (read_only)"
	case !slices.Equal(c.CapDrop, []string{"ALL"}):
		return "has capabilities (cap_drop)"
	case c.User == "" || strings.HasPrefix(c.User, "0") || strings.HasPrefix(c.User, "root"):
		return fmt.Sprintf("runs as user %q", c.User)
	}
	return ""
}
