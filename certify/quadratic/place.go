package quadratic

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/smallgain"
)

// equilibrium solves J x = -c.
func (f *quadraticForm) equilibrium(c *certify.Certificate) error {
	n := len(f.g.Matrix)
	rhs := mat.NewVecDense(n, nil)
	for k, v := range f.g.Offset {
		rhs.SetVec(k, -v)
	}
	// Rows in units of their own: players need not have the same.
	scaled := mat.NewDense(n, n, nil)
	for r, row := range f.g.Matrix {
		most := 0.0
		for _, x := range row {
			most = max(most, math.Abs(x))
		}
		if most > 0 {
			_, e := math.Frexp(most)
			for s, x := range row {
				scaled.Set(r, s, math.Ldexp(x, -e))
			}
			rhs.SetVec(r, math.Ldexp(rhs.AtVec(r), -e))
		}
	}
	singular := fmt.Errorf("the matrix is singular to rounding: no equilibrium is the only one")
	var lu mat.LU
	lu.Factorize(scaled)
	if cond := lu.Cond(); !(cond < 1e15) {
		if !c.Certified() {
			return fmt.Errorf("the matrix is singular to rounding (condition number %.3g): no equilibrium is the only one", cond)
		}
		if math.IsInf(cond, 0) || math.IsNaN(cond) {
			return singular
		}
	}
	var x mat.VecDense
	if err := lu.SolveVecTo(&x, false, rhs); err != nil {
		if _, ok := err.(mat.Condition); !ok || !c.Certified() {
			return singular
		}
	}
	for _, v := range x.RawVector().Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return singular
		}
	}
	c.Equilibrium = append([]float64{}, x.RawVector().Data...)
	c.Residual, _ = f.residual(smallgain.Ones(len(f.g.Blocks)), c.Equilibrium)
	return nil
}

// inSource is |G(x)| in the metric of the certificate, rounded up.
func (f *quadraticForm) inSource(c *certify.Certificate, x []float64) float64 {
	if c.Source != certify.ByLyapunov {
		_, r := f.residual(c.Weights, x)
		return r
	}
	return f.residualIn(c.Best.Lyapunov, x)
}

// place states the region: everywhere, or a ball with its zero and the starts
// that surely stay (section 7).
func (f *quadraticForm) place(c *certify.Certificate, o Options) {
	if o.Radius == 0 || math.IsInf(o.Radius, 1) {
		c.Everywhere("l2 in the metric")
		switch {
		case c.Equilibrium == nil:
			c.Region.Invariant = math.NaN()
		case c.Certified():
			c.Region.Distance = smallgain.Upward(f.inSource(c, c.Equilibrium) / c.Margin)
		}
		return
	}
	centre := o.Centre
	if centre == nil {
		centre = c.Equilibrium
	}
	c.Region = &certify.Region{Shape: "ball", Norm: "l2 in the metric", Centre: centre, Radius: o.Radius, Ball: o.Radius, Invariant: math.NaN(), Distance: math.NaN()}
	if centre == nil || !c.Certified() {
		return
	}
	distance := smallgain.Upward(f.inSource(c, centre) / c.Margin)
	if !(distance <= o.Radius) {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the centre is not an equilibrium: by its residual the only one may be %.6g from it, above the radius %.6g, so that the ball need not hold one", distance, o.Radius))
		return
	}
	c.Region.Unique, c.Region.Distance = true, distance
	c.Region.Invariant = o.Radius
	if distance > 0 {
		c.Region.Invariant = max(0, smallgain.Downward(o.Radius-2*distance))
	}
}

// explain names the reason why there is no certificate.
func explain(c *certify.Certificate) {
	if c.Certified() {
		switch {
		case c.Source == certify.ByLyapunov:
			c.Reasons = append(c.Reasons, fmt.Sprintf("no weights of the players were found that certify; a quadratic metric of them all does, of condition %.3g: play in it is not projected player by player", c.Best.Lyapunov.Condition))
		case c.Source != certify.BySGN:
			c.Reasons = append(c.Reasons, fmt.Sprintf("signs matter: the small-gain margin is at most %.6g, the %s margin is %.6g", c.Supremum, c.Source, c.Margin))
		}
		if !c.Attained && c.Source == certify.BySGN {
			c.Reasons = append(c.Reasons, fmt.Sprintf("the supremum %.6g is not attained by finite weights, nor the factor of the block max norm by a norm", c.Supremum))
		}
		return
	}
	if c.Unstable != nil {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the equilibrium is unstable: eigenvalue %.6g%+.6gi", c.Unstable.Re, c.Unstable.Im))
		return
	}
	low := false
	for i, m := range c.Mu {
		if !(m > 0) {
			low = true
			c.Reasons = append(c.Reasons, fmt.Sprintf("%s is not strongly convex: curvature %.6g", c.Blocks[i], m))
		}
	}
	if !low && !(c.Gain < 1) {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the product of gains is too large: spectral radius %.6g, Perron vector %s", c.Gain, strings.Join(formatted(c.Xi), " ")))
	}
	if c.Supremum > 0 {
		c.Reasons = append(c.Reasons, fmt.Sprintf("the weights are outside the band: the best reach %.6g", c.Supremum))
	}
	for _, b := range []struct {
		kind string
		*certify.Optimum
	}{{"signed", c.Best.Signed}, {"true_block", c.Best.TrueBlock}} {
		if b.Optimum != nil && b.Margin > 0 {
			c.Reasons = append(c.Reasons, fmt.Sprintf("the %s margin reaches %.6g at other weights", b.kind, b.Margin))
		}
	}
	c.Reasons = append(c.Reasons, "this is not divergence")
}

func formatted(x []float64) (out []string) {
	for _, v := range x {
		out = append(out, fmt.Sprintf("%.4g", v))
	}
	return out
}
