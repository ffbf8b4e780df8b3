package smallgain

import (
	"math"
	"math/big"
	"slices"
	"strings"

	"arbiter/internal/interval"
)

// gradients is how many a step works out.
var gradients = map[string]float64{"euler": 1, "optimistic": 1, "extragradient": 2, "rk4": 4}

// play fills in the rate of the best proved margin, the steps in its metric, and
// what follows from it.
func (f *quadraticForm) play(c *Certificate) {
	type metric struct {
		name               string
		alpha, beta, cocoe float64
	}
	own := metric{"weights", c.Margin, c.Lipschitz, c.Cocoercivity}
	all := []metric{own}
	if b := c.Best.TrueBlock; b != nil && b.Margin > c.Margin*(1+1e-6) && c.Source != "lyapunov" {
		all = append(all, metric{"true_block", b.Margin, b.Lipschitz, b.Cocoercivity})
	}
	if y := c.Best.Lyapunov; y != nil && y.Margin > all[len(all)-1].alpha*(1+1e-6) {
		all = append(all, metric{"lyapunov", y.Margin, y.Lipschitz, y.Cocoercivity})
	}
	best := own
	for _, m := range all {
		if m.alpha > best.alpha {
			best = m
		}
		if m.name == own.name {
			continue
		}
		for _, s := range monotoneSteps(m.alpha, m.beta, m.cocoe) {
			if s.Status == isTheorem && s.Bound != "2 alpha/beta^2" {
				c.Others = append(c.Others, StepIn{s, m.name})
			}
		}
	}
	c.Rate = best.alpha
	c.ModelError = &ModelError{Distance: upward(1 / best.alpha), Jacobian: best.alpha, Metric: best.name}
	c.Use = advised(c)
	if c.Use != nil {
		c.Noise = noiseIn(c, c.Use.Metric)
	}
	blocks := best.name != "lyapunov" && !(best.name == "weights" && c.Source == "lyapunov")
	if b := c.Best.TrueBlock; blocks {
		c.Rates = &Rates{Low: 0, High: math.Inf(1), Rate: best.alpha}
	} else if b != nil && b.Margin > 0 {
		c.Rates = &Rates{Low: 0, High: math.Inf(1), Rate: b.Margin}
	} else if len(f.g.Blocks) == 2 && c.Best.Lyapunov != nil {
		c.Rates = f.ratesOf(c.Best.Lyapunov)
	}
}

// rowsIn are all rows with the metric each speaks of.
func rowsIn(c *Certificate) []StepIn {
	var rows []StepIn
	for _, s := range c.Steps {
		rows = append(rows, StepIn{s, "weights"})
	}
	return append(rows, c.Others...)
}

// advised is the row of the least factor per gradient, nil if there is none.
func advised(c *Certificate) *Use {
	var use *Use
	least := 1.0
	for _, s := range rowsIn(c) {
		work := gradients[s.Scheme]
		if strings.Contains(s.Bound, "max norm") && !c.Attained {
			continue // its factor is an infimum over norms that none reaches
		}
		if work == 0 || s.Status != isTheorem && s.Status != isConstant || !(s.Best > 0) || math.IsInf(s.Best, 0) || !(s.Factor < 1) {
			continue
		}
		if per := math.Pow(s.Factor, 1/work); use == nil || per < least {
			least, use = per, &Use{s.Scheme, s.Best, s.Factor, s.Metric, s.Bound}
		}
	}
	return use
}

// noiseIn is that of Euler's best step in a metric.
func noiseIn(c *Certificate, metric string) *Noise {
	var out *Noise
	for _, s := range rowsIn(c) {
		if s.Scheme != "euler" || s.Metric != metric || s.Status != isTheorem || !(s.Best > 0) || !(s.Factor < 1) || s.Bound != "2c" {
			continue
		}
		per := upward(s.Best / math.Sqrt((1-s.Factor)*(1+s.Factor)))
		if out == nil || per < out.PerNoise {
			out = &Noise{Step: s.Best, PerNoise: per, Metric: metric}
		}
	}
	return out
}

