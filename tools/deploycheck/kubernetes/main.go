package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

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

// object is one of a file: its pod, if it makes one, or what it holds for pods.
type object struct {
	pod    *core.PodSpec
	values *core.ConfigMap
}

// kinds are the objects that are expected, by apiVersion and kind.
var kinds = map[string]func(document []byte) (object, error){
	"v1 ConfigMap": func(document []byte) (object, error) {
		var values core.ConfigMap
		err := yaml.UnmarshalStrict(document, &values)
		return object{values: &values}, err
	},
	"batch/v1 Job": func(document []byte) (object, error) {
		var job batch.Job
		err := yaml.UnmarshalStrict(document, &job)
		return object{pod: &job.Spec.Template.Spec}, err
	},
	"apps/v1 Deployment": func(document []byte) (object, error) {
		var deployment apps.Deployment
		if err := yaml.UnmarshalStrict(document, &deployment); err != nil {
			return object{}, err
		}
		for name, value := range deployment.Spec.Selector.MatchLabels {
			if deployment.Spec.Template.Labels[name] != value {
				return object{}, fmt.Errorf("its selector asks for %s=%s, which its pods have not", name, value)
			}
		}
		return object{pod: &deployment.Spec.Template.Spec}, nil
	},
}

// check looks at each object, and then at what they ask of each other.
func check(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the objects: %w", err)
	}
	var wrong []error
	var read []object
	for i, document := range bytes.Split(data, []byte("\n---\n")) {
		var is struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			Metadata   struct{ Name string }
		}
		err := yaml.Unmarshal(document, &is)
		parse := kinds[is.APIVersion+" "+is.Kind]
		if err == nil && (parse == nil || is.Metadata.Name == "") {
			err = errors.New("it has no name, or it is of no kind that is expected here")
		}
		var one object
		if err == nil {
			one, err = parse(document)
		}
		if err == nil {
			read = append(read, one)
			err = one.check()
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: object %d (%s %s): %w", path, i+1, is.Kind, is.Metadata.Name, err))
		}
	}
	if err := checkTogether(read); err != nil {
		wrong = append(wrong, fmt.Errorf("%s: %w", path, err))
	}
	return errors.Join(wrong...)
}

func (o object) check() error {
	switch {
	case o.pod != nil:
		return checkPod(o.pod)
	case o.values != nil:
		return checkValues(o.values)
	}
	return nil
}
