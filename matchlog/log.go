// Package matchlog reads logs of matches that were played elsewhere and adds
// them up, per pair of agents or per profile. It keeps sums, never rows, so the
// length of a log is bounded by patience only. It does not rank.
//
// A log is CSV with a header, or JSON lines: one flat object per line with the
// same names. Columns, in any order:
//
//	agent_0, …, agent_{K-1}    who sat, by seat
//	payoff_0, …, payoff_{K-1}  what they got
//	count                      optional: that many such matches; absent is 1
//	timestamp                  optional, ignored
//
// or, for two agents, winner and loser with optional draw (1, true, yes; 0,
// false, no or empty), count and timestamp; the payoffs are then 1 and 0, in a
// draw ½ each. Every match is one line: a quoted field does not go on to the
// next. Space around fields is dropped, lines of nothing but space are skipped.
package matchlog

import (
	"crypto/sha256"
	"math"

	"arbiter/ranking"
)

// Log is what a log of matches adds up to. The order of rows does not matter
// to it, Digest and Bad apart: agents and cells are sorted, and sums carry
// their rounding errors along, which makes orders agree to the last bit unless
// sums cancel to 16 digits.
type Log struct {
	Single bool
	Agents [][]string // names per population, ascending; one list if Single

	Pairs    []Pair    // if Single: the pairs that met, by I, then J
	Profiles []Profile // if not: the profiles played, by id (last player fastest)

	Rows    int64 // read into the log
	Matches int64 // rows, each as often as its count says; at most 2^53

	Lo, Hi float64 // the least and the largest payoff
	// ConstantSum says that the payoffs of every match add up to Sum, but for
	// a difference of 1e-9 times the largest payoff.
	ConstantSum bool
	Sum         float64
	Binary      bool // every payoff is 0 or 1

	Digest [sha256.Size]byte // of the bytes that were read

	Skipped int64    // bad rows, with Options.SkipBad
	Bad     []BadRow // the first of them, at most 20
}

// Pair is what the matches between two agents of one pool add up to, in
// either seat. Index 0 of the sums is agent I, 1 is J.
type Pair struct {
	I, J  int // I < J, places in Agents[0]
	N     int64
	X, XX [2]float64 // payoffs and their squares
	D, DD float64    // payoff of I minus payoff of J, and its square
	// Wins, Losses and Draws are those of I: a higher payoff than J's is a win.
	Wins, Losses, Draws int64
}

// Profile is what the matches of one profile add up to.
type Profile struct {
	Strategies []int // per population, places in Agents[k]
	N          int64
	X, XX      []float64 // payoffs and their squares, per player
}

// BadRow is a row that was skipped.
type BadRow struct {
	Line   int // counted from 1
	Reason string
}

// Groups are the connected components of the graph of who met whom in a single
// pool, each ascending, by first member: payoffs say nothing across them.
func (l *Log) Groups() [][]int {
	n := len(l.Agents[0])
	parent := make([]int, n) // the root of a group is its least member
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for _, p := range l.Pairs {
		a, b := root(p.I), root(p.J)
		parent[max(a, b)] = min(a, b)
	}
	var groups [][]int
	place := make([]int, n)
	for i := range n {
		r := root(i)
		if r == i {
			place[i] = len(groups)
			groups = append(groups, nil)
		}
		groups[place[r]] = append(groups[place[r]], i)
	}
	return groups
}

// Missing is the number of pairs, or of profiles, that were never played. It
// is exact below 2^53.
func (l *Log) Missing() float64 {
	if l.Single {
		n := float64(len(l.Agents[0]))
		return n*(n-1)/2 - float64(len(l.Pairs))
	}
	all := 1.0
	for _, names := range l.Agents {
		all *= float64(len(names))
	}
	return min(all, math.MaxFloat64) - float64(len(l.Profiles))
}

// Record is the record of wins and draws of a Single log, dense: n² numbers.
func (l *Log) Record() ranking.Record {
	n := len(l.Agents[0])
	r := ranking.NewRecord(n)
	for _, p := range l.Pairs {
		r.Games[p.I*n+p.J], r.Games[p.J*n+p.I] = float64(p.N), float64(p.N)
		r.Score[p.I*n+p.J] = float64(p.Wins) + float64(p.Draws)/2
		r.Score[p.J*n+p.I] = float64(p.Losses) + float64(p.Draws)/2
	}
	return r
}
