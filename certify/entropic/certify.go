package entropic

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/certify"
	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// Thresholds are temperatures, the same for all blocks, above which the span norm
// and the signed margin certify, rounded up: ρ(D/4), and half of that of
// D_ij(w)/(4 sqrt(w_i w_j)) at the best weights found.
func (g *Game) Thresholds(ctx context.Context) (unsigned, signed float64, err error) {
	zero := make([]float64, len(g.Sizes))
	m, _, v := g.unsigned(zero)
	w, _, err := g.weigh(ctx, zero, v)
	if err != nil {
		return 0, 0, err
	}
	s, _, _ := g.signed(zero, w)
	return max(0, -m), max(0, -s), nil
}

// Certify works out all tests at the temperatures given, one per block. The
// certificate's margin is the signed one: V(π) = Σ w_i KL(π*_i‖π_i) falls at that
// rate along y' = q(softmax y) - τ y, from anywhere. Equilibrium holds
// probabilities; Residual is their largest difference from the logit response.
// Every margin passes the gate of exact arithmetic first, see proved.
func (g *Game) Certify(ctx context.Context, tau []float64) (*certify.Certificate, error) {
	if err := g.checkTemperature(tau); err != nil {
		return nil, err
	}
	tau = append([]float64(nil), tau...)
	n := len(tau)
	nan := math.NaN()
	e := &certify.Entropy{Temperature: tau, Exact: g.exact, Distance: nan, Primal: certify.Primal{Margin: nan}}
	// A common temperature moves margins of all weights alike: the best are those of
	// temperature 0, so that the threshold does not hang on the temperature asked.
	common, at := alike(tau), tau
	if common {
		at = make([]float64, n)
	}
	e.Unsigned, e.Xi, e.UnsignedWeights = g.unsigned(at)
	coupling := g.matrix(make([]float64, n), (*pair).coupling)
	if common {
		e.Unsigned = -sparse{negated(tau), coupling.rows}.worst(e.Xi)
	}
	w, optimal, err := g.weigh(ctx, at, e.UnsignedWeights)
	if err != nil {
		return nil, err
	}
	e.Optimal = optimal
	margin, swayed, y := g.signed(at, w)
	if common {
		k := 0
		margin = -g.matrix(negated(tau), func(p *pair) (float64, float64) {
			d := swayed[k]
			k++
			return quotientUp(d, 8*w[p.i]), quotientUp(d, 8*w[p.j])
		}).worst(y)
	}
	sway := g.swaying(swayed)
	e.Witness = y
	e.Interaction = g.matrix(make([]float64, n), func(p *pair) (float64, float64) { return p.di, p.dj }).listed()
	e.Swayed = sway.listed()
	var u, v []float64
	e.Lipschitz, u, v = g.lipschitz(w)
	e.LipschitzWitness = [][]float64{u, v}
	if common {
		zero := make([]float64, n)
		e.UnsignedThreshold = max(0, coupling.worst(e.Xi))
		k := 0
		e.Threshold = max(0, g.matrix(zero, func(p *pair) (float64, float64) {
			d := swayed[k]
			k++
			return quotientUp(d, 8*w[p.i]), quotientUp(d, 8*w[p.j])
		}).worst(y))
	} else if e.UnsignedThreshold, e.Threshold, err = g.Thresholds(ctx); err != nil {
		return nil, err
	}
	if g.primal != nil {
		e.Primal = g.euclid(tau)
	}
	eight := make([]float64, n)
	for i, x := range w {
		eight[i] = 8 * x
	}
	if margin > 0 && !proved(tau, eight, margin, sway, y) {
		return nil, fmt.Errorf("%s: the margin %g is not confirmed by exact arithmetic: this is a fault of the program", g.game, margin)
	}
	if e.Unsigned > 0 && !proved(tau, nil, e.Unsigned, coupling, e.Xi) {
		return nil, fmt.Errorf("%s: the margin %g of the span norm is not confirmed by exact arithmetic: this is a fault of the program", g.game, e.Unsigned)
	}
	c := certify.New()
	c.Game, c.Form, c.Dims, c.Entropy = g.game, g.form, g.Sizes, e
	c.Concept, c.Field, c.Norm, c.Method = g.concept, "natural gradient on logits", certify.KL, certify.Analytic
	c.Blocks, c.Mu, c.Ell, c.Coupling, c.Weights = g.Blocks(), tau, tau, coupling.listed(), w
	c.Margin, c.Source, c.Lipschitz = margin, certify.BySigned, e.Lipschitz
	c.Margins.SGN, c.Margins.Signed = e.Unsigned, margin
	c.Attained = optimal && g.moderate(w, tau)
	c.Gain, e.GainWitness = g.gains(tau, e.Xi)
	if margin > 0 {
		c.Rate = margin
	}
	g.steps(c, common)
	if err := g.equilibrium(ctx, c); err != nil {
		return nil, err
	}
	c.Everywhere("kl")
	g.explain(c)
	c.Witnesses = g.witnesses(c)
	return c, nil
}

