package quadratic

import (
	"math"
	"math/big"

	"arbiter/certify/verify"
	"arbiter/certify/verify/rational"
)

// perron checks the numbers that stand for all weights, at vectors that show them.
func (q *game) perron() {
	n := q.blocks()
	if q.mu == nil || q.l == nil {
		return // what fails is said, and all that rests on it stays open
	}
	if xi := verify.Positive(q.Get("xi"), n); xi != nil {
		q.See("xi")
		q.Decide("margins.blockmax", math.Inf(-1), func(x float64) bool {
			all := make([]int, n)
			for i := range all {
				all[i] = i
			}
			return q.own && verify.Rows(q.l, all, xi, q.curved(x))
		}, "mu ξ - L ξ ≥ margin ξ, of symmetric own blocks")
	}
	q.shown("supremum", "supremum", math.Inf(-1), q.curved, "mu y - L y ≥ supremum y in every class")
	q.shown("gain", "gain", math.Inf(1), func(x float64) verify.Row {
		return func(i int, y, sum *big.Rat) bool {
			return q.mu[i] > 0 && mul(mul(rat(x), add(whole(1), verify.Last)), mul(rat(q.mu[i]), y)).Cmp(sum) >= 0
		}
	}, "gain mu y ≥ L y in every class")
}

func (q *game) curved(x float64) verify.Row {
	return func(i int, y, sum *big.Rat) bool { return mul(sub(rat(q.mu[i]), rat(x)), y).Cmp(sum) >= 0 }
}

// shown decides a claim by the classes of a witness.
func (q *game) shown(what, witness string, vacuous float64, of func(x float64) verify.Row, why string) {
	classes, _ := q.Get("witnesses." + witness).([]any)
	if len(classes) == 0 {
		q.Open(what, "no vector is given")
		return
	}
	q.Decide(what, vacuous, func(x float64) bool { return verify.Classes(q.l, classes, of(x)) }, why)
}

// mostCorners is up to how many blocks all corners of a box of weights are tried.
const mostCorners = 10

// bands checks where the small-gain margin is positive: a cone of weights that is
// convex, also in their logarithms. It is not below 0 at ends and corners, and above it
// at one place between; C(w) is linear in w, so that it is above 0 at all between.
func (q *game) bands() {
	n := q.blocks()
	above := func(w []float64, i int, x float64) bool {
		v := rational.All(w)
		v[i] = rat(x)
		return x > 0 && q.sgn(v, math.SmallestNonzeroFloat64)
	}
	at0 := func(what string, w []float64, i int, inside bool) {
		q.Decide(what, math.NaN(), func(x float64) bool {
			v := rational.All(w)
			v[i] = rat(x)
			return inside && x > 0 && q.sgn(v, 0)
		}, "C(w) ⪰ 0 at this end, ≻ 0 between the two")
	}
	ends := func(what string, w []float64, i int) {
		pair := [2]string{verify.At(what, 0), verify.At(what, 1)}
		low, high := q.Num(pair[0]), q.Num(pair[1])
		switch {
		case low > high:
			q.Is(what, false, "from more to less")
		default:
			middle := low/2 + high/2
			if math.IsInf(high, 1) {
				middle = 2*low + 1
			}
			inside := above(w, i, middle)
			for k, x := range []float64{low, high} {
				if x == 0 || math.IsInf(x, 1) {
					q.Open(pair[k], "an end that no weight is")
				} else {
					at0(pair[k], w, i, inside)
				}
			}
		}
	}
	if n == 2 {
		ends("timescale_band", []float64{1, 1}, 1)
	}
	for i := range n {
		ends(verify.At("bands", i), q.w, i)
	}
	if n > mostCorners || math.IsInf(q.Num("box_factor"), 1) {
		q.Open("box_factor", "too many corners, or any factor")
		return
	}
	q.Decide("box_factor", math.NaN(), func(k float64) bool {
		if !above(q.w, 0, 1) {
			return false
		}
		for corner := range 1 << (n - 1) {
			v := rational.All(q.w)
			for i := 1; i < n; i++ {
				if corner>>(i-1)&1 == 0 {
					v[i] = mul(v[i], rat(k))
				} else {
					v[i] = quo(v[i], rat(k))
				}
			}
			if !q.sgn(v, 0) {
				return false
			}
		}
		return k >= 1
	}, "C(w) ≻ 0, and ⪰ 0 at all corners")
}
