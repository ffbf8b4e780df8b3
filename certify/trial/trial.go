// Package trial plays by certificates: from random starts the steps that are promised,
// and what shrinks is measured. No certificate rests on it; a false one is found by it.
package trial

import (
	"context"
	"math"
	"slices"
	"strings"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/entropic"
	"arbiter/certify/smallgain"
	"arbiter/certify/smooth"
	"arbiter/certify/softmarkov"
	"arbiter/dice"
	"arbiter/games/flat"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

// Trials say how much play is simulated.
type Trials struct {
	Starts, Steps int // random starts per scheme, steps from each; 0: 40 and 60
	Seed          uint64
}

// Trial is what a scheme did at the step of its best certified factor.
type Trial struct {
	Scheme, Measure string // Measure is what must shrink
	Step            float64
	Certified       float64 // factor per step, of the flow over the time Step
	Worst           float64 // factor seen, NaN if no step was taken
	// Surely is the largest factor that rounding, and what is known of the
	// equilibrium, do not explain.
	Surely        float64
	Starts, Steps int
	Note          string
}

// unit of relative rounding.
const unitRounding = 0x1p-53

// Holds tells whether nothing was surely seen to shrink less than certified, which
// is taken relative: errors of measuring are in Surely. What stands for the flow
// has an error of its own.
func (t Trial) Holds() bool {
	slack := 1e-12
	if t.Scheme == "flow" {
		slack = 1e-9
	}
	return !(t.Surely > t.Certified*(1+slack))
}

// flowStep times the Lipschitz constant is how far a fourth-order step goes that
// stands for the flow: its error is some 1e-10 of the distance moved.
const flowStep = .02

// dust is the part that errors of measuring may be of what is measured.
const dust = 1e-3

// motion is play that can be started at random, moved by a step and measured.
type motion struct {
	start   func(random func() float64)
	move    func() bool // false where the field is not defined
	measure func() float64
	noise   func() float64 // error of the measure after a move, in absolute terms
	once    bool           // every start is moved once: it may leave the region
	// Starts are anywhere in the region, which no step leaves.
	anywhere bool
}

// run adds what the motion does to t. Draws of different trials differ by at.
func (s Trials) run(ctx context.Context, at int, m motion, t Trial) (Trial, error) {
	if s.Starts == 0 {
		s.Starts = 40
	}
	if s.Steps == 0 {
		s.Steps = 60
	}
	starts, steps := s.Starts, s.Steps
	if m.once {
		starts, steps = starts*steps, 1
	}
	t.Worst, t.Surely = math.NaN(), math.NaN()
	t.Starts = starts
	for k := range starts {
		if ctx.Err() != nil {
			return t, ctx.Err()
		}
		stream := dice.New(s.Seed, uint64(at), uint64(k)).At(0)
		m.start(func() float64 { return 2*dice.Float64(stream.Uint64()) - 1 })
		last, off := m.measure(), m.noise()
		for range steps {
			if !(dust*last > off) || math.IsInf(last, 1) || !m.move() {
				break
			}
			now, error := m.measure(), m.noise()
			if r := now / last; !(r <= t.Worst) {
				t.Worst = r
			}
			if r := (now - error) / (last + off); !(r <= t.Surely) {
				t.Surely = r
			}
			t.Steps++
			last, off = now, error
		}
	}
	if t.Steps == 0 {
		t.Note = "no start is far enough from the equilibrium for what is known of it"
	}
	return t, nil
}

// promised are the rows that state a factor at a step, without conditions, of
// schemes that remember nothing.
func promised(c *certify.Certificate) []certify.Step {
	return slices.DeleteFunc(slices.Clone(c.Steps), func(s certify.Step) bool {
		return s.Scheme == "optimistic" || !strings.HasPrefix(s.Status, smallgain.IsTheorem) || strings.Contains(s.Status, " if ") || !(s.Best > 0) || math.IsNaN(s.Factor)
	})
}

// euclidean is play of a field in coordinates.
type euclidean struct {
	n      int
	field  func(dst, x []float64) bool
	norms  map[string]func(v []float64) float64         // l2, max, span
	blocks func(xi []float64) func(v []float64) float64 // max norms over blocks
	cut    func(x []float64)                            // projects, nil if nothing confines play
	x, y   []float64
	g      [5][]float64 // room
	// off, if not nil, is how far the field may be off at x, by coordinate.
	off func(dst, x []float64)
}

func newEuclidean(n int, field func(dst, x []float64) bool) *euclidean {
	e := &euclidean{n: n, field: field, norms: map[string]func([]float64) float64{}, x: make([]float64, n), y: make([]float64, n)}
	for k := range e.g {
		e.g[k] = make([]float64, n)
	}
	return e
}

func (e *euclidean) step(x []float64, scheme string, h float64) bool {
	k1, k2, k3, k4, at := e.g[0], e.g[1], e.g[2], e.g[3], e.g[4]
	if !e.field(k1, x) {
		return false
	}
	switch scheme {
	case "euler":
		for i := range x {
			x[i] -= h * k1[i]
		}
		if e.cut != nil {
			e.cut(x)
		}
		return true
	case "extragradient":
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
func (e *euclidean) trials(ctx context.Context, c *certify.Certificate, s Trials) ([]Trial, error) {
	var out []Trial
	own := "l2"
	switch c.Norm {
	case "max", "span":
		own = c.Norm
	}
	rows := promised(c)
	lipschitz := c.Lipschitz
	if math.IsNaN(lipschitz) { // in closed form: the row sums in the weighted norm
		for i, row := range c.Coupling {
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
		rows = append([]certify.Step{{Scheme: "flow", Bound: own + " norm", Max: h, Best: h, Factor: math.Exp(-c.Rate * h), Status: smallgain.IsTheorem}}, rows...)
	}
	for k, row := range rows {
		name := "l2"
		switch {
		case row.Scheme == "flow":
			name = own
		case strings.Contains(row.Bound, "max norm"):
			name = "max"
		case strings.Contains(row.Bound, "span norm"):
			name = "span"
		}
		norm := e.norms[name]
		if strings.Contains(row.Bound, "block max norm") { // which has its own ξ
			xi, factor := contracting(c, row.Best)
			norm, row.Factor = e.blocks(xi), max(row.Factor, factor)
		}
		if norm == nil {
			continue
		}
		t := Trial{Scheme: row.Scheme, Measure: "distance of two points, " + name + " norm", Step: row.Best, Certified: row.Factor}
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
		if row.Scheme != "euler" {
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
		case e.cut != nil && row.Scheme != "euler":
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
		case r.Shape == "box" && row.Scheme == "euler":
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
			t[i*n+j] = eta * c.Coupling[i][j]
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

// Simulate runs the field of g by the rows of its certificate.
func SimulateSmooth(ctx context.Context, g *smooth.Smooth, c *certify.Certificate, s Trials) ([]Trial, error) {
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

// SimulateMarkov runs natural gradient on logits by the rows of a certificate of g.
func SimulateMarkov(ctx context.Context, g *markov.Game, tau []float64, c *certify.Certificate, s Trials) ([]Trial, error) {
	f, err := softmarkov.NewSoftMarkov(g, tau)
	if err != nil {
		return nil, err
	}
	return simulateField(ctx, f, f.Dims, c, s, nil)
}

// simulateField takes the midpoints of enclosures at points for the field. cut
// projects a point on what play is confined to; nil if it is not.
func simulateField(ctx context.Context, f enclose.ZeroField, dims []int, c *certify.Certificate, s Trials, cut func(x []float64)) ([]Trial, error) {
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
	e.norms["l2"] = func(v []float64) float64 {
		if m := c.Best.Lyapunov; m != nil && c.Source == "lyapunov" {
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
		e.norms["max"] = func(v []float64) float64 {
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
		e.norms["span"] = func(v []float64) float64 {
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

// divergence is Σ p log(p/r) of distributions with logarithms lp and lr, without
// cancellation.
func divergence(p, lp, lr []float64) float64 {
	sum := 0.0
	for a, x := range p {
		if d := lr[a] - lp[a]; x > 0 {
			sum += x * (math.Expm1(d) - d)
		} else {
			sum += math.Exp(lr[a])
		}
	}
	return sum
}

// logarithms writes the logarithms of the softmax of y.
func logarithms(dst, y []float64) {
	top := slices.Max(y)
	sum := 0.0
	for _, x := range y {
		sum += math.Exp(x - top)
	}
	log := top + math.Log(sum)
	for a, x := range y {
		dst[a] = x - log
	}
}

// farLogits is how large the logits of random starts are.
const farLogits = 3

// noise is how far the divergence of l, logarithms of a distribution, from p may be
// off: logarithms by so much, p by distance in all.
func noise(p, lp, l []float64, logarithm, distance float64) float64 {
	most, sum := 0.0, 0.0
	for a, x := range p {
		d := l[a] - lp[a]
		most = max(most, math.Abs(d))
		sum += x * math.Abs(math.Expm1(d))
		if x > 0 {
			sum += x * logarithm // of second order
		}
	}
	return sum*logarithm + distance*(most+distance/slices.Min(p))
}

// Simulate runs the logit dynamics of g by the rows of its certificate.
func SimulateEntropic(ctx context.Context, g *entropic.Entropic, c *certify.Certificate, s Trials) ([]Trial, error) {
	tau := c.Entropy.Temperature
	x, y := g.Start(tau), g.Start(tau)
	if c.Equilibrium == nil {
		return nil, nil
	}
	var p, lp [][]float64
	at := 0
	for _, n := range g.Sizes {
		p = append(p, c.Equilibrium[at:at+n])
		l := make([]float64, n)
		for a, v := range p[len(p)-1] {
			l[a] = math.Log(v)
		}
		lp = append(lp, l)
		at += n
	}
	scatter := func(s *entropic.State, random func() float64) {
		for _, l := range s.Y {
			for a := range l {
				l[a] = farLogits * random()
			}
		}
		s.Set()
	}
	value := motion{
		start: func(random func() float64) { scatter(x, random) },
		measure: func() float64 {
			sum := 0.0
			for i, l := range x.Y {
				lr := make([]float64, len(l))
				logarithms(lr, l)
				sum += c.Weights[i] * divergence(p[i], lp[i], lr)
			}
			return sum
		},
	}
	terms := 64 + float64(g.Play.Work())
	value.noise = func() float64 {
		if math.IsNaN(c.Entropy.Distance) {
			return math.Inf(1)
		}
		sum := 0.0
		for i, l := range x.Y {
			lr, size := make([]float64, len(l)), 1.0
			logarithms(lr, l)
			for a := range l {
				size = max(size, math.Abs(l[a]), math.Abs(x.Q[i][a])/tau[i])
			}
			sum += c.Weights[i] * noise(p[i], lp[i], lr, unitRounding*terms*size, c.Entropy.Distance/math.Sqrt(c.Weights[i]))
		}
		return sum
	}
	const ofValue = "weighted divergence from the equilibrium"
	var out []Trial
	add := func(k int, m motion, t Trial) error {
		t, err := s.run(ctx, k, m, t)
		out = append(out, t)
		return err
	}
	if c.Rate > 0 {
		h := flowStep / (c.Entropy.Lipschitz + entropic.Largest(tau))
		m := value
		m.move = func() bool { flowStepOf(x, h); return true }
		if err := add(0, m, Trial{Scheme: "flow", Measure: ofValue, Step: h, Certified: math.Exp(-c.Rate * h)}); err != nil {
			return nil, err
		}
	}
	for k, row := range promised(c) {
		m, t := value, Trial{Scheme: row.Scheme, Measure: ofValue, Step: row.Best, Certified: row.Factor}
		switch {
		case row.Scheme == "prox":
			m.move = func() bool { x.Prox(row.Best); return true }
		case strings.Contains(row.Bound, "span"):
			t.Measure = "distance of two points, span norm of logits"
			m.start = func(random func() float64) { scatter(x, random); scatter(y, random) }
			m.move = func() bool { x.Natural(row.Best); y.Natural(row.Best); return true }
			m.measure = func() float64 {
				most := 0.0
				for i := range x.Y {
					low, high := math.Inf(1), math.Inf(-1)
					for a := range x.Y[i] {
						d := x.Y[i][a] - y.Y[i][a]
						low, high = min(low, d), max(high, d)
					}
					most = max(most, (high-low)/2/c.Entropy.Xi[i])
				}
				return most
			}
			m.noise = func() float64 {
				most := 0.0
				for i := range x.Y {
					size := 1.0
					for a := range x.Y[i] {
						size = max(size, math.Abs(x.Y[i][a]), math.Abs(y.Y[i][a]), row.Best*math.Abs(x.Q[i][a]), row.Best*math.Abs(y.Q[i][a]))
					}
					most = max(most, unitRounding*terms*size/c.Entropy.Xi[i])
				}
				return most
			}
		default:
			m.move = func() bool { x.Natural(row.Best); return true }
		}
		if err := add(k+1, m, t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// flow is a classical Runge-Kutta step of y' = q(softmax y) - τ y.
func flowStepOf(s *entropic.State, h float64) {
	from, sum := entropic.Copies(s.Y), entropic.Copies(s.Y)
	for _, stage := range []struct{ part, next float64 }{{1. / 6, .5}, {1. / 3, .5}, {1. / 3, 1}, {1. / 6, 0}} {
		for i, q := range s.Q {
			for a := range q {
				slope := q[a] - s.Tau[i]*s.Y[i][a]
				sum[i][a] += h * stage.part * slope
				s.Y[i][a] = from[i][a] + h*stage.next*slope
			}
		}
		if stage.next == 0 {
			for i := range sum {
				copy(s.Y[i], sum[i])
			}
		}
		s.Set()
	}
}

// SimulateSequence runs the proximal steps of a certificate of the sequence form of
// b; small ones stand for the flow.
func SimulateSequence(ctx context.Context, b *flat.Board, c *certify.Certificate, s Trials) ([]Trial, error) {
	if c.Equilibrium == nil {
		return nil, nil
	}
	f, err := entropic.NewDilated(b)
	if err != nil {
		return nil, err
	}
	f.Tau = c.Entropy.Temperature
	at := 0
	lp, p := entropic.Copies(f.Logits), entropic.Copies(f.Logits)
	for i, l := range f.Logits {
		copy(p[i], c.Equilibrium[at:at+len(l)])
		for a := range l {
			lp[i][a] = math.Log(p[i][a])
			l[a] = lp[i][a]
		}
		at += len(l)
	}
	f.Set()
	reach := slices.Clone(f.Plan)
	var m motion
	m = motion{
		start: func(random func() float64) {
			for _, l := range f.Logits {
				for a := range l {
					l[a] = farLogits * random()
				}
				logarithms(l, slices.Clone(l))
			}
			f.Set()
		},
		measure: func() float64 {
			sum := 0.0
			for i, l := range f.Logits {
				x := 1.0
				if f.Before[i] >= 0 {
					x = reach[f.Before[i]]
				}
				sum += x * divergence(p[i], lp[i], l)
			}
			return sum
		},
		noise: func() float64 {
			sum := 0.0
			for i, l := range f.Logits {
				x, size := 1.0, 1.0
				if f.Before[i] >= 0 {
					x = reach[f.Before[i]]
				}
				for _, v := range l {
					size = max(size, math.Abs(v))
				}
				sum += x * noise(p[i], lp[i], l, unitRounding*float64(64+len(f.Cells))*size, 0)
			}
			// What the saddle is off counts by the root of the divergence, as of a norm.
			off := c.Entropy.Distance
			return sum + 10*off*(math.Sqrt(max(0, m.measure()))+10*off)
		},
	}
	var out []Trial
	for k, row := range promised(c) {
		steps := []float64{row.Best}
		if !math.IsInf(row.Best, 1) {
			steps = append(steps, row.Best/100)
		}
		for j, eta := range steps {
			factor := row.Factor
			if j > 0 {
				factor = 1 / (1 + eta*c.Margin)
			}
			m.move = func() bool { f.Prox(eta); return true }
			t, err := s.run(ctx, 2*k+j, m, Trial{Scheme: row.Scheme, Measure: "dilated divergence from the equilibrium", Step: eta, Certified: factor})
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	return out, nil
}
