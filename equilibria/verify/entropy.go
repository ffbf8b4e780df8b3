package verify

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"arbiter/games/flat"
	"arbiter/games/normal"
)

// Normal verifies the certificate of the entropy-regularised game of a payoff
// table.
func Normal(ctx context.Context, c *Claim, t normal.Table) ([]Finding, error) {
	if c.Form != "normal" {
		return nil, fmt.Errorf("form: found %q, expected \"normal\"", c.Form)
	}
	g, err := fromTable(t)
	if err != nil {
		return nil, err
	}
	return entropic(ctx, c, g)
}

// Agent verifies the certificate of the agent form of a tree by trying all pure
// profiles. It is an error if the tree is too large for that.
func Agent(ctx context.Context, c *Claim, b *flat.Board) ([]Finding, error) {
	if c.Form != "agent" {
		return nil, fmt.Errorf("form: found %q, expected \"agent\"", c.Form)
	}
	g, err := fromBoard(b)
	if err != nil {
		return nil, err
	}
	return entropic(ctx, c, g)
}

// entropyCheck is a game whose blocks have entropy, and what is claimed of it.
type entropyCheck struct {
	*report
	g    *leaves
	e    *entropy
	n    int
	tau  []float64
	w    []float64
	d    matrix // interactions, exact
	both matrix // D_ij(w)
}

func entropic(ctx context.Context, c *Claim, g *leaves) ([]Finding, error) {
	n := len(g.sizes)
	e := c.entropy
	switch {
	case e == nil:
		return nil, fmt.Errorf("entropy: found none, expected that of the %s form", c.Form)
	case len(c.Blocks) != n:
		return nil, fmt.Errorf("blocks: found %d, the game has %d", len(c.Blocks), n)
	case len(c.Mu) != n || len(c.Coupling) != n || len(e.Temperature) != n || len(e.Xi) != n || len(e.Interaction) != n || len(e.Swayed) != n:
		return nil, fmt.Errorf("mu, coupling and entropy: expected numbers for each of %d blocks", n)
	}
	for i := range n {
		if len(e.Interaction[i]) != n || len(e.Swayed[i]) != n {
			return nil, fmt.Errorf("entropy: interaction and swayed of block %d: expected %d numbers", i, n)
		}
	}
	v := &entropyCheck{report: c.ladder("analytic"), g: g, e: e, n: n, w: floats(c.Weights)}
	if err := v.temperatures(); err != nil {
		return nil, err
	}
	met, err := g.meetings(v.w, ctx.Err)
	if err != nil {
		return nil, err
	}
	v.interactions(met)
	v.margins()
	v.entropySteps()
	v.zero()
	v.refutation()
	if r := c.Region; r == nil || r.Shape != "all" {
		v.plain("region", false, "expected everywhere")
	}
	return v.findings, nil
}

// temperatures are those of the players, at every block.
func (v *entropyCheck) temperatures() error {
	c := v.claim
	ok := true
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
		ok = ok && c.Mu[i] == Number(t) && v.e.Temperature[i] == Number(t) && (len(c.Ell) == 0 || c.Ell[i] == Number(t))
	}
	v.plain("mu", ok, "the temperature of each block's owner")
	return nil
}

// interactions compares D with all pure profiles.
func (v *entropyCheck) interactions(met []*meeting) {
	v.d, v.both = newMatrix(v.n, v.n), newMatrix(v.n, v.n)
	for _, m := range met {
		v.d[m.i][m.j], v.d[m.j][m.i] = m.di, m.dj
		v.both[m.i][m.j], v.both[m.j][m.i] = m.both, m.both
	}
	ok, payoff := true, 0.0
	for _, l := range v.g.list {
		for _, x := range l.payoff {
			payoff = max(payoff, math.Abs(x))
		}
	}
	worst := Finding{What: "entropy.interaction", Holds: true}
	compare := func(what string, i, j int, claimed Number, found *big.Rat, tight bool) {
		x, f := float64(claimed), float(found)
		if x >= f-1e-12*f && (!tight || x <= above(f, payoff)) {
			return
		}
		if ok {
			worst = Finding{fmt.Sprintf("%s[%d][%d]", what, i, j), x, f, false, "largest over all pure profiles"}
		}
		ok = false
	}
	fourth := big.NewRat(1, 4)
	for i := range v.n {
		for j := range v.n {
			if i != j {
				compare("entropy.interaction", i, j, v.e.Interaction[i][j], v.d[i][j], v.e.Exact)
				compare("entropy.swayed", i, j, v.e.Swayed[i][j], v.both[i][j], false)
				compare("coupling", i, j, v.claim.Coupling[i][j], mul(fourth, v.d[i][j]), false)
			}
		}
	}
	if ok {
		worst.Claimed, worst.Found = math.NaN(), math.NaN()
		worst.Note = "with entropy.swayed and coupling: no pure profile is above them"
	}
	v.findings = append(v.findings, worst)
}

