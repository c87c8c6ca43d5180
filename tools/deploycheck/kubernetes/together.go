package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
)

var secretName = regexp.MustCompile(`PASSWORD|PWD|SECRET|TOKEN`)

// checkValues: whoever may list ConfigMaps reads them.
func checkValues(values *core.ConfigMap) error {
	for _, name := range slices.Sorted(maps.Keys(values.Data)) {
		if secretName.MatchString(strings.ToUpper(name)) {
			return fmt.Errorf("%s belongs into a secret", name)
		}
	}
	return nil
}

// checkTogether: the pods find the ConfigMaps that they name, and all run one image, for the workers refuse a database that the
// job of another version has migrated.
func checkTogether(all []object) error {
	var wrong []error
	known, images := map[string]bool{}, map[string]bool{}
	for _, o := range all {
		if o.values != nil {
			known[o.values.Name] = true
		}
	}
	for _, o := range all {
		if o.pod == nil {
			continue
		}
		for _, name := range configMaps(o.pod) {
			if !known[name] {
				wrong = append(wrong, fmt.Errorf("a pod asks for the ConfigMap %q, which the file has not", name))
			}
		}
		for _, c := range containers(o.pod) {
			images[c.Image] = true
		}
	}
	if len(images) > 1 {
		wrong = append(wrong, fmt.Errorf("the containers have different images: %s", strings.Join(slices.Sorted(maps.Keys(images)), ", ")))
	}
	return errors.Join(wrong...)
}

// configMaps are the names of those that a pod needs.
func configMaps(pod *core.PodSpec) []string {
	var names []string
	for _, c := range containers(pod) {
		for _, from := range c.EnvFrom {
			if from.ConfigMapRef != nil {
				names = append(names, from.ConfigMapRef.Name)
			}
		}
		for _, e := range c.Env {
			if e.ValueFrom != nil && e.ValueFrom.ConfigMapKeyRef != nil {
				names = append(names, e.ValueFrom.ConfigMapKeyRef.Name)
			}
		}
	}
	for _, v := range pod.Volumes {
		if v.ConfigMap != nil {
			names = append(names, v.ConfigMap.Name)
		}
	}
	return names
}
