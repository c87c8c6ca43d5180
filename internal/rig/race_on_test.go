//go:build race

package rig_test

// raced: the tests have the race detector, and so have the workers.
const raced = true
