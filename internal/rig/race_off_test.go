//go:build !race

package rig_test

// raced: the tests have no race detector, nor have the workers.
const raced = false