// ratesOf is the interval of ratios of two players' learning rates around 1 for
// which M proves that play contracts, each end shown by the gate; between two such
// ratios all do, since the inequality is linear in them.
func (f *quadraticForm) ratesOf(y *Lyapunov) *Rates {
	g, denominator := f.jacobian()
	m := exactly(y.Metric)
	metric := m.byNumber(denominator)
	holds := func(r float64) bool {
		left := m.times(g.scaled([]float64{1, r}, f.first))
		return left.symmetric().definite() && metric.definite()
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
	return &Rates{Low: edge(1e-6), High: edge(1e6), Rate: math.NaN()}
}

// residualIn is |G(x)| in the metric of y, rounded up.
func (f *quadraticForm) residualIn(y *Lyapunov, x []float64) float64 {
	n := len(x)
	column, offset := make([][]float64, n), make([][]float64, n)
	for i := range x {
		column[i], offset[i] = []float64{x[i]}, []float64{0}
		if f.g.Offset != nil {
			offset[i][0] = f.g.Offset[i]
		}
	}
	v := f.j.times(exactly(column)).plus(exactly(offset))
	field := make([]*big.Float, n)
	for i := range field {
		field[i] = v.wide(i, 0).SetPrec(wideDigits)
	}
	if f.g.Natural && f.g.Metric != nil {
		for b := range f.g.Blocks {
			copy(field[f.first[b]:f.first[b+1]], f.solveMetric(b, field[f.first[b]:f.first[b+1]]))
		}
	}
	m := exactly(y.Metric)
	sum, t := new(big.Float).SetPrec(wideDigits), new(big.Float).SetPrec(wideDigits)
	for r := range n {
		for s := range n {
			u := new(big.Float).SetPrec(wideDigits).Mul(m.wide(r, s), field[s])
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
func (f *quadraticForm) steps(c *Certificate, s *spectrum, symmetricBlocks bool) {
	nan := math.NaN()
	alpha, beta, co := c.Margin, c.Lipschitz, c.Cocoercivity
	c.Steps = monotoneSteps(alpha, beta, co)
	if symmetricBlocks && c.Supremum > hidden*slices.Max(c.Ell) {
		most, best, factor := blockMax(c.Mu, c.Ell, c.Coupling)
		c.Steps = append(c.Steps, Step{"euler", "rho(T(eta)) < 1, block max norm", most, best, factor, isTheorem})
	}
	kw := f.k.weighted(c.Weights)
	if c.Source == "lyapunov" {
		kw = f.lyapunov.k
	}
	linear := downward(2 * rk4Disc * co)
	if s.positive() {
		c.Steps = append(c.Steps, Step{"euler", "spectral radius < 1", eulerSpectral(s.known), nan, nan, isAsymptotic})
	}
	c.Steps = append(c.Steps,
		Step{"rk4", "2 r c, r = 1.3926: norm at most 1", linear, nan, nan, isConstant},
		Step{"rk4", "h <= 2c: 3/8 + q/3 + q^2/4 + q^4/24, q the Euler factor", downward(2 * co), co, min(1, upward(rk4FromEuler(eulerFactor(alpha, co, co)))), isConstant},
		Step{"rk4", "2.6156/beta: spectral radius < 1, no norm", downward(rk4HalfDisc / beta), nan, nan, isConstant},
	)
	if s.positive() {
		spectral := rk4Spectral(s.known)
		c.Steps = append(c.Steps, Step{"rk4", "spectral radius < 1", spectral, nan, nan, isAsymptotic})
		if alpha*linear > hidden {
			c.Steps = append(c.Steps, Step{"rk4", "norm at most 1, measured", rk4Metric(kw, linear, spectral), nan, nan, "measured, quadratic games"})
		}
	}
	longest(c)
}
