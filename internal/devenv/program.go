package devenv

import "context"

// Program is a program of the caller's that lives and ends with an Env.
type Program struct {
	// Name is for messages, "the worker".
	Name string
	// Args are the program and its arguments.
	Args []string
	// Dir is its working directory; empty: that of this process.
	Dir string
	// Env is added to this process's environment.
	Env []string
	// Log is the file that gets its output, appended.
	Log string
}

// Running is a program that Env.Run started.
type Running struct{ s *supervised }

// Run starts p under a supervisor of its own. Close stops it before everything that was started earlier, and it does
// not outlive this process. A cancelled ctx stops nothing by itself.
func (e *Env) Run(ctx context.Context, p Program) (*Running, error) {
	s, err := e.run(ctx, command{name: p.Name, args: p.Args, dir: p.Dir, env: p.Env, stop: "TERM", log: p.Log})
	if err != nil {
		return nil, err
	}
	return &Running{s: s}, nil
}

// Done is closed when the program has ended.
func (r *Running) Done() <-chan struct{} { return r.s.done }

// Ended tells how the program ended, with the end of its output. Call it after Done.
func (r *Running) Ended() error { return r.s.died() }

// PID is the process id of the program itself, for signals.
func (r *Running) PID() int { return r.s.program }

// Stop ends the program and returns when it is gone.
func (r *Running) Stop() error { return r.s.stop() }

// TempDir is a directory for the caller's own files. It is removed with the environment, also when this process is killed.
func (e *Env) TempDir() string { return e.dir }

// LogDir is where the log files are: Options.Dir, or TempDir when that is empty.
func (e *Env) LogDir() string { return e.logDir }
