package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: kubernetes FILE")
		os.Exit(2)
	}
	if err := check(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// kinds are the objects that are expected, by apiVersion and kind. They give the pod that the object makes, if any.
var kinds = map[string]func(document []byte) (*core.PodSpec, error){
	"v1 ConfigMap": func(document []byte) (*core.PodSpec, error) {
		return nil, yaml.UnmarshalStrict(document, &core.ConfigMap{})
	},
	"batch/v1 Job": func(document []byte) (*core.PodSpec, error) {
		var job batch.Job
		err := yaml.UnmarshalStrict(document, &job)
		return &job.Spec.Template.Spec, err
	},
	"apps/v1 Deployment": func(document []byte) (*core.PodSpec, error) {
		var deployment apps.Deployment
		if err := yaml.UnmarshalStrict(document, &deployment); err != nil {
			return nil, err
		}
		for name, value := range deployment.Spec.Selector.MatchLabels {
			if deployment.Spec.Template.Labels[name] != value {
				return nil, fmt.Errorf("its selector asks for %s=%s, which its pods have not", name, value)
			}
		}
		return &deployment.Spec.Template.Spec, nil
	},
}

func check(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the objects: %w", err)
	}
	var wrong []error
	for i, document := range bytes.Split(data, []byte("\n---\n")) {
		var is struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			Metadata   struct{ Name string }
		}
		err := yaml.Unmarshal(document, &is)
		read := kinds[is.APIVersion+" "+is.Kind]
		if err == nil && (read == nil || is.Metadata.Name == "") {
			err = errors.New("it has no name, or it is of no kind that is expected here")
		}
		var pod *core.PodSpec
		if err == nil {
			pod, err = read(document)
		}
		if err == nil && pod != nil {
			err = checkPod(pod)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: object %d (%s %s): %w", path, i+1, is.Kind, is.Metadata.Name, err))
		}
	}
	return errors.Join(wrong...)
}

var exact = regexp.MustCompile(`:\d+\.\d+\.\d+$`)

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
	for _, c := range append(pod.InitContainers, pod.Containers...) {
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
	}
	return errors.Join(wrong...)
}
