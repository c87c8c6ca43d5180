package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// exactArgs takes one argument for each name and says which one is missing.
func exactArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > len(names) {
			return fmt.Errorf("%q is one argument too many; usage: %s", args[len(names)], cmd.UseLine())
		}
		return atLeastArgs(names...)(cmd, args)
	}
}

// atLeastArgs is exactArgs where more may follow.
func atLeastArgs(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return fmt.Errorf("%s is missing; usage: %s", names[len(args)], cmd.UseLine())
		}
		return nil
	}
}
