//go:build unix

package rig

import (
	"fmt"
	"syscall"
)

// Freeze stops the worker where it is, as a machine does that hangs (SIGSTOP).
func (w *Worker) Freeze() error { return w.signal(syscall.SIGSTOP) }

// Thaw lets a frozen worker go on (SIGCONT).
func (w *Worker) Thaw() error { return w.signal(syscall.SIGCONT) }

func (w *Worker) signal(s syscall.Signal) error {
	if w.ended() {
		return fmt.Errorf("signalling worker %s: it has ended", w.Name)
	}
	if err := syscall.Kill(w.PID, s); err != nil {
		return fmt.Errorf("signalling worker %s: %w", w.Name, err)
	}
	return nil
}
