package sampling

import "math"

// Every test here is an e-process: a non-negative process whose expectation
// is at most 1 at all stopping times while its null hypothesis holds, so that
// it ever reaches 1/a with probability at most a (Ville). An edge has two, one
// against each direction; each is a mixture over bets, and a direction is
// declared once the e-process against the other reaches 2·edges/delta. Both
// nulls hold for an exact tie, hence the 2: ties are covered like the rest.
//
// Two cells (u, v) are compared by blocks: play t of u with play t of v. Which
// plays form a block is fixed beforehand, so the sampling scheme may depend on
// anything it has seen.
//
//   - 0/1 payoffs, block (x,y), bet d, centre m known before the block:
//     factor (1 + d·s(y))·(1 - d·s(x)) with s(z) = (z-m)/(m(1-m)). Its mean is
//     (1+q)(1-p) with q = d(μ_v-m)/(m(1-m)), p likewise from μ_u; under
//     μ_v ≤ μ_u it is at most (1+p)(1-p) ≤ 1. This is the growth-rate optimal
//     e-variable of Turner, Ly and Grünwald (2024), one-sided.
//   - payoffs in [0,1]: exp(b(Σy-Σx) - ψ(b)(Σ(y-m)²+Σ(x-m)²)) with
//     ψ(b) = -b-ln(1-b). By Fan, Grama and Liu (2015), E exp(bZ-ψ(b)Z²) ≤
//     1+bE Z ≤ exp(b E Z) for Z ≥ -1, applied to y-m and m-x.
//
// One cell whose two payoffs differ by D (one population) needs no blocks:
// 0/1 payoffs bet on the sign of D (McNemar's test made sequential), others on
// exp(bΣD - ψ(b)ΣD²), D scaled to [-1,1]. Neither asks how the two payoffs of
// a match depend on each other.

// bets are the fractions staked, from nearly all to a thousandth, so that gaps
// of all sizes meet a bet within a factor 2^¼ of the best. The weights favour
// large bets a little; they sum to 1.
var bets, weights = func() (b, w [21]float64) {
	total := 0.0
	for k := range b {
		b[k] = .98 * math.Exp2(-float64(k)/2)
		w[k] = 1 / float64(k+4)
		total += w[k]
	}
	for k := range w {
		w[k] /= total
	}
	return
}()

// most caps a capital, far above any threshold, so that none overflows.
const most = 1e300

// duel is the state of a block test on 0/1 payoffs: the capital of each bet,
// first for "v is better", then for "u is better".
type duel [2 * len(bets)]float64

func newDuel() duel {
	var d duel
	for k := range bets {
		d[k], d[k+len(bets)] = weights[k], weights[k]
	}
	return d
}

// fold multiplies in n blocks with x successes of u and y of v, at centre m,
// 0 < m < 1, which must be known before the blocks.
func (d *duel) fold(n, x, y, m float64) {
	win, lose, stake := 1/m, 1/(1-m), min(m, 1-m)
	up, down := d[:len(bets)], d[len(bets):]
	if n == 1 {
		// s(z) of the two outcomes; the general form below says the same.
		sx, sy := -lose, -lose
		if x == 1 {
			sx = win
		}
		if y == 1 {
			sy = win
		}
		for k, b := range bets {
			b *= stake
			up[k] = min(most, up[k]*(1+b*sy)*(1-b*sx))
			down[k] = min(most, down[k]*(1-b*sy)*(1+b*sx))
		}
		return
	}
	for k, b := range bets {
		b *= stake
		more1, less1 := math.Log1p(b*win), math.Log1p(-b*win)
		more0, less0 := math.Log1p(b*lose), math.Log1p(-b*lose)
		up[k] = min(most, up[k]*min(most, math.Exp(y*more1+(n-y)*less0+x*less1+(n-x)*more0)))
		down[k] = min(most, down[k]*min(most, math.Exp(y*less1+(n-y)*more0+x*more1+(n-x)*less0)))
	}
}

// evidence returns the e-values for "v is better" and for "u is better".
func (d *duel) evidence() (up, down float64) {
	for _, c := range d[:len(bets)] {
		up += c
	}
	for _, c := range d[len(bets):] {
		down += c
	}
	return up, down
}

// signEvidence is the log e-value for "more wins than losses".
func signEvidence(wins, losses float64) float64 {
	var l [len(bets)]float64
	for k, b := range bets {
		l[k] = wins*math.Log1p(b) + losses*math.Log1p(-b)
	}
	return mixed(&l)
}

// sumEvidence is the log e-value for "the mean is positive" of terms ≥ -1
// (or blocks of them) with sum s and sum of squares v.
func sumEvidence(s, v float64) float64 {
	var l [len(bets)]float64
	for k, b := range bets {
		l[k] = b*s + v*(b+math.Log1p(-b))
	}
	return mixed(&l)
}

// mixed is ln Σ weights·exp(l).
func mixed(l *[len(bets)]float64) float64 {
	top := l[0]
	for _, x := range l {
		top = max(top, x)
	}
	sum := 0.0
	for k, x := range l {
		sum += weights[k] * math.Exp(x-top)
	}
	return top + math.Log(sum)
}

// signBest and sumBest are what the best bet in hindsight would have reached:
// cheap upper bounds that spare most looks the mixture.
func signBest(wins, losses float64) float64 {
	n := wins + losses
	return wins*math.Log(max(math.SmallestNonzeroFloat64, 2*wins/n)) + losses*math.Log(max(math.SmallestNonzeroFloat64, 2*losses/n))
}

func sumBest(s, v float64) float64 {
	if v == 0 {
		return s
	}
	return s + v*math.Log(v/(s+v))
}
