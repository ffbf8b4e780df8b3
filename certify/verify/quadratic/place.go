package quadratic

import (
	"math"
	"math/big"

	"arbiter/certify/verify"
	"arbiter/certify/verify/rational"
)

// place checks the zero, the region and the verdict (section 7).
func (q *game) place() {
	n := q.first[q.blocks()]
	m := q.in["weights"]
	certified := q.Claim.Certified && m.Alpha > 0
	q.Verdict(m.Alpha > 0, q.unstable, "exact up to rounding")
	if q.Claim.Certified && q.State("margin") == verify.NotChecked {
		return // all below rests on it
	}
	x := verify.List(q.Get("equilibrium"), n)
	var f rational.Matrix // J x + c, a column
	field := func(x []float64) rational.Matrix {
		return rational.Build(n, 1, func(i, _ int) *big.Rat {
			sum := rat(q.offset[i])
			for j, y := range x {
				sum.Add(sum, mul(q.j[i][j], rat(y)))
			}
			return sum
		})
	}
	square := func(f, m rational.Matrix) *big.Rat {
		sum := new(big.Rat)
		for i := range f {
			for j := range f {
				if m[i][j].Sign() != 0 {
					sum.Add(sum, mul(mul(f[i][0], f[j][0]), m[i][j]))
				}
			}
		}
		return sum
	}
	if x != nil {
		f = field(x)
		if q.Decide("residual", math.Inf(1), func(r float64) bool { return r >= 0 && mul(rat(r), rat(r)).Cmp(square(f, rational.Identity(n))) >= 0 }, "|J x + c| at the equilibrium") {
			q.See("equilibrium") // as far as the residual has it
		}
	}
	shape, radius := q.Text("region.shape"), q.Num("region.radius")
	centre := x
	if shape != "" {
		q.Is("region.norm", q.Text("region.norm") == "l2 in the metric", "that of the certificate")
	}
	switch q.See("region.shape", "region.radius"); shape {
	case "all":
		q.Is("region.radius", math.IsInf(radius, 1) && math.IsInf(q.Num("region.ball"), 1), "everywhere: no radius, no ball")
		q.See("region.ball")
		if q.Get("region.invariant") != nil {
			q.Is("region.invariant", certified && x != nil && math.IsInf(q.Num("region.invariant"), 1), "every start, of what is certified everywhere")
		}
	case "ball":
		centre = verify.List(q.Get("region.centre"), n)
		q.See("region.centre")
		q.AtMost("region.ball", radius, "inside the region")
	default:
		q.Is("region.shape", false, "expected all or ball: a cube is no basin")
		return
	}
	unique, _ := q.Get("region.unique").(bool)
	distance := q.Num("region.distance")
	ok := certified && centre != nil
	known := q.Decide("region.distance", math.Inf(1), func(d float64) bool {
		if !ok || d < 0 {
			return false
		}
		// |G|_M ≤ d α, and of a natural field G = P⁻¹ F.
		g := field(centre)
		if q.inverse != nil {
			g = q.inverse.Product(g)
		}
		return mul(mul(rat(d), rat(d)), mul(rat(m.Alpha), rat(m.Alpha))).Cmp(square(g, m.M)) >= 0
	}, "residual in the metric over margin")
	inside := known && (shape == "all" || distance <= radius)
	if unique {
		q.Is("region.unique", inside, "the zero is proved to lie inside")
	} else {
		q.See("region.unique")
	}
	if shape == "ball" {
		q.Decide("region.invariant", math.NaN(), func(r float64) bool {
			return inside && add(rat(r), mul(whole(2), rat(distance))).Cmp(rat(radius)) <= 0
		}, "radius less twice the distance")
	}
	converges, _ := q.Get("converges").(bool)
	q.Is("converges", !converges || certified && (shape == "all" || inside), "a certificate, and a zero in its region")
}
