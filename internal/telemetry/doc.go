// Package telemetry lets an operator see the worker from outside: traces, metrics, and log lines that lead to them.
//
// It is off until the environment says where to: [Start] reads the OTEL_* variables of the OpenTelemetry specification
// for traces and pushed metrics, and is given an address for a Prometheus listener. What is off costs nothing: no
// interceptor, transport or tracer is put anywhere.
//
// A trace is one piece from a poll to what it caused. Temporal's headers carry it through activities and into a
// Dispatch that is started by the wake; a Dispatch that runs already starts each child under the trace that
// [activities.Dispatches.Offer] gives it with the record (temporal.go). The span of a workflow's run has an id that
// follows from the run, so that a worker that replays it goes on with the same span (ids.go).
//
// Nothing leaves but what [cleaned] lets through: ids, names of operations, hosts, statuses, types of errors. No bodies,
// no arguments of statements, no addresses with query, no texts of errors: those may name vendors and amounts.
//
// A collector that cannot be reached holds up nothing: spans wait in a queue of limited length and are dropped when it
// is full, and [Telemetry.Close] gives up after [flushTime]. The log says once that it is so, and once when it is over.
package telemetry
