package sampling

import (
	"math"

	"arbiter/ranking"
	"arbiter/sampling/confidence"
)

// Open is the number of edges not resolved.
func (l *Ledger) Open() int { return l.left }

// Edges is the number of all edges.
func (l *Ledger) Edges() int { return len(l.edges) }

// Plays is how often a cell was played.
func (l *Ledger) Plays(cell int) int64 {
	c, _ := l.cfg.canonical(cell)
	return l.cells[c].n
}

// Matches is how many matches all plays of all cells took.
func (l *Ledger) Matches() int64 { return l.plays * int64(l.cfg.MatchesPerPlay) }

// Mean returns the mean payoff of a player of a cell and an interval for it,
// in units of payoff. At level Simultaneous all intervals of all cells hold at
// once, at all times, with probability 1-Delta. A cell never played has the
// middle of the range, or 0 where payoffs have no limits; there the interval is
// infinite.
func (l *Ledger) Mean(cell, player int) (float64, confidence.Interval) {
	cell, exchanged := l.cfg.canonical(cell)
	if exchanged {
		player = 1 - player
	}
	lo, hi := l.cfg.Lo[player], l.cfg.Hi[player]
	x := &l.cells[cell].numbers[player]
	switch {
	case math.IsInf(hi-lo, 0):
		mean := 0.0
		if x.n > 0 {
			mean = x.exact().mean()
		}
		return mean, confidence.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
	case x.n == 0:
		return (lo + hi) / 2, confidence.Interval{Lo: lo, Hi: hi}
	}
	in := l.means(end{cell, player})
	return x.exact().mean(), confidence.Interval{Lo: max(lo, lo+float64(in.Lo*(hi-lo))), Hi: min(hi, lo+float64(in.Hi*(hi-lo)))}
}

// StdErr is the standard error of Mean, NaN below two plays.
func (l *Ledger) StdErr(cell, player int) float64 {
	cell, exchanged := l.cfg.canonical(cell)
	if exchanged {
		player = 1 - player
	}
	return l.stderr(&l.cells[cell].numbers[player], player)
}

// stderr is the standard error of the mean of a player's payoffs.
func (l *Ledger) stderr(x *number, player int) float64 {
	if x.n < 2 {
		return math.NaN()
	}
	width := l.cfg.Hi[player] - l.cfg.Lo[player]
	if !(width > 0 && width < math.Inf(1)) {
		width = 1
	}
	return x.exact().deviation(width) / math.Sqrt(float64(x.n-1))
}

// Payoffs is the table of mean payoffs. The diagonal of a single population,
// which no ranking reads, is half the constant sum or 0.
func (l *Ledger) Payoffs() ranking.Payoffs {
	p := ranking.Payoffs{Space: l.cfg.Space}
	if !l.cfg.Space.Single {
		for k := range l.cfg.Lo {
			m := make([]float64, len(l.cells))
			for c := range m {
				m[c], _ = l.Mean(c, k)
			}
			p.M = append(p.M, m)
		}
		return p
	}
	n := l.cfg.Space.N()
	m := make([]float64, n*n)
	for i := range n {
		m[i*n+i] = l.cfg.Sum / 2
	}
	for c, e := range l.edges {
		m[int(e.U)*n+int(e.V)], _ = l.Mean(c, 0)
		m[int(e.V)*n+int(e.U)], _ = l.Mean(c, 1)
	}
	p.M = [][]float64{m}
	return p
}

// Advantages bounds, per edge, what its mover gains by going from U to V, in
// units of payoff; all bounds hold at once like those of Mean. They are infinite
// where payoffs have no limits.
func (l *Ledger) Advantages() (lo, hi []float64) {
	lo, hi = make([]float64, len(l.edges)), make([]float64, len(l.edges))
	for i := range l.edges {
		u, v := l.ends[i][0], l.ends[i][1]
		w := l.cfg.Hi[u.number] - l.cfg.Lo[u.number]
		in := confidence.Interval{Lo: -1, Hi: 1}
		if l.cells[u.cell].n > 0 && l.cells[v.cell].n > 0 && !math.IsInf(w, 0) {
			in = l.difference(i)
		}
		lo[i], hi[i] = max(-w, w*in.Lo), min(w, w*in.Hi)
	}
	return lo, hi
}

// Graph is the response graph as known: resolved edges as they were frozen,
// open ones as the means have them now. The second result tells which are open.
func (l *Ledger) Graph() (ranking.Graph, []bool) {
	g := ranking.Response(l.Payoffs(), 0)
	for i := range g.Dir {
		if !l.open[i] {
			g.Dir[i] = l.dir[i]
		}
	}
	return g, l.open
}
