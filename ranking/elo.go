package ranking

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
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

// fit maximises the likelihood of the games inside a pool, in logits. Where a
// few games hang on pairs with a million times as many, bold steps may fling
// them out of range; then every step is a cautious one.
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
	for _, bold := range []bool{true, false} {
		clear(x)
		if info, ok := maximise(x, score, bold); ok {
			info.errors(se)
			return x, se, nil
		}
	}
	return nil, nil, errors.New("Elo ratings: Newton's method did not converge")
}

// The likelihood is within half of gap of its maximum when Newton's method
// stops, and ratings are within √gap standard errors of theirs. Below nearly
// the decrement falls at every step until rounding stops it.
const (
	gap    = 1e-16
	nearly = 1e-6
	// newtonSteps is far more than bold steps have been seen to need, 40.
	newtonSteps = 500
)

// maximise moves x to the maximum by Newton's method and returns the
// information there. With δ the largest change of a difference in a full step,
// the curvature along it grows by no more than e^(δt) (Bach 2010, on logistic
// losses), so that up to t = 1 where δ ≤ 1 and up to ln(1+δ)/δ in any case the
// likelihood rises. Cautious steps go so far; bold ones full length, or by
// halves of it as long as that does not pass the maximum along the step.
func maximise(x, score []float64, bold bool) (information, bool) {
	n := len(x)
	gradient, step, next := make([]float64, n), make([]float64, n), make([]float64, n)
	last := math.Inf(1)
	for range newtonSteps {
		slope(gradient, score, x)
		info := newInformation(score, x)
		info.solve(step, gradient)
		decrement := floats.Dot(gradient, step)
		if math.IsNaN(decrement) {
			break
		}
		if decrement <= gap || decrement <= nearly && decrement >= last {
			return info, true
		}
		last = decrement
		delta, safe := spread(score, step), 1.0
		if delta > 1 {
			safe = math.Log1p(delta) / delta
		}
		t := safe
		if bold {
			t = 1
		}
		for ; ; t = max(t/2, safe) {
			floats.AddScaledTo(next, x, t, step)
			if t <= safe {
				break
			}
			if slope(gradient, score, next); floats.Dot(gradient, step) >= 0 {
				break
			}
		}
		mean := floats.Sum(next) / float64(n)
		for a := range x {
			x[a] = next[a] - mean
		}
	}
	return information{}, false
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

// information is the observed information of a pool, the Laplacian of the
// weights games·p·(1-p), eliminated from the last agent down to agent 0. As in
// Grassmann, Taksar and Heyman (1985) nothing is subtracted, so weights of any
// range do no harm. In terms of chance: given the agents before it, the rating
// of k has mean Σ part[k][j]·rating j, over j < k, and variance 1/total[k].
type information struct {
	part  [][]float64 // [k][j < k], rows of sum 1
	total []float64
}

func newInformation(score, x []float64) information {
	n := len(x)
	info := information{make([][]float64, n), make([]float64, n)}
	for i := range n {
		info.part[i] = make([]float64, i)
		for j := range i {
			if games := score[i*n+j] + score[j*n+i]; games > 0 {
				up, down := odds(x[i] - x[j])
				info.part[i][j] = games * up * down
			}
		}
	}
	for k := n - 1; k > 0; k-- {
		row := info.part[k]
		info.total[k] = floats.Sum(row)
		for i, w := range row {
			if w > 0 {
				floats.AddScaled(info.part[i], w/info.total[k], row[:i])
			}
		}
		floats.Scale(1/info.total[k], row)
	}
	return info
}

// solve fills dst with the vector of information times which is b, of sum 0;
// agent 0 stays at 0.
func (f information) solve(dst, b []float64) {
	copy(dst, b)
	for k := len(dst) - 1; k > 0; k-- {
		floats.AddScaled(dst[:k], dst[k], f.part[k])
	}
	dst[0] = 0
	for k := 1; k < len(dst); k++ {
		dst[k] = dst[k]/f.total[k] + floats.Dot(f.part[k], dst[:k])
	}
}

// errors fills dst with the standard errors of ratings of mean 0: those of the
// pseudo-inverse of the information.
func (f information) errors(dst []float64) {
	n := len(dst)
	c := make([][]float64, n) // covariances where agent 0 stays at 0
	c[0] = make([]float64, n)
	for k := 1; k < n; k++ {
		c[k] = make([]float64, n)
		for j, w := range f.part[k] {
			floats.AddScaled(c[k][:k], w, c[j][:k])
		}
		c[k][k] = 1/f.total[k] + floats.Dot(f.part[k], c[k][:k])
		for j := range k {
			c[j][k] = c[k][j]
		}
	}
	mean := 0.0
	for i := range n {
		dst[i] = floats.Sum(c[i]) / float64(n)
		mean += dst[i] / float64(n)
	}
	for i := range n {
		dst[i] = math.Sqrt(max(0, c[i][i]-2*dst[i]+mean))
	}
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
