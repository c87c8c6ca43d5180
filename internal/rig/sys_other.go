//go:build !unix

package rig

import "errors"

var errSignals = errors.New("this system cannot stop a process and let it go on")

// Freeze is not possible here.
func (w *Worker) Freeze() error { return errSignals }

// Thaw is not possible here.
func (w *Worker) Thaw() error { return errSignals }
