package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree is the root of the product's tree.
const tree = "../../.."

// files are what the checks read.
var files = []string{
	"docker-compose.yml", ".env.example", ".dockerignore", "deploy/Dockerfile", "deploy/postgres.sql",
	"deploy/temporal.yaml", "deploy/temporal-schema.sh", "deploy/temporal-namespace.sh",
}

// copied is a tree of those files, in one of which old, which is there, is replaced by other.
func copied(t *testing.T, file, old, other string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(tree, name))
		if err != nil {
			t.Fatal(err)
		}
		if name == file {
			changed := bytes.Replace(data, []byte(old), []byte(other), 1)
			if bytes.Equal(changed, data) {
				t.Fatalf("%s has no %q", name, old)
			}
			data = changed
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const compose, env, image, ignore = "docker-compose.yml", ".env.example", "deploy/Dockerfile", ".dockerignore"

// broken is one of the files with old replaced by other, and what is said of it.
type broken struct{ file, old, other, says string }

// Each check finds what it is for.
func TestChecks(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(brokenBasics, brokenOrder, brokenRights, brokenData, brokenSecrets, brokenHealth) {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), []string{"check", copied(t, c.file, c.old, c.other)}, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%s with %q: got %v, want %q", c.file, c.other, err, c.says)
			}
		})
	}
	digest := "@sha256:" + strings.Repeat("0f", 32)
	for _, c := range []broken{
		{},
		{file: image, old: "alpine:3.23.4", other: "alpine:3.23.4" + digest},
		{file: compose, old: "postgres:15.18", other: "postgres:15.18" + digest},
		{file: compose, old: "temporalio/server:1.31.0", other: "temporalio/server:1.31.0" + digest},
		{file: image, old: "ENV CGO_ENABLED=0", other: "ARG TOKEN\nENV ML_KEY_FILE=/key.json CGO_ENABLED=0"},
	} {
		if err := run(t.Context(), []string{"check", copied(t, c.file, c.old, c.other)}, io.Discard); err != nil {
			t.Errorf("%s with %q: %v", c.file, c.other, err)
		}
	}
}

// A file that others cannot read is one that the container cannot read.
func TestModes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"postgres.sql", "temporal.yaml", "temporal-schema.sh", "temporal-namespace.sh"} {
		dir := copied(t, "", "", "")
		if err := os.Chmod(filepath.Join(dir, "deploy", name), 0o700); err != nil {
			t.Fatal(err)
		}
		err := run(t.Context(), []string{"check", dir}, io.Discard)
		if says := "whose mode is 0700: chmod go+r deploy/" + name; err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}
