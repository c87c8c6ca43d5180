// Command crash runs the connector into every crash of a small firm and compares what is left (package crash). `make crash`
// is its usual start; -only and -list help with one point.
package main
