package secrets_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ml-connector/odoo-procore/internal/secrets"
)

func newBox(t *testing.T) *secrets.Box {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.json")
	require.NoError(t, secrets.Generate(path))
	box, err := secrets.Open(path)
	require.NoError(t, err)
	return box
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	box := newBox(t)
	sealed, err := box.Seal("acme", "odoo", []byte("api-key"))
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "api-key")
	opened, err := box.Open("acme", "odoo", box.KeyID(), sealed)
	require.NoError(t, err)
	require.Equal(t, "api-key", string(opened))
}

func TestOpenRefusesAnotherTenantSystemOrKey(t *testing.T) {
	t.Parallel()
	box := newBox(t)
	sealed, err := box.Seal("acme", "odoo", []byte("api-key"))
	require.NoError(t, err)
	_, err = box.Open("other", "odoo", box.KeyID(), sealed)
	require.Error(t, err)
	_, err = box.Open("acme", "procore", box.KeyID(), sealed)
	require.Error(t, err)
	_, err = newBox(t).Open("acme", "odoo", box.KeyID(), sealed)
	require.ErrorContains(t, err, "credentials set acme odoo")
}

func TestOpenRefusesAKeyFileThatOthersMayRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.json")
	require.NoError(t, secrets.Generate(path))
	require.NoError(t, os.Chmod(path, 0o644))
	_, err := secrets.Open(path)
	require.ErrorContains(t, err, "chmod 600")
	require.Error(t, secrets.Generate(path), "an existing key is never overwritten")
}

func TestOpenSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	_, err := secrets.Open("")
	require.ErrorContains(t, err, "ML_KEY_FILE")
	_, err = secrets.Open(filepath.Join(t.TempDir(), "none"))
	require.ErrorContains(t, err, "does not exist")
	path := filepath.Join(t.TempDir(), "bad")
	require.NoError(t, os.WriteFile(path, []byte("{}"), 0o600))
	_, err = secrets.Open(path)
	require.ErrorContains(t, err, "not a Tink key set")
}

func TestGenerateOverwritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "key.json")
	require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
	require.ErrorContains(t, secrets.Generate(path), "exists already and stays as it is")
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "mine", string(kept))
	require.ErrorContains(t, secrets.Generate(filepath.Join(dir, "no", "key.json")), "its directory does not exist")
	_, err = secrets.Open(dir)
	require.ErrorContains(t, err, "is no file")
}
