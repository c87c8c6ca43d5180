package deploy_test

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// initPostgres runs the file that the image of PostgreSQL runs, with the environment of its container. Like it
// the server asks our roles for their passwords.
func (h *host) initPostgres(ctx context.Context, t *testing.T) {
	t.Helper()
	of := h.stack.Project.Services["postgres"]
	for _, v := range of.Volumes {
		if !strings.HasPrefix(v.Target, "/docker-entrypoint-initdb.d/") {
			continue
		}
		cmd := exec.CommandContext(ctx, "psql", "--no-psqlrc", "--quiet", "--file", v.Source, h.env.DatabaseURL)
		cmd.Env = h.environ("postgres")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Empty(t, string(out))
	}
	temporal := h.stack.Project.Services["temporal"].Environment
	login := func(role, password, database string) error {
		conn, err := pgx.Connect(ctx, fmt.Sprintf("%s user=%s password=%s dbname=%s", dsn(t, h.env.DatabaseURL), role, password, database))
		if err == nil {
			err = conn.Close(ctx)
		}
		return err
	}
	require.Error(t, login(*temporal["POSTGRES_USER"], "wrong", "temporal"))
	for _, database := range []string{"temporal", "temporal_visibility"} {
		require.NoError(t, login(*temporal["POSTGRES_USER"], *temporal["POSTGRES_PWD"], database))
	}
	schema := h.stack.Project.Services["temporal-schema"].Environment
	require.NoError(t, login(*schema["SQL_USER"], *schema["SQL_PASSWORD"], "temporal"))
	require.Error(t, login(*temporal["POSTGRES_USER"], *temporal["POSTGRES_PWD"], "ml_connector"))
}

// dsn is where a server is, without a user.
func dsn(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	return fmt.Sprintf("host=%s port=%s sslmode=disable", u.Hostname(), u.Port())
}
