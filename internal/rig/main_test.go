package rig_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
	"github.com/ml-connector/odoo-procore/internal/rig"
)

func TestMain(m *testing.M) {
	devtest.Main(m, func() error {
		if built == "" {
			return nil
		}
		return os.RemoveAll(filepath.Dir(built))
	})
}

// built is the program that all tests of the package share.
var built string

// binary builds it once, with the race detector where the tests have it.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "rig-")
	if err != nil {
		return "", fmt.Errorf("making a directory for ml-connector: %w", err)
	}
	built = filepath.Join(dir, "ml-connector")
	return built, rig.Build(context.Background(), built, raced)
})
