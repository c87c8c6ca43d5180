package mapping

import (
	"math/big"
	"slices"

	"github.com/shopspring/decimal"
)

// Split cuts total (rounded to digits) into one amount per weight by the largest remainder. The amounts
// sum to the total exactly, whatever the signs; a share of weight zero gets nothing; ties go to the
// earlier share; and Split(-total) is -Split(total), so that a credit note mirrors its bill to the cent.
// When the weights sum to zero the shares are equal.
func Split(total decimal.Decimal, weights []decimal.Decimal, digits int32) []decimal.Decimal {
	if len(weights) == 0 {
		return nil
	}
	units := total.Shift(digits).Round(0).BigInt()
	sign := units.Sign()
	units.Abs(units)
	parts, sum := integers(weights)
	if sum.Sign() == 0 {
		for i := range parts {
			parts[i] = big.NewInt(1)
		}
		sum = big.NewInt(int64(len(parts)))
	}
	if sum.Sign() < 0 {
		sum.Neg(sum)
		for _, p := range parts {
			p.Neg(p)
		}
	}
	shares := make([]*big.Int, len(parts))
	rests := make([]*big.Int, len(parts))
	order := make([]int, len(parts))
	left := new(big.Int).Set(units)
	for i, p := range parts {
		// DivMod is Euclidean: the divisor is positive, so every rest is in [0, sum).
		shares[i], rests[i] = new(big.Int).DivMod(new(big.Int).Mul(units, p), sum, new(big.Int))
		left.Sub(left, shares[i])
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return rests[b].Cmp(rests[a]) })
	for _, i := range order[:left.Int64()] {
		shares[i].Add(shares[i], big.NewInt(1))
	}
	amounts := make([]decimal.Decimal, len(shares))
	for i, s := range shares {
		if sign < 0 {
			s.Neg(s)
		}
		amounts[i] = decimal.NewFromBigInt(s, -digits)
	}
	return amounts
}

// integers scales the weights to whole numbers and returns them with their sum.
func integers(weights []decimal.Decimal) ([]*big.Int, *big.Int) {
	var exponent int32
	for _, w := range weights {
		exponent = min(exponent, w.Exponent())
	}
	parts, sum := make([]*big.Int, len(weights)), new(big.Int)
	for i, w := range weights {
		parts[i] = w.Shift(-exponent).BigInt()
		sum.Add(sum, parts[i])
	}
	return parts, sum
}
