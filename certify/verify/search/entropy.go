package search

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/games/flat"
	"arbiter/games/normal"
)

// Normal verifies the certificate of the entropy-regularised game of a payoff
// table. digest is that of the game at hand.
func Normal(ctx context.Context, c *Claim, t normal.Table, digest string) (*Result, error) {
	if c.Form != "normal" {
		return nil, fmt.Errorf("form: found %q, expected \"normal\"", c.Form)
	}
	g, err := fromTable(t)
	if err != nil {
		return nil, err
	}
	return entropyForm(ctx, c, g, digest, "logit_qre")
}

// Agent verifies the certificate of the agent form of a tree.
func Agent(ctx context.Context, c *Claim, b *flat.Board, digest string) (*Result, error) {
	if c.Form != "agent" {
		return nil, fmt.Errorf("form: found %q, expected \"agent\"", c.Form)
	}
	g, err := fromBoard(b)
	if err != nil {
		return nil, err
	}
	return entropyForm(ctx, c, g, digest, "reach_weighted_agent_qre")
}

// entropyCheck is a game whose blocks have entropy, what is claimed of it, and what
// was proved.
type entropyCheck struct {
	*report
	g    *tree
	e    *Entropy
	n    int
	tau  []float64
	same bool // all temperatures
	w    []float64

	d, both sparse // D_ij/4 and D_ij(w)/(8 w_i), from above

	alpha, unsigned, l float64
}

func entropyForm(ctx context.Context, c *Claim, g *tree, digest, concept string) (*Result, error) {
	n := len(g.sizes)
	if c.Entropy == nil {
		return nil, fmt.Errorf("entropy: found none, expected that of the %s form", c.Form)
	}
	if len(c.Blocks) != n {
		return nil, fmt.Errorf("blocks: found %d, the game has %d", len(c.Blocks), n)
	}
	v := &entropyCheck{report: newReport(c), g: g, e: c.Entropy, n: n, w: floats(c.Weights)}
	v.common(digest)
	v.is("method", c.Method, "of games with entropy", "analytic")
	v.is("concept", c.Concept, "of this form", concept)
	v.is("field", c.Field, "what moves", "natural gradient on logits")
	v.is("norm", c.Norm, "of the statement", "kl")
	v.is("source", c.Source, "whose margin it is", "signed")
	v.names(g.name)
	v.plain("weights", c.Weights[0] == 1, "margins are proved at them; the first is 1")
	if err := v.temperatures(); err != nil {
		return nil, err
	}
	met, err := g.meetings(ctx, v.w, v.e)
	if err != nil {
		return nil, err
	}
	v.interactions(met)
	v.margins()
	v.entropySteps()
	v.zero()
	v.everywhere("kl", c.Certified && v.alpha > 0)
	v.converges(v.alpha > 0)
	return v.close(), nil
}

// temperatures are those of the players, at every block.
func (v *entropyCheck) temperatures() error {
	c := v.claim
	ok := map[string]bool{"mu": true, "ell": true, "entropy.temperature": true}
	v.seen("temperature") // what is spoken of
	for i := range v.n {
		owner := v.g.owner[i]
		if owner >= len(c.Temperature) {
			return fmt.Errorf("temperature: found %d, expected one for each player", len(c.Temperature))
		}
		t := float64(c.Temperature[owner])
		if !(t > 0) || !finite(t) {
			return fmt.Errorf("temperature[%d]: found %g, expected a finite number above 0", owner, t)
		}
		v.tau = append(v.tau, t)
		for field, list := range map[string][]Number{"mu": c.Mu, "ell": c.Ell, "entropy.temperature": v.e.Temperature} {
			if len(list) != 0 {
				x := float64(list[i])
				ok[field] = ok[field] && (x == t || field == "mu" && !(x > t) || field == "ell" && !(x < t))
			}
		}
	}
	for _, field := range []string{"mu", "ell", "entropy.temperature"} {
		v.plain(field, ok[field], "the temperature of each block's owner")
	}
	v.same = slices.Max(v.tau) == slices.Min(v.tau)
	return nil
}

