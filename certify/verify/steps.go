package verify

import (
	"fmt"
	"math"
	"math/big"

	"arbiter/certify/verify/rational"
)

var (
	rat, whole         = rational.Of, rational.Whole
	add, sub, mul, quo = rational.Add, rational.Sub, rational.Mul, rational.Quo
)

// At is a path with indices.
func At(path string, index ...int) string {
	for _, i := range index {
		path += fmt.Sprintf("[%d]", i)
	}
	return path
}

// Of the stability region of the classical Runge-Kutta scheme: a disc and half a disc
// of these radii lie inside (small-gain paper, section 6).
const disc, halfDisc = 1.392646781702641, 2.615587688256707

// Statuses of rows.
const (
	Theorem   = "theorem"
	Constant  = "theorem, constant Jacobian"
	Guideline = "guideline, no certificate"
)

// Rule is what a row of steps means: status, whether a step is one of those it speaks
// of, and a number not below the square of the factor there; nil where it names none.
type Rule struct {
	Status string                    // one of Theorem, Constant and Guideline
	Within func(h *big.Rat) bool     // tells whether it speaks of the step h; nil: of any
	Square func(h *big.Rat) *big.Rat // not below the square of the factor; nil: none is known
}

// Rules are the rows of steps in a metric of margin α, Lipschitz constant β and
// cocoercivity c (section 6), in rationals.
func (m Metric) Rules() map[string]Rule {
	a, b, c := rat(m.Alpha), rat(m.Beta), rat(m.C)
	one, two := whole(1), whole(2)
	below := func(x *big.Rat) func(h *big.Rat) bool { return func(h *big.Rat) bool { return h.Cmp(x) <= 0 } }
	most := func(n *big.Rat, d *big.Rat) func(h *big.Rat) bool {
		return func(h *big.Rat) bool { return mul(h, d).Cmp(n) <= 0 }
	}
	energy := func(h *big.Rat) *big.Rat { return mul(a, sub(mul(two, h), quo(mul(h, h), c))) } // α(2h - h²/c)
	euler := func(h *big.Rat) *big.Rat { return sub(one, energy(h)) }
	out := map[string]Rule{
		"flow exp(-alpha t)": {Theorem, nil, nil},
		"euler 2 alpha/beta^2": {Theorem, most(mul(two, a), mul(b, b)), func(h *big.Rat) *big.Rat {
			return add(sub(one, mul(mul(two, h), a)), mul(mul(h, h), mul(b, b)))
		}},
		"euler 2c": {Theorem, below(mul(two, c)), euler},
		"rk4 h < 2c": {Theorem, below(mul(two, c)), func(h *big.Rat) *big.Rat {
			x := mul(h, b)
			part := func(y *big.Rat, over int64) *big.Rat { // (1 - y)₊²/over
				if y = sub(one, y); y.Sign() < 0 {
					return new(big.Rat)
				}
				return quo(mul(y, y), whole(over))
			}
			s := add(quo(one, whole(6)), add(mul(whole(4), part(quo(x, two), 6)), part(mul(x, add(one, quo(x, two))), 6)))
			return sub(one, mul(energy(h), s))
		}},
		"rk4 2.5/beta": {Guideline, most(mul(big.NewRat(5, 2), add(one, Last)), b), nil},
		"extragradient h < 1/beta": {Theorem, most(one, b), func(h *big.Rat) *big.Rat {
			room, gain := sub(one, mul(mul(h, b), mul(h, b))), mul(mul(two, h), a)
			return sub(one, quo(mul(gain, room), add(room, gain)))
		}},
		"optimistic h <= 1/(alpha+sqrt(alpha^2+4beta^2))": {Theorem, func(h *big.Rat) bool {
			return add(mul(mul(two, h), a), mul(whole(4), mul(mul(h, b), mul(h, b)))).Cmp(one) <= 0
		}, func(h *big.Rat) *big.Rat { return sub(one, mul(h, a)) }},
		"rk4 2 r c, r = 1.3926: norm at most 1": {Constant, below(mul(mul(two, rat(disc)), c)), nil},
		"rk4 h <= 2c: 3/8 + q/3 + q^2/4 + q^4/24, q the Euler factor": {Constant, below(mul(two, c)), func(h *big.Rat) *big.Rat {
			s := euler(h)
			if s.Sign() < 0 {
				s = new(big.Rat)
			}
			q := rational.RootAbove(s)
			f := add(add(big.NewRat(3, 8), quo(q, whole(3))), add(quo(s, whole(4)), quo(mul(s, s), whole(24))))
			return mul(f, f)
		}},
		"rk4 2.6156/beta: spectral radius < 1, no norm": {Constant, most(rat(halfDisc), b), nil},
	}
	return out
}

// Row checks a row by its rule, and tells whether its largest step holds.
func (k *Check) Row(row string, r Rule, m Metric) bool {
	ok := k.Is(row+".status", k.Text(row+".status") == r.Status, "as the row is: "+r.Status)
	if r.Status != Guideline && !(m.Alpha > 0) || math.IsNaN(m.Beta) || math.IsNaN(m.C) {
		k.Open(row+".max", "the constants of its metric were not decided")
		k.Open(row+".best", "the constants of its metric were not decided")
		k.Open(row+".factor", "the constants of its metric were not decided")
		return false
	}
	if r.Within == nil {
		k.See(row + ".max") // any time
	} else if !k.Decide(row+".max", math.NaN(), func(h float64) bool { return h > 0 && r.Within(rat(h)) }, "within the bound of the row") {
		ok = false
	}
	best := k.Num(row + ".best")
	if r.Square == nil {
		for _, f := range []string{".best", ".factor"} {
			if k.Get(row+f) != nil {
				k.Is(row+f, false, "no factor of this row is known")
			}
		}
		return ok
	}
	k.Decide(row+".best", math.NaN(), func(h float64) bool { return h > 0 && h <= k.Num(row+".max") && r.Within(rat(h)) }, "one of the row")
	k.Decide(row+".factor", math.NaN(), func(f float64) bool {
		return best > 0 && f >= 0 && mul(rat(f), rat(f)).Cmp(r.Square(rat(best))) >= 0
	}, "the formula of the row at its best step")
	return ok
}
