package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each rule finds what it is for.
func TestCheck(t *testing.T) {
	t.Parallel()
	const manifest = "../../../deploy/kubernetes.yaml"
	if err := check(manifest); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, other, says string }{
		{"replicas: 2", "replica: 2", `unknown field "replica"`},
		{"kind: Job", "kind: Jobs", "of no kind that is expected here"},
		{"image: ml-connector:0.1.0", "image: ml-connector:latest", "has no exact version"},
		{"runAsNonRoot: true", "runAsNonRoot: false", "may run as root"},
		{"runAsUser: 65532", "runAsUser: 0", "may run as root"},
		{"readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "has rights that it does not need"},
		{"capabilities: {drop: [ALL]}", "capabilities: {}", "has rights that it does not need"},
		{"limits: {memory: 256Mi}", "limits: {cpu: 1}", "its memory has no limit"},
		{"matchLabels: {app.kubernetes.io/name: ml-connector}", "matchLabels: {app.kubernetes.io/name: worker}", "which its pods have not"},
	} {
		text := strings.Replace(string(data), c.old, c.other, 1)
		if text == string(data) {
			t.Fatalf("the manifest has no %q", c.old)
		}
		path := filepath.Join(t.TempDir(), "kubernetes.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := check(path); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q in place of %q: %v, which does not say %q", c.other, c.old, err, c.says)
		}
	}
}
