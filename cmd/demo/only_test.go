package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// A second demo says that one is up, and which; when that has ended, also by a kill, the next one begins.
func TestTheOnlyOne(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	first, err := theOnlyOne(root)
	require.NoError(t, err)
	_, err = theOnlyOne(root)
	require.EqualError(t, err, "a demo of this source tree is up already (process "+strconv.Itoa(os.Getpid())+
		"): Ctrl-C ends it; `. .demo/env` in a second terminal talks to it")
	require.NoError(t, first.Close()) // as the end of a process does, which leaves the file
	require.FileExists(t, filepath.Join(root, ".demo", "lock"))
	next, err := theOnlyOne(root)
	require.NoError(t, err)
	require.NoError(t, next.Close())
	_, err = theOnlyOne(filepath.Join(root, ".demo", "lock"))
	require.ErrorContains(t, err, "making .demo")
}