// interactions compares D with what was found from the leaves up.
func (v *entropyCheck) interactions(met []*meeting) {
	v.d, v.both = make(sparse, v.n), make(sparse, v.n)
	exact := true
	bad := map[string]int{}
	for _, f := range []string{"entropy.interaction", "entropy.swayed", "coupling"} {
		v.seen(f, f+".i", f+".j", f+".value")
	}
	const shown = 5
	compare := func(field string, g *Grid, i, j int, found, rounding float64) {
		if g.none() {
			return
		}
		if x := g.at(i, j); !math.IsNaN(x) && !(x >= found || found-x <= 1e-12*found+rounding) {
			if bad[field]++; bad[field] <= shown {
				v.add(pathOf(field, i, j), x, found, false, "the largest over all that the others may play")
			}
		}
	}
	tight := true
	payoff := make([]float64, v.n) // range of each block's owner
	low, high := map[int]float64{}, map[int]float64{}
	for _, l := range v.g.leaves {
		for k, x := range l.payoff {
			if _, ok := low[k]; !ok {
				low[k], high[k] = x, x
			}
			low[k], high[k] = min(low[k], x), max(high[k], x)
		}
	}
	for i := range payoff {
		payoff[i] = high[v.g.owner[i]] - low[v.g.owner[i]]
	}
	pairs := map[[2]int]bool{}
	for _, m := range met {
		exact = exact && m.exact
		for _, x := range []struct {
			i, j int
			d    float64
		}{{m.i, m.j, m.di}, {m.j, m.i, m.dj}} {
			pairs[[2]int{x.i, x.j}] = true
			if x.d > 0 {
				v.d[x.i] = append(v.d[x.i], weighed{x.j, x.d / 4})
			}
			if m.both > 0 {
				v.both[x.i] = append(v.both[x.i], weighed{x.j, divUp(m.both, mulDown(8, v.w[x.i]))})
			}
			compare("entropy.interaction", &v.e.Interaction, x.i, x.j, x.d, 0)
			compare("entropy.swayed", &v.e.Swayed, x.i, x.j, m.both, 16*ulp*(v.w[m.i]*m.di+v.w[m.j]*m.dj))
			compare("coupling", &v.claim.Coupling, x.i, x.j, x.d/4, 0)
			if y := v.e.Interaction.at(x.i, x.j); y > x.d+1e-12*payoff[x.i] {
				tight = false
			}
		}
	}
	// Where two blocks never meet any claim is true but the exact one, and none
	// that is no number.
	v.e.Interaction.each(func(i, j int, x float64) { tight = tight && (pairs[[2]int{i, j}] || x == 0) })
	for field, g := range map[string]*Grid{"entropy.interaction": &v.e.Interaction, "entropy.swayed": &v.e.Swayed, "coupling": &v.claim.Coupling} {
		g.each(func(i, j int, x float64) {
			if i == j || x < 0 {
				if bad[field]++; bad[field] <= shown {
					v.add(pathOf(field, i, j), x, 0, false, "expected no negative number, and 0 on the diagonal")
				}
			}
		})
	}
	for _, field := range []string{"entropy.interaction", "entropy.swayed", "coupling"} {
		if bad[field] == 0 {
			v.plain(field, true, fmt.Sprintf("nothing the others may play is above, %d pairs", len(met)))
		} else if bad[field] > shown {
			v.plain(field, false, fmt.Sprintf("%d numbers in all are below what is possible", bad[field]))
		}
	}
	if v.e.Exact && !exact {
		v.pass("maxima of too many profiles", "entropy.exact")
		return
	}
	v.plain("entropy.exact", !v.e.Exact || tight, "whether the interactions are maxima and no more than bounds of them")
}

// matrix of n by n with a beside its diagonal, negative.
func (v *entropyCheck) dense(a sparse, diagonal func(i int) *big.Rat, scale func(i int) *big.Rat) matrix {
	m := newMatrix(v.n, v.n)
	for i, row := range a {
		for _, e := range row {
			m[i][e.at] = mul(scale(i), rat(-e.x))
		}
		m[i][i] = mul(scale(i), diagonal(i))
	}
	return m
}

// signed is what is proved of the signed margin at temperatures tau: the largest α
// with diag(tau) - D(w)/(8w) - α an M-matrix, as W times it is symmetric.
func (v *entropyCheck) signed(tau []float64, claimed float64) float64 {
	best := v.both.below(tau, floats(v.e.Witness), ones(v.n))
	if v.n <= exactOrder {
		one := func(int) *big.Rat { return big.NewRat(1, 1) }
		x := attain(func(x float64) bool {
			return dominated(v.dense(v.both, func(i int) *big.Rat { return sub(rat(tau[i]), rat(x)) }, one))
		}, slices.Max(v.tau), claimed)
		if x > best {
			best = x
		}
	}
	return best
}

// rounding is by how much that of the sums of D(w), as it is granted of
// entropy.swayed, moves the signed margin at most.
func (v *entropyCheck) rounding() float64 {
	y := floats(v.e.Witness)
	if len(y) != v.n {
		y = ones(v.n)
	}
	most := 0.0
	for i, row := range v.both {
		sum := 0.0
		for _, e := range row {
			sum += 2 * ulp * (v.w[i]*v.reach(i, e.at) + v.w[e.at]*v.reach(e.at, i)) / v.w[i] * y[e.at] / y[i]
		}
		most = max(most, sum)
	}
	return most
}

// reach is D_ij.
func (v *entropyCheck) reach(i, j int) float64 {
	for _, e := range v.d[i] {
		if e.at == j {
			return 4 * e.x
		}
	}
	return 0
}

