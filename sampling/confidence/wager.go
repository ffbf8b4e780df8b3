package confidence

import "math"

// Edges are tested by capital. An edge has two accounts, one per direction;
// the account for "v is better" bets against the null "v is not better" and is
// a supermartingale while that null is true. A direction is declared once its
// account reaches 1/delta. All accounts of all edges share the capital 1
// (tests in sampling say how), so with probability at least 1-delta no account of a
// true null ever gets there, whatever is played and whenever one stops (Ville).
// Both nulls of an exact tie are true and both accounts are paid for, so ties
// are covered like the rest. Each account is a mixture over bets.
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
// where D is 0 or ±1 the account bets on its sign (McNemar's test made
// sequential), else by exp(bΣD - ψ(b)ΣD²), D scaled to [-1,1]. Neither asks how
// the two payoffs of a match depend on each other.

// fractions are what bets stake, from nearly all to a thousandth, halving, so
// that gaps of all sizes meet a bet near the best. They share evenly: a grid
// twice as fine and weights that favour large bets were no cheaper on the
// worked examples.
var fractions = func() (b [11]float64) {
	for k := range b {
		b[k] = .98 * math.Exp2(-float64(k))
	}
	return
}()

// Logarithms of the stakes, and ψ(b).
var logWin, logLoss, psi = func() (win, loss, psi [len(fractions)]float64) {
	for k, b := range fractions {
		win[k], loss[k] = math.Log1p(b), math.Log1p(-b)
		psi[k] = -b - loss[k]
	}
	return
}()

// Most caps a capital, far above any threshold, so that none overflows.
const Most = 1e300

// Account is a capital, per bet.
type Account [len(fractions)]float64

// Pay adds capital, spread over the bets.
func (a *Account) Pay(amount float64) {
	for k := range a {
		a[k] += amount / float64(len(fractions))
	}
}

// Total is the capital of all bets.
func (a *Account) Total() float64 {
	sum := 0.0
	for _, c := range a {
		sum += c
	}
	return sum
}

// Wager is the two accounts of an edge from u to v.
type Wager struct {
	Up, Down Account // for "v is better" and for "u is better"
}

// multiply lets both accounts gain factors given as logarithms.
func (w *Wager) multiply(k int, up, down float64) {
	w.Up[k] = min(Most, w.Up[k]*min(Most, math.Exp(up)))
	w.Down[k] = min(Most, w.Down[k]*min(Most, math.Exp(down)))
}

// Blocks folds in n blocks of 0/1 payoffs with x successes of u and y of v, at
// centre m, 0 < m < 1, which must be known before the blocks.
func (w *Wager) Blocks(n, x, y, m float64) {
	win, lose, stake := 1/m, 1/(1-m), min(m, 1-m)
	if n == 1 {
		// s(z) of the two outcomes; the general form below says the same.
		sx, sy := -lose, -lose
		if x == 1 {
			sx = win
		}
		if y == 1 {
			sy = win
		}
		for k, b := range fractions {
			b *= stake
			w.Up[k] = min(Most, w.Up[k]*(1+float64(b*sy))*(1-float64(b*sx)))
			w.Down[k] = min(Most, w.Down[k]*(1-float64(b*sy))*(1+float64(b*sx)))
		}
		return
	}
	for k, b := range fractions {
		b *= stake
		more1, less1 := math.Log1p(b*win), math.Log1p(-b*win)
		more0, less0 := math.Log1p(b*lose), math.Log1p(-b*lose)
		w.multiply(k, float64(y*more1)+float64((n-y)*less0)+float64(x*less1)+float64((n-x)*more0),
			float64(y*less1)+float64((n-y)*more0)+float64(x*more1)+float64((n-x)*less0))
	}
}

// Signs folds in matches won by u and by v.
func (w *Wager) Signs(u, v float64) {
	if u+v == 1 {
		for k, b := range fractions {
			gain := 1 + float64(b*(v-u))
			w.Up[k] = min(Most, w.Up[k]*gain)
			w.Down[k] = min(Most, w.Down[k]*(2-gain))
		}
		return
	}
	for k := range fractions {
		w.multiply(k, float64(v*logWin[k])+float64(u*logLoss[k]), float64(u*logWin[k])+float64(v*logLoss[k]))
	}
}

// Sums folds in terms in [-1,1] in favour of v, or blocks of them, that sum to
// s and whose squares sum to v.
func (w *Wager) Sums(s, v float64) {
	for k, b := range fractions {
		w.multiply(k, float64(b*s)-float64(psi[k]*v), float64(-b*s)-float64(psi[k]*v))
	}
}

// mixed is the logarithm of the mean of exp(l).
func mixed(l *[len(fractions)]float64) float64 {
	top := l[0]
	for _, x := range l {
		top = max(top, x)
	}
	if math.IsInf(top, 0) {
		return top
	}
	sum := 0.0
	for _, x := range l {
		sum += math.Exp(x - top)
	}
	return top + math.Log(sum/float64(len(fractions)))
}
