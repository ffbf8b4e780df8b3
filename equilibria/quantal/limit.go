package quantal

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
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
	if e.size() > mostMoves {
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
	if !e.solve(x, false) {
		// Equilibria are a continuum; which of them the branch leads to shows late,
		// and points further on are nearer but less sharp.
		if !last && t.c.Y[t.n] < 10*fromLimit || e.size() > mostMoves/3 {
			return nil, false
		}
		if !last {
			tolerance = 1e-5
			if sharp, ok := t.extrapolate(t.middle[:]); ok && e.apart(sharp, expected) < tolerance {
				expected = sharp
			}
		}
		if x = e.start(expected); x == nil || !e.solve(x, true) {
			return nil, false
		}
	}
	for a := range x {
		if e.column[a] < 0 {
			x[a] = math.Inf(-1)
		} else if math.Abs(math.Exp(x[a])-expected[a]) > tolerance {
			return nil, false
		}
	}
	return x, true
}

// indifference is the system of equal values within sets: unknown are the log
// probabilities of the moves in use and the value of every set.
type indifference struct {
	t      *tracer
	moves  []int // in use
	equal  []int // that pay the value of their set
	sets   []int // of equal
	column []int // per move: its place in moves, or -1
}

func (t *tracer) newIndifference(floor float64) *indifference {
	e := &indifference{t: t, column: make([]int, t.n)}
	for i, s := range t.list {
		for a := s.first; a < s.first+s.count; a++ {
			e.column[a] = -1
			if t.c.Y[a] > math.Log(support) {
				e.column[a] = len(e.moves)
				e.moves = append(e.moves, a)
			}
			if t.c.Y[a] > math.Log(floor) {
				e.equal, e.sets = append(e.equal, a), append(e.sets, i)
			}
		}
	}
	return e
}

func (e *indifference) size() int { return len(e.moves) + len(e.t.list) }

// start is the log probabilities to begin with, nil if a move in use would not be.
// The others weigh nothing, but as much as they did beside one another: that is
// what is believed where only they lead to.
func (e *indifference) start(p []float64) []float64 {
	const nothing = 80
	x := slices.Clone(e.t.c.Y[:e.t.n])
	for a := range x {
		switch {
		case e.column[a] < 0:
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
	for _, a := range e.moves {
		far = max(far, math.Abs(p[a]-q[a]))
	}
	return far
}

// solve goes to a solution near x by Newton's method, in place; shortest, also
// where the system is singular or has more equations than unknowns, by the
// shortest steps.
func (e *indifference) solve(x []float64, shortest bool) bool {
	t := e.t
	n, moves, equations := t.n, len(e.moves), len(e.equal)+len(t.list)
	if !shortest && equations != e.size() {
		return false
	}
	d := newBlocks(append(firsts(t.list), n), t.plain.pattern())
	w, dl := make([]float64, n), make([]float64, n)
	values := make([]float64, len(t.list))
	t.plain.at(x, 1, w, dl, nil)
	for k, a := range e.equal {
		values[e.sets[k]] = w[a]
	}
	jac, g := mat.NewDense(equations, e.size(), nil), mat.NewVecDense(equations, nil)
	for round := range 20 {
		d.clear()
		t.plain.at(x, 1, w, dl, d)
		jac.Zero()
		g.Zero()
		for k, a := range e.equal {
			i := e.sets[k]
			g.SetVec(k, w[a]-values[i])
			row := d.row(i, a-t.list[i].first)
			for _, j := range d.cols[i] {
				for c := range t.list[j].count {
					if to := e.column[t.list[j].first+c]; to >= 0 {
						jac.Set(k, to, row[int(d.at[i][j])+c])
					}
				}
			}
			jac.Set(k, moves+i, -1)
		}
		for i, s := range t.list {
			at := len(e.equal) + i
			sum := -1.0
			for a := s.first; a < s.first+s.count; a++ {
				if to := e.column[a]; to >= 0 {
					jac.Set(at, to, math.Exp(x[a]))
					sum += math.Exp(x[a])
				}
			}
			g.SetVec(at, sum)
		}
		var step mat.VecDense
		if shortest {
			var svd mat.SVD
			if !svd.Factorize(jac, mat.SVDThin) {
				return false
			}
			svd.SolveVecTo(&step, g, svd.Rank(1e-11))
		} else {
			var lu mat.LU
			if lu.Factorize(jac); lu.Cond() > 1e10 || lu.SolveVecTo(&step, false, g) != nil {
				return false
			}
		}
		far := 0.0
		for k, a := range e.moves {
			x[a] -= step.AtVec(k)
			far = max(far, math.Abs(step.AtVec(k)))
		}
		for i := range values {
			values[i] -= step.AtVec(moves + i)
		}
		// The limit is near, or this is not the way to it.
		if math.IsNaN(far) || far > 1 {
			return false
		}
		if far < 1e-15 || round > 5 && far < 1e-13 {
			return true
		}
	}
	return true
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
