package verify

import (
	"fmt"
	"math"
	"math/big"

	"gonum.org/v1/gonum/mat"
)

// place checks the zero and the region (section 7).
func (v *quadraticCheck) place() {
	c, q := v.claim, v.q
	if c.Equilibrium != nil {
		x := floats(c.Equilibrium)
		if len(x) != q.n || !allFinite(x) {
			v.plain("equilibrium", false, fmt.Sprintf("found %d numbers, expected %d finite ones", len(x), q.n))
			return
		}
		found, size := q.residual(x)
		rounding := float64(q.n+1) * ulp * size
		v.add("residual", float64(c.Residual), found, found <= above(float64(c.Residual), 0)+rounding && found <= 1e-6*size, "of J x + c, exact")
	}
	g := c.Region
	if g == nil {
		v.plain("region", false, "none")
		return
	}
	if g.Shape != "all" && g.Shape != "ball" {
		v.plain("region", false, fmt.Sprintf("found a %q, expected all or ball: the Jacobian is the same everywhere, a cube is no basin", g.Shape))
		return
	}
	centre := floats(g.Centre)
	if g.Shape == "all" {
		centre = floats(c.Equilibrium)
	}
	if g.Shape == "ball" {
		v.atMost("region.ball", float64(g.Ball), float64(g.Radius), 0)
	}
	if !g.Unique {
		if i := float64(g.Invariant); i > 0 {
			v.add("region.invariant", i, 0, false, "no zero is claimed inside")
		}
		return
	}
	if !c.Certified || len(centre) != q.n || !allFinite(centre) {
		v.plain("region.unique", false, "needs a certificate and a centre")
		return
	}
	r, size := q.inMetric(v.w, centre)
	rounding := 4 * float64(q.n+1) * ulp * size
	distance := r / v.alpha
	v.add("region.distance", float64(g.Distance), distance, float64(g.Distance) >= below(distance, 0)-rounding/v.alpha, "residual over margin, in the metric")
	if g.Shape == "ball" {
		v.add("region.unique", float64(g.Radius), distance, distance <= above(float64(g.Radius), 0), "the zero lies inside")
		v.atMost("region.invariant", float64(g.Invariant), float64(g.Radius)-2*distance+2*rounding/v.alpha, 0)
	}
}

// field is F(x) exactly, and the size of the numbers summed.
func (q *quadratic) field(x []float64) (f []*big.Rat, size float64) {
	for r, row := range q.Matrix {
		sum, big := rat(q.Offset[r]), math.Abs(q.Offset[r])
		for k, y := range row {
			sum.Add(sum, mul(rat(y), rat(x[k])))
			big += math.Abs(y * x[k])
		}
		f = append(f, sum)
		size = math.Hypot(size, big)
	}
	return f, size
}

func (q *quadratic) residual(x []float64) (norm, size float64) {
	f, size := q.field(x)
	for _, y := range f {
		norm = math.Hypot(norm, float(y))
	}
	return norm, size
}

// inMetric is |G(x)| in the metric and the size of the numbers it is made of.
func (q *quadratic) inMetric(w, x []float64) (norm, size float64) {
	f, big := q.field(x)
	sum, weight := 0.0, 0.0
	for i := range q.Blocks {
		from, to := q.first[i], q.first[i+1]
		part := mat.NewVecDense(to-from, nil)
		p := mat.NewDense(to-from, to-from, nil)
		for r := from; r < to; r++ {
			part.SetVec(r-from, float(f[r]))
			for s := from; s < to; s++ {
				p.Set(r-from, s-from, float(q.p[r][s]))
			}
		}
		var y mat.VecDense
		if q.Natural && q.Metric != nil {
			// |P⁻¹F|_P² = F' P⁻¹ F
			if y.SolveVec(p, part) != nil {
				return math.NaN(), math.NaN()
			}
			weight = max(weight, math.Sqrt(w[i]*mat.Norm(p, 2)))
		} else {
			y.MulVec(p, part)
			weight = max(weight, math.Sqrt(w[i]*mat.Norm(p, 2)))
		}
		sum += w[i] * mat.Dot(&y, part)
	}
	return math.Sqrt(max(0, sum)), big * weight
}
