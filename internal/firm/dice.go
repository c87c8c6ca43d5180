package firm

// dice are the seeded choices of the plan (SplitMix64): the same on every machine and Go version.
type dice struct{ state uint64 }

func newDice(seed int64) *dice {
	return &dice{state: uint64(seed)} //nolint:gosec // any bit pattern is a seed
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// between is a number from low to high, both included.
func (d *dice) between(low, high int64) int64 {
	return low + int64(d.next()>>1)%(high-low+1)
}

// pick is one of the values.
func pick[T any](d *dice, of []T) T { return of[d.between(0, int64(len(of))-1)] }
