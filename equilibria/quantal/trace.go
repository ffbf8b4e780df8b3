package quantal

import (
	"context"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/path"
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
	mean       []float64
	answer     []float64

	c      *path.Curve
	last   [3][]float64 // y and the points before, the last one first
	middle [4][]float64 // the first points after fromLimit/20, /10, /5 and /2.5
	count  int          // of real eigenvalues below 0, where the point is symmetric; else -1
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
	t.c = path.New(t, path.Rules{Straight: .97, Off: .1, Easy: .1, Shrink: .5, Rounds: 8, Growth: 1.4, Careful: math.Inf(1), Curved: true, Positive: true})
}

// values writes logits, answers and the residual g at y.
func (t *tracer) values(y, g []float64, d *blocks) {
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
			g[s.first+m] = y[s.first+m] - (v - top - rest)
		}
	}
}

// Size is the number of moves.
func (t *tracer) Size() int { return t.n }

// Residual writes by how much log probabilities differ from those of responses.
func (t *tracer) Residual(y, g []float64) bool {
	t.values(y, g, nil)
	return true
}

// Factor factorises the Jacobian at y, whose last row is border.
func (t *tracer) Factor(y, border, g []float64) bool {
	d := t.jac
	d.clear()
	t.values(y, g, d)
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

// Solve solves by the factors of the Jacobian.
func (t *tracer) Solve(v []float64) bool {
	t.jac.solve(v)
	return true
}

// Sign is that of the determinant of the Jacobian.
func (t *tracer) Sign() float64 { return t.jac.sign }

// Metric is that of logits and lambda themselves.
func (t *tracer) Metric(p path.Point, dst []float64) { copy(dst, p.Tangent) }

// Along compares how probabilities and log lambda change, in which folds show.
func (t *tracer) Along(from, to path.Point) float64 {
	const c = .1
	along, new2, old2 := 0.0, 0.0, 0.0
	add := func(a, b float64) {
		along += a * b
		new2 += a * a
		old2 += b * b
	}
	for i, p := range to.P {
		add(p*to.Tangent[i], from.P[i]*from.Tangent[i])
	}
	add(to.Tangent[t.n]/(to.U()+c), from.Tangent[t.n]/(from.U()+c))
	return along / math.Sqrt(new2*old2)
}

// Steps are as long as log lambda changes by pace.
func (t *tracer) Steps(p path.Point) (shortest, longest float64) {
	return 1e-10 * (1 + p.U()), t.pace * (p.U() + .1) / math.Max(math.Abs(p.Tangent[t.n]), 1e-300)
}

// near is where Newton's steps need no new matrix.
const near = 1e-4

// Newton counts the rounding of products of lambda and payoffs.
func (t *tracer) Newton(y []float64) path.Sizes {
	return path.Sizes{Near: near, Rounding: 1e-13 + 1e-15*math.Abs(y[t.n])}
}

// Enough holds at a thousand times the rounding, and where the equations hold up to
// theirs: where equilibria are a continuum in the limit, probabilities are less sharp.
// That rounding is of what is subtracted in the equations, and of beliefs, which are
// differences of log probabilities.
func (t *tracer) Enough(y, g []float64, size float64) bool {
	if size <= 1e3*t.Newton(y).Rounding {
		return true
	}
	worst, longest := 0.0, 0.0
	for i, x := range g {
		worst = max(worst, math.Abs(x)/(1+math.Abs(y[i])+y[t.n]))
		longest = max(longest, math.Abs(y[i]))
	}
	return size <= near && worst <= 1e-14+1e-15*longest
}

// even puts the tracer at even play.
func (t *tracer) even() error {
	y, g := make([]float64, t.n+1), make([]float64, t.n)
	for range t.list { // sequences of sets settle from the last to the first
		t.values(y, g, nil)
		for i, x := range g {
			y[i] -= x
		}
	}
	if !t.begin(y, t.c.Upward()) {
		return equilibria.NoAnswerf("the branch has no direction at even play")
	}
	return nil
}

// begin puts the tracer at a point of a branch.
func (t *tracer) begin(y, border []float64) bool {
	ok := t.c.Begin(y, border, 1)
	if ok {
		t.c.Shorten(.03 / math.Abs(t.c.Tangent[t.n]))
		t.last, t.middle = [3][]float64{}, [4][]float64{}
		t.count, _ = t.negative(y)
	}
	return ok
}

// Of tracing, in units of the inverse payoff range: lambda from which the limit is
// looked for, at which tracing ends, and at which it ends even if more was asked
// for: responses are rounded to 1e-16 times lambda.
const fromLimit, lastLambda, farLambda = 1e4, 1e7, 1e9

// trace follows the branch from where the tracer is.
func (t *tracer) trace(ctx context.Context, br *Branch, lambdas []float64) error {
	n, c := t.n, t.c
	asked := make([]float64, len(lambdas))
	farthest := 0.0 // that was asked for and can be reached
	for i, l := range lambdas {
		asked[i] = l * t.scale
		farthest = max(farthest, min(asked[i], farLambda))
	}
	until := t.first && len(asked) > 0
	before, slow := 0.0, 0
	stop := func(*path.Trail) bool {
		lambda := c.U()
		// A fold takes dozens of short steps, after which lambda moves again, either way.
		if lambda < fromLimit || math.Abs(math.Log(lambda/before)) > .02 {
			slow = 0
		} else if slow++; slow > 100 {
			return true // far out, where rounding hides the way
		}
		before = lambda
		br.Path = append(br.Path, equilibria.PathPoint{Lambda: lambda / t.scale, Policy: t.r.behaviour(c.Y[:n])})
		if until && lambda >= farthest {
			return true
		}
		if br.Limit == nil && lambda >= fromLimit {
			br.limit(t, false)
		}
		if br.Limit == nil && lambda >= lastLambda {
			br.limit(t, true)
		}
		return (br.Limit != nil || lambda >= lastLambda) && lambda >= farthest
	}
	trail, err := c.Follow(ctx, path.Way{Asked: asked, Most: 20_000, Stop: stop, Leg: func(l path.Leg) {
		count, _ := t.negative(l.To.Y)
		if l.Crossed || t.passed(l, count) > 0 {
			if f, ok := t.bifurcation(l, count); ok {
				br.Bifurcations = append(br.Bifurcations, f)
			}
		}
		t.count = count
		t.last = [3][]float64{l.To.Y, t.last[0], t.last[1]}
		for i := range t.middle {
			if at := fromLimit / 20 * math.Exp2(float64(i)); c.U() < at && l.To.U() >= at {
				t.middle[i] = l.To.Y
			}
		}
	}})
	if err != nil {
		return err
	}
	if br.Limit == nil && (trail.Status == equilibria.Lost || slow > 100) {
		br.limit(t, true)
	}
	if br.Status = equilibria.Whole(len(trail.Folds)); br.Limit == nil && !(until && c.U() >= farthest) {
		br.Status = equilibria.Stalled
	}
	br.Steps = trail.Steps
	br.End, br.Last = c.U()/t.scale, t.r.behaviour(c.Y[:n])
	for _, u := range trail.Folds {
		br.Turning = append(br.Turning, u/t.scale)
	}
	for _, x := range trail.Crossings {
		br.Crossings = append(br.Crossings, t.crossing(x.X, lambdas[x.Asked], x.Number))
	}
	slices.SortStableFunc(br.Crossings, func(a, b Crossing) int {
		return slices.Index(lambdas, a.Lambda) - slices.Index(lambdas, b.Lambda)
	})
	return nil
}

// crossing is the point x at a lambda that was asked for.
func (t *tracer) crossing(x []float64, lambda float64, number int) Crossing {
	t.values(append(x[:t.n:t.n], lambda*t.scale), make([]float64, t.n), nil)
	off := 0.0
	for i, p := range t.answer {
		off = max(off, math.Abs(p-math.Exp(x[i])))
	}
	return Crossing{lambda, number, t.r.behaviour(x), off}
}
