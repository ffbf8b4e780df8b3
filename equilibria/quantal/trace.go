package quantal

import (
	"context"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/games/flat"
	"arbiter/internal/num"
)

// tracer follows a branch. A point y is the log probabilities x, then lambda in
// units of the inverse payoff range.
type tracer struct {
	b      *flat.Board
	r      responses
	plain  responses // whose equal values make a Nash equilibrium
	list   []set
	n      int
	scale  float64 // payoff range
	merged bool
	first  bool    // ends at the largest lambda that was asked for
	pace   float64 // largest step in log lambda

	jac        *blocks
	logits, dl []float64
	g          []float64
	mean       []float64
	answer     []float64

	y, tangent []float64
	last       [3][]float64 // y and the points before, the last one first
	middle     [4][]float64 // the first points after fromLimit/20, /10, /5 and /2.5
	bend       []float64    // change of the tangent per length, from the last step
	sign       float64      // of the determinant of the bordered Jacobian
	count      int          // of real eigenvalues below 0, where the point is symmetric; else -1
}

// room makes the matrices. Lambda and the equation of the step go with the last
// group: that is where a turning point makes the rest singular.
func (t *tracer) room() {
	var first []int
	for _, s := range t.list {
		first = append(first, s.first)
	}
	first = append(first, t.n+1)
	pattern := t.r.pattern()
	last := len(pattern) - 1
	for i := range pattern {
		pattern[i] = append(pattern[i], int32(last))
	}
	pattern[last] = coupled(len(pattern))[last]
	t.jac = newBlocks(first, pattern)
	widest := slices.Max(t.jac.width)
	t.mean, t.logits, t.dl = make([]float64, widest), make([]float64, t.n), make([]float64, t.n)
	t.answer = make([]float64, t.n)
	t.g = make([]float64, t.n+1)
}

// values writes logits, answers and the residual g at y.
func (t *tracer) values(y []float64, d *blocks) {
	t.r.at(y[:t.n], y[t.n], t.logits, t.dl, d)
	for _, s := range t.list {
		l := t.logits[s.first : s.first+s.count]
		num.Softmax(t.answer[s.first:s.first+s.count], l, 1)
		top := slices.Max(l)
		sum := 0.0
		for _, v := range l {
			sum += math.Exp(v - top)
		}
		// Logits are as large as lambda: their differences first, so that rounding leaves
		// sums of probabilities at 1.
		rest := math.Log(sum)
		for m, v := range l {
			t.g[s.first+m] = y[s.first+m] - (v - top - rest)
		}
	}
}

// system fills the residual and factorises the Jacobian at y, whose last row is
// border; false if it is singular.
func (t *tracer) system(y, border []float64) bool {
	d := t.jac
	d.clear()
	t.values(y, d)
	last := len(t.list) - 1
	for i, s := range t.list {
		mean := t.mean[:d.width[i]]
		clear(mean)
		slope := 0.0
		p := t.answer[s.first : s.first+s.count]
		for m, q := range p {
			subtract(mean, d.row(i, m), -q)
			slope += q * t.dl[s.first+m]
		}
		for m := range p {
			row := d.row(i, m)
			for j, v := range row {
				row[j] = mean[j] - v
			}
			row[int(d.at[i][i])+m]++
			row[int(d.at[i][last])+t.list[last].count] = slope - t.dl[s.first+m]
		}
	}
	row := d.row(last, t.list[last].count)
	for i := range t.list {
		copy(row[d.at[last][i]:], border[d.first[i]:d.first[i+1]])
	}
	return d.factor()
}

// direct computes the tangent from the factorised system, along the last one.
func (t *tracer) direct() (tangent []float64, ok bool) {
	tangent = make([]float64, t.n+1)
	tangent[t.n] = 1
	t.jac.solve(tangent)
	norm := 0.0
	for _, v := range tangent {
		norm += v * v
	}
	norm = math.Sqrt(norm)
	if math.IsNaN(norm) || norm == 0 || math.IsInf(norm, 0) {
		return nil, false
	}
	for i := range tangent {
		tangent[i] /= norm
	}
	return tangent, true
}

// correct solves G = 0 and border·(y - from) = 0 by Newton's method, in place; the
// system stays factorised near the solution. It is solved when steps are at
// rounding, or do not get shorter and the equations hold up to rounding: where
// equilibria are a continuum in the limit, probabilities are less sharp.
func (t *tracer) correct(y, from, border []float64) bool {
	const near = 1e-4
	rounding := 1e-13 + 1e-15*math.Abs(y[t.n]) // of products of lambda and payoffs
	advance := func() float64 {
		off, size := 0.0, 0.0
		for i, x := range border {
			off += x * (y[i] - from[i])
		}
		t.g[t.n] = off
		t.jac.solve(t.g)
		for i, s := range t.g {
			y[i] -= s
			size = max(size, math.Abs(s)/(1+math.Abs(y[i])))
			if math.IsNaN(s) {
				return math.NaN()
			}
		}
		return size
	}
	before := math.Inf(1)
	for range 8 {
		if !t.system(y, border) {
			return false
		}
		exact := t.off(y) <= 1
		size := advance()
		if !(size <= .5*before) {
			return size <= 1e3*rounding || exact && size <= near
		}
		// Close by, the same matrix serves again.
		for size > rounding && size <= near {
			t.values(y, nil)
			again := advance()
			if !(again <= .3*size) {
				break
			}
			size = again
		}
		if size <= rounding {
			return true
		}
		before = size
	}
	return false
}

// off is the largest residual in units of its rounding: of what is subtracted in
// it, and of beliefs, which are differences of log probabilities.
func (t *tracer) off(y []float64) float64 {
	worst, longest := 0.0, 0.0
	for i, g := range t.g[:t.n] {
		worst = max(worst, math.Abs(g)/(1+math.Abs(y[i])+y[t.n]))
		longest = max(longest, math.Abs(y[i]))
	}
	return worst / (1e-14 + 1e-15*longest)
}

