package stochastic

import (
	"math"

	"arbiter/equilibria"
	"arbiter/internal/num"
)

// softGame solves soft matrix games of one shape one after the other: logits u and w
// of the players with
//
//	u = Q·y/t₀,   w = -Qᵀ·x/t₁,   x = softmax(u),   y = softmax(w)
//
// up to a constant of each player. The Jacobian is the identity plus, once one player
// is eliminated, a product of two positive semidefinite matrices over t₀t₁: it is never
// singular, so damped Newton steps converge from anywhere. Both players' logits are
// unknowns because each is then as sharp as the rounding of Q over its own
// temperature; with one of them eliminated the error of the other is larger by what
// the second response makes of it, which at low temperatures is everything.
type softGame struct {
	u, w []float64  // of the last solution, the largest 0
	t    [2]float64 // its temperatures

	f, g, tu, tw []float64 // what is left of the equations, and a trial
	tx, ty       []float64
	a, b         [][]float64 // Q·D(y) and Qᵀ·D(x), D being diag p - ppᵀ
	m            [][]float64 // of the smaller player, and the right side as last column
}

var errSoft = equilibria.NoAnswerf("the soft stage game was not solved to rounding; use a higher temperature")

// prepare makes room for a shape.
func (s *softGame) prepare(m, n int) {
	vector := func(n int) []float64 { return make([]float64, n) }
	matrix := func(m, n int) [][]float64 {
		all, rows := vector(m*n), make([][]float64, m)
		for i := range rows {
			rows[i] = all[i*n : (i+1)*n]
		}
		return rows
	}
	s.u, s.f, s.tu, s.tx = vector(m), vector(m), vector(m), vector(m)
	s.w, s.g, s.tw, s.ty = vector(n), vector(n), vector(n), vector(n)
	s.a, s.b = matrix(m, n), matrix(n, m)
	small := min(m, n)
	s.m = matrix(small, small+1)
}

const (
	// fewSteps are enough from a start that is near or at a temperature that is not low.
	fewSteps = 60
	// colder is how much a temperature falls at once where those were not enough.
	colder = 4
)

