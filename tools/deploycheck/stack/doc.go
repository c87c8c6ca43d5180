// Command stack reads the compose stack with the libraries that Docker itself reads it with, and refuses what would go wrong
// on the first start, or later: unknown keys, images without an exact version, ports that the network can reach, rights that
// nothing here needs, a start order that waits for nothing, healthchecks that ask nothing, data in no volume, passwords that
// have a default or stand in the files, files that the containers cannot read, variables that nobody explains.
//
//	go -C tools/deploycheck run ./stack check DIR    # DIR is the root of the tree; says what is wrong, a line each
//	go -C tools/deploycheck run ./stack show DIR     # what it has read, as JSON, for the tests in deploy
//
// It stands in a module of its own: the libraries bring much along, and neither the product nor its tools need it.
package main
