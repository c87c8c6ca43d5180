// Package devtest shares one PostgreSQL server and one Temporal dev server among the tests of a process, each started
// when the first test asks for it. Under `make test` they are those that cmd/withdevenv started for all packages.
//
// A package with such tests has in one of its files
//
//	func TestMain(m *testing.M) { devtest.Main(m) }
//
// which stops what was started. (Forgotten, the services still end with the process.) Then
//
//	url := devtest.Database(t)        // an empty database of this test's own
//	c := devtest.TemporalClient(t)    // a client of the shared server; use a task queue of the test's own
package devtest
