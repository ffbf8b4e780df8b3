package ranking

import (
	"fmt"
	"math"

	"arbiter/profile"
)

// Selection is how fitness is measured while a mutant spreads in a single
// population.
type Selection int

const (
	Local      Selection = iota // in meetings of mutant and resident only
	Population                  // in meetings with the population as it is
)

// most is the largest logarithm of a rate that is worked with.
const most = 1e15

// Finite is alpha-Rank at intensity alpha ≥ 0 with m ≥ 2 individuals per
// population: the stationary law of the chain of Omidshafiei et al. (2019,
// equations 9 to 12). Population selection is for single populations.
func Finite(p Payoffs, alpha float64, m int, sel Selection) (Law, error) {
	if err := p.Check(); err != nil {
		return Law{}, err
	}
	if !(alpha >= 0) || math.IsInf(alpha, 1) {
		return Law{}, fmt.Errorf("alpha: found %g, expected a finite number not below 0", alpha)
	}
	if m < 2 {
		return Law{}, fmt.Errorf("population size: found %d, expected at least 2", m)
	}
	if sel == Population && !p.Single {
		return Law{}, fmt.Errorf("population selection needs a single population")
	}
	edges := p.Edges()
	flows := make([]Flow, 0, 2*len(edges))
	for _, e := range edges {
		var up, down float64
		if sel == Population {
			n, u, v := p.Shape[0], int(e.U), int(e.V)
			uu, uv, vu, vv := p.M[0][u*n+u], p.M[0][u*n+v], p.M[0][v*n+u], p.M[0][v*n+v]
			up = logFixationMixed(alpha, vv, vu, uv, uu, m)
			down = logFixationMixed(alpha, uu, uv, vu, vv, m)
		} else {
			d := alpha * p.Advantage(e)
			up, down = LogFixation(d, m), LogFixation(-d, m)
		}
		if !(up > -most && down > -most) {
			return Law{}, fmt.Errorf("alpha %g times the payoffs is too large to work with, expected a smaller alpha or alpha inf", alpha)
		}
		flows = append(flows, Flow{e.U, e.V, up, 0}, Flow{e.V, e.U, down, 0})
	}
	return Stationary(p.N(), flows), nil
}

// Perturbed is the reading of infinite alpha in which each edge carries rate
// 1-eps to its better end and eps to the worse, ½ both ways if tied (Rowland et
// al. 2019, section 2). eps = 0 is the limit of vanishing eps.
func Perturbed(g Graph, eps float64) (Law, error) {
	if !(eps >= 0 && eps < .5) {
		return Law{}, fmt.Errorf("perturbation: found %g, expected 0 to below 0.5", eps)
	}
	return Stationary(g.N(), g.flows(eps)), nil
}

func (g Graph) flows(eps float64) []Flow {
	flows := make([]Flow, 0, 2*len(g.Edges))
	for i, e := range g.Edges {
		better, worse := e.V, e.U
		if g.Dir[i] == profile.Down {
			better, worse = worse, better
		}
		with, against := Flow{worse, better, math.Log1p(-eps), 0}, Flow{better, worse, math.Log(eps), 0}
		switch {
		case g.Dir[i] == profile.Tie:
			with.Log, against.Log = -math.Ln2, -math.Ln2
		case eps == 0:
			against.Log, against.shift = 0, vanishingRate
		}
		flows = append(flows, with, against)
	}
	return flows
}

// MCC is the reading of infinite alpha as the limit of the chain itself: rate 1
// to the better end, 1/m both ways if tied, nothing against. It has one law per
// sink, in the order of Sinks, zero elsewhere.
func MCC(g Graph, m int) []Law {
	var laws []Law
	for _, sink := range g.Sinks() {
		place := make(map[int32]int32, len(sink))
		for i, s := range sink {
			place[int32(s)] = int32(i)
		}
		var flows []Flow
		for i, e := range g.Edges {
			u, inU := place[e.U]
			v, inV := place[e.V]
			if !inU || !inV {
				continue
			}
			switch g.Dir[i] {
			case profile.Up:
				flows = append(flows, Flow{u, v, 0, 0})
			case profile.Down:
				flows = append(flows, Flow{v, u, 0, 0})
			default:
				flows = append(flows, Flow{u, v, -math.Log(float64(m)), 0}, Flow{v, u, -math.Log(float64(m)), 0})
			}
		}
		inner := Stationary(len(sink), flows)
		law := Law{make([]float64, g.N()), make([]float64, g.N())}
		for i := range law.LogMass {
			law.LogMass[i] = math.Inf(-1)
		}
		for i, s := range sink {
			law.Mass[s], law.LogMass[s] = inner.Mass[i], inner.LogMass[i]
		}
		laws = append(laws, law)
	}
	return laws
}
