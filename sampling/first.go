package sampling

import (
	"math"

	"arbiter/profile"
	"arbiter/sampling/confidence"
)

// firstRule decides as the first stored runs were decided, so that they show
// for ever what they showed then; no new run uses it. Edges do not share their
// capital: each direction of each edge is declared at evidence 2·edges/delta,
// mixed over a finer grid of bets than today's. Means have the confidence
// sequence of plugIn.
type firstRule struct {
	*Ledger
	threshold float64            // log evidence
	diffs     []confidence.Tally // per cell of a single population, of the two payoffs
	blocks    []firstBlock
	duels     []duelCapital
	history   []history
	bounds    [][]plugIn // Bernstein: per cell and player
}

// firstBlock is how far an edge has compared its two cells.
type firstBlock struct {
	at   int
	n, x float64 // plays compared, per cell; sum of both cells' scaled payoffs
	s, v float64 // Bernstein: Σ(y-x), Σ(y-m)²+(x-m)²
}

var firstBets, firstWeights = func() (b, w [21]float64) {
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

func newFirstRule(s *Ledger) *firstRule {
	s.cfg.Epsilon = 0 // it knew none
	f := &firstRule{Ledger: s, diffs: make([]confidence.Tally, len(s.cells))}
	s.means = f.interval
	family := 2.0
	if s.cfg.Level == Simultaneous {
		family *= float64(len(s.edges))
	}
	f.threshold = math.Log(family / s.cfg.Delta)
	if s.cfg.Bound == Bernstein && s.cfg.bounded() {
		f.bounds = make([][]plugIn, len(s.cells))
		for c := range f.bounds {
			f.bounds[c] = make([]plugIn, s.cfg.numbers())
		}
	}
	if !s.cfg.Space.Single && !s.cfg.scheme().openEnded && s.cfg.bound().bets != nil {
		f.blocks, f.history = make([]firstBlock, len(s.edges)), make([]history, len(s.cells))
	}
	if f.blocks != nil && s.cfg.Bound == Pair {
		f.duels = make([]duelCapital, len(s.edges))
		for i := range f.duels {
			copy(f.duels[i][:], firstWeights[:])
			copy(f.duels[i][len(firstBets):], firstWeights[:])
		}
	}
	return f
}

func (f *firstRule) Observe(c int, sum Sum) {
	d, all := &f.diffs[c], sum.difference()
	d.N, d.X, d.XX = d.N+all.n, d.X+all.x.Float64(), d.XX+all.xx.Float64()
	for k := range sum.X {
		x := f.scale(k, sum.number(k))
		if f.bounds != nil {
			f.bounds[c][k].observe(x, f.level(0), f.grid)
		}
		if f.blocks != nil && f.cells[c].open > 0 {
			f.history[c].tallies = append(f.history[c].tallies, x)
		}
	}
}

// interval bounds a mean, scaled to [0,1].
func (f *firstRule) interval(e end) confidence.Interval {
	if f.bounds != nil {
		return f.bounds[e.cell][e.number].interval(f.level(0))
	}
	x := &f.cells[e.cell].numbers[e.number]
	return f.bound(float64(x.n), f.scale(e.number, x.exact()).X)
}

// bound is the interval of the mean of n values in [0,1] that sum to x.
func (f *firstRule) bound(n, x float64) confidence.Interval {
	switch {
	case n == 0:
		return confidence.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
	case f.cfg.Bound == Hoeffding:
		return confidence.Hoeffding(n, x, f.level(n))
	}
	return confidence.Mixture(n, x, f.level(n))
}

func (f *firstRule) Decide(i int) (profile.Direction, bool) {
	d := f.decide(i)
	return d, d != profile.Tie
}

func (f *firstRule) decide(i int) profile.Direction {
	if f.cfg.Space.Single {
		return f.decideDifference(i)
	}
	switch f.cfg.Bound {
	case Pair:
		f.compare(i)
		up, down := f.duels[i].evidence()
		if bar := math.Exp(f.threshold); up >= bar {
			return profile.Up
		} else if down >= bar {
			return profile.Down
		}
	case Bernstein:
		f.compare(i)
		return f.sign(f.blocks[i].s, f.blocks[i].v)
	default:
		u, v := f.interval(f.ends[i][0]), f.interval(f.ends[i][1])
		if 2*f.cfg.Slack > min(u.Hi-v.Lo, v.Hi-u.Lo) {
			return direction(u.Lo+u.Hi < v.Lo+v.Hi)
		}
	}
	return profile.Tie
}

// decideDifference decides an edge of a single population from the differences
// of the two payoffs, first agent minus second.
func (f *firstRule) decideDifference(i int) profile.Direction {
	d := f.diffs[i]
	lo, hi := f.cfg.Lo[0]-f.cfg.Hi[1], f.cfg.Hi[0]-f.cfg.Lo[1]
	if f.cfg.ConstantSum {
		lo, hi = 2*f.cfg.Lo[0]-f.cfg.Sum, 2*f.cfg.Hi[0]-f.cfg.Sum
	}
	wins, losses := (d.XX+d.X)/2, (d.XX-d.X)/2 // of 0/1 payoffs
	var in confidence.Interval
	null := .5
	switch f.cfg.Bound {
	case Pair:
		if lead := max(wins, losses); lead > d.XX/2 &&
			signBest(wins, losses) >= f.threshold && signEvidence(lead, d.XX-lead) >= f.threshold {
			return direction(wins < losses)
		}
		return profile.Tie
	case Bernstein:
		if r := max(-lo, hi); r > 0 {
			return f.sign(-d.X/r, d.XX/(r*r))
		}
		return profile.Tie
	case Mixture:
		in = f.bound(d.XX, wins)
	case Hoeffding:
		if hi == lo {
			return profile.Tie
		}
		null = -lo / (hi - lo)
		in = f.bound(d.N, (d.X-float64(d.N*lo))/(hi-lo))
	}
	if up, down := in.Hi-f.cfg.Slack < null, in.Lo+f.cfg.Slack > null; up || down {
		return direction(in.Lo+in.Hi < 2*null)
	}
	return profile.Tie
}

// sign decides by the e-process of terms with sum x and squares v.
func (f *firstRule) sign(x, v float64) profile.Direction {
	if gain := math.Abs(x); sumBest(gain, v) < f.threshold || sumEvidence(gain, v) < f.threshold {
		return profile.Tie
	}
	return direction(x > 0)
}

// compare folds the decisions both cells of edge i have behind them into its
// blocks.
func (f *firstRule) compare(i int) {
	b, players := &f.blocks[i], f.cfg.numbers()
	u, v := f.ends[i][0], f.ends[i][1]
	hu, hv := &f.history[u.cell], &f.history[v.cell]
	for end := min(hu.decisions(players), hv.decisions(players)); b.at < end; b.at++ {
		x := hu.tallies[(b.at-hu.base)*players+u.number]
		y := hv.tallies[(b.at-hv.base)*players+v.number]
		n, m := x.N, (b.x+1)/(2*b.n+2)
		if f.duels != nil {
			f.duels[i].fold(n, x.X, y.X, m)
		} else {
			b.s += y.X - x.X
			b.v += x.About(m) + y.About(m)
		}
		b.n += n
		b.x += x.X + y.X
	}
}

func (h *history) decisions(players int) int { return h.base + len(h.tallies)/players }

func (f *firstRule) closed(int, profile.Direction) {}

// tidy drops the history of a cell that all its open edges have compared.
func (f *firstRule) tidy(c int) {
	if f.blocks == nil {
		return
	}
	h, players := &f.history[c], f.cfg.numbers()
	if f.cells[c].open == 0 {
		h.tallies = nil
		return
	}
	if len(h.tallies) < h.keep {
		return
	}
	at := h.decisions(players)
	for _, i := range f.touch[c] {
		if f.open[i] {
			at = min(at, f.blocks[i].at)
		}
	}
	h.tallies = append(h.tallies[:0], h.tallies[(at-h.base)*players:]...)
	h.base = at
	h.keep = max(256, 2*len(h.tallies))
}

// duelCapital is the capital of each bet on 0/1 payoffs of two cells, first for
// "v is better", then for "u is better".
type duelCapital [2 * len(firstBets)]float64

// fold multiplies in n blocks with x successes of u and y of v, at centre m.
func (d *duelCapital) fold(n, x, y, m float64) {
	win, lose, stake := 1/m, 1/(1-m), min(m, 1-m)
	up, down := d[:len(firstBets)], d[len(firstBets):]
	if n == 1 {
		sx, sy := -lose, -lose
		if x == 1 {
			sx = win
		}
		if y == 1 {
			sy = win
		}
		for k, b := range firstBets {
			b *= stake
			up[k] = min(confidence.Most, up[k]*(1+float64(b*sy))*(1-float64(b*sx)))
			down[k] = min(confidence.Most, down[k]*(1-float64(b*sy))*(1+float64(b*sx)))
		}
		return
	}
	for k, b := range firstBets {
		b *= stake
		more1, less1 := math.Log1p(b*win), math.Log1p(-b*win)
		more0, less0 := math.Log1p(b*lose), math.Log1p(-b*lose)
		up[k] = min(confidence.Most, up[k]*min(confidence.Most, math.Exp(float64(y*more1)+float64((n-y)*less0)+float64(x*less1)+float64((n-x)*more0))))
		down[k] = min(confidence.Most, down[k]*min(confidence.Most, math.Exp(float64(y*less1)+float64((n-y)*more0)+float64(x*more1)+float64((n-x)*less0))))
	}
}

func (d *duelCapital) evidence() (up, down float64) {
	for _, c := range d[:len(firstBets)] {
		up += c
	}
	for _, c := range d[len(firstBets):] {
		down += c
	}
	return up, down
}

// signEvidence is the log e-value for "more wins than losses", sumEvidence for
// "the mean is positive" of terms with sum s and sum of squares v.
func signEvidence(wins, losses float64) float64 {
	var l [len(firstBets)]float64
	for k, b := range firstBets {
		l[k] = float64(wins*math.Log1p(b)) + float64(losses*math.Log1p(-b))
	}
	return mixedFirst(&l)
}

func sumEvidence(s, v float64) float64 {
	var l [len(firstBets)]float64
	for k, b := range firstBets {
		l[k] = float64(b*s) + float64(v*(b+math.Log1p(-b)))
	}
	return mixedFirst(&l)
}

func mixedFirst(l *[len(firstBets)]float64) float64 {
	top := l[0]
	for _, x := range l {
		top = max(top, x)
	}
	sum := 0.0
	for k, x := range l {
		sum += float64(firstWeights[k] * math.Exp(x-top))
	}
	return top + math.Log(sum)
}

// signBest and sumBest are what the best bet in hindsight would have reached.
func signBest(wins, losses float64) float64 {
	n := wins + losses
	return float64(wins*math.Log(max(math.SmallestNonzeroFloat64, 2*wins/n))) + float64(losses*math.Log(max(math.SmallestNonzeroFloat64, 2*losses/n)))
}

func sumBest(s, v float64) float64 {
	if v == 0 {
		return s
	}
	return s + float64(v*math.Log(v/(s+v)))
}

// plugIn is the empirical-Bernstein confidence sequence with predictable
// plug-in of Waudby-Smith and Ramdas (2024, theorem 2) for values in [0,1].
type plugIn struct {
	n, sum, squares float64 // seen so far; squares are Σ(X-μ̂)²
	bets, gains     float64 // Σλ, ΣλX
	cost            float64 // Σ(X-μ̂)²·ψ(λ)
	pending         confidence.Tally
}

// observe folds in values, in batches: the one begun after n values ends at
// whole(n), however its values arrive.
func (p *plugIn) observe(s confidence.Tally, level float64, whole func(n float64) float64) {
	p.pending.N += s.N
	p.pending.X += s.X
	p.pending.XX += s.XX
	if p.n+p.pending.N < whole(p.n) {
		return
	}
	s, p.pending = p.pending, confidence.Tally{}
	t := p.n + 1
	centre := (.5 + p.sum) / t
	variance := (.25 + p.squares) / t
	bet := min(.5, math.Sqrt(2*math.Log(2/level)/(variance*t*math.Log1p(t))))
	squares := s.About(centre)
	p.bets += float64(bet * s.N)
	p.gains += float64(bet * s.X)
	p.cost += float64(squares * (-math.Log1p(-bet) - bet))
	p.n += s.N
	p.sum += s.X
	p.squares += squares
}

func (p *plugIn) interval(level float64) confidence.Interval {
	if p.bets == 0 {
		return confidence.Interval{Lo: 0, Hi: 1}
	}
	mean, r := p.gains/p.bets, (math.Log(2/level)+p.cost)/p.bets
	return confidence.Interval{Lo: mean - r, Hi: mean + r}
}
