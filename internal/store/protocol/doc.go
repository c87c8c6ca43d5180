// Package protocol is a model of the protocol of writers that package store implements, explored exhaustively by its
// tests: all interleavings of readers, savers, children, crashes, lost answers and stopped workers over two records,
// of which the second waits for the first. The code is the model, in tests only; nothing of it is shipped.
//
// A step of the model is one transaction of the database or one effect in Procore. Time is a step of its own: an open
// intent row may grow older than its settle time once its worker is dead, and, where stopped workers are allowed,
// while it is alive.
//
// Properties: no lost change, no stale overwrite, no double create, no lost wake-up. Each pillar (intent row, look at the
// cause under its lock, compare-and-set, look before another plan's create) can be taken out, and a test shows that
// a property then breaks.
package protocol