// solve writes the mixtures for q at temperatures t and counts Newton steps.
func (s *softGame) solve(q [][]float64, t [2]float64, x, y []float64) (steps int, err error) {
	if s.u == nil {
		s.prepare(len(x), len(y))
	} else if s.t != t {
		scaled(s.u, s.t[0]/t[0])
		scaled(s.w, s.t[1]/t[1])
	}
	s.t = t
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, line := range q {
		for _, v := range line {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	middle, span := lo+(hi-lo)/2, hi-lo
	steps, ok := s.newton(q, middle, span, t, x, y, fewSteps)
	if ok {
		return steps, nil
	}
	// From even play down: the path of temperatures has no folds.
	clear(s.u)
	clear(s.w)
	times := max(1, span/min(t[0], t[1]))
	for {
		warm := [2]float64{t[0] * times, t[1] * times}
		more, ok := s.newton(q, middle, span, warm, x, y, 500)
		steps += more
		switch {
		case !ok:
			return steps, errSoft
		case times == 1:
			return steps, nil
		}
		by := min(times, colder)
		times /= by
		scaled(s.u, by)
		scaled(s.w, by)
	}
}

func scaled(v []float64, by float64) {
	for i := range v {
		v[i] *= by
	}
}

// newton goes on from u and w until rounding ends it or after so many steps.
func (s *softGame) newton(q [][]float64, middle, span float64, t [2]float64, x, y []float64, most int) (steps int, ok bool) {
	exact := 0x1p-50 + float64(len(x)+len(y))*0x1p-53*span/min(t[0], t[1])
	norm := s.residual(q, middle, t, s.u, s.w, x, y, s.f, s.g)
	for ; steps < most; steps++ {
		if norm <= exact {
			break
		}
		s.direction(q, t, x, y)
		better := false
		for damp := 1.0; damp > 1e-9 && !better; damp /= 2 {
			for i, d := range s.tx {
				s.tu[i] = s.u[i] + damp*d
			}
			for j, d := range s.ty {
				s.tw[j] = s.w[j] + damp*d
			}
			// What residual writes is overwritten by the next trial.
			if r := s.residual(q, middle, t, s.tu, s.tw, x, y, s.f, s.g); r < norm*(1-damp/8) {
				s.u, s.tu, s.w, s.tw = s.tu, s.u, s.tw, s.w
				norm, better = r, true
			}
		}
		if !better {
			norm = s.residual(q, middle, t, s.u, s.w, x, y, s.f, s.g)
			break // as far as rounding goes
		}
	}
	top(s.u)
	top(s.w)
	return steps, norm <= 1e3*exact
}

// top makes the largest logit 0.
func top(u []float64) {
	most := math.Inf(-1)
	for _, v := range u {
		most = max(most, v)
	}
	for i := range u {
		u[i] -= most
	}
}

// residual writes the mixtures of logits and what is left of the equations; how much
// is the larger span of the two, since logits count up to a constant.
func (s *softGame) residual(q [][]float64, middle float64, t [2]float64, u, w, x, y, f, g []float64) float64 {
	num.Softmax(x, u, 1)
	num.Softmax(y, w, 1)
	clear(g)
	for i, line := range q {
		earned := 0.0
		for j, v := range line {
			v -= middle
			earned += v * y[j]
			g[j] += v * x[i]
		}
		f[i] = u[i] - earned/t[0]
	}
	for j, paid := range g {
		g[j] = w[j] + paid/t[1]
	}
	return max(spread(f), spread(g))
}

// spread takes the middle off v and returns the span.
func spread(v []float64) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	middle := lo + (hi-lo)/2
	for i := range v {
		v[i] -= middle
	}
	return hi - lo
}

// direction writes the Newton step into tx and ty:
//
//	du = -f + A·dw/t₀,   dw = -g - B·du/t₁
//
// with the player who has fewer actions solved for first.
func (s *softGame) direction(q [][]float64, t [2]float64, x, y []float64) {
	m, n := len(x), len(y)
	mean := s.ty
	clear(mean)
	for i, line := range q {
		earned := 0.0
		for j, v := range line {
			earned += v * y[j]
			mean[j] += v * x[i]
		}
		for j, v := range line {
			s.a[i][j] = y[j] * (v - earned)
		}
	}
	for j, paid := range mean {
		for i := range q {
			s.b[j][i] = x[i] * (q[i][j] - paid)
		}
	}
	if m <= n {
		s.eliminate(s.a, s.b, s.f, s.g, 1/t[0], -1/t[1], s.tx, s.ty)
	} else {
		s.eliminate(s.b, s.a, s.g, s.f, -1/t[1], 1/t[0], s.ty, s.tx)
	}
}

// eliminate solves du = -f + p·A·dw, dw = -g + q·B·du.
func (s *softGame) eliminate(a, b [][]float64, f, g []float64, p, q float64, du, dw []float64) {
	m := s.m
	n := len(f)
	for i, row := range a {
		line := m[i]
		clear(line)
		right := 0.0
		for j, v := range row {
			right += v * g[j]
			for k, w := range b[j] {
				line[k] -= v * w
			}
		}
		for k := range n {
			line[k] *= p * q
		}
		line[i]++
		line[n] = -f[i] - p*right
	}
	gauss(m, du)
	for j, row := range b {
		dw[j] = -g[j]
		for k, v := range row {
			dw[j] += q * v * du[k]
		}
	}
}

// gauss solves the system whose last column is the right side, in place.
func gauss(m [][]float64, x []float64) {
	n := len(x)
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[p][c]) {
				p = r
			}
		}
		m[c], m[p] = m[p], m[c]
		for r := c + 1; r < n; r++ {
			if by := m[r][c] / m[c][c]; by != 0 {
				for k := c + 1; k <= n; k++ {
					m[r][k] -= by * m[c][k]
				}
			}
		}
	}
	for c := n - 1; c >= 0; c-- {
		v := m[c][n]
		for k := c + 1; k < n; k++ {
			v -= m[c][k] * x[k]
		}
		x[c] = v / m[c][c]
	}
}