// signed tells whether C(w) - 2 alpha W is semidefinite, temperatures tau.
func (v *entropyCheck) signed(tau []float64, alpha float64) bool {
	if !finite(alpha) {
		return false
	}
	m := newMatrix(v.n, v.n)
	fourth := big.NewRat(-1, 4)
	for i := range v.n {
		for j := range v.n {
			m[i][j] = mul(fourth, v.both[i][j])
		}
		m[i][i] = mul(mul(rat(2), rat(v.w[i])), sub(rat(tau[i]), rat(alpha)))
	}
	return semidefinite(m)
}

// unsigned is min τ_i - Σ D_ij ξ_j/(4ξ_i).
func (v *entropyCheck) unsigned(tau []float64) float64 {
	least := math.Inf(1)
	for i := range v.n {
		sum := new(big.Rat)
		for j := range v.n {
			if j != i {
				sum.Add(sum, mul(v.d[i][j], rat(float64(v.e.Xi[j]))))
			}
		}
		least = min(least, float(sub(rat(tau[i]), quo(sum, rat(4*float64(v.e.Xi[i]))))))
	}
	return least
}

// size is that of the temperatures and interactions.
func (v *entropyCheck) size() float64 {
	most := slices.Max(v.tau)
	for i := range v.n {
		for j := range v.n {
			most = max(most, float(v.both[i][j])/math.Sqrt(v.w[i])/math.Sqrt(v.w[j]))
		}
	}
	return most
}

func (v *entropyCheck) margins() {
	c, e := v.claim, v.e
	size := v.size()
	alpha := float64(c.Margin)
	v.add("margin", alpha, math.NaN(), c.Source == "signed" && v.signed(v.tau, below(alpha, size)), "signed, at the weights, exact")
	if c.Certified {
		v.plain("margin above 0", alpha > 0 && v.signed(v.tau, alpha/2), "half of it, without slack")
	}
	v.same("margins.signed", float64(c.Margins.Signed), alpha, 0)
	for _, x := range e.Xi {
		if !(x > 0) || !finite(4*float64(x)) {
			v.plain("entropy.xi", false, fmt.Sprintf("found %g, expected finite numbers above 0", float64(x)))
			return
		}
	}
	unsigned := v.unsigned(v.tau)
	v.atMost("entropy.unsigned", float64(e.Unsigned), unsigned, size)
	v.same("margins.sgn", float64(c.Margins.SGN), float64(e.Unsigned), 0)
	// ‖[sqrt(w_i/w_j) D_ij/4]‖ ≤ L.
	weight, swayed := newMatrix(v.n, v.n), newMatrix(v.n, v.n)
	for i := range v.n {
		weight[i][i] = rat(v.w[i])
		for j := range v.n {
			swayed[i][j] = mul(mul(big.NewRat(1, 4), weight[i][i]), v.d[i][j])
		}
	}
	v.add("lipschitz", float64(c.Lipschitz), math.NaN(), bounds(above(float64(c.Lipschitz), absolute*size), weight, swayed, weight), "of the payoffs, exact")
	v.same("entropy.lipschitz", float64(e.Lipschitz), float64(c.Lipschitz), 0)
	gain := newMatrix(v.n, v.n)
	if x := float64(c.Gain); finite(x) {
		for i := range v.n {
			for j := range v.n {
				gain[i][j] = mul(big.NewRat(-1, 4), v.d[i][j])
			}
			gain[i][i] = mul(rat(above(x, 1)), rat(v.tau[i]))
		}
		v.add("gain", x, math.NaN(), dominated(gain), "spectral radius at most this")
	}
	if slices.Max(v.tau) == slices.Min(v.tau) {
		level := func(x float64) []float64 { return times64(x, ones(v.n)) }
		if t := float64(e.Threshold); finite(t) {
			v.add("entropy.threshold", t, math.NaN(), v.signed(level(above(t, size)), 0), "the signed test holds from there on at the weights")
		}
		if t := float64(e.Unbounded); finite(t) {
			for i := range v.n {
				for j := range v.n {
					gain[i][j] = mul(big.NewRat(-1, 4), v.d[i][j])
				}
				gain[i][i] = rat(above(t, size))
			}
			v.add("entropy.unsigned_threshold", t, math.NaN(), dominated(gain), "the span norm contracts from there on")
		}
	}
}

func times64(c float64, x []float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = c * x[i]
	}
	return out
}

