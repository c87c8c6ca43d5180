package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

var (
	ownAddress = regexp.MustCompile(`\b(127\.0\.0\.1|localhost)\b`)
	alwaysWell = regexp.MustCompile(`(^|\|\||;)\s*(true|:|exit 0)\s*$`)
)

// asks tells whether a healthcheck asks what runs in its own container.
func asks(test []string) bool {
	words := strings.Join(test[min(1, len(test)):], " ")
	return ownAddress.MatchString(words) && !alwaysWell.MatchString(words)
}

// asksItself: services start when those are well that they wait for. Where there is no test it is the image's.
func asksItself(_ *stack, _ string, c types.ServiceConfig) string {
	forEver := slices.Contains([]string{types.RestartPolicyAlways, types.RestartPolicyUnlessStopped}, c.Restart)
	switch check := c.HealthCheck; {
	case check == nil:
	case check.Disable && forEver:
		return "its healthcheck is disabled, though it runs for ever"
	case len(check.Test) > 0 && !asks(check.Test):
		return "its healthcheck asks nothing of it on 127.0.0.1"
	}
	return ""
}
