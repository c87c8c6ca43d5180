package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	core "k8s.io/api/core/v1"
)

var exact = regexp.MustCompile(`:\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$`)

func checkPod(pod *core.PodSpec) error {
	var wrong []error
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	user := pod.SecurityContext
	if user == nil || user.RunAsNonRoot == nil || !*user.RunAsNonRoot || user.RunAsUser == nil || *user.RunAsUser == 0 {
		add("its pods may run as root")
	}
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
	}
	for _, c := range containers(pod) {
		can := c.SecurityContext
		switch {
		case !exact.MatchString(c.Image):
			add("container %s: image %q has no exact version", c.Name, c.Image)
		case can == nil || can.AllowPrivilegeEscalation == nil || *can.AllowPrivilegeEscalation,
			can.ReadOnlyRootFilesystem == nil || !*can.ReadOnlyRootFilesystem,
			can.Capabilities == nil || len(can.Capabilities.Drop) != 1 || can.Capabilities.Drop[0] != "ALL":
			add("container %s has rights that it does not need", c.Name)
		case c.Resources.Limits.Memory().IsZero():
			add("container %s: its memory has no limit", c.Name)
		}
		for _, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				add("container %s mounts %s, which is no volume of the pod", c.Name, m.Name)
			}
		}
		for _, e := range c.Env {
			if secretName.MatchString(e.Name) && e.Value != "" {
				add("container %s: %s is written out: take it from a secret", c.Name, e.Name)
			}
		}
		for _, port := range probedPorts(c) {
			if !slices.ContainsFunc(c.Ports, func(p core.ContainerPort) bool { return p.Name == port }) {
				add("container %s: a probe asks port %q, which it has not", c.Name, port)
			}
		}
	}
	return errors.Join(wrong...)
}

func containers(pod *core.PodSpec) []core.Container {
	return slices.Concat(pod.InitContainers, pod.Containers)
}

// probedPorts are the ports that a container's probes name.
func probedPorts(c core.Container) []string {
	var names []string
	for _, probe := range []*core.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
		switch {
		case probe == nil:
		case probe.TCPSocket != nil:
			names = append(names, probe.TCPSocket.Port.StrVal)
		case probe.HTTPGet != nil:
			names = append(names, probe.HTTPGet.Port.StrVal)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" }) // a number
}
