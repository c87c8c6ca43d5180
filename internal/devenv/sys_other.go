//go:build !unix

package devenv

import (
	"os"
	"os/exec"
)

// account is the user that a service runs as.
type account struct {
	name     string
	uid, gid int
}

// unprivileged stays with this process's own account.
func unprivileged() (*account, error) {
	return nil, nil //nolint:nilnil // no account and no error means: stay who you are
}

// isolate leaves cmd as it is: there are no process groups.
func isolate(*exec.Cmd, *account) {}

// killGroup kills cmd.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

// tryLock takes no lock: two processes may build the same tool at once, each renames its own whole file.
func tryLock(*os.File) (bool, error) { return true, nil }

// freeSpace is not known.
func freeSpace(string) (int64, bool) { return 0, false }
