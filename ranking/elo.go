package ranking

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Elo are Bradley–Terry ratings by maximum likelihood, on the scale of Elo: i
// is expected to score 1/(1+10^((R_j-R_i)/400)) against j. A draw is half a win
// and half a loss.
//
// Ratings are finite, and comparable, inside a pool only. Between pools of a
// group one side scored every point, and the likelihood grows for ever as they
// move apart: the difference is infinite (Ford 1957; Hunter 2004, assumption
// 1). Between groups nobody met. Nothing is regularised.
type Elo struct {
	Rating []float64 // per agent; the mean over each pool is 0
	// SE are the standard errors of Rating by the observed information: an
	// interval of about 95 % is Rating ± 1.96·SE. Where draws are common they
	// are too large, where an agent came close to scoring all or nothing the
	// true interval is skewed. 0 in a pool of one, where nothing is estimated.
	SE    []float64
	Pools []Pool // a pool comes before those it is Over
}

// Pool is a set of agents whose points went round: from each to each there is
// a chain of agents, every one of whom scored against the next.
type Pool struct {
	Agents []int // ascending
	Group  int   // pools of one group are connected by games; by first member
	Over   []int // pools that it met and that scored nothing against it
}

// eloPerLogit turns the logarithm of odds into Elo.
const eloPerLogit = 400 / math.Ln10

// Ratings computes the Elo ratings of a record.
func Ratings(r Record) (Elo, error) {
	if err := r.Check(); err != nil {
		return Elo{}, err
	}
	n := r.N
	elo := Elo{Rating: make([]float64, n), SE: make([]float64, n)}
	pools := components(n, func(i, j int) bool { return r.Score[i*n+j] > 0 })
	group, pool := make([]int, n), make([]int, n)
	groups := components(n, func(i, j int) bool { return r.Games[i*n+j] > 0 })
	slices.SortFunc(groups, func(a, b []int) int { return a[0] - b[0] })
	for g, agents := range groups {
		for _, i := range agents {
			group[i] = g
		}
	}
	for p, agents := range pools {
		for _, i := range agents {
			pool[i] = p
		}
		rating, se, err := fit(r, agents)
		if err != nil {
			return Elo{}, err
		}
		for k, i := range agents {
			elo.Rating[i], elo.SE[i] = eloPerLogit*rating[k], eloPerLogit*se[k]
		}
		elo.Pools = append(elo.Pools, Pool{Agents: agents, Group: group[agents[0]]})
	}
	for p := range elo.Pools {
		below := make([]bool, len(pools))
		for _, i := range pools[p] {
			for j := range n {
				below[pool[j]] = below[pool[j]] || r.Score[i*n+j] > 0
			}
		}
		for q := p + 1; q < len(pools); q++ {
			if below[q] {
				elo.Pools[p].Over = append(elo.Pools[p].Over, q)
			}
		}
	}
	return elo, nil
}

// The likelihood is within half of gap of its maximum when Newton's method
// stops, and ratings are within √gap standard errors of theirs. Below nearly
// the decrement falls at every step until rounding stops it.
const (
	gap    = 1e-16
	nearly = 1e-6
	// newtonSteps is far more than the tests have seen, 40.
	newtonSteps = 1000
)

// fit maximises the likelihood of the games inside a pool, in logits, by
// Newton's method. The step length is 1 where that does not pass the maximum
// along the step, or else at least one that is known to gain: with δ the largest
// change of a difference in the full step, the curvature along it grows by no
// more than e^(δt) (Bach 2010, on logistic losses), so up to 1 where δ ≤ 1 and up
// to ln(1+δ)/δ in any case the likelihood rises.
func fit(r Record, agents []int) (x, se []float64, err error) {
	n := len(agents)
	x, se = make([]float64, n), make([]float64, n)
	if n == 1 {
		return x, se, nil
	}
	score := make([]float64, n*n)
	for a, i := range agents {
		for b, j := range agents {
			score[a*n+b] = r.Score[i*r.N+j]
		}
	}
	gradient, next := make([]float64, n), make([]float64, n)
	step := mat.NewVecDense(n, nil)
	s := step.RawVector().Data
	var chol mat.Cholesky
	last := math.Inf(1)
	for range newtonSteps {
		slope(gradient, score, x)
		ridge, ok := information(&chol, score, x)
		if !ok || !solved(chol.SolveVecTo(step, mat.NewVecDense(n, gradient))) {
			break
		}
		decrement := floats.Dot(gradient, s)
		if math.IsNaN(decrement) {
			break
		}
		if decrement <= gap || decrement <= nearly && decrement >= last {
			var inverse mat.SymDense
			if err := chol.InverseTo(&inverse); err != nil {
				break
			}
			for a := range se {
				se[a] = math.Sqrt(max(0, inverse.At(a, a)-1/(ridge*float64(n)*float64(n))))
			}
			return x, se, nil
		}
		last = decrement
		delta, safe, t := spread(score, s), 1.0, 1.0
		if delta > 1 {
			safe = math.Log1p(delta) / delta
		}
		for ; ; t = max(t/2, safe) {
			floats.AddScaledTo(next, x, t, s)
			if t <= safe {
				break
			}
			if slope(gradient, score, next); floats.Dot(gradient, s) >= 0 {
				break
			}
		}
		mean := floats.Sum(next) / float64(n)
		for a := range x {
			x[a] = next[a] - mean
		}
	}
	return nil, nil, errors.New("Elo ratings: Newton's method did not converge")
}

// odds are the expected scores 1/(1+e^-d) and 1/(1+e^d), each to full relative
// accuracy.
func odds(d float64) (up, down float64) {
	e := math.Exp(-math.Abs(d))
	up, down = 1/(1+e), e/(1+e)
	if d < 0 {
		return down, up
	}
	return up, down
}

// slope fills dst with the gradient of the log likelihood at x: per agent, its
// score less the score expected. Written as points won that were not expected
// less points lost that were not, nothing cancels within a pair.
func slope(dst, score, x []float64) {
	n := len(x)
	clear(dst)
	for i := range n {
		for j := range i {
			won, lost := score[i*n+j], score[j*n+i]
			if won+lost == 0 {
				continue
			}
			up, down := odds(x[i] - x[j])
			f := won*down - lost*up
			dst[i] += f
			dst[j] -= f
		}
	}
}

// information factorises the observed information at x, the Laplacian of the
// weights games·p·(1-p), plus ridge in every entry, which makes it invertible
// and changes nothing for vectors of sum 0.
func information(chol *mat.Cholesky, score, x []float64) (ridge float64, ok bool) {
	n := len(x)
	h := mat.NewSymDense(n, nil)
	m := h.RawSymmetric().Data
	trace := 0.0
	for i := range n {
		for j := range i {
			games := score[i*n+j] + score[j*n+i]
			if games == 0 {
				continue
			}
			up, down := odds(x[i] - x[j])
			w := games * up * down
			m[j*n+i] = -w // the upper triangle
			m[i*n+i] += w
			m[j*n+j] += w
			trace += 2 * w
		}
	}
	ridge = trace / float64(n) / float64(n)
	for i := range n {
		floats.AddConst(ridge, m[i*n+i:(i+1)*n])
	}
	return ridge, chol.Factorize(h)
}

// spread is the largest change of a difference between two agents that met.
func spread(score, step []float64) float64 {
	n := len(step)
	delta := 0.0
	for i := range n {
		for j := range i {
			if score[i*n+j]+score[j*n+i] > 0 {
				delta = max(delta, math.Abs(step[i]-step[j]))
			}
		}
	}
	return delta
}
