package trial

import (
	"cmp"
	"context"
	"math"
	"slices"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/certify/smooth"
	"arbiter/certify/softmarkov"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

// euclidean is play of a field in coordinates.
type euclidean struct {
	n      int
	field  func(dst, x []float64) bool
	norms  map[certify.Norm]func(v []float64) float64   // L2, Max, Span
	blocks func(xi []float64) func(v []float64) float64 // max norms over blocks
	cut    func(x []float64)                            // projects, nil if nothing confines play
	x, y   []float64
	g      [5][]float64 // room
	// off, if not nil, is how far the field may be off at x, by coordinate.
	off func(dst, x []float64)
}

func newEuclidean(n int, field func(dst, x []float64) bool) *euclidean {
	e := &euclidean{n: n, field: field, norms: map[certify.Norm]func([]float64) float64{}, x: make([]float64, n), y: make([]float64, n)}
	for k := range e.g {
		e.g[k] = make([]float64, n)
	}
	return e
}

func (e *euclidean) step(x []float64, scheme certify.Scheme, h float64) bool {
	k1, k2, k3, k4, at := e.g[0], e.g[1], e.g[2], e.g[3], e.g[4]
	if !e.field(k1, x) {
		return false
	}
	switch scheme {
	case certify.Euler:
		for i := range x {
			x[i] -= h * k1[i]
		}
		if e.cut != nil {
			e.cut(x)
		}
		return true
	case certify.Extragradient:
		for i := range x {
			at[i] = x[i] - h*k1[i]
		}
		if !e.field(k2, at) {
			return false
		}
		for i := range x {
			x[i] -= h * k2[i]
		}
		return true
	}
	for _, stage := range []struct {
		from, to []float64
		h        float64
	}{{k1, k2, h / 2}, {k2, k3, h / 2}, {k3, k4, h}} {
		for i := range x {
			at[i] = x[i] - stage.h*stage.from[i]
		}
		if !e.field(stage.to, at) {
			return false
		}
	}
	for i := range x {
		x[i] -= h / 6 * (k1[i] + 2*k2[i] + 2*k3[i] + k4[i])
	}
	return true
}

// trials runs the rows of a certificate. Two points move together and their distance
// is measured: trajectories in a ball that they do not leave, or else single steps
// from anywhere in the region.
func (e *euclidean) trials(ctx context.Context, c *certify.Certificate, s Trials) ([]certify.Trial, error) {
	var out []certify.Trial
	own := certify.L2
	switch c.Norm {
	case certify.Max, certify.Span:
		own = c.Norm
	}
	rows := promised(c)
	lipschitz := c.Lipschitz
	if math.IsNaN(lipschitz) { // in closed form: the row sums in the weighted norm
		for i, row := range c.Coupling.Rows {
			sum := c.Ell[i]
			for j, l := range row {
				sum += l * c.Xi[j] / c.Xi[i]
			}
			if !(sum <= lipschitz) {
				lipschitz = sum
			}
		}
	}
	if c.Rate > 0 && lipschitz > 0 {
		h := flowStep / lipschitz
		rows = append([]certify.Step{{Scheme: certify.Flow, Bound: certify.FlowExp, Max: h, Best: h, Factor: math.Exp(-c.Rate * h), Status: certify.Theorem}}, rows...)
	}
	for k, row := range rows {
		name := cmp.Or(row.Bound.Norm(), own)
		norm := e.norms[name]
		if name == certify.BlockMax { // which has its own ξ
			xi, factor := contracting(c, row.Best)
			norm, row.Factor = e.blocks(xi), max(row.Factor, factor)
			name = certify.Max
		}
		if norm == nil {
			continue
		}
		t := certify.Trial{Scheme: row.Scheme, Measure: "distance of two points, " + name.String() + " norm", Step: row.Best, Certified: row.Factor}
		m := motion{
			measure: func() float64 {
				v := e.g[0]
				for i := range v {
					v[i] = e.x[i] - e.y[i]
				}
				return norm(v)
			},
			move: func() bool { return e.step(e.x, row.Scheme, row.Best) && e.step(e.y, row.Scheme, row.Best) },
		}
		// A fourth-order step asks for points around it (section 7).
		reach := 1.0
		if row.Scheme != certify.Euler {
			x := row.Best * lipschitz
			reach = 1 / (1 + x + x*x/2)
		}
		r := c.Region
		centre := make([]float64, e.n)
		if c.Equilibrium != nil {
			copy(centre, c.Equilibrium)
		}
		ball, scale := math.NaN(), 1.0
		switch {
		case r.Shape == "all":
			for _, x := range centre {
				scale = max(scale, math.Abs(x))
			}
			ball = scale * norm(slices.Repeat([]float64{1}, e.n))
		case e.cut != nil && row.Scheme != certify.Euler:
			t.Worst, t.Note = math.NaN(), "not run: play is confined to a box"
			out = append(out, t)
			continue
		case e.cut != nil && math.IsInf(r.Invariant, 1):
			m.anywhere = true
			t.Note = "starts in the box"
		case r.Unique && name == own && r.Centre != nil:
			copy(centre, r.Centre)
			ball = r.Invariant * reach
			t.Note = "starts in the invariant ball"
		case r.Shape == "box" && row.Scheme == certify.Euler:
			m.once = true
			t.Note = "single steps in the box"
		default:
			t.Worst, t.Note = math.NaN(), "not run: no ball is known to be invariant"
			out = append(out, t)
			continue
		}
		m.start = func(random func() float64) {
			for _, x := range [][]float64{e.x, e.y} {
				if m.once || m.anywhere {
					for i := range x {
						x[i] = r.Lower[i]/2 + r.Upper[i]/2 + random()*(r.Upper[i]/2-r.Lower[i]/2)
					}
					continue
				}
				v := e.g[0]
				for i := range v {
					v[i] = random()
				}
				length := ball * math.Abs(random()) / norm(v)
				for i := range x {
					x[i] = centre[i] + length*v[i]
				}
				if e.cut != nil {
					e.cut(x)
				}
			}
		}
		m.noise = func() float64 { return e.noise(norm, row.Best, lipschitz, centre) }
		t, err := s.run(ctx, k, m, t)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// noise bounds the error of the distance of x and y after a step h of a field of
// that Lipschitz constant: of the coordinates, and of what the field is off there,
// whose terms are as large as constant times coordinates, or what off says.
func (e *euclidean) noise(norm func([]float64) float64, h, lipschitz float64, centre []float64) float64 {
	v, w := e.g[0], e.g[1]
	sum := 0.0
	for i := range v {
		v[i] = math.Abs(e.x[i]) + math.Abs(e.y[i]) + math.Abs(centre[i])
	}
	size := norm(v)
	sum = 8 * unitRounding * size
	if e.off == nil {
		return sum + 16*float64(e.n)*unitRounding*h*lipschitz*size
	}
	for _, x := range [][]float64{e.x, e.y} {
		e.off(w, x)
		for i := range w {
			w[i] *= 2 * h
		}
		sum += norm(w)
	}
	return sum
}

// contracting is a vector ξ, of a max norm over blocks, and the factor by which
// the Euler step eta contracts in it by bounds of the blocks: above that of the row
// where that is an infimum.
func contracting(c *certify.Certificate, eta float64) (xi []float64, factor float64) {
	n := len(c.Mu)
	t := make([]float64, n*n)
	for i := range n {
		for j := range n {
			t[i*n+j] = eta * c.Coupling.Rows[i][j]
		}
		t[i*n+i] = max(math.Abs(1-eta*c.Mu[i]), math.Abs(1-eta*c.Ell[i]))
	}
	xi = smallgain.PerronVector(t, n)
	for i := range n {
		sum := 0.0
		for j := range n {
			sum += t[i*n+j] * xi[j]
		}
		factor = max(factor, sum/xi[i])
	}
	return xi, factor
}

// Smooth runs the field of g by the rows of its certificate.
func Smooth(ctx context.Context, g *smooth.Game, c *certify.Certificate, s Trials) ([]certify.Trial, error) {
	var cut func(x []float64)
	if g.BoxLower != nil {
		cut = func(x []float64) {
			for k := range x {
				x[k] = min(max(x[k], g.BoxLower[k]), g.BoxUpper[k])
			}
		}
	}
	return simulateField(ctx, g, g.Dims, c, s, cut)
}

// Markov runs natural gradient on logits by the rows of a certificate of g.
func Markov(ctx context.Context, g *markov.Game, tau []float64, c *certify.Certificate, s Trials) ([]certify.Trial, error) {
	f, err := softmarkov.New(g, tau)
	if err != nil {
		return nil, err
	}
	return simulateField(ctx, f, f.Dims, c, s, nil)
}

// simulateField takes the midpoints of enclosures at points for the field. cut
// projects a point on what play is confined to; nil if it is not.
func simulateField(ctx context.Context, f enclose.Field, dims []int, c *certify.Certificate, s Trials, cut func(x []float64)) ([]certify.Trial, error) {
	n := 0
	for _, d := range dims {
		n += d
	}
	values := make([]interval.Interval, n)
	e := newEuclidean(n, func(dst, x []float64) bool {
		if !f.Value(values, x, x) {
			return false
		}
		for i, v := range values {
			dst[i] = v.Mid()
		}
		return true
	})
	e.cut = cut
	e.norms[certify.L2] = func(v []float64) float64 {
		if m := c.Best.Lyapunov; m != nil && c.Source == certify.ByLyapunov {
			sum := 0.0
			for i, row := range m.Metric {
				for j, x := range row {
					sum += v[i] * x * v[j]
				}
			}
			return math.Sqrt(max(0, sum))
		}
		sum, at := 0.0, 0
		for i, d := range dims {
			for _, x := range v[at : at+d] {
				sum += c.Weights[i] * x * x
			}
			at += d
		}
		return math.Sqrt(sum)
	}
	e.blocks = func(xi []float64) func([]float64) float64 {
		return func(v []float64) float64 {
			most, at := 0.0, 0
			for i, d := range dims {
				sum := 0.0
				for _, x := range v[at : at+d] {
					sum += x * x
				}
				most = max(most, math.Sqrt(sum)/xi[i])
				at += d
			}
			return most
		}
	}
	if len(c.Xi) == len(dims) {
		e.norms[certify.Max] = func(v []float64) float64 {
			most, at := 0.0, 0
			for i, d := range dims {
				for _, x := range v[at : at+d] {
					most = max(most, math.Abs(x)/c.Xi[i])
				}
				at += d
			}
			return most
		}
		// Coordinates are logits less that of the last action.
		e.norms[certify.Span] = func(v []float64) float64 {
			most, at := 0.0, 0
			for i, d := range dims {
				low, high := 0.0, 0.0
				for _, x := range v[at : at+d] {
					low, high = min(low, x), max(high, x)
				}
				most = max(most, (high-low)/2/c.Xi[i])
				at += d
			}
			return most
		}
	}
	return e.trials(ctx, c, s)
}
