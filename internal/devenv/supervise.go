package devenv

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// The scripts are POSIX sh; both read a pipe from this process on stdin and act on its end.
var (
	//go:embed supervise.sh
	superviseScript string
	//go:embed sweep.sh
	sweepScript string
)

const (
	// startPatience bounds a start, which takes a second or two on a machine that has nothing else to do.
	startPatience = 2 * time.Minute
	// stopPatience bounds a stop: the script gives a service 5 s before it kills it.
	stopPatience = 15 * time.Second
)

// command is a program to run under a supervising shell.
type command struct {
	name string   // for messages, "PostgreSQL"
	args []string // program and arguments
	dir  string   // working directory, which the account can enter
	env  []string // added to this process's environment
	stop string   // signal that stops it, "TERM"
	log  string   // file that gets its output
	as   *account // nil: as this process
}

// supervised is a running shell: a service's supervisor or the sweeper.
type supervised struct {
	command
	cmd   *exec.Cmd
	stdin io.WriteCloser
	done  chan struct{} // closed when the shell has ended
	err   error         // how it ended; read after done
	once  sync.Once
	end   error // what stop returned

	program int // process id of the service itself, 0 for the sweeper
}

// supervise starts c. A cancelled ctx stops nothing by itself: stop does, and so does the end of this process.
func supervise(ctx context.Context, c command) (*supervised, error) {
	args := append([]string{superviseScript, "supervise", c.stop}, c.args...)
	told, tell, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.name, err)
	}
	defer func() { _ = told.Close() }() // only read
	s, err := startShell(ctx, c, args, tell)
	if err = errors.Join(err, tell.Close()); err != nil {
		return s, err
	}
	if _, err := fmt.Fscanln(told, &s.program); err != nil {
		return s, errors.Join(fmt.Errorf("starting %s: reading its process id: %w", c.name, err), s.stop())
	}
	return s, nil
}

// startSweeper starts the shell that removes dir once its pipe is closed and the processes it was told of are gone.
func startSweeper(ctx context.Context, dir string) (*supervised, error) {
	return startShell(ctx, command{name: "sweeper", dir: "/"}, []string{sweepScript, "sweep", dir}, nil)
}

// startShell runs a script; tell, when given, is its fd 3.
func startShell(ctx context.Context, c command, args []string, tell *os.File) (*supervised, error) {
	if len(args) == 0 {
		return nil, errors.New("no script")
	}
	//nolint:gosec // G204: the script is our own, its arguments are ours or the user's own settings
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", append([]string{"-c"}, args...)...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	isolate(cmd, c.as)
	if tell != nil {
		cmd.ExtraFiles = []*os.File{tell}
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.name, err)
	}
	if c.log != "" {
		log, err := os.OpenFile(c.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			return nil, fmt.Errorf("starting %s: opening its log: %w", c.name, err)
		}
		defer func() { _ = log.Close() }() // the child has its own copy
		cmd.Stdout, cmd.Stderr = log, log
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.name, err)
	}
	s := &supervised{command: c, cmd: cmd, stdin: stdin, done: make(chan struct{})}
	go func() {
		s.err = cmd.Wait()
		close(s.done)
	}()
	return s, nil
}

// pid is the supervisor's process id; it ends after its service.
func (s *supervised) pid() int { return s.cmd.Process.Pid }

// tell writes a process id that the sweeper shall wait for.
func (s *supervised) tell(pid int) error {
	if _, err := fmt.Fprintln(s.stdin, pid); err != nil {
		return fmt.Errorf("telling the sweeper: %w", err)
	}
	return nil
}

// stop ends the service and returns when it is gone.
func (s *supervised) stop() error {
	s.once.Do(func() {
		_ = s.stdin.Close() // already closed when the shell is gone
		select {
		case <-s.done:
		case <-time.After(stopPatience):
			killGroup(s.cmd)
			<-s.done
			s.end = fmt.Errorf("stopping %s: it did not stop within %s and was killed", s.name, stopPatience)
		}
	})
	return s.end
}

// wait returns when the program has ended by itself, with its output in the error when it did not end well.
func (s *supervised) wait(ctx context.Context) error {
	select {
	case <-s.done:
		if s.err != nil {
			return s.died()
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for %s: %w", s.name, context.Cause(ctx))
	}
}

// until calls ready until it gives nil. It ends early when the service dies or ctx is done, and after startPatience.
func (s *supervised) until(ctx context.Context, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startPatience, fmt.Errorf("it did not answer within %s", startPatience))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		if last = ready(ctx); last == nil {
			return nil
		}
		select {
		case <-s.done:
			return s.died()
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w (last answer: %w)%s", s.name, context.Cause(ctx), last, s.tail())
		case <-tick.C:
		}
	}
}

// died tells that the program ended, with the end of its output.
func (s *supervised) died() error {
	return fmt.Errorf("%s ended: %w%s", s.name, errors.Join(s.err, errEnded), s.tail())
}

var errEnded = errors.New("it is not running")

// tail gives the last lines of the log, ready to append to a message.
func (s *supervised) tail() string {
	const lines = 12
	b, err := os.ReadFile(s.log)
	if err != nil || len(bytes.TrimSpace(b)) == 0 {
		return ""
	}
	all := strings.Split(strings.TrimSpace(string(b)), "\n")
	return "\nthe end of its log:\n  " + strings.Join(all[max(0, len(all)-lines):], "\n  ")
}
