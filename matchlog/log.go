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
//	cluster                    optional: matches of one name are not independent
//	timestamp, seed            optional, ignored
//	outcome                    optional: ok or nothing, else how an agent failed
//	failed                     optional: the seat of that agent, from 0
//
// or, for two agents, winner and loser with optional draw (1, true, yes; 0,
// false, no or empty) and the optional columns; the payoffs are then 1 and 0, in
// a draw ½ each. Every match is one line: a quoted field does not go on to the
// next. Space around fields is dropped, lines of nothing but space are skipped.
//
// A count above 1 repeats a match only if its payoffs are those of a win, a draw
// or a loss (-1, 0, ½ or 1). Other payoffs are the mean of that many matches: who
// won them, and how they varied, is not known.
package matchlog

import (
	"crypto/sha256"
	"math"
)

// Log is what a log of matches adds up to. The order of rows does not matter
// to it, Digest, Bad and the numbers of clusters apart: agents and cells are sorted, and sums carry
// their rounding errors along, which makes orders agree to the last bit unless
// sums cancel to 16 digits.
type Log struct {
	Single bool       // one pool, seats mean nothing; else one pool per seat
	Agents [][]string // names per population, ascending; one list if Single

	Pairs    []Pair    // if Single: the pairs that met, by I, then J
	Self     []Self    // if Single: who played itself, by Agent
	Seated   bool      // if Single: rows say who sat first
	Profiles []Profile // if not: the profiles played, by id (last player fastest)

	Rows    int64 // read into the log
	Matches int64 // rows, each as often as its count says; at most 2^53

	Lo, Hi float64 // the least and the largest payoff
	// ConstantSum says that the payoffs of every match add up to Sum, but for
	// the last digits of its own payoffs.
	ConstantSum bool
	Sum         float64
	Binary      bool // every payoff is 0 or 1
	Wins        bool // if Single: the payoffs of every match are 1 and 0, or ½ each

	// Clusters are what the matches of each cluster and pair add up to, by
	// Cluster, I, J; nil if the log has no such column.
	Clusters []Cluster
	means    int64     // matches given as means
	Failures []Failure // matches in which an agent failed, by Population, Agent, Outcome

	Digest [sha256.Size]byte // of the bytes that were read

	Skipped int64    // bad rows, with Options.SkipBad
	Bad     []BadRow // the first of them, at most 20
}

// Pair is what the matches between two agents of one pool add up to, in
// either seat. Index 0 of the sums is agent I, 1 is J.
type Pair struct {
	I, J  int        // I < J, places in Agents[0]
	N     int64      // matches, at least 1
	X, XX [2]float64 // payoffs and their squares
	D, DD float64    // payoff of I minus payoff of J, and its square
	// Wins, Losses and Draws are those of I: a higher payoff than J's is a win.
	Wins, Losses, Draws int64
	// First are the same of the matches in which I sat first, if Seated.
	First Results
	// Means is the number of matches given as means, which are none of the
	// above, and Score the points of I in them. Vague: some means are no points.
	Means int64
	Score float64
	Vague bool
}

// Results counts what somebody's matches came to.
type Results struct {
	Wins   int64 `json:"w,omitempty"` // matches
	Draws  int64 `json:"d,omitempty"` // matches
	Losses int64 `json:"l,omitempty"` // matches
}

// N is the number of matches.
func (r Results) N() int64 { return r.Wins + r.Draws + r.Losses }

// Self is what the matches of an agent with itself add up to: N matches, and X
// the payoffs of both seats.
type Self struct {
	Agent int     `json:"agent"` // its place in Agents[0]
	N     int64   `json:"n"`
	X     float64 `json:"x"`
}

// Failure counts matches in which an agent failed in one way.
type Failure struct {
	Population int    `json:"population,omitempty"` // its population, 0 if Single
	Agent      int    `json:"agent"`                // its place in Agents; -1: the log does not say who
	Outcome    string `json:"outcome"`              // as the log calls it
	N          int64  `json:"n"`                    // matches, at least 1
}

// Cluster is what the matches of a pair within a cluster add up to.
type Cluster struct {
	Cluster, I, J int     // its number, from 0 by first appearance; the pair I < J, places in Agents[0]
	N             int64   // matches, at least 1
	Score         float64 // points of I
}

// Profile is what the matches of one profile add up to.
type Profile struct {
	Strategies []int     // per population, places in Agents[k]
	N          int64     // matches, at least 1
	X, XX      []float64 // payoffs and their squares, per player
}

// BadRow is a row that was skipped.
type BadRow struct {
	Line   int    // counted from 1
	Reason string // what was found and what was expected
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
