package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
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
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Each check finds what it is for.
func TestChecks(t *testing.T) {
	t.Parallel()
	const compose, env, dockerfile = "docker-compose.yml", ".env.example", "deploy/Dockerfile"
	for _, c := range []struct{ file, old, other, says string }{
		{compose, "    restart: unless-stopped\n", "    restart: unless-stopped\n    restarts: 3\n", "restarts"},
		{compose, "postgres:15.18", "postgres:15", `image "postgres:15" has no exact version`},
		{compose, "temporalio/ui:2.49.1", "temporalio/ui:latest", `image "temporalio/ui:latest" has no exact version`},
		{compose, "127.0.0.1:${TEMPORAL_PORT", "${TEMPORAL_PORT", "publish it on 127.0.0.1"},
		{compose, "test: [CMD, nc, -z, localhost, \"7233\"]", "disable: true", "waits until temporal is healthy, which has no healthcheck"},
		{compose, "restart: on-failure:5", "restart: always", "which is started again for ever"},
		{compose, "{condition: service_healthy}", "{condition: service_started}", "says nothing"},
		{compose, "max-file: \"3\"", "", "its log grows for ever"},
		{compose, "memory: 512M, ", "", "its memory has no limit"},
		{compose, "  security_opt: [\"no-new-privileges:true\"]\n", "", "lacks no-new-privileges"},
		{compose, "  read_only: true\n", "", "can be written to"},
		{compose, "cap_drop: [ALL]", "cap_drop: [NET_RAW]", "has capabilities"},
		{compose, "user: \"65532:65532\"", "user: \"0:0\"", "runs as user"},
		{compose, "./deploy/postgres.sql:", "./deploy/init.sql:", "which is not there"},
		{compose, "command: [migrate]", "command: [migrate, \"${ML_DATABASE_PASSWORD}\"]", "ML_DATABASE_PASSWORD is an argument"},
		{compose, "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env; cp .env.example .env makes one}", "POSTGRES_PASSWORD: secret", "postgres.POSTGRES_PASSWORD is written out"},
		{compose, "ML_LOG_LEVEL:", "ML_LOGLEVEL:", "ML_LOGLEVEL is not in .env.example"},
		{compose, "profiles: [demo]", "profiles: [other]", "undefined service"},
		{env, "# How many workers run side by side.\n", "\n", "no sentence says what ML_WORKERS is"},
		{env, "ODOO_PORT=8069\n", "", "ODOO_PORT is not in .env.example"},
		{env, "ODOO_PORT=8069\n", "ODOO_PORT=8069\nSAP_PORT=1\n", "docker-compose.yml does not use SAP_PORT"},
		{env, "ML_DATABASE_PASSWORD=", "ML_DATABASE_PASS=", "ML_DATABASE_PASSWORD"},
		{dockerfile, "alpine:3.23.4", "alpine:3", "FROM alpine:3 has no exact version"},
		{dockerfile, "USER 65532:65532\n", "", "runs as user"},
		{dockerfile, "RUN mkdir", "RUN --mount=type=secret,id=x mkdir", "is not understood"},
		{dockerfile, "COPY go.mod", "ADD go.mod", "is not understood"},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), []string{"check", copied(t, c.file, c.old, c.other)}, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%s with %q: got %v, want %q", c.file, c.other, err, c.says)
			}
		})
	}
	if err := run(t.Context(), []string{"check", copied(t, "", "", "")}, io.Discard); err != nil {
		t.Fatal(err)
	}
}
