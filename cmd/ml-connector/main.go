// Command ml-connector carries purchasing and cost data from Odoo into Procore: the worker and the operator's
// commands. See `ml-connector --help`.
package main

import (
	"os"

	"github.com/ml-connector/odoo-procore/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
