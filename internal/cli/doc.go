// Package cli is the operator's side of ml-connector: one file for each noun, each command a function of an App.
//
// Commands read their settings from the environment ([Config]), print a table or JSON (-o), and end with exit code 0
// only when what they claim is true. Secrets come from standard input or a prompt, never from arguments.
package cli