// moderate tells whether no weight, in units of its block, is near the limit of
// the search.
func (g *Game) moderate(w, tau []float64) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for i, u := range g.units(tau) {
		x := math.Log(w[i]) + math.Log(u)
		low, high = min(low, x), max(high, x)
	}
	return high-low < farthest/2
}

// fewBlocks is the number up to which Perron roots are those of full matrices, by
// strongly connected classes.
const fewBlocks = 200

// euclid is the test on the simplex: τ Π diag(1/π) Π has no eigenvalue below 2τ
// on its tangent space, since no entry of a distribution has a variance above ½
// along a unit vector.
func (g *Game) euclid(tau []float64) certify.Primal {
	p := certify.Primal{Coupling: smallgain.Square(len(tau))}
	for i := range p.Coupling {
		copy(p.Coupling[i], g.primal[i])
	}
	for _, x := range tau {
		p.Mu = append(p.Mu, 2*x)
	}
	if len(tau) <= fewBlocks {
		p.Margin = smallgain.Supremum(p.Mu, p.Coupling)
		return p
	}
	roots, _, _ := g.matrix(negated(p.Mu), func(q *pair) (float64, float64) {
		return g.primal[q.i][q.j], g.primal[q.j][q.i]
	}).perron()
	p.Margin = math.Inf(1)
	for _, r := range roots {
		p.Margin = min(p.Margin, -r)
	}
	return p
}

// steps fills the rows of the certificate.
func (g *Game) steps(c *certify.Certificate, common bool) {
	e, nan := c.Entropy, math.NaN()
	if c.Margin > 0 {
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.Flow, Bound: certify.FlowKL, Max: math.Inf(1), Best: nan, Factor: nan, Status: certify.Theorem})
	}
	if e.Unsigned > 0 {
		eta := interval.Down(1 / Largest(c.Mu))
		c.Steps = append(c.Steps, certify.Step{
			Scheme: certify.Euler, Bound: certify.EulerLogits,
			Max: eta, Best: eta, Factor: sumUp(1, -productDown(eta, e.Unsigned)), Status: certify.Theorem,
		})
		c.EulerMax = eta
	}
	if c.Margin > 0 {
		eta := math.Inf(1)
		if square := productUp(e.Lipschitz, e.Lipschitz); square > 0 {
			eta = interval.Down(c.Margin / square)
		}
		factor := 0.0
		if !math.IsInf(eta, 1) {
			factor = interval.Up(1 / sumDown(1, productDown(eta, c.Margin)))
		}
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.Prox, Bound: certify.ProxKL, Max: eta, Best: eta, Factor: factor, Status: certify.Theorem})
		if common {
			most := interval.Down(1 / c.Mu[0])
			if !math.IsInf(eta, 1) {
				most = interval.Down(interval.Down(eta / sumUp(1, productUp(eta, c.Mu[0]))))
			}
			// That of the prox step which this one is, after rounding.
			prox := interval.Down(most / sumUp(1, -productDown(most, c.Mu[0])))
			factor = interval.Up(1 / sumDown(1, productDown(prox, c.Margin)))
			c.Steps = append(c.Steps, certify.Step{Scheme: certify.Euler, Bound: certify.EulerProx, Max: most, Best: most, Factor: factor, Status: certify.Theorem})
			if !(c.EulerMax >= most) {
				c.EulerMax = most
			}
		}
	}
	if e.Primal.Margin > 0 {
		c.Steps = append(c.Steps, certify.Step{Scheme: certify.Euler, Bound: certify.EulerSimplex, Max: nan, Best: nan, Factor: nan, Status: certify.NoStep})
	}
}

