//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// isolate keeps a terminal's Ctrl-C from cmd: the demo stops it itself, in its order.
func isolate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
