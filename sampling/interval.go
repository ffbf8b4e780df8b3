package sampling

import "math"

// Interval bounds one mean.
type Interval struct{ Lo, Hi float64 }

// HoeffdingInterval is x/n ± sqrt(ln(2/level)/2n) for n values in [0,1] that
// sum to x, at one look. It is not cut to [0,1].
func HoeffdingInterval(n, x, level float64) Interval {
	mean, r := x/n, math.Sqrt(math.Log(2/level)/(2*n))
	return Interval{mean - r, mean + r}
}

// look is the part of level that look n of a sum over all n may use:
// level·6/(π²n²) (Rowland et al. 2019, appendix; the parts sum to level).
func look(level, n float64) float64 { return level * 6 / (math.Pi * math.Pi * n * n) }

// MixtureInterval is the time-uniform interval {p : M/p^x(1-p)^(n-x) <
// 1/level} for x successes in n trials, where M is the likelihood under the
// Beta(½,½) mixture (Robbins 1970). It holds at all n at once with
// probability 1-level, by Ville's inequality.
func MixtureInterval(n, x, level float64) Interval {
	// The set is where the log likelihood stays above this line.
	line := logMixture(n, x) - math.Log(1/level)
	mean := x / n
	in := Interval{0, 1}
	if x > 0 {
		in.Lo = crossing(n, x, line, 0, mean)
	}
	if x < n {
		in.Hi = crossing(n, x, line, 1, mean)
	}
	return in
}

// crossing bisects between out, where the log likelihood is below line, and
// the mean, where it is above.
func crossing(n, x, line, out, mean float64) float64 {
	in := mean
	for range 200 {
		mid := (out + in) / 2
		if mid == out || mid == in {
			break
		}
		if logLikelihood(n, x, mid) < line {
			out = mid
		} else {
			in = mid
		}
	}
	return out
}

func logLikelihood(n, x, p float64) float64 {
	l := 0.0
	if x > 0 {
		l += x * math.Log(p)
	}
	if x < n {
		l += (n - x) * math.Log1p(-p)
	}
	return l
}

// logMixture is ln B(½+x, ½+n-x)/B(½,½).
func logMixture(n, x float64) float64 {
	a, _ := math.Lgamma(.5 + x)
	b, _ := math.Lgamma(.5 + n - x)
	c, _ := math.Lgamma(1 + n)
	return a + b - c - math.Log(math.Pi)
}

// plugIn is the empirical-Bernstein confidence sequence with predictable
// plug-in of Waudby-Smith and Ramdas (2024, theorem 2) for values in [0,1].
// The bet λ and the centre μ̂ are fixed over a batch, which keeps them
// predictable and makes the batch's sums enough.
type plugIn struct {
	n, sum, squares float64 // seen so far; squares are Σ(X-μ̂)²
	bets, gains     float64 // Σλ, ΣλX
	cost            float64 // Σ(X-μ̂)²·ψ(λ)
	pending         Sum1
}

// Sum1 adds up values of one number: how many, Σx, Σx².
type Sum1 struct{ N, X, XX float64 }

func (s *Sum1) add(t Sum1) { s.N += t.N; s.X += t.X; s.XX += t.XX }

// observe folds in values, in batches: the one begun after n values ends at
// whole(n), however its values arrive.
func (p *plugIn) observe(s Sum1, level float64, whole func(n float64) float64) {
	p.pending.add(s)
	if p.n+p.pending.N < whole(p.n) {
		return
	}
	s, p.pending = p.pending, Sum1{}
	t := p.n + 1
	centre := (.5 + p.sum) / t
	variance := (.25 + p.squares) / t
	bet := min(.5, math.Sqrt(2*math.Log(2/level)/(variance*t*math.Log1p(t))))
	squares := max(0, s.XX-2*centre*s.X+s.N*centre*centre)
	p.bets += bet * s.N
	p.gains += bet * s.X
	p.cost += squares * (-math.Log1p(-bet) - bet)
	p.n += s.N
	p.sum += s.X
	p.squares += squares
}

func (p *plugIn) interval(level float64) Interval {
	if p.bets == 0 {
		return Interval{0, 1}
	}
	mean, r := p.gains/p.bets, (math.Log(2/level)+p.cost)/p.bets
	return Interval{mean - r, mean + r}
}
