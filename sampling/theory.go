package sampling

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/profile"
	"arbiter/ranking"
)

// Theory is what is proved about the plays that a field takes, at given mean
// payoffs. Plays are of one cell each; +Inf where means tie.
type Theory struct {
	// Gap is the smallest advantage, as a part of the payoff range.
	Gap float64
	// Uniform is the number of plays of every cell after which, with
	// probability 1-delta, the response graph of the means is the true one
	// (Rowland et al. 2019, Theorem 3.2; Hoeffding).
	Uniform float64
	// Adaptive bounds the plays of all cells together under a scheme that never
	// plays cells without open edges, with Hoeffding bounds (Theorem 4.2, by
	// instance): every cell n plays, n = 8/Δ²·ln(π²·payoffs·n²/(3·delta)).
	Adaptive float64
	// Lower bounds, for 0/1 payoffs, the mean number of plays of any method
	// that errs with probability at most delta whatever the means are: T*
	// times kl(delta, 1-delta) (Garivier and Kaufmann 2016). NaN for others.
	Lower float64
}

// Theory works out the bounds at the means of payoffs p: a table in units of
// payoff, of the shape that State.Payoffs returns.
func (c Config) Theory(p ranking.Payoffs) Theory {
	s := &Ledger{cfg: c}
	s.connect()
	mean := func(e end) float64 {
		id := e.cell
		if c.Space.Single {
			u, v := int(s.edges[e.cell].U), int(s.edges[e.cell].V)
			n := c.Space.N()
			if id = u*n + v; e.number == 1 {
				id = v*n + u
			}
			return scaled(p.M[0][id], c.Lo[0], c.Hi[0])
		}
		return scaled(p.M[e.number][id], c.Lo[e.number], c.Hi[e.number])
	}
	gaps := make([]float64, len(s.cells)) // the smallest at each cell
	for i := range gaps {
		gaps[i] = math.Inf(1)
	}
	t := Theory{Gap: math.Inf(1), Lower: math.NaN()}
	var duels []duel
	for i, ends := range s.ends {
		a, b := mean(ends[0]), mean(ends[1])
		gap := math.Abs(a - b)
		t.Gap = min(t.Gap, gap)
		for _, e := range ends {
			gaps[e.cell] = min(gaps[e.cell], gap)
		}
		if s.stands(i) {
			duels = append(duels, duel{ends[0].cell, ends[1].cell, a, b})
		}
	}
	numbers := float64(c.Cells() * c.numbers())
	t.Uniform = 2 * math.Log(2*numbers/c.Delta) / (t.Gap * t.Gap)
	for _, gap := range gaps {
		if math.IsInf(gap, 1) {
			continue
		}
		n := 8 / (gap * gap)
		for range 50 { // contracts: n grows by a logarithm
			n = 8 / (gap * gap) * math.Log(math.Pi*math.Pi*numbers*n*n/(3*c.Delta))
		}
		t.Adaptive += n
	}
	if c.Binary {
		unit := math.Log((1-c.Delta)/c.Delta) * (1 - 2*c.Delta)
		switch {
		case c.Delta >= .5:
			t.Lower = 0
		case t.Gap == 0:
			t.Lower = math.Inf(1)
		case c.Space.Single:
			t.Lower = 0
			for _, d := range duels {
				cost := kl(d.a, (d.a+d.b)/2) + kl(d.b, (d.a+d.b)/2)
				if c.ConstantSum {
					cost = kl(d.a, .5) // both payoffs are one number
				}
				t.Lower += unit / cost
			}
		default:
			t.Lower = unit * characteristicTime(len(s.cells), duels)
		}
	}
	return t
}

func scaled(x, lo, hi float64) float64 {
	if hi == lo {
		return .5
	}
	return min(1, max(0, (x-lo)/(hi-lo)))
}

// UniformFinite is the decimal logarithm of the plays of every profile after
// which, with probability 1-delta, no mass of alpha-Rank at intensity alpha and
// population size m is off by more than epsilon (Theorem 3.1). payoffs lie in an
// interval of length width.
func UniformFinite(s profile.Space, width, alpha float64, m int, epsilon, delta float64) float64 {
	n := float64(s.N())
	players, moves := float64(len(s.Shape)), 0.0
	for _, w := range s.Shape {
		moves += float64(w - 1)
	}
	if s.Single {
		players = 1
	}
	half := width / 2
	logL := math.Log(2*alpha) + 2*alpha*half
	logG := -math.Log(moves) + logExpm1(2*alpha*half) - logExpm1(2*alpha*float64(m)*half)
	sum := math.Inf(-1) // ln Σ C(n,k)·k^n
	logC := 0.0
	for k := 1.0; k < n; k++ {
		logC += math.Log(n-k+1) - math.Log(k)
		x := logC + n*math.Log(k)
		if top := max(sum, x); !math.IsInf(top, -1) {
			sum = top + math.Log(math.Exp(sum-top)+math.Exp(x-top))
		}
	}
	log := math.Log(648*half*half) + math.Log(math.Log(2*n*players/delta)) + 2*(logL+sum-math.Log(epsilon)-logG)
	return log / math.Ln10
}

