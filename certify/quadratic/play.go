package quadratic

import (
	"math"
	"math/big"
	"slices"

	"arbiter/certify"
	"arbiter/certify/gate"
	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// play fills in the rate of the best proved margin, the steps in its metric, and
// what follows from it.
func (f *quadraticForm) play(c *certify.Certificate) {
	type metric struct {
		in                 certify.Metric
		alpha, beta, cocoe float64
	}
	own := metric{certify.InWeights, c.Margin, c.Lipschitz, c.Cocoercivity}
	all := []metric{own}
	if b := c.Best.TrueBlock; b != nil && b.Margin > c.Margin*(1+1e-6) && c.Source != certify.ByLyapunov {
		all = append(all, metric{certify.InTrueBlock, b.Margin, b.Lipschitz, b.Cocoercivity})
	}
	if y := c.Best.Lyapunov; y != nil && y.Margin > all[len(all)-1].alpha*(1+1e-6) {
		all = append(all, metric{certify.InLyapunov, y.Margin, y.Lipschitz, y.Cocoercivity})
	}
	best := own
	for _, m := range all {
		if m.alpha > best.alpha {
			best = m
		}
		if m.in == own.in {
			continue
		}
		for _, s := range smallgain.MonotoneSteps(m.alpha, m.beta, m.cocoe) {
			if s.Status == certify.Theorem && s.Bound != certify.Euler2AB {
				s.Metric = m.in
				c.Steps = append(c.Steps, s)
			}
		}
	}
	c.Rate = best.alpha
	c.ModelError = &certify.ModelError{Distance: smallgain.Upward(1 / best.alpha), Jacobian: best.alpha, Metric: best.in}
	c.Use = advised(c)
	if c.Use != nil {
		c.Noise = noiseIn(c, c.Use.Metric)
	}
	blocks := best.in != certify.InLyapunov && !(best.in == certify.InWeights && c.Source == certify.ByLyapunov)
	if b := c.Best.TrueBlock; blocks {
		c.Rates = &certify.Rates{Low: 0, High: math.Inf(1), Rate: best.alpha}
	} else if b != nil && b.Margin > 0 {
		c.Rates = &certify.Rates{Low: 0, High: math.Inf(1), Rate: b.Margin}
	} else if len(f.g.Blocks) == 2 && c.Best.Lyapunov != nil {
		c.Rates = f.ratesOf(c.Best.Lyapunov)
	}
}

// advised is the row of the least factor per gradient, nil if there is none.
func advised(c *certify.Certificate) *certify.Use {
	var use *certify.Use
	least := 1.0
	for _, s := range c.Steps {
		work := s.Scheme.Gradients()
		if s.Bound == certify.EulerBlockMax && !c.Attained {
			continue // its factor is an infimum over norms that none reaches
		}
		if work == 0 || !s.Status.Proves() || !(s.Best > 0) || math.IsInf(s.Best, 0) || !(s.Factor < 1) {
			continue
		}
		if per := math.Pow(s.Factor, 1/float64(work)); use == nil || per < least {
			least, use = per, &certify.Use{Scheme: s.Scheme, Step: s.Best, Factor: s.Factor, Metric: s.Metric, Bound: s.Bound}
		}
	}
	return use
}

// noiseIn is that of Euler's best step in a metric.
func noiseIn(c *certify.Certificate, metric certify.Metric) *certify.Noise {
	var out *certify.Noise
	for _, s := range c.Steps {
		if s.Bound != certify.Euler2C || s.Metric != metric || !(s.Best > 0) || !(s.Factor < 1) {
			continue
		}
		per := smallgain.Upward(s.Best / math.Sqrt((1-s.Factor)*(1+s.Factor)))
		if out == nil || per < out.PerNoise {
			out = &certify.Noise{Scheme: s.Scheme, Step: s.Best, PerNoise: per, Metric: metric}
		}
	}
	return out
}

// ratesOf is the interval of ratios of two players' learning rates around 1 for
// which M proves that play contracts, each end shown by the gate; between two such
// ratios all do, since the inequality is linear in them.
func (f *quadraticForm) ratesOf(y *certify.Lyapunov) *certify.Rates {
	g, denominator := f.jacobian()
	m := gate.Exactly(y.Metric)
	metric := m.ByNumber(denominator)
	holds := func(r float64) bool {
		left := m.Times(g.Scaled([]float64{1, r}, f.first))
		return left.Symmetric().Definite() && metric.Definite()
	}
	if !holds(1) {
		return nil
	}
	edge := func(far float64) float64 {
		inside, outside := 0.0, math.Log(far)
		if holds(far) {
			return far
		}
		for range 40 {
			mid := (inside + outside) / 2
			if holds(math.Exp(mid)) {
				inside = mid
			} else {
				outside = mid
			}
		}
		return math.Exp(inside)
	}
	return &certify.Rates{Low: edge(1e-6), High: edge(1e6), Rate: math.NaN()}
}

// residualIn is |G(x)| in the metric of y, rounded up.
func (f *quadraticForm) residualIn(y *certify.Lyapunov, x []float64) float64 {
	n := len(x)
	column, offset := make([][]float64, n), make([][]float64, n)
	for i := range x {
		column[i], offset[i] = []float64{x[i]}, []float64{0}
		if f.g.Offset != nil {
			offset[i][0] = f.g.Offset[i]
		}
	}
	v := f.j.Times(gate.Exactly(column)).Plus(gate.Exactly(offset))
	field := make([]*big.Float, n)
	for i := range field {
		field[i] = v.Wide(i, 0).SetPrec(gate.WideDigits)
	}
	if f.g.Natural && f.g.Metric != nil {
		for b := range f.g.Blocks {
			copy(field[f.first[b]:f.first[b+1]], f.solveMetric(b, field[f.first[b]:f.first[b+1]]))
		}
	}
	m := gate.Exactly(y.Metric)
	sum, t := new(big.Float).SetPrec(gate.WideDigits), new(big.Float).SetPrec(gate.WideDigits)
	for r := range n {
		for s := range n {
			u := new(big.Float).SetPrec(gate.WideDigits).Mul(m.Wide(r, s), field[s])
			sum.Add(sum, t.Mul(u, field[r]))
		}
	}
	if sum.Sign() <= 0 {
		return 0
	}
	r, _ := sum.Sqrt(sum).Float64()
	return interval.Up(r)
}

// steps fills in the rows of section 6 in the metric that is certified, and the
// eigenvalues of K; rows that rest on numbers lost in rounding are left out.
func (f *quadraticForm) steps(c *certify.Certificate, s *spectrum, symmetricBlocks bool) {
	nan := math.NaN()
	alpha, beta, co := c.Margin, c.Lipschitz, c.Cocoercivity
	c.Steps = smallgain.MonotoneSteps(alpha, beta, co)
	if symmetricBlocks && c.Supremum > smallgain.Hidden*slices.Max(c.Ell) {
		most, best, factor := smallgain.BlockMax(c.Mu, c.Ell, c.Coupling.Rows)
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.Euler, Bound: certify.EulerBlockMax, Max: most, Best: best, Factor: factor, Status: certify.Theorem})
	}
	kw := f.k.weighted(c.Weights)
	if c.Source == certify.ByLyapunov {
		kw = f.lyapunov.k
	}
	linear := smallgain.Downward(2 * smallgain.Rk4Disc * co)
	if s.positive() {
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.Euler, Bound: certify.Spectral, Max: smallgain.EulerSpectral(s.known), Best: nan, Factor: nan, Status: certify.Asymptotic})
	}
	c.Steps = append(c.Steps,
		certify.Step{Scheme: certify.RK4, Bound: certify.RK4Disc, Max: linear, Best: nan, Factor: nan, Status: certify.ConstantTheorem},
		certify.Step{Scheme: certify.RK4, Bound: certify.RK4FromEuler, Max: smallgain.Downward(2 * co), Best: co, Factor: min(1, smallgain.Upward(smallgain.Rk4FromEuler(smallgain.EulerFactor(alpha, co, co)))), Status: certify.ConstantTheorem},
		certify.Step{Scheme: certify.RK4, Bound: certify.RK4HalfDisc, Max: smallgain.Downward(smallgain.Rk4HalfDisc / beta), Best: nan, Factor: nan, Status: certify.ConstantTheorem},
	)
	if s.positive() {
		spectral := smallgain.Rk4Spectral(s.known)
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.RK4, Bound: certify.Spectral, Max: spectral, Best: nan, Factor: nan, Status: certify.Asymptotic})
		if alpha*linear > smallgain.Hidden {
			c.Steps = append(c.Steps, certify.Step{Scheme: certify.RK4, Bound: certify.RK4Measured, Max: smallgain.Rk4Metric(kw, linear, spectral), Best: nan, Factor: nan, Status: certify.Measured})
		}
	}
	smallgain.Longest(c)
}
