package equilibria

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/games/flat"
)

// Crossing is a point of the principal branch at a lambda that was asked for.
type Crossing struct {
	Lambda   float64
	Number   int // 1, 2, …: the branch may meet a lambda several times
	Policy   []flat.Strategy
	Residual float64
}

// Branch is the principal branch of logit quantal response equilibria, from even
// play at lambda 0, as far as it was traced.
type Branch struct {
	Crossings []Crossing
	Turning   []float64 // lambdas at which the branch turns back, or forth again
	// Bifurcations are brackets of lambda in which another branch crosses; the one
	// followed keeps its direction.
	Bifurcations [][2]float64
	Limit        []flat.Strategy // where it leads to, polished; nil if it was not reached
	Regret       float64         // of the limit, the largest of a player
	Stalled      bool
	End          float64 // lambda of the last point
	Steps        int
	Path         []PathPoint
}

// PathPoint is a point that was passed.
type PathPoint struct {
	Lambda float64
	Policy []flat.Strategy
}

// tracer follows the branch: x are log probabilities, then lambda.
type tracer struct {
	r       *responses
	y       []float64
	tangent []float64
	sign    float64 // of the determinant of the bordered Jacobian
	jac     *mat.Dense
	w, d    []float64
	g       *mat.VecDense
}

// system fills the residual g and the Jacobian at y; its last row is border.
func (t *tracer) system(y, border []float64) {
	n := t.r.n
	lambda := y[n]
	t.r.at(y[:n], t.w, t.d)
	raw := t.jac.RawMatrix()
	for _, s := range t.r.sets {
		p := make([]float64, s.count)
		w := t.w[s.first : s.first+s.count]
		softmax(w, lambda, p)
		top := math.Inf(-1)
		for _, v := range w {
			top = max(top, v*lambda)
		}
		sum, mean := 0.0, 0.0
		for m, v := range w {
			sum += math.Exp(v*lambda - top)
			mean += p[m] * v
		}
		lse := top + math.Log(sum)
		average := make([]float64, n)
		for m, q := range p {
			if q == 0 {
				continue
			}
			for j, v := range t.d[(s.first+m)*n : (s.first+m+1)*n] {
				average[j] += q * v
			}
		}
		for m := range s.count {
			a := s.first + m
			row := raw.Data[a*raw.Stride : a*raw.Stride+n+1]
			for j, v := range t.d[a*n : (a+1)*n] {
				row[j] = -lambda * (v - average[j])
			}
			row[a]++
			row[n] = -(w[m] - mean)
			t.g.SetVec(a, y[a]-lambda*w[m]+lse)
		}
	}
	copy(raw.Data[n*raw.Stride:n*raw.Stride+n+1], border)
}

// direct computes the tangent at y, along the last one.
func (t *tracer) direct(y []float64) (tangent []float64, sign float64, ok bool) {
	n := t.r.n
	t.system(y, t.tangent)
	var lu mat.LU
	lu.Factorize(t.jac)
	unit := mat.NewVecDense(n+1, nil)
	unit.SetVec(n, 1)
	var v mat.VecDense
	if err := lu.SolveVecTo(&v, false, unit); err != nil && v.Len() == 0 {
		return nil, 0, false
	}
	_, sign = lu.LogDet()
	norm := mat.Norm(&v, 2)
	if math.IsNaN(norm) || norm == 0 || math.IsInf(norm, 0) {
		return nil, 0, false
	}
	tangent = make([]float64, n+1)
	for i := range tangent {
		tangent[i] = v.AtVec(i) / norm
	}
	return tangent, sign, true
}

// correct solves G = 0 and border·(y - from) = 0 by Newton's method, in place.
func (t *tracer) correct(y, from, border []float64) bool {
	n := t.r.n
	before := math.Inf(1)
	// Products of lambda and payoffs are rounded.
	rounding := 1e-12 + 1e-14*math.Abs(y[n])*t.r.scale
	for range 10 {
		t.system(y, border)
		off := 0.0
		for i := range border {
			off += border[i] * (y[i] - from[i])
		}
		t.g.SetVec(n, off)
		var step mat.VecDense
		if err := step.SolveVec(t.jac, t.g); err != nil && step.Len() == 0 {
			return false
		}
		size := 0.0
		for i := range y {
			y[i] -= step.AtVec(i)
			size = max(size, math.Abs(step.AtVec(i))/(1+math.Abs(y[i])))
		}
		if math.IsNaN(size) || size > .6*before && size > 1e3*rounding {
			return false
		}
		if size < rounding || size < 1e3*rounding && size > .3*before {
			return true
		}
		before = size
	}
	return before < 1e3*rounding
}

