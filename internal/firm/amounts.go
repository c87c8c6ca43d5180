package firm

import (
	"sort"

	"github.com/shopspring/decimal"
)

// cents is an amount of US dollars in whole cents.
type cents int64

// milli is a quantity in thousandths of a unit.
type milli int64

// units is a whole number of units.
func units(n int64) milli { return milli(n * 1000) }

// price is a unit price in ten-thousandths of a dollar.
type price int64

// dollars is a whole dollar price.
func dollars(n int64) price { return price(n * 10000) }

// centsPrice is a unit price given in cents.
func centsPrice(n int64) price { return price(n * 100) }

// points are hundredths of a percent: 10000 is the whole.
type points int64

const whole points = 10000

func (c cents) decimal() decimal.Decimal { return decimal.New(int64(c), -2) }

func (q milli) float() float64 { return decimal.New(int64(q), -3).InexactFloat64() }

func (p price) float() float64 { return decimal.New(int64(p), -4).InexactFloat64() }

func (p points) float() float64 { return decimal.New(int64(p), -2).InexactFloat64() }

// extend is quantity × price less the discount, rounded half away from zero. tie tells that the exact
// value lies on half a cent, where two honest calculators may differ; the plan has no such line.
func extend(q milli, p price, discount points) (c cents, tie bool) {
	const scale = 1_000_000_000 // 10^(3+4+4) over 10^2
	exact := int64(q) * int64(p) * int64(whole-discount)
	sign := int64(1)
	if exact < 0 {
		sign, exact = -1, -exact
	}
	n, rest := exact/scale, exact%scale
	if 2*rest >= scale {
		n++
	}
	return cents(sign * n), 2*rest == scale
}

// split cuts an amount by shares of the whole, largest remainder first. Shares that do not sum to the
// whole distribute that much and no more. tie tells that two shares had equal claims on the last cent.
func split(amount cents, shares []points) (parts []cents, tie bool) {
	sign := int64(1)
	left := int64(amount)
	if left < 0 {
		sign, left = -1, -left
	}
	var sum int64
	for _, s := range shares {
		sum += int64(s)
	}
	total := left * sum / int64(whole)
	if 2*(left*sum%int64(whole)) >= int64(whole) {
		total++
	}
	type claim struct {
		at   int
		rest int64
	}
	parts = make([]cents, len(shares))
	claims := make([]claim, len(shares))
	for i, s := range shares {
		n := left * int64(s)
		parts[i] = cents(n / int64(whole))
		claims[i] = claim{i, n % int64(whole)}
		total -= n / int64(whole)
	}
	sort.SliceStable(claims, func(i, j int) bool { return claims[i].rest > claims[j].rest })
	for i := range total {
		parts[claims[i].at]++
	}
	if total > 0 && int(total) < len(claims) {
		tie = claims[total-1].rest == claims[total].rest
	}
	for i := range parts {
		parts[i] *= cents(sign)
	}
	return parts, tie
}

// percent is a whole percentage of an amount; exact tells that no fraction of a cent was left.
func percent(amount cents, of int64) (c cents, exact bool) {
	n := int64(amount) * of
	return cents(n / 100), n%100 == 0
}