// contraction is what is proved of max-norm margins at temperatures tau: the least
// τ_i - Σ D_ij ξ_j/(4ξ_i).
func (v *entropyCheck) contraction(tau []float64, claimed float64, given ...[]float64) float64 {
	best := v.d.below(tau, given...)
	if v.n <= exactOrder {
		one := func(int) *big.Rat { return big.NewRat(1, 1) }
		x := attain(func(x float64) bool {
			return dominated(v.dense(v.d, func(i int) *big.Rat { return sub(rat(tau[i]), rat(x)) }, one))
		}, slices.Max(v.tau), claimed)
		if x > best {
			best = x
		}
	}
	return best
}

// gap grants a margin that is a difference of temperatures and sums the rounding of
// these, as it is no part of the margin.
func (v *entropyCheck) gap(what string, claimed, proved float64, note string) {
	if claimed > proved && claimed-proved <= 16*ulp*slices.Max(v.tau) && (proved > 0) == (claimed > 0) {
		v.add(what, claimed, proved, true, note+", up to rounding of the sums")
		return
	}
	v.atMost(what, claimed, proved, note)
}

func (v *entropyCheck) margins() {
	c, e := v.claim, v.e
	v.seen("entropy.witness", "entropy.gain_witness", "entropy.lipschitz_witness")
	v.alpha = v.signed(v.tau, float64(c.Margin))
	v.gap("margin", float64(c.Margin), v.alpha, "the signed test at the weights")
	v.gap("margins.signed", float64(c.Margins.Signed), v.alpha, "at the weights")
	v.gap("rate", float64(c.Rate), v.alpha, "the margin")
	v.ladder(v.alpha > 0, "proven")
	// The statement about ξ is about this one.
	xi := floats(e.Xi)
	v.unsigned = math.Inf(-1)
	if len(xi) == v.n {
		v.unsigned = math.Inf(1)
		for i := range v.d {
			v.unsigned = min(v.unsigned, addDown(v.tau[i], -v.d.over(i, xi)))
		}
	}
	v.seen("entropy.xi")
	v.gap("entropy.unsigned", float64(e.Unsigned), v.unsigned, "of the span norm with entropy.xi")
	v.gap("margins.sgn", float64(c.Margins.SGN), v.unsigned, "of the span norm with entropy.xi")
	var u, z []float64
	if len(e.LipschitzWitness) == 2 {
		u, z = floats(e.LipschitzWitness[0]), floats(e.LipschitzWitness[1])
	}
	v.l = v.d.norm(v.w, u, z)
	if v.n <= exactOrder {
		weight := newMatrix(v.n, v.n)
		for i := range v.n {
			weight[i][i] = rat(v.w[i])
		}
		a := times(big.NewRat(-1, 1), v.dense(v.d, func(int) *big.Rat { return new(big.Rat) }, func(i int) *big.Rat { return weight[i][i] }))
		if x := least(func(x float64) bool { return bounds(x, weight, a, weight) }, v.l, float64(c.Lipschitz)); x < v.l {
			v.l = x
		}
	}
	v.atLeast("lipschitz", float64(c.Lipschitz), v.l, "of the payoffs in the metric")
	v.atLeast("entropy.lipschitz", float64(e.Lipschitz), v.l, "of the payoffs in the metric")
	if x := float64(c.Gain); !math.IsNaN(x) {
		// ρ(diag(τ)^-1 D/4) ≤ x if x diag(τ) - D/4 has a margin of 0 or nearly.
		level := func(x float64) bool { return v.contraction(times64(x, v.tau), 0, floats(e.GainWitness), xi) >= 0 }
		found := x
		if !level(x) {
			if found = x * (1 + relative); !level(found) {
				found = math.Inf(1)
			}
		}
		v.atLeast("gain", x, found, "spectral radius")
	} else {
		v.seen("gain")
	}
	if !v.same {
		v.pass("of temperatures that differ", "entropy.threshold", "entropy.unsigned_threshold")
		return
	}
	nought := make([]float64, v.n)
	if t := float64(e.Threshold); !math.IsNaN(t) {
		note := "the signed test holds from there on at the weights"
		found := max(0, -v.signed(nought, -t))
		if t >= 0 && t < found && found-t <= v.rounding() {
			// Where payoffs cancel, sums from above are no more than their rounding.
			v.add("entropy.threshold", t, found, true, note+", up to rounding of the sums")
		} else {
			v.atLeast("entropy.threshold", t, found, note)
		}
	} else {
		v.seen("entropy.threshold")
	}
	if t := float64(e.Unbounded); !math.IsNaN(t) {
		v.atLeast("entropy.unsigned_threshold", t, max(0, -v.contraction(nought, -t, xi, floats(e.GainWitness))), "the span norm contracts from there on")
	} else {
		v.seen("entropy.unsigned_threshold")
	}
}

func times64(c float64, x []float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = c * x[i]
	}
	return out
}
