package sampling

import (
	"cmp"
	"slices"

	"arbiter/total"
)

// Failures are the plays of a Sum in which agents failed. They are counted in
// the Sum like any others, by what they paid; here is what they were.
type Failures struct {
	Plays int64       // of N, at least 1: a match of them failed
	X, XX []total.Sum // per player, what these plays paid, and its squares
	By    []Failed    // by player, then kind; none twice
}

// Failed are the matches in which a player failed in one way.
type Failed struct {
	Player  int   // as X of the Sum has them
	Kind    uint8 // not looked into
	Matches int64 // at least 1
}

func (a Failed) compare(b Failed) int {
	return cmp.Or(cmp.Compare(a.Player, b.Player), cmp.Compare(a.Kind, b.Kind))
}

// Fail says of a play, which is counted besides, that matches of it failed and
// that it paid x for that.
func (s *Sum) Fail(x []float64, by ...Failed) {
	if s.Failures == nil {
		s.Failures = newFailures(len(x))
	}
	f := s.Failures
	f.Plays++
	for k, v := range x {
		f.X[k].Add(v)
		f.XX[k].AddSquares(v, 1)
	}
	for _, b := range by {
		f.note(b)
	}
}

func newFailures(players int) *Failures {
	return &Failures{X: make([]total.Sum, players), XX: make([]total.Sum, players)}
}

// note adds matches to those of the same player and kind.
func (f *Failures) note(b Failed) {
	at, found := slices.BinarySearchFunc(f.By, b, Failed.compare)
	if !found {
		f.By = slices.Insert(f.By, at, Failed{Player: b.Player, Kind: b.Kind})
	}
	f.By[at].Matches += b.Matches
}

// plus is the sum of failures, either of which may be nil; it is written to f if
// that is not.
func (f *Failures) plus(g *Failures) *Failures {
	if g == nil {
		return f
	}
	if f == nil {
		f = newFailures(len(g.X))
	}
	f.Plays += g.Plays
	for k := range f.X {
		f.X[k].AddSum(&g.X[k])
		f.XX[k].AddSum(&g.XX[k])
	}
	for _, b := range g.By {
		f.note(b)
	}
	return f
}

// same reports whether both are the same, to the last bit.
func (f *Failures) same(g *Failures) bool {
	if f == nil || g == nil {
		return f == g
	}
	return f.Plays == g.Plays && slices.Equal(f.By, g.By) &&
		slices.EqualFunc(f.X, g.X, func(a, b total.Sum) bool { return a.Equal(&b) }) &&
		slices.EqualFunc(f.XX, g.XX, func(a, b total.Sum) bool { return a.Equal(&b) })
}

// Sound reports whether the failures of a sum can be some of its plays.
func (s *Sum) Sound(c Config) bool {
	f := s.Failures
	if f == nil {
		return true
	}
	if f.Plays < 1 || f.Plays > s.N || len(f.X) != len(s.X) || len(f.XX) != len(s.X) || !slices.IsSortedFunc(f.By, Failed.compare) {
		return false
	}
	left := f.Plays * int64(c.MatchesPerPlay)
	for i, b := range f.By {
		if b.Player < 0 || b.Player >= len(s.X) || b.Matches < 1 || b.Matches > left || i > 0 && f.By[i-1].compare(b) == 0 {
			return false
		}
		left -= b.Matches
	}
	return left <= f.Plays*int64(c.MatchesPerPlay-1) // every such play has a failed match
}

// Failures are those of a cell so far, read only: nil for none, and of a cell
// that another is played for.
func (l *Ledger) Failures(cell int) *Failures { return l.cells[cell].failures }

// Finished is how many plays of a cell are without a failure, and their mean
// payoff to a player with its standard error: Mean and StdErr of the others left
// out.
func (l *Ledger) Finished(cell, player int) (plays int64, mean, stderr float64) {
	f := l.cells[cell].failures
	if f == nil {
		mean, _ = l.Mean(cell, player)
		return l.Plays(cell), mean, l.StdErr(cell, player)
	}
	rest := number{n: l.cells[cell].n - f.Plays}
	all := l.cells[cell].numbers[player]
	rest.x, rest.xx = all.x, all.xx
	rest.x.AddScaled(&f.X[player], -1)
	rest.xx.AddScaled(&f.XX[player], -1)
	lo, hi := l.cfg.Lo[player], l.cfg.Hi[player]
	if rest.n == 0 {
		return 0, lo/2 + hi/2, l.stderr(&rest, player)
	}
	return rest.n, rest.exact().mean(), l.stderr(&rest, player)
}