func (v *entropyCheck) entropySteps() {
	c := v.claim
	alpha, l, hot := float64(c.Margin), float64(c.Lipschitz), slices.Max(v.tau)
	prox := math.Inf(1)
	if l > 0 {
		prox = alpha / l / l
	}
	common := hot == slices.Min(v.tau)
	for _, s := range c.Steps {
		switch {
		case s.Scheme == "flow":
			v.flow(s)
		case s.Scheme == "euler" && strings.HasPrefix(s.Bound, "logits, η ≤ 1/max τ") && v.e.Unsigned > 0:
			v.row(s, 1/hot, func(h float64) float64 { return 1 - h*float64(v.e.Unsigned) })
		case s.Scheme == "prox" && alpha > 0:
			v.row(s, prox, func(h float64) float64 { return 1 / (1 + h*alpha) })
		case s.Scheme == "euler" && strings.HasPrefix(s.Bound, "logits, η/(1+ητ) of the prox step") && alpha > 0 && common:
			most := 1 / hot
			if !math.IsInf(prox, 1) {
				most = prox / (1 + prox*hot)
			}
			v.row(s, most, func(h float64) float64 {
				if h*hot >= 1 {
					return 0
				}
				return 1 / (1 + h/(1-h*hot)*alpha)
			})
		default:
			v.unknown(s)
		}
	}
	v.largest()
}

// policy cuts the equilibrium into blocks of probabilities.
func policy(x []Number, sizes []int) ([][]float64, error) {
	total := 0
	for _, n := range sizes {
		total += n
	}
	if len(x) != total {
		return nil, fmt.Errorf("found %d numbers, expected %d", len(x), total)
	}
	var p [][]float64
	for k, n := range sizes {
		row := floats(x[:n])
		x = x[n:]
		sum := 0.0
		for _, y := range row {
			if !(y >= 0) {
				return nil, fmt.Errorf("block %d: found %g, expected probabilities", k, y)
			}
			sum += y
		}
		if !(math.Abs(sum-1) <= 1e-9) {
			return nil, fmt.Errorf("block %d: probabilities sum to %g, expected 1", k, sum)
		}
		p = append(p, row)
	}
	return p, nil
}

// zero checks the equilibrium as a fixed point of the logit response, and how far
// it may be from the exact one.
func (v *entropyCheck) zero() {
	c := v.claim
	if c.Equilibrium == nil {
		return
	}
	p, err := policy(c.Equilibrium, v.g.sizes)
	if err != nil {
		v.plain("equilibrium", false, err.Error())
		return
	}
	q := v.g.values(p)
	found, sum, size := 0.0, 0.0, 0.0
	for i, row := range q {
		response := softmax(times64(1/v.tau[i], row))
		low, high := math.Inf(1), math.Inf(-1)
		for a, x := range row {
			found = max(found, math.Abs(p[i][a]-response[a]))
			y := v.tau[i] * math.Log(p[i][a])
			low, high = min(low, x-y), max(high, x-y)
			size = max(size, math.Abs(x), math.Abs(y))
		}
		sum += v.w[i] * (high - low) / 2 * (high - low) / 2
	}
	rounding := 64 * ulp * float64(v.n) * max(1, size/slices.Min(v.tau))
	v.add("residual", float64(c.Residual), found, found <= float64(c.Residual)*(1+1e-6)+rounding, "largest difference from the logit response")
	if d := float64(v.e.Distance); c.Margin > 0 && finite(d) && finite(sum) {
		bound := math.Sqrt(sum) / float64(c.Margin)
		rounding := 64 * ulp * size * float64(v.n) * math.Sqrt(slices.Max(v.w)) / float64(c.Margin)
		v.add("entropy.distance", d, bound, d >= bound*(1-1e-6)-rounding, "of the exact equilibrium")
	}
}

// refutation checks the eigenvalue with negative real part on logit differences,
// whose Jacobian is made a column at a time: values are affine in every block.
func (v *entropyCheck) refutation() {
	u := v.claim.Unstable
	if u == nil {
		return
	}
	p, err := policy(v.claim.Equilibrium, v.g.sizes)
	if err != nil {
		v.plain("unstable", false, "without an equilibrium")
		return
	}
	var at []move
	var kept []Number
	k := 0
	for i, n := range v.g.sizes {
		for a := range n {
			if a < n-1 {
				at = append(at, move{i, a})
				if k < len(u.Vector) {
					kept = append(kept, u.Vector[k])
				}
			}
			k++
		}
	}
	const most = 200
	if len(at) > most {
		v.plain("unstable", false, fmt.Sprintf("%d coordinates, of which %d can be verified", len(at), most))
		return
	}
	jacobian := make([][]float64, len(at))
	for r := range jacobian {
		jacobian[r] = make([]float64, len(at))
		jacobian[r][r] = v.tau[at[r].block]
	}
	for c, b := range at {
		moved := slices.Clone(p)
		moved[b.block] = make([]float64, len(p[b.block]))
		for a, x := range p[b.block] {
			moved[b.block][a] = -x * p[b.block][b.action]
		}
		moved[b.block][b.action] += p[b.block][b.action]
		still := slices.Clone(p)
		still[b.block] = make([]float64, len(p[b.block]))
		q, without := v.g.values(moved), v.g.values(still)
		for r, a := range at {
			if a.block != b.block {
				row, rest := q[a.block], without[a.block]
				last := len(row) - 1
				jacobian[r][c] -= row[a.action] - rest[a.action] - row[last] + rest[last]
			}
		}
	}
	v.unstable(&Unstable{u.Re, u.Im, kept}, jacobian)
}
