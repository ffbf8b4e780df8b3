package sampling

import (
	"math"

	"arbiter/profile"
	"arbiter/sampling/confidence"
)

// intervals decides edges by the confidence intervals of the means they compare.
type intervals struct {
	*Ledger
	ties bool    // closes edges as ties only
	due  []int64 // per edge: plays of both ends before which it cannot close
}

func newIntervals(l *Ledger, ties bool) *intervals {
	return &intervals{Ledger: l, ties: ties, due: make([]int64, len(l.edges))}
}

func (s *intervals) Observe(int, Sum) {}

// Decide says whether open edge i is known, and how.
func (s *intervals) Decide(i int) (profile.Direction, bool) {
	u, v := s.ends[i][0], s.ends[i][1]
	nu, nv := s.cells[u.cell].n, s.cells[v.cell].n
	if nu == 0 || nv == 0 || nu+nv < s.due[i] {
		return profile.Tie, false
	}
	d := s.difference(i)
	if s.cfg.Epsilon > 0 && d.Lo >= -s.cfg.Epsilon && d.Hi <= s.cfg.Epsilon {
		return profile.Tie, true
	}
	far := math.Inf(1) // how far the interval is from closing the edge
	if !s.ties {
		up, down := d.Lo+2*s.cfg.Slack, d.Hi-2*s.cfg.Slack
		if up > 0 && down < 0 { // both may hold with slack; the means decide
			return direction(s.mean(u) <= s.mean(v)), true
		}
		if up > 0 || down < 0 {
			return direction(up > 0), true
		}
		far = min(-up, down)
	}
	if s.cfg.Epsilon > 0 {
		far = min(far, max(-s.cfg.Epsilon-d.Lo, d.Hi-s.cfg.Epsilon))
	}
	// A play of a cell played n times moves either end of its interval by less
	// than 2/n, so the edge need not be looked at for a while.
	s.due[i] = nu + nv + int64(far*float64(min(nu, nv))/2)
	return profile.Tie, false
}

func direction(up bool) profile.Direction {
	if up {
		return profile.Up
	}
	return profile.Down
}

func (s *intervals) mean(e end) float64 {
	t := s.scale(e.number, s.cells[e.cell].numbers[e.number].exact())
	return t.X / t.N
}

// difference bounds the scaled mean of the second end of edge i minus that of
// the first.
func (l *Ledger) difference(i int) confidence.Interval {
	u, v := l.ends[i][0], l.ends[i][1]
	a := l.means(u)
	if l.cfg.Space.Single && l.cfg.ConstantSum {
		// One number decides: its mean against half the sum.
		lo, w := l.cfg.Lo[0], l.cfg.Hi[0]-l.cfg.Lo[0]
		if w == 0 {
			return confidence.Interval{}
		}
		sum := (l.cfg.Sum - 2*lo) / w
		return confidence.Interval{Lo: sum - 2*a.Hi, Hi: sum - 2*a.Lo}
	}
	b := l.means(v)
	return confidence.Interval{Lo: b.Lo - a.Hi, Hi: b.Hi - a.Lo}
}

// level is the error probability of the interval of one number after n plays.
func (l *Ledger) level(n float64) float64 {
	if l.cfg.Level == PerLook {
		return l.cfg.Delta
	}
	level := l.cfg.Delta / float64(l.cfg.free())
	if l.cfg.tests() && l.cfg.Epsilon > 0 {
		level /= 2 // the tests have the other half
	}
	if l.cfg.bound().looks {
		return look(level, n)
	}
	return level
}

// interval bounds a number, scaled to [0,1], that has been observed.
func (l *Ledger) interval(e end) confidence.Interval {
	x := &l.cells[e.cell].numbers[e.number]
	if x.at == x.n {
		return x.in
	}
	x.at = x.n
	t, level := l.scale(e.number, x.exact()), l.level(float64(x.n))
	x.in = l.cfg.bound().interval(l.cfg.Binary, t, x.values, level)
	return x.in
}

// look is the part of level that look n of a sum over all n may use:
// level·6/(π²n²) (Rowland et al. 2019, appendix; the parts sum to level).
func look(level, n float64) float64 { return level * 6 / (math.Pi * math.Pi * n * n) }
