package cli

import (
	"fmt"
	"strings"

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

// group makes cmd a command of commands: without one it shows its help; a word that is none of them is an error, which
// cobra would answer with the help and exit code 0.
func group(cmd *cobra.Command, children ...*cobra.Command) *cobra.Command {
	cmd.AddCommand(children...)
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		names := make([]string, 0, len(children))
		for _, child := range children {
			names = append(names, child.Name())
		}
		return fmt.Errorf("%q is no command of `%s`: use %s", args[0], cmd.CommandPath(), strings.Join(names, ", "))
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}
