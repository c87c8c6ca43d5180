package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const module = "github.com/ml-connector/odoo-procore"

// sourceTree is the directory, at or above the working directory, whose go.mod names this module.
func sourceTree() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the source tree: %w", err)
	}
	for ; ; dir = filepath.Dir(dir) {
		data, err := os.ReadFile(filepath.Join(dir, "go.mod")) //nolint:gosec // G304: a go.mod above the working directory
		if first, _, _ := strings.Cut(string(data), "\n"); err == nil && strings.TrimSpace(first) == "module "+module {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("the demo builds the product from the source tree of " + module + ", and the working directory is not in it")
		}
	}
}

// openAPIDocument is Procore's OpenAPI document in the project's shared folder; empty when there is none.
func openAPIDocument(root string) string {
	shared := os.Getenv("ML_SHARED")
	if shared == "" {
		shared = filepath.Join(root, "..", "shared")
	}
	path := filepath.Join(shared, "procore", "openapi.json")
	if _, err := os.Stat(path); err != nil { //nolint:gosec // G703: ML_SHARED is the user's own setting
		return ""
	}
	return path
}
