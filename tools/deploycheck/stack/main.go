package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 2 || (args[0] != "check" && args[0] != "show") {
		return errors.New("usage: stack check|show DIR")
	}
	root := args[1]
	s, err := load(ctx, root)
	if err != nil {
		return err
	}
	dockerfile, err := readDockerfile(root)
	if err != nil {
		return err
	}
	if args[0] == "check" {
		return errors.Join(slices.Concat(s.check(), dockerfile.check(), []error{checkContext(root)})...)
	}
	let, err := buildContext(ctx, root)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(map[string]any{"project": s.project, "stages": dockerfile.Stages, "context": let})
}
