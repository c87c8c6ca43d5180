// Package devenv starts what the demo and the tests need on one machine, PostgreSQL and a Temporal dev server, on free
// loopback ports, and stops all of it again.
//
// An [Env] is started, used and closed. [Start] gives either an Env with everything reachable or an error with nothing
// left behind; [Env.Close] may be called any number of times.
//
// Nothing outlives the process that called Start, however it ends: each service runs under a small supervising shell in
// a process group of its own (so Ctrl-C does not reach it before its users are done) that reads a pipe from this
// process. The kernel closes the pipe when this process ends, by return, panic, os.Exit or SIGKILL; the shell then stops
// its service. A last shell, the sweeper, waits for the others and removes the directory. Close does the same by closing
// the pipes itself, so there is one way to stop, not two. (A parent death signal would not do: the kernel clears it when
// PostgreSQL changes to its unprivileged user, and only Linux has it.)
//
// Environment variables that take the place of a service of our own:
//
//   - DATABASE_URL: a PostgreSQL server to use; [Env.NewDatabase] makes its databases there. ML_DEVENV_DATABASE_URL
//     does the same and goes before it.
//   - TEMPORAL_ADDRESS: host:port of a Temporal server to use; missing search attributes are added to it.
//   - TEMPORAL_BIN: the temporal CLI to run instead of one from PATH or from the user's cache.
//
// The package imports nothing of ours. Sub-package devtest shares one environment among the tests of a process;
// cmd/withdevenv shares one among the processes of a command.
package devenv
