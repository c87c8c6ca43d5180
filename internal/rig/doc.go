// Package rig sets the shipped product up on one machine, with everything around it under a test's control: tests that
// kill and stop workers, or take a system away for a while, are built on it.
//
// A [Bench] is what a run shares: one database, one Temporal server, one key, the built binary. Each [Tenant] on it has
// its own pair of sandboxes behind loopback ports, its own task queue, and workers that are real processes running
// `ml-connector worker`, configured by their environment only. [Via] puts a proxy in front of any of the four systems.
// Odoo's clock stands still but for [Tenant.Tick], so that a poll sees what was done before it without waiting.
//
// A [Desk] is a person in Odoo's web client, at a small firm that every tenant begins with.
//
// Nothing here needs testing.T, and errors are returned: commands use the rig as tests do. Nothing outlives the process
// (see package devenv), and [Bench.Close] stops and removes everything.
package rig
