package procoretest

import "fmt"

// mustSeed stops a test whose seed breaks the rules of the server it seeds.
func mustSeed(what string, bad faults) {
	if len(bad) > 0 {
		panic(fmt.Sprintf("procoretest: seeding %s: %s", what, bad))
	}
}