// logExpm1 is ln(e^x - 1) for x > 0.
func logExpm1(x float64) float64 {
	if x > 40 {
		return x
	}
	return math.Log(math.Expm1(x))
}

// kl is the relative entropy of two coins.
func kl(p, q float64) float64 {
	x := 0.0
	if p > 0 {
		x += p * math.Log(p/q)
	}
	if p < 1 {
		x += (1 - p) * math.Log((1-p)/(1-q))
	}
	return x
}

// duel is an edge: two cells and the means that are compared.
type duel struct {
	u, v int
	a, b float64
}

// information is what n plays of u and k of v tell about a duel, the least
// likelihood ratio against equal means, with its derivatives: by either number,
// and the vector and factor of its Hessian -c·hhᵀ.
func (d duel) information(n, k float64) (f, du, dv, hu, hv, c float64) {
	at := (n*d.a + k*d.b) / (n + k)
	du, dv = kl(d.a, at), kl(d.b, at)
	return n*du + k*dv, du, dv, d.a - at, d.b - at, 1 / (at * (1 - at) * (n + k))
}

// characteristicTime is T*: the least Σ n over numbers of plays n, per cell,
// with at least one unit of information about every duel. It follows the
// central path of the logarithmic barrier; multipliers of the constraints give a
// bound from below, and the result, feasible, is within 1e-4 of it.
func characteristicTime(cells int, duels []duel) float64 {
	n := make([]float64, cells)
	used := make([]bool, cells)
	// A unit from either cell alone, twice over.
	for _, d := range duels {
		x := 2 / (kl(d.a, (d.a+d.b)/2) + kl(d.b, (d.a+d.b)/2))
		for _, c := range []int{d.u, d.v} {
			n[c], used[c] = max(n[c], x), true
		}
	}
	total := func() (sum float64) {
		for c, x := range n {
			if used[c] {
				sum += x
			}
		}
		return sum
	}
	least := func(n []float64) float64 {
		worst := math.Inf(1)
		for _, d := range duels {
			f, _, _, _, _, _ := d.information(n[d.u], n[d.v])
			worst = min(worst, f)
		}
		return worst
	}
	const precise = 1e-4
	hessian, gradient := mat.NewSymDense(cells, nil), mat.NewVecDense(cells, nil)
	best := math.Inf(1)
	for t := float64(len(duels)) / total(); ; t *= 3 {
		for range 60 { // Newton's method for t·Σn - Σ ln(f-1)
			hessian.Zero()
			for c := range n {
				gradient.SetVec(c, t)
				if !used[c] {
					hessian.SetSym(c, c, 1)
					gradient.SetVec(c, 0)
				}
			}
			for _, d := range duels {
				f, du, dv, hu, hv, c := d.information(n[d.u], n[d.v])
				s := f - 1
				gradient.SetVec(d.u, gradient.AtVec(d.u)-du/s)
				gradient.SetVec(d.v, gradient.AtVec(d.v)-dv/s)
				add := func(i, j int, x float64) { hessian.SetSym(i, j, hessian.At(i, j)+x) }
				add(d.u, d.u, du*du/(s*s)+c*hu*hu/s)
				add(d.v, d.v, dv*dv/(s*s)+c*hv*hv/s)
				add(d.u, d.v, du*dv/(s*s)+c*hu*hv/s)
			}
			var chol mat.Cholesky
			var step mat.VecDense
			if !chol.Factorize(hessian) || chol.SolveVecTo(&step, gradient) != nil && step.Len() == 0 {
				return best
			}
			decrement := mat.Dot(&step, gradient)
			length := 1.0
			if decrement > .25 {
				length = 1 / (1 + math.Sqrt(decrement))
			}
			next := make([]float64, cells)
			for ; ; length /= 2 {
				inside := true
				for c := range n {
					next[c] = n[c] - length*step.AtVec(c)
					inside = inside && (next[c] > 0 || !used[c])
				}
				if inside && least(next) > 1 || length < 1e-12 {
					break
				}
			}
			if length < 1e-12 {
				break
			}
			copy(n, next)
			if decrement < 1e-8 {
				break
			}
		}
		best = min(best, total()/least(n))
		// Multipliers q, with Σ q·d ≤ 1 at every cell, bound T* by their sum.
		load := make([]float64, cells)
		sum := 0.0
		for _, d := range duels {
			f, du, dv, _, _, _ := d.information(n[d.u], n[d.v])
			q := 1 / (f - 1)
			sum += q
			load[d.u] += q * du
			load[d.v] += q * dv
		}
		heaviest := 0.0
		for _, x := range load {
			heaviest = max(heaviest, x)
		}
		if below := sum / heaviest; best-below <= precise*best || t > 1e12 {
			return best
		}
	}
}