// even puts the tracer at even play.
func (t *tracer) even() error {
	t.y = make([]float64, t.n+1)
	for range t.list { // sequences of sets settle from the last to the first
		t.values(t.y, nil)
		for i := range t.n {
			t.y[i] -= t.g[i]
		}
	}
	t.tangent = make([]float64, t.n+1)
	t.tangent[t.n] = 1
	ok := t.system(t.y, t.tangent)
	if ok {
		t.sign = t.jac.sign
		t.tangent, ok = t.direct()
	}
	if !ok {
		return equilibria.NoAnswerf("the branch has no direction at even play")
	}
	t.count, _ = t.negative(t.y)
	return nil
}

// ahead is the point the tracer expects after h.
func (t *tracer) ahead(h float64) []float64 {
	guess := slices.Clone(t.y)
	for i, v := range t.tangent {
		guess[i] += h * v
		if t.bend != nil {
			guess[i] += h * h / 2 * t.bend[i]
		}
	}
	return guess
}

// at is the point of the branch after h.
func (t *tracer) at(h float64) ([]float64, bool) {
	guess := t.ahead(h)
	y := slices.Clone(guess)
	return y, t.correct(y, guess, t.tangent)
}

// Of tracing, in units of the inverse payoff range: lambda from which the limit is
// looked for, at which tracing ends, and at which it ends even if more was asked
// for: responses are rounded to 1e-16 times lambda.
const fromLimit, lastLambda, farLambda = 1e4, 1e7, 1e9

// trace follows the branch from where the tracer is.
func (t *tracer) trace(ctx context.Context, br *Branch, lambdas []float64) error {
	n := t.n
	asked := make([]float64, len(lambdas))
	count := make([]int, len(lambdas))
	for i, l := range lambdas {
		asked[i] = l * t.scale
		if asked[i] == t.y[n] {
			count[i]++
			br.Crossings = append(br.Crossings, t.crossing(t.y[:n], l, count[i]))
		}
	}
	farthest := 0.0 // that was asked for and can be reached
	for _, l := range asked {
		farthest = max(farthest, min(l, farLambda))
	}
	h := min(1, .03/math.Abs(t.tangent[n]))
	const most = 20_000
	slow := 0
	for ; br.Steps < most; br.Steps++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		lambda := t.y[n]
		br.Path = append(br.Path, equilibria.PathPoint{Lambda: lambda / t.scale, Policy: t.r.behaviour(t.y[:n])})
		if t.first && len(asked) > 0 && lambda >= farthest {
			break
		}
		if br.Limit == nil && lambda >= fromLimit {
			br.limit(t, false)
		}
		if br.Limit == nil && lambda >= lastLambda {
			br.limit(t, true)
		}
		if (br.Limit != nil || lambda >= lastLambda) && lambda >= farthest {
			break
		}
		if most := t.pace * (lambda + .1) / math.Max(math.Abs(t.tangent[n]), 1e-300); h > most {
			h = most
		}
		next, ok := t.step(h)
		if !ok {
			if br.Limit == nil {
				br.Stalled = !br.limit(t, true)
			}
			break
		}
		// What lies between: the way is cut where lambda turns.
		cuts := []cut{{0, t.y}, {next.h, next.y}}
		if next.tangent[n]*t.tangent[n] < 0 {
			h, y := t.find(next.h, 1e-12, func([]float64) float64 {
				tangent, ok := t.direct()
				if !ok {
					return math.NaN()
				}
				return tangent[n] * t.tangent[n]
			})
			if y != nil {
				br.Turning = append(br.Turning, y[n]/t.scale)
				cuts = []cut{cuts[0], {h, y}, cuts[1]}
			}
		}
		if next.sign != t.sign || next.passed(t) > 0 {
			if f, ok := t.bifurcation(next); ok {
				br.Bifurcations = append(br.Bifurcations, f)
			}
		}
		for i, l := range asked {
			for j, to := range cuts[1:] {
				from := cuts[j]
				if (l-from.y[n])*(l-to.y[n]) > 0 || l == from.y[n] {
					continue
				}
				count[i]++
				br.Crossings = append(br.Crossings, t.crossing(t.land(l, from, to), lambdas[i], count[i]))
			}
		}
		bend := make([]float64, n+1)
		for i, v := range next.tangent {
			bend[i] = (v - t.tangent[i]) / next.h
		}
		t.last = [3][]float64{next.y, t.last[0], t.last[1]}
		for i := range t.middle {
			if at := fromLimit / 20 * math.Exp2(float64(i)); lambda < at && next.y[n] >= at {
				t.middle[i] = next.y
			}
		}
		t.y, t.tangent, t.bend, t.sign, t.count = next.y, next.tangent, bend, next.sign, next.count
		h = next.h * 1.4
		// A fold takes dozens of short steps, after which lambda moves again, either way.
		if t.y[n] < fromLimit || math.Abs(math.Log(t.y[n]/lambda)) > .02 {
			slow = 0
		} else if slow++; slow > 100 {
			// Far out, where rounding hides the way.
			if br.Limit == nil {
				br.Stalled = !br.limit(t, true)
			}
			break
		}
	}
	br.End, br.Last = t.y[n]/t.scale, t.r.behaviour(t.y[:n])
	if br.Limit == nil && !(t.first && len(asked) > 0) {
		br.Stalled = true
	}
	slices.SortStableFunc(br.Crossings, func(a, b Crossing) int {
		return slices.Index(lambdas, a.Lambda) - slices.Index(lambdas, b.Lambda)
	})
	return nil
}
