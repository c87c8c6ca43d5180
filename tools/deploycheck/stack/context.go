package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// private are files beside the product's that people make as the handbook says: none of them may end up in an image.
var private = []string{".env", "key.json", "database.url", "acme.yaml", "mapping.csv"}

// checkContext looks at what .dockerignore would let through if it were there.
func checkContext(root string) error {
	out, err := ignored(root)
	if err != nil {
		return err
	}
	var wrong []error
	for _, name := range private {
		is, err := out.MatchesOrParentMatches(name)
		if err != nil {
			return fmt.Errorf("reading .dockerignore: %w", err)
		}
		if !is {
			wrong = append(wrong, fmt.Errorf(".dockerignore: lets %s into the build", name))
		}
	}
	return errors.Join(wrong...)
}

func ignored(root string) (*patternmatcher.PatternMatcher, error) {
	file, err := os.Open(filepath.Join(root, ".dockerignore"))
	if err != nil {
		return nil, fmt.Errorf("opening .dockerignore: %w", err)
	}
	defer func() { _ = file.Close() }()
	patterns, err := ignorefile.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("reading .dockerignore: %w", err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, fmt.Errorf("reading .dockerignore: %w", err)
	}
	return matcher, nil
}

// buildContext lists the files that .dockerignore lets through, by their paths below root: of those that git knows or would
// add, so that what lies about on one machine does not help the build there.
func buildContext(ctx context.Context, root string) ([]string, error) {
	ignored, err := ignored(root)
	if err != nil {
		return nil, err
	}
	list := exec.CommandContext(ctx, "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	var failed bytes.Buffer
	list.Stderr = &failed
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the files of the tree: %w: %s", err, bytes.TrimSpace(failed.Bytes()))
	}
	var let []string
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		out, err := ignored.MatchesOrParentMatches(name)
		if err != nil {
			return nil, fmt.Errorf("reading .dockerignore: %w", err)
		}
		if out {
			continue
		}
		if _, err := os.Lstat(filepath.Join(root, name)); errors.Is(err, os.ErrNotExist) {
			continue // deleted, and not yet told to git
		}
		let = append(let, name)
	}
	return let, nil
}
