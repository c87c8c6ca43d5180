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
	if err := check(changed(t, string(data), "image: ml-connector:0.1.0", "image: ml-connector:0.1.0@sha256:"+strings.Repeat("0f", 32), -1)); err != nil {
		t.Errorf("images with a digest: %v", err)
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
		{"configMapRef: {name: ml-connector}", "configMapRef: {name: other}", `the ConfigMap "other", which the file has not`},
		{"secretKeyRef: {name: ml-connector-database, key: url}", "configMapKeyRef: {name: urls, key: url}", `the ConfigMap "urls", which the file has not`},
		{"secret: {secretName: ml-connector-key, defaultMode: 0444}", "configMap: {name: keys}", `the ConfigMap "keys", which the file has not`},
		{"startupProbe:\n            tcpSocket: {port: metrics}", "startupProbe:\n            tcpSocket: {port: health}", `a probe asks port "health", which it has not`},
		{"livenessProbe:\n            tcpSocket: {port: metrics}", "livenessProbe:\n            httpGet: {port: health}", `a probe asks port "health", which it has not`},
		{"{name: metrics, containerPort: 9464}", "{name: prometheus, containerPort: 9464}", `a probe asks port "metrics", which it has not`},
		{"image: ml-connector:0.1.0 #", "image: ml-connector:0.2.0 #", "different images: ml-connector:0.1.0, ml-connector:0.2.0"},
		{"image: ml-connector:0.1.0\n          args: [worker]", "image: ml-connector:0.2.0\n          args: [worker]", "different images"},
		{"  ML_LOG_LEVEL: info", "  PGPASSWORD: secret", "PGPASSWORD belongs into a secret"},
		{"- name: ML_KEY_FILE\n              value: /run/key/key.json", "- name: PGPASSWORD\n              value: secret", "PGPASSWORD is written out"},
	} {
		if err := check(changed(t, string(data), c.old, c.other, 1)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q in place of %q: %v, which does not say %q", c.other, c.old, err, c.says)
		}
	}
}

// changed is a file with the text, in which old, which is there, is replaced n times; -1: wherever it is.
func changed(t *testing.T, text, old, other string, n int) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("the manifest has no %q", old)
	}
	path := filepath.Join(t.TempDir(), "kubernetes.yaml")
	if err := os.WriteFile(path, []byte(strings.Replace(text, old, other, n)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