// Logit traces the principal branch (Turocy 2005) by predictor and corrector in
// log probabilities: of a normal form the logit equilibria, of a tree the agent
// ones of McKelvey and Palfrey (1998). It records all crossings of the lambdas
// asked for and follows the branch to its limit, or to lambda times the payoff
// range of 1e7. What it ends with is judged by its regret.
func Logit(ctx context.Context, b *flat.Board, lambdas []float64) (Branch, error) {
	for _, l := range lambdas {
		if !(l >= 0) || math.IsInf(l, 1) {
			return Branch{}, fmt.Errorf("lambda: found %g, expected a number not below 0", l)
		}
	}
	r := newResponses(b)
	if r.n > mostMoves {
		return Branch{}, fmt.Errorf("%s: %d moves at all information states, at most %d fit: %w; use --solver mmd", b.Info().Name, r.n, mostMoves, ErrTooLarge)
	}
	n := r.n
	t := &tracer{r: r, y: make([]float64, n+1), tangent: make([]float64, n+1), jac: mat.NewDense(n+1, n+1, nil), w: make([]float64, n), d: make([]float64, n*n), g: mat.NewVecDense(n+1, nil)}
	for _, s := range r.sets {
		for m := range s.count {
			t.y[s.first+m] = -math.Log(float64(s.count))
		}
	}
	t.tangent[n] = 1
	var ok bool
	if t.tangent, t.sign, ok = t.direct(t.y); !ok {
		return Branch{}, fmt.Errorf("%s: the branch has no direction at even play", b.Info().Name)
	}
	br := Branch{}
	count := make([]int, len(lambdas))
	for i, l := range lambdas {
		if l == 0 {
			count[i]++
			br.Crossings = append(br.Crossings, Crossing{Number: 1, Policy: r.strategies(t.y[:n])})
		}
	}
	h := .03 / r.scale / t.tangent[n]
	const most = 100_000
	for ; br.Steps < most; br.Steps++ {
		if err := ctx.Err(); err != nil {
			return br, err
		}
		lambda := t.y[n]
		br.Path = append(br.Path, PathPoint{lambda, r.strategies(t.y[:n])})
		if lambda*r.scale >= 1e5 && br.Limit == nil {
			if br.limit(t, 1e-9); br.Limit != nil {
				break
			}
		}
		if lambda*r.scale >= 1e7 {
			br.limit(t, 1e-8)
			break
		}
		// A step of at most 0.35 in log lambda.
		if cap := .35 * (lambda + .1/r.scale) / math.Max(math.Abs(t.tangent[n]), 1e-300); h > cap {
			h = cap
		}
		next, tangent, sign, grown, ok := t.step(h)
		if !ok {
			br.limit(t, 1e-9)
			br.Stalled = br.Limit == nil
			break
		}
		used := grown
		if tangent[n]*t.tangent[n] < 0 {
			br.Turning = append(br.Turning, t.turn(used))
		}
		if sign != t.sign {
			br.Bifurcations = append(br.Bifurcations, [2]float64{min(lambda, next[n]), max(lambda, next[n])})
		}
		for i, l := range lambdas {
			if (l-lambda)*(l-next[n]) > 0 || l == lambda {
				continue
			}
			count[i]++
			x := t.land(l, next)
			br.Crossings = append(br.Crossings, Crossing{l, count[i], r.strategies(x), r.residual(x, l)})
		}
		t.y, t.tangent, t.sign = next, tangent, sign
		h = used * 1.4
	}
	br.End = t.y[n]
	if br.Limit == nil {
		br.Stalled = true
	}
	return br, nil
}

// mostMoves bounds the dense Jacobian.
const mostMoves = 1500

// step goes on by h or, where that is too far, by less; used is what it was.
func (t *tracer) step(h float64) (next, tangent []float64, sign, used float64, ok bool) {
	for ; h > 1e-13; h /= 2 {
		guess := make([]float64, len(t.y))
		for i := range guess {
			guess[i] = t.y[i] + h*t.tangent[i]
		}
		next = append([]float64(nil), guess...)
		if !t.correct(next, guess, t.tangent) || next[t.r.n] < 0 {
			continue
		}
		if tangent, sign, ok = t.direct(next); !ok {
			continue
		}
		if t.turned(next, guess, tangent) {
			continue
		}
		return next, tangent, sign, h, true
	}
	return nil, nil, 0, 0, false
}

// turned tells whether a step was too long for the branch to be the same: judged
// by probabilities and log lambda, in which folds show, not by the logarithms of
// small probabilities, which run away.
func (t *tracer) turned(next, guess, tangent []float64) bool {
	n := t.r.n
	along, new2, old2, moved, off := 0.0, 0.0, 0.0, 0.0, 0.0
	add := func(a, b float64) {
		along += a * b
		new2 += a * a
		old2 += b * b
	}
	for i := range n {
		p := math.Exp(next[i])
		add(p*tangent[i], math.Exp(t.y[i])*t.tangent[i])
		was, expected := math.Exp(t.y[i]), math.Exp(guess[i])
		moved = max(moved, math.Abs(p-was))
		off = max(off, math.Abs(p-expected))
	}
	c := .1 / t.r.scale
	add(tangent[n]/(next[n]+c), t.tangent[n]/(t.y[n]+c))
	return along < .97*math.Sqrt(new2*old2) || off > .1*moved+1e-5
}

