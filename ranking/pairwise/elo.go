package pairwise

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
//
// Where the record says who sat first, R_i is larger by a common First in the
// matches in which i did (Davidson and Beaver 1977), if the matches of the pool
// can tell that from strength.
type Elo struct {
	Rating []float64 // per agent; the mean over each pool is 0
	// SE are the standard errors of Rating: an interval of about 95 % is Rating
	// ± 1.96·SE. They are those of errors.go, NaN where there is no telling.
	SE    []float64
	Pools []Pool // a pool comes before those it is Over
}

// Pool is a set of agents whose points went round: from each to each there is
// a chain of agents, every one of whom scored against the next.
type Pool struct {
	Agents []int // ascending
	Group  int   // pools of one group are connected by games; by first member
	Over   []int // pools that it met and that scored nothing against it
	// First is the advantage of sitting first and its standard error, NaN if it
	// is not known.
	First, FirstSE float64
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
	for g, agents := range r.Groups() {
		for _, i := range agents {
			group[i] = g
		}
	}
	for p, agents := range pools {
		for _, i := range agents {
			pool[i] = p
		}
		f, err := fit(r, agents)
		if err != nil {
			return Elo{}, err
		}
		for k, i := range agents {
			elo.Rating[i], elo.SE[i] = eloPerLogit*f.x[k], eloPerLogit*f.se[k]
		}
		elo.Pools = append(elo.Pools, Pool{Agents: agents, Group: group[agents[0]], First: eloPerLogit * f.first, FirstSE: eloPerLogit * f.firstSE})
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

// fitted is the fit of a pool, in logits.
type fitted struct {
	x, se          []float64
	first, firstSE float64
}

// fit maximises the likelihood of the games inside a pool, in logits. Where a
// few games hang on pairs with a million times as many, bold steps may fling
// them out of range; then every step is a cautious one. Where the advantage of
// sitting first cannot be told from strength, or has no end, it is left out.
func fit(r Record, agents []int) (fitted, error) {
	n := len(agents)
	f := fitted{x: make([]float64, n), se: make([]float64, n), first: math.NaN(), firstSE: math.NaN()}
	if n == 1 {
		return f, nil
	}
	seats := []bool{false}
	if r.First != nil {
		seats = []bool{true, false}
	}
	for _, seated := range seats {
		p := newPoints(r, agents, seated)
		for _, bold := range []bool{true, false} {
			clear(f.x)
			gamma, info, ok := maximise(f.x, p, bold)
			if !ok || seated && !(math.Abs(gamma) <= endless) {
				continue
			}
			if seated {
				f.first = gamma
			}
			f.errors(r, agents, p, info)
			return f, nil
		}
	}
	return f, errors.New("Elo ratings: Newton's method did not converge")
}

// endless is the advantage, in logits, from which on it is one of those that
// grow for ever: those who sat first won everything.
const endless = 15

// points are the points inside a pool. won[a*n+b] are those of a against b: all
// of them, or those of the games in which a sat first; then lost are those of b
// in these.
type points struct {
	n         int
	seated    bool
	won, lost []float64
}

func newPoints(r Record, agents []int, seated bool) *points {
	n := len(agents)
	p := &points{n: n, seated: seated, won: make([]float64, n*n)}
	if seated {
		p.lost = make([]float64, n*n)
	}
	for a, i := range agents {
		for b, j := range agents {
			at := i*r.N + j
			if p.won[a*n+b] = r.Score[at]; seated {
				p.won[a*n+b], p.lost[a*n+b] = r.First[at].Score, r.First[at].Games-r.First[at].Score
			}
		}
	}
	return p
}

// each visits the games: those of a > b, without seats or with a first (h is 1)
// and with b first (-1). d is the difference of a over b that the odds are of.
func (p *points) each(x []float64, gamma float64, visit func(a, b int, h, d, won, lost float64)) {
	n := p.n
	for a := range n {
		for b := range a {
			d := x[a] - x[b]
			if !p.seated {
				if won, lost := p.won[a*n+b], p.won[b*n+a]; won+lost > 0 {
					visit(a, b, 0, d, won, lost)
				}
				continue
			}
			if won, lost := p.won[a*n+b], p.lost[a*n+b]; won+lost > 0 {
				visit(a, b, 1, d+gamma, won, lost)
			}
			if won, lost := p.lost[b*n+a], p.won[b*n+a]; won+lost > 0 {
				visit(a, b, -1, d-gamma, won, lost)
			}
		}
	}
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

// maximise moves x to the maximum by Newton's method and returns the advantage
// of sitting first and the information there. With δ the largest change of a
// difference in a full step, the curvature along it grows by no more than e^(δt)
// (Bach 2010, on logistic losses), so that up to t = 1 where δ ≤ 1 and up to
// ln(1+δ)/δ in any case the likelihood rises. Cautious steps go so far; bold
// ones full length, or by halves of it as long as that does not pass the
// maximum along the step.
func maximise(x []float64, p *points, bold bool) (gamma float64, info information, ok bool) {
	n := len(x)
	gradient, step, next := make([]float64, n), make([]float64, n), make([]float64, n)
	last := math.Inf(1)
	for range newtonSteps {
		slant := slope(gradient, p, x, gamma)
		info = newInformation(p, x, gamma)
		turn := info.solve(step, gradient, slant)
		if p.seated && info.rest == 0 {
			return 0, info, false
		}
		decrement := floats.Dot(gradient, step) + slant*turn
		if math.IsNaN(decrement) {
			break
		}
		if decrement <= gap || decrement <= nearly && decrement >= last {
			return gamma, info, true
		}
		last = decrement
		delta, safe := spread(p, step, turn), 1.0
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
			if slant := slope(gradient, p, next, gamma+t*turn); floats.Dot(gradient, step)+slant*turn >= 0 {
				break
			}
		}
		mean := floats.Sum(next) / float64(n)
		for a := range x {
			x[a] = next[a] - mean
		}
		if gamma += t * turn; !(math.Abs(gamma) <= 2*endless) {
			break
		}
	}
	return 0, information{}, false
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
// score less the score expected; and returns the same of those who sat first.
// Written as points won that were not expected less points lost that were not,
// nothing cancels within a pair.
func slope(dst []float64, p *points, x []float64, gamma float64) (slant float64) {
	clear(dst)
	p.each(x, gamma, func(a, b int, h, d, won, lost float64) {
		up, down := odds(d)
		f := won*down - lost*up
		dst[a] += f
		dst[b] -= f
		slant += h * f
	})
	return slant
}

// spread is the largest change of a difference between two agents that met.
func spread(p *points, step []float64, turn float64) float64 {
	delta := 0.0
	p.each(step, turn, func(_, _ int, _, d, _, _ float64) { delta = max(delta, math.Abs(d)) })
	return delta
}

// Groups are the sets of agents that games connect, each ascending, by first
// member.
func (r Record) Groups() [][]int {
	groups := components(r.N, func(i, j int) bool { return r.Games[i*r.N+j] > 0 })
	slices.SortFunc(groups, func(a, b []int) int { return a[0] - b[0] })
	return groups
}
