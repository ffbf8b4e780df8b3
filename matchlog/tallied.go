package matchlog

import (
	"cmp"
	"slices"
)

// log sorts agents and cells.
func (t *tally) log() *Log {
	l := &Log{
		Single: t.single, Matches: t.matches, Lo: t.lo, Hi: t.hi, Binary: t.binary,
		means: t.given, ConstantSum: t.under <= t.over, Wins: t.wins, Seated: t.single && t.seated,
	}
	if l.ConstantSum {
		l.Sum = t.least + (t.great-t.least)/2
	}
	for pool, names := range t.names {
		sorted := slices.Sorted(slices.Values(names))
		for i, name := range sorted {
			t.number[pool][name] = uint32(i)
		}
		l.Agents = append(l.Agents, sorted)
	}
	for len(t.means) < len(t.cells) {
		t.means = append(t.means, cellMeans{})
	}
	turned := make([]bool, len(t.cells))
	for i := range t.cells {
		c := &t.cells[i]
		for k, a := range c.agents {
			pool := k % len(t.names)
			c.agents[k] = t.number[pool][t.names[pool][a]]
		}
		c.means = t.means[i]
		if turned[i] = t.single && c.agents[0] > c.agents[1]; turned[i] {
			c.flip()
		}
	}
	for key, p := range t.parts { // sorted below
		c := &t.cells[key.cell]
		if turned[key.cell] {
			p.score = float64(p.n) - p.score
		}
		l.Clusters = append(l.Clusters, Cluster{key.cluster, int(c.agents[0]), int(c.agents[1]), p.n, p.score})
	}
	slices.SortFunc(l.Clusters, func(a, b Cluster) int {
		return cmp.Or(a.Cluster-b.Cluster, a.I-b.I, a.J-b.J)
	})
	for name, s := range t.self { // sorted below
		if i, met := slices.BinarySearch(l.Agents[0], name); met {
			l.Self = append(l.Self, Self{i, s.n, s.x.value()})
		}
	}
	for f, n := range t.failures { // sorted below
		x := Failure{Population: f.pool, Agent: -1, Outcome: f.outcome, N: n}
		if !f.nobody {
			x.Agent = int(t.number[f.pool][f.name])
		}
		l.Failures = append(l.Failures, x)
	}
	slices.SortFunc(l.Failures, func(a, b Failure) int {
		return cmp.Or(a.Population-b.Population, a.Agent-b.Agent, cmp.Compare(a.Outcome, b.Outcome))
	})
	slices.SortFunc(l.Self, func(a, b Self) int { return a.Agent - b.Agent })
	slices.SortFunc(t.cells, func(a, b cell) int { return slices.Compare(a.agents, b.agents) })
	for i := range t.cells {
		if c := &t.cells[i]; t.single {
			l.Pairs = append(l.Pairs, c.pair())
		} else {
			l.Profiles = append(l.Profiles, c.profile())
		}
	}
	return l
}

// flip exchanges the two agents.
func (c *cell) flip() {
	slices.Reverse(c.agents)
	slices.Reverse(c.x)
	slices.Reverse(c.xx)
	c.d = sum{-c.d.high, -c.d.low}
	c.wins, c.losses = c.losses, c.wins
	// What was not of the first in its seat was of the other in its own.
	if c.seated {
		c.first = Results{c.wins - c.first.Losses, c.draws - c.first.Draws, c.losses - c.first.Wins}
	}
	c.means.score = sum{float64(c.means.n) - c.means.score.high, -c.means.score.low}
}

func (c *cell) pair() Pair {
	return Pair{
		I: int(c.agents[0]), J: int(c.agents[1]), N: c.n,
		X: [2]float64{c.x[0].value(), c.x[1].value()}, XX: [2]float64{c.xx[0].value(), c.xx[1].value()},
		D: c.d.value(), DD: c.dd.value(), Wins: c.wins, Losses: c.losses, Draws: c.draws, First: c.first,
		Means: c.means.n, Score: c.means.points(), Vague: c.means.none,
	}
}

func (c *cell) profile() Profile {
	p := Profile{N: c.n}
	for k, a := range c.agents {
		p.Strategies = append(p.Strategies, int(a))
		p.X = append(p.X, c.x[k].value())
		p.XX = append(p.XX, c.xx[k].value())
	}
	return p
}