// turn finds where lambda turns within a step of h, by bisection.
func (t *tracer) turn(h float64) float64 {
	n := t.r.n
	lo, hi := 0.0, h
	lambda := t.y[n]
	for range 40 {
		mid := (lo + hi) / 2
		guess := make([]float64, len(t.y))
		for i := range guess {
			guess[i] = t.y[i] + mid*t.tangent[i]
		}
		y := append([]float64(nil), guess...)
		if !t.correct(y, guess, t.tangent) {
			break
		}
		tangent, _, ok := t.direct(y)
		if !ok {
			break
		}
		lambda = y[n]
		if tangent[n]*t.tangent[n] > 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lambda
}

// land finds the point at a lambda between y and next.
func (t *tracer) land(lambda float64, next []float64) []float64 {
	n := t.r.n
	share := (lambda - t.y[n]) / (next[n] - t.y[n])
	guess := make([]float64, n+1)
	for i := range guess {
		guess[i] = t.y[i] + share*(next[i]-t.y[i])
	}
	guess[n] = lambda
	border := make([]float64, n+1)
	border[n] = 1
	x := append([]float64(nil), guess...)
	if t.correct(x, guess, border) {
		return x[:n]
	}
	return guess[:n]
}

// limit polishes the end of the branch and keeps it if its regret is at most
// tolerance times the payoff range.
func (br *Branch) limit(t *tracer, tolerance float64) {
	regret := func(p []flat.Strategy) float64 {
		worst := 0.0
		for _, g := range t.r.b.Evaluate(p).Gaps {
			worst = max(worst, g)
		}
		return worst
	}
	p := t.r.strategies(t.polish())
	best := regret(p)
	raw := t.r.strategies(t.y[:t.r.n])
	if x := regret(raw); !(best <= x) {
		p, best = raw, x
	}
	if best <= tolerance*t.r.scale {
		br.Limit, br.Regret = p, best
	}
}

// polish solves for equal values of the moves with more than 1e-4 at every set,
// gives the others no weight and returns log probabilities; those of sets that
// are not reached depend on how unlikely the others were.
func (t *tracer) polish() []float64 {
	const support = 1e-4
	n := t.r.n
	x := append([]float64(nil), t.y[:n]...)
	var moves []int     // in support
	var sets []int      // of moves
	at := map[int]int{} // unknown of a set: its value
	for i, s := range t.r.sets {
		for a := s.first; a < s.first+s.count; a++ {
			if x[a] > math.Log(support) {
				moves, sets = append(moves, a), append(sets, i)
			}
		}
	}
	for i := range t.r.sets {
		at[i] = len(moves) + i
	}
	size := len(moves) + len(t.r.sets)
	values := make([]float64, len(t.r.sets))
	t.r.at(x, t.w, nil)
	for k, a := range moves {
		values[sets[k]] = t.w[a]
	}
	for range 20 {
		t.r.at(x, t.w, t.d)
		jac, g := mat.NewDense(size, size, nil), mat.NewVecDense(size, nil)
		for k, a := range moves {
			g.SetVec(k, t.w[a]-values[sets[k]])
			for j, b := range moves {
				jac.Set(k, j, t.d[a*n+b])
			}
			jac.Set(k, at[sets[k]], -1)
			p := math.Exp(x[a])
			row := at[sets[k]]
			jac.Set(row, k, p)
			g.SetVec(row, g.AtVec(row)+p)
		}
		for i := range t.r.sets {
			g.SetVec(at[i], g.AtVec(at[i])-1)
		}
		// The shortest step: where equilibria are a continuum the system is singular.
		var svd mat.SVD
		var step mat.VecDense
		if !svd.Factorize(jac, mat.SVDThin) {
			break
		}
		svd.SolveVecTo(&step, g, svd.Rank(1e-11))
		far := 0.0
		for k, a := range moves {
			x[a] -= step.AtVec(k)
			far = max(far, math.Abs(step.AtVec(k)))
		}
		for i := range values {
			values[i] -= step.AtVec(at[i])
		}
		if math.IsNaN(far) || far > 1 {
			return t.y[:n]
		}
		if far < 1e-15 {
			break
		}
	}
	in := make(map[int]bool, len(moves))
	for _, a := range moves {
		in[a] = true
	}
	for a := range x {
		if !in[a] {
			x[a] = math.Inf(-1)
		}
	}
	return x
}
