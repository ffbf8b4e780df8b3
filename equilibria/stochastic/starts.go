package stochastic

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/dice"
	"arbiter/equilibria/path"
	"arbiter/games/markov"
)

// Solutions are the stationary logit equilibria that were found at a lambda.
// Others may exist.
type Solutions struct {
	Points []Point // in order of the probabilities of player 0's first actions
	// Hits are the numbers of starts that led to each.
	Hits []int
	// Index is the sum of the indices: 1 over a complete set of regular solutions,
	// so that another number shows that one is missing; 1 proves nothing.
	Index int
	// Failed is the number of starts that led nowhere.
	Failed int
}

// Multistart looks for all stationary logit equilibria of a discounted
// Markov game at a lambda, along paths that start from random policies, some of
// them nearly pure. It is deterministic in seed.
func Multistart(ctx context.Context, g *markov.Game, lambda float64, o Options, starts int, seed uint64) (Solutions, error) {
	s, coldest, err := newDiscounted(g, []float64{lambda}, o)
	if err != nil {
		return Solutions{}, err
	}
	if starts < 1 {
		return Solutions{}, fmt.Errorf("starts: found %d, expected at least 1", starts)
	}
	const accurate = 1e-11
	parameter := lambda * s.scale / coldest
	found := Solutions{}
	var all [][]float64
	for i := range starts {
		stream := dice.New(seed, uint64(i)).At(0)
		x := s.random(&stream, i)
		list, err := s.solutions(ctx, x, parameter)
		if err != nil {
			return found, err
		}
		if len(list) == 0 {
			found.Failed++
		}
		for _, x := range list {
			if s.off(x, parameter) > accurate {
				continue
			}
			known := slices.IndexFunc(all, func(y []float64) bool { return distance(x, y) < samePolicy })
			if known >= 0 {
				found.Hits[known]++
				continue
			}
			all, found.Hits = append(all, x), append(found.Hits, 1)
		}
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		for a := range all[i] {
			if p, q := math.Exp(all[i][a]), math.Exp(all[j][a]); math.Abs(p-q) > samePolicy {
				return cmp.Compare(p, q)
			}
		}
		return 0
	})
	hits := found.Hits
	found.Hits = nil
	for _, i := range order {
		p := s.point(g, all[i], parameter, o)
		p.Lambda = lambda
		found.Points, found.Hits = append(found.Points, p), append(found.Hits, hits[i])
		found.Index += p.Index
	}
	return found, nil
}

// samePolicy is how near to each other, in every probability, two solutions are one.
const samePolicy = 1e-6

// distance is the largest difference of probabilities, given by logarithms.
func distance(x, y []float64) (far float64) {
	for a, v := range x {
		far = max(far, math.Abs(math.Exp(v)-math.Exp(y[a])))
	}
	return far
}

// random are log probabilities of a policy: evenly spread over the simplex, or,
// every other time, with most of the weight on one action.
func (s *stationary) random(stream *dice.Stream, i int) []float64 {
	x := make([]float64, s.n)
	draw := func() float64 { return math.Log(-math.Log(max(dice.Float64(stream.Uint64()), 0x1p-53))) }
	for a := range x {
		x[a] = draw()
	}
	if i%2 == 1 {
		for state := range s.states {
			for k, first := range s.first[state] {
				x[first+int(dice.Float64(stream.Uint64())*float64(s.shape[state][k]))] += 4
			}
		}
	}
	s.normalise(x)
	return x
}

// solutions are those on the path from x at u = 0 of the solutions with (1-u)·b
// added to logits, b being such that x is one, until u leaves [-2, 3] or the path
// is back at x.
func (s *stationary) solutions(ctx context.Context, x []float64, parameter float64) (all [][]float64, err error) {
	const (
		most   = 2000
		margin = 2
	)
	if !s.at(x, parameter, nil) {
		return nil, nil
	}
	shift := make([]float64, s.n)
	for a := range shift {
		shift[a] = x[a] - s.y[a]
	}
	s.shift, s.fixed = shift, parameter
	defer func() { s.shift = nil }()
	t, ok := newCurve(s, x, 0)
	if !ok {
		return nil, nil
	}
	seen := 0 // crossings of 0
	trail, err := t.Follow(ctx, path.Way{Asked: []float64{1, 0}, Most: most, Stop: func(trail *path.Trail) bool {
		back := false
		for _, c := range trail.Crossings[seen:] {
			back = back || c.Asked == 1 && c.Number > 1 && distance(c.X, x) < samePolicy
		}
		seen = len(trail.Crossings)
		return back || t.U() > 1+margin || t.U() < -margin
	}})
	for _, c := range trail.Crossings {
		if c.Asked == 0 {
			all = append(all, c.X)
		}
	}
	return all, err
}
