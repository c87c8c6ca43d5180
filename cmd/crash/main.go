package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"github.com/ml-connector/odoo-procore/clients/odoo/odootest"
)

func main() { os.Exit(run()) }

func run() (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cfg, err := ParseFlags(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2 // the flag package has said why
	}
	c := &Crash{cfg: cfg, out: os.Stdout}
	defer func() {
		if err := c.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "crash: stopping:", err)
			code = max(code, 1)
		}
	}()
	if err := c.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		return 1
	}
	return 0
}

// Config is what the flags say.
type Config struct {
	// Report is the file that gets the report as JSON; empty: none.
	Report string
	// Odoo is the version of the Odoo sandbox.
	Odoo string
	// Parallel is how many points run at once.
	Parallel int
	// Only chooses points by "effect/when"; nil: all, and then at least 60 must be there.
	Only *regexp.Regexp
	// List only shows the points.
	List bool
	// Binary is the product's program; empty: it is built.
	Binary string
	// Logs is a directory that keeps the workers' logs; empty: they are removed.
	Logs string
}

// ParseFlags reads the command line. It prints usage and errors itself.
func ParseFlags(args []string) (Config, error) {
	cfg := Config{Odoo: "19.0"}
	flags := flag.NewFlagSet("crash", flag.ContinueOnError)
	flags.StringVar(&cfg.Report, "report", "", "write the report (JSON) to this `file`")
	flags.IntVar(&cfg.Parallel, "parallel", 14, "how many points run at once")
	flags.Func("odoo", "`version` of the Odoo sandbox, 14 or 19 (default 19)", func(text string) (err error) {
		cfg.Odoo, err = odootest.ParseVersion(text)
		return err
	})
	flags.Func("only", "run the points whose \"effect/when\" matches this `expression`", func(text string) (err error) {
		cfg.Only, err = regexp.Compile(text)
		return err
	})
	flags.BoolVar(&cfg.List, "list", false, "show the points, run none")
	flags.StringVar(&cfg.Binary, "binary", "", "the ml-connector `file` to run; built when not given")
	flags.StringVar(&cfg.Logs, "logs", "", "keep the workers' logs in this `directory`")
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("argument %q is not understood", flags.Arg(0))
		fmt.Fprintln(os.Stderr, "crash:", err)
		return cfg, err
	}
	return cfg, nil
}