// equilibrium looks for a zero by damped steps and Newton's method; the local
// spectrum is that at it.
func (g *Game) equilibrium(ctx context.Context, c *certify.Certificate) error {
	e, s := c.Entropy, g.Start(c.Mu)
	// This is the certified step where the margin is the least temperature, and
	// damped elsewhere.
	eta := slices.Min(c.Mu) / (e.Lipschitz * e.Lipschitz)
	step := func() { s.Prox(eta) }
	if part := c.Gain; part < .9 {
		// Every block's logits become those of its response.
		step = func() { s.respond(1) }
	} else if !(eta*slices.Min(c.Mu) > 1e-6) {
		step = func() { s.respond(.1) }
	}
	// What is certified has one equilibrium: there is no wrong one to jump to.
	first := 64
	if _, moves := g.first(); moves <= fewMoves && (c.Margin > 0 || e.Unsigned > 0) {
		first = 8
	}
	found, err := s.settle(ctx, step, first, max(300, min(100_000, 200_000_000/(1+g.Play.Work()))))
	if err != nil {
		return err
	}
	difference := s.residual()
	for _, p := range s.p {
		c.Equilibrium = append(c.Equilibrium, p...)
	}
	c.Residual = difference
	if c.Margin > 0 {
		e.Distance = g.distance(c)
	}
	if !found {
		if !(c.Margin > 0) {
			c.Equilibrium, c.Residual = nil, math.NaN()
			c.Reasons = append(c.Reasons, fmt.Sprintf("no equilibrium was found: the damped iteration ended with a residual of %.3g", difference))
			return nil
		}
		c.Reasons = append(c.Reasons, fmt.Sprintf("the equilibrium is known to a residual of %.3g only", difference))
	}
	low := math.Inf(-1)
	if found && !(c.Margin > 0) {
		low = -1e-9 * max(Largest(c.Mu), e.UnsignedThreshold)
	}
	c.Abscissa, c.Unstable = s.spectrum(low)
	return nil
}

// explain names what is missing, or what to know.
func (g *Game) explain(c *certify.Certificate) {
	e := c.Entropy
	add := func(format string, args ...any) { c.Reasons = append(c.Reasons, fmt.Sprintf(format, args...)) }
	switch {
	case c.Unstable != nil:
		add("the logit dynamics leave the equilibrium given: an eigenvalue has real part %.6g", c.Unstable.Re)
	case !(c.Margin > 0):
		add("the interactions are too large for the temperatures, whose gain is %.6g without signs; this is not divergence", c.Gain)
		if c.Abscissa > 0 {
			add("the equilibrium found is locally stable, least real part %.6g", c.Abscissa)
		}
	case !(e.Unsigned > 0):
		add("signs matter: the signed margin certifies, the span norm does not")
	}
	if !(c.Margin > 0) {
		add("a common temperature above %.10g is certified", e.Threshold)
	}
	if !e.Exact {
		add("some interactions are upper bounds: the true ones may be smaller")
	}
	if !e.Optimal {
		add("the weights are not proved the best")
	} else if !c.Attained {
		add("the best margin is a supremum, approached as a weight goes to 0 or infinity")
	}
}
