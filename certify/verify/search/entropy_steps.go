package search

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

func (v *entropyCheck) entropySteps() {
	c := v.claim
	alpha, l, hot := v.alpha, v.l, slices.Max(v.tau)
	prox := math.Inf(1)
	if l > 0 {
		prox = alpha / l / l
	}
	// With no payoff swayed the step may be any: the factor is 0 in the limit.
	fall := func(h float64) float64 { return 1 / (1 + h*alpha) }
	most := map[string]float64{}
	for i, s := range c.Steps {
		var k rule
		ok := false
		switch {
		case s.Scheme == "flow" && s.Bound == "V(t) ≤ e^{-αt} V(0), V = Σ w_i KL(π*_i‖π_i)":
			k, ok = rule{theorem, math.Inf(1), nil}, alpha > 0
		case s.Scheme == "euler" && s.Bound == "logits, η ≤ 1/max τ: the span norm max_i s_i/ξ_i falls by 1-ηα, α of the span norm":
			k, ok = ruleOfSpan(hot, v.unsigned), v.unsigned > 0
		case s.Scheme == "prox" && s.Bound == "η ≤ α/L_w²: V+ ≤ V/(1+ηα)":
			k, ok = rule{theorem, prox, fall}, alpha > 0
		case s.Scheme == "euler" && s.Bound == "logits, η/(1+ητ) of the prox step: V+ ≤ V/(1+ηα)" && v.same:
			longest := 1 / hot
			if !math.IsInf(prox, 1) {
				longest = prox / (1 + prox*hot)
			}
			k, ok = rule{theorem, longest, func(h float64) float64 {
				if h*hot >= 1 {
					return 0
				}
				return fall(h / (1 - h*hot))
			}}, alpha > 0
		case strings.HasPrefix(s.Status, "no step"):
			v.inMetricOf(i, s)
			v.is(pathOf("steps", i)+".status", s.Status, "claims nothing", "no step without π_min")
			v.is(pathOf("steps", i)+".bound", s.Bound, "claims nothing", "simplex: needs a least probability π_min, ell_i = τ_i/π_min")
			v.is(pathOf("steps", i)+".scheme", s.Scheme, "claims nothing", "euler")
			for field, x := range map[string]Number{"max": s.Max, "best": s.Best, "factor": s.Factor} {
				if !math.IsNaN(float64(x)) {
					v.plain(pathOf("steps", i)+"."+field, false, "no theorem of this row is known")
				}
			}
			v.seen("steps.max", "steps.best", "steps.factor")
			continue
		}
		if !ok {
			v.strange(i, s)
			continue
		}
		most[s.Scheme] = max(most[s.Scheme], v.row(i, s, k))
	}
	v.largest(most)
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

// zero checks the equilibrium as a fixed point of the logit response, how far it may
// be from the exact one, and what is said of the spectrum there.
func (v *entropyCheck) zero() {
	c := v.claim
	far := math.Inf(1)
	rounding := 0.0
	if c.Equilibrium != nil {
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
		v.plain("equilibrium", found <= 1e-5, "near a fixed point of the logit response")
		v.rounded("residual", float64(c.Residual), found, 64*ulp*float64(v.n)*max(1, size/slices.Min(v.tau)), "largest difference from the logit response")
		if v.alpha > 0 && finite(sum) {
			far = math.Sqrt(sum) / v.alpha
			rounding = 64 * ulp * size * float64(v.n) * math.Sqrt(slices.Max(v.w)) / v.alpha
		}
		v.spectrum(p)
	} else {
		v.seen("equilibrium")
		v.atLeast("residual", float64(c.Residual), math.Inf(1), "of no equilibrium")
		v.atMost("spectral_abscissa", float64(c.Abscissa), math.Inf(-1), "of no equilibrium")
		if c.Unstable != nil {
			v.seen("unstable.im", "unstable.vector")
			v.plain("unstable.re", false, "without an equilibrium")
		}
	}
	if d := float64(v.e.Distance); !math.IsInf(d, 1) {
		v.rounded("entropy.distance", d, far, rounding, "of the exact equilibrium")
	} else {
		v.seen("entropy.distance")
	}
	if c.Region != nil {
		v.rounded("region.distance", float64(c.Region.Distance), far, rounding, "of the exact equilibrium")
	}
}

// mostCoordinates bounds the matrices whose eigenvalues are worked out.
const mostCoordinates = 200

// spectrum compares the eigenvalues on logit differences, whose Jacobian is made a
// column at a time: values are affine in every block.
func (v *entropyCheck) spectrum(p [][]float64) {
	c := v.claim
	var at []move
	for i, n := range v.g.sizes {
		for a := range n - 1 {
			at = append(at, move{int32(i), int32(a)})
		}
	}
	if n := len(at); n > mostCoordinates || n == 0 {
		why := fmt.Sprintf("%d coordinates", n)
		v.pass(why, "spectral_abscissa")
		if c.Unstable != nil {
			v.seen("unstable.im", "unstable.vector")
			v.plain("unstable.re", false, why+", too many to be verified")
		}
		return
	}
	m := mat.NewDense(len(at), len(at), nil)
	for k, b := range at {
		m.Set(k, k, v.tau[b.block])
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
				m.Set(r, k, -(row[a.action] - rest[a.action] - row[last] + rest[last]))
			}
		}
	}
	if u := c.Unstable; u != nil {
		v.seen("unstable.im", "unstable.vector")
		// Its vector has a number for every action, that of the last is 0.
		var x []float64
		k := 0
		for _, n := range v.g.sizes {
			for a := range n {
				if a < n-1 && k < len(u.Vector) {
					x = append(x, float64(u.Vector[k]))
				} else if k < len(u.Vector) && u.Vector[k] != 0 {
					v.plain(pathOf("unstable.vector", k), false, "expected 0 of the last action")
				}
				k++
			}
		}
		if len(x) != len(at) || len(u.Vector) != k || !allFinite(x) {
			v.plain("unstable.re", false, fmt.Sprintf("expected a vector of %d finite numbers", k))
		} else {
			off := pairOff(m, x, float64(u.Re), float64(u.Im))
			v.add("unstable.re", float64(u.Re), off, u.Re < 0 && off <= 1e-7, "found is the relative residual of the eigenpair")
		}
	}
	v.abscissa(m)
}
