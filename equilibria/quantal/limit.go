package quantal

import (
	"math"
	"slices"

	"arbiter/equilibria/path"
)

// limit looks for the Nash equilibrium that the branch leads to and keeps it if
// nobody's regret is more than 1e-9 times the range of its own payoffs. At the end
// of the way the last point itself will do.
func (br *Branch) limit(t *tracer, last bool) bool {
	judge := func(x []float64, tolerance float64) bool {
		p := t.r.behaviour(x)
		worst, scales := 0.0, t.b.Scales()
		for k, g := range t.b.Evaluate(p).Gaps {
			if worst = max(worst, g); !(g <= tolerance*scales[k].Range) {
				return false
			}
		}
		br.Limit, br.Regret = p, worst
		return true
	}
	x, ok := t.polish(last)
	return ok && judge(x, 1e-9) || last && judge(t.c.Y[:t.n], 1e-9)
}

// support is the least probability of a move that an equilibrium may use; in the
// last point of a branch moves above level are as good as those in use.
const support, level = 1e-4, 1e-8

// polish solves for equal values of the moves in use, gives the others no weight
// and returns log probabilities. It starts at what the branch is at 1/lambda = 0
// by extrapolation and has to stay there; at the last point, where degenerate
// games are approached too slowly for that, at that point.
func (t *tracer) polish(last bool) ([]float64, bool) {
	floor := support
	if last {
		floor = level
	}
	e := t.newIndifference(floor)
	if e.Size() > mostMoves {
		return nil, false
	}
	expected, ok := t.extrapolate(t.last[:])
	if last {
		ok = true
		for a := range expected {
			expected[a] = math.Exp(t.c.Y[a])
		}
	}
	if !ok {
		return nil, false
	}
	x, tolerance := e.start(expected), 1e-3
	if x == nil {
		return nil, false
	}
	if !e.Solve(x, 1e10, false) {
		// Equilibria are a continuum; which of them the branch leads to shows late,
		// and points further on are nearer but less sharp.
		if !last && t.c.Y[t.n] < 10*fromLimit || e.Size() > mostMoves/3 {
			return nil, false
		}
		if !last {
			tolerance = 1e-5
			if sharp, ok := t.extrapolate(t.middle[:]); ok && e.apart(sharp, expected) < tolerance {
				expected = sharp
			}
		}
		if x = e.start(expected); x == nil || !e.Solve(x, 0, true) {
			return nil, false
		}
	}
	for a := range x {
		if e.Column[a] < 0 {
			x[a] = math.Inf(-1)
		} else if math.Abs(math.Exp(x[a])-expected[a]) > tolerance {
			return nil, false
		}
	}
	return x, true
}

// indifference is the system of equal values within sets.
type indifference struct {
	path.Indifference
	t *tracer
}

func (t *tracer) newIndifference(floor float64) *indifference {
	e := &indifference{t: t}
	for i, s := range t.list {
		for a := s.first; a < s.first+s.count; a++ {
			e.Add(a, i, t.c.Y[a] > math.Log(support), t.c.Y[a] > math.Log(floor))
		}
	}
	d := newBlocks(append(firsts(t.list), t.n), t.plain.pattern())
	dl, out := make([]float64, t.n), make([]float64, t.n)
	e.Pay = func(x, pay []float64) bool {
		d.clear()
		t.plain.at(x, 1, pay, dl, d)
		return true
	}
	e.Slope = func(a int) []float64 {
		i := slices.IndexFunc(t.list, func(s set) bool { return a < s.first+s.count })
		clear(out)
		row := d.row(i, a-t.list[i].first)
		for _, j := range d.cols[i] {
			s := t.list[j]
			copy(out[s.first:s.first+s.count], row[d.at[i][j]:])
		}
		return out
	}
	return e
}

// start is the log probabilities to begin with, nil if a move in use would not be.
// The others weigh nothing, but as much as they did beside one another: that is
// what is believed where only they lead to.
func (e *indifference) start(p []float64) []float64 {
	const nothing = 80
	x := slices.Clone(e.t.c.Y[:e.t.n])
	for a := range x {
		switch {
		case e.Column[a] < 0:
			x[a] -= nothing
		case !(p[a] > support/2):
			return nil
		default:
			x[a] = math.Log(p[a])
		}
	}
	return x
}

// apart is the largest difference of two policies in moves in use.
func (e *indifference) apart(p, q []float64) (far float64) {
	for _, a := range e.Moves {
		far = max(far, math.Abs(p[a]-q[a]))
	}
	return far
}

// extrapolate is what probabilities are at 1/lambda = 0 by polynomials through
// points. Slopes would be less sharp.
func (t *tracer) extrapolate(points [][]float64) ([]float64, bool) {
	var e []float64
	for i, y := range points {
		if y == nil || i > 0 && y[t.n] == points[i-1][t.n] {
			return make([]float64, t.n), false
		}
		e = append(e, 1/y[t.n])
	}
	out := make([]float64, t.n)
	for a := range out {
		out[a] = interpolate(e, 0, func(i int) float64 { return math.Exp(points[i][a]) })
	}
	return out, true
}

func firsts(list []set) []int {
	var out []int
	for _, s := range list {
		out = append(out, s.first)
	}
	return out
}
