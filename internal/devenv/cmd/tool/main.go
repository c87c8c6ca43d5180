// Command tool prints the path of a program that tools/go.mod pins, building it into the user's cache on first use.
// With -o it makes a link to it. For temporal it takes one from PATH that is recent enough.
//
//	go run ./internal/devenv/cmd/tool golangci-lint
//	go run ./internal/devenv/cmd/tool -o bin/temporal temporal
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/ml-connector/odoo-procore/internal/devenv"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "tool:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	out := flag.String("o", "", "file to make a link to the program")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("give one name of: " + strings.Join(devenv.ToolNames(), ", "))
	}
	bin, err := find(ctx, flag.Arg(0))
	if err != nil {
		return err
	}
	if *out != "" {
		if err := link(*out, bin); err != nil {
			return fmt.Errorf("linking %s: %w", flag.Arg(0), err)
		}
		bin = *out
	}
	_, err = fmt.Println(bin)
	return err
}

// find gives the pinned program; for temporal one of the user's own will do.
func find(ctx context.Context, name string) (string, error) {
	if name == "temporal" {
		return devenv.TemporalCLI(ctx, os.Stderr)
	}
	return devenv.Tool(ctx, os.Stderr, name)
}

// link makes path a symbolic link to the program bin, in the place of what was there.
func link(path, bin string) error {
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	if own, err := filepath.Abs(path); err == nil && own == bin {
		return nil // bin/temporal is the one on PATH
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Symlink(bin, path)
}
