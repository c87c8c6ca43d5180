//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// lock takes a file for this process, until it is closed or the process ends. False: another process has it.
func lock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// isolate keeps a terminal's Ctrl-C from cmd: the demo stops it itself, in its order.
func isolate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
