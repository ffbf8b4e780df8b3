package tournament

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"arbiter/matchlog"
	"arbiter/profile"
	"arbiter/ranking"
	"arbiter/ranking/standing"
	"arbiter/sampling"
)

// Reading is how the results of a run are to be taken. The zero value takes them
// as they are.
type Reading struct {
	Stopped     string             // why the run ended: resolved, settled, budget, time or imported
	IgnoreSeats bool               // of a log: seats mean nothing, pairs whose seats are unbalanced are not left open
	Clusters    []matchlog.Cluster // of a log that was just read; runs do not keep them
}

// Names are those of the plan's profiles.
func (p Plan) Names() standing.Names { return standing.Names{Space: p.Space(), Labels: p.Labels} }

// Evidence is what a run has come to so far, for a ranking.
func (o Reading) Evidence(plan Plan, s *sampling.State) standing.Evidence {
	g, open := s.Graph()
	payoffs, names, per := s.Payoffs(), plan.Names(), int64(plan.MatchesPerPlay)
	width := plan.Hi[0] - plan.Lo[0]
	tested := testedBy(plan)
	tested.Doubts, open = o.doubts(plan, open)
	played := &standing.Played{
		Open: open, Tested: tested, Advantages: s.Advantages, Width: width,
		Times: func(cell int) float64 { return float64(s.Plays(cell)) },
		Name:  plan.Name, Game: plan.Game,
		Sampled: standing.Sampled{
			Seed: plan.Seed, Scheme: plan.Scheme, Bound: plan.Bound, Level: plan.Level, Delta: plan.Delta,
			Epsilon: plan.Epsilon, Slack: plan.Slack, Batch: plan.Batch,
			Matches: s.Matches(), Failures: plan.Failures(s), Stopped: o.Stopped, Payoffs: means(names, s, per),
		},
		Duels:  duels(names, s, open, per),
		Theory: func(alpha float64, m int) *standing.Theory { return theory(plan, s, alpha, m) },
	}
	e := standing.Evidence{Names: names, Payoffs: payoffs, Graph: g, Played: played}
	e.Pairs = func() standing.Pairs { return runPairs(plan, s) }
	if s.Imported() {
		e.Pairs = func() standing.Pairs { return logPairs(plan.Log, o.Clusters, payoffs, width, !o.IgnoreSeats) }
		e.Notes = importedNotes(plan)
	}
	if plan.Single() {
		played.Plays = make([]float64, plan.Space().N())
		for i, edge := range g.Edges {
			n := float64(s.Plays(i) * per)
			played.Plays[edge.U] += n
			played.Plays[edge.V] += n
		}
		played.Selfless = selfless(plan, payoffs)
	}
	return e
}

// testedBy is how a run tests its edges.
func testedBy(plan Plan) standing.Tested {
	return standing.Tested{
		PerLook: plan.Level != string(sampling.Simultaneous), FixedBudget: plan.Scheme == sampling.FixedBudget,
		Delta: plan.Delta, Epsilon: plan.Epsilon, Slack: plan.Slack, Imported: plan.Scheme == sampling.Imported,
		Shared: !plan.Space().Realisable() || !plan.Single() && (plan.ConstantSum || plan.Symmetric),
	}
}

// selfless puts into payoffs what agents of one population earn against
// themselves and returns those of whom it is not known. Where all matches have
// one sum, both seats together earn it.
func selfless(plan Plan, payoffs ranking.Payoffs) []string {
	if plan.ConstantSum {
		return nil
	}
	known := make([]bool, len(plan.Labels[0]))
	if plan.Log != nil {
		for _, x := range plan.Log.Self {
			known[x.Agent] = true
			payoffs.M[0][x.Agent*len(known)+x.Agent] = x.X / float64(2*x.N)
		}
	}
	var missing []string
	for i, name := range plan.Labels[0] {
		if !known[i] {
			missing = append(missing, name)
		}
	}
	return missing
}

// fewDuels is the number of agents up to which pairs are listed.
const fewDuels = 12

// duels are those of a small single population.
func duels(n standing.Names, s *sampling.State, open []bool, matchesPerPlay int64) (out []standing.Duel) {
	if !n.Space.Single || n.Space.N() > fewDuels {
		return nil
	}
	g, _ := s.Graph()
	for i, e := range g.Edges {
		d := standing.Duel{Profile: append(n.Profile(int(e.U)), n.Profile(int(e.V))...), Matches: s.Plays(i) * matchesPerPlay, Edge: "open"}
		for k := range d.Mean {
			mean, _ := s.Mean(i, k)
			d.Mean[k] = mean
		}
		if !open[i] {
			d.Edge = map[profile.Direction]string{profile.Up: "second", profile.Down: "first", profile.Tie: "tie"}[g.Dir[i]]
		}
		out = append(out, d)
	}
	return out
}

// means averages the cells of every strategy.
func means(n standing.Names, s *sampling.State, matchesPerPlay int64) []standing.Mean {
	var out []standing.Mean
	for k, pool := range n.Labels {
		first := len(out)
		for _, label := range pool {
			out = append(out, standing.Mean{Player: k, Strategy: label})
		}
		cells := make([]float64, len(pool))
		add := func(a, cell, player int) {
			mean, in := s.Mean(cell, player)
			m := &out[first+a]
			m.Mean += mean
			m.Lower += in.Lo
			m.Upper += in.Hi
			m.Matches += s.Plays(cell) * matchesPerPlay
			cells[a]++
		}
		if n.Space.Single {
			for c, e := range n.Space.Edges() {
				add(int(e.U), c, 0)
				add(int(e.V), c, 1)
			}
		} else {
			for c := range n.Space.N() {
				add(n.Space.Strategies(c)[k], c, k)
			}
		}
		for a, count := range cells {
			m := &out[first+a]
			if count == 0 {
				m.Mean, m.Lower, m.Upper = float64(math.NaN()), float64(math.NaN()), float64(math.NaN())
				continue
			}
			m.Mean /= float64(count)
			m.Lower /= float64(count)
			m.Upper /= float64(count)
		}
	}
	return out
}

// theoryCells is the number of cells of several populations up to which the
// lower bound is worked out: a tenth of a second.
const theoryCells = 120

// theory is what is proved about the cost of a run, nil where nothing is.
func theory(plan Plan, s *sampling.State, alpha float64, m int) *standing.Theory {
	cfg := plan.Sampling()
	if s.Imported() || plan.Unbounded || s.Edges() == 0 || !plan.Single() && cfg.Cells() > theoryCells {
		return nil
	}
	t, per := cfg.Theory(s.Payoffs()), float64(plan.MatchesPerPlay)
	r := &standing.Theory{
		Gap: t.Gap, Uniform: t.Uniform * per * float64(cfg.Cells()), Adaptive: t.Adaptive * per,
	}
	if !math.IsNaN(t.Lower) {
		lower := t.Lower * per
		r.Lower = &lower
	}
	if alpha > 0 && !math.IsInf(alpha, 1) {
		log := sampling.UniformFinite(cfg.Space, plan.Hi[0]-plan.Lo[0], alpha, m, .1, plan.Delta)
		log += math.Log10(per * float64(cfg.Cells()))
		r.LogUniformMass = &log
	}
	return r
}

// importedNotes says what the ranking of an imported run rests on.
func importedNotes(plan Plan) []string {
	var out []string
	if !plan.Binary && !plan.Signs {
		out = append(out, fmt.Sprintf("payoffs are taken to lie in [%g, %g], as far as those of the log go", plan.Lo[0], plan.Hi[0]))
	}
	if f := plan.Log; f != nil && len(f.Self) > 0 {
		matches := int64(0)
		for _, x := range f.Self {
			matches += x.N
		}
		out = append(out, fmt.Sprintf("%d matches of agents with themselves are used for what they earn there and for nothing else", matches))
	}
	return out
}

// doubts are the conditions of the tests that a log does not keep, and the edges
// that stay open for it.
func (o Reading) doubts(plan Plan, open []bool) (doubts []string, doubted []bool) {
	f := plan.Log
	if plan.Scheme != sampling.Imported {
		return nil, open
	}
	if f == nil {
		return []string{"the log was imported by an older version, which kept neither seats nor matches: import it again to know what holds"}, open
	}
	doubted = slices.Clone(open)
	all := func() {
		for i := range doubted {
			doubted[i] = true
		}
	}
	if f.Clustered {
		doubts = append(doubts, "matches of a cluster depend on each other: no direction is known to be right, all edges are left open")
		all()
	}
	if f.Means > 0 {
		doubts = append(doubts, fmt.Sprintf("%d matches are given as means of a count: how they varied is not known, so that nothing is known with confidence", f.Means))
		if !plan.Single() {
			all()
		}
	}
	leave := func(d matchlog.Duel) { doubted[plan.Space().Pair(d.I, d.J)] = true }
	for _, d := range f.Duels {
		if d.Means > 0 {
			leave(d)
		}
	}
	if f.Seated && !o.IgnoreSeats {
		if pairs := unbalanced(f); len(pairs) > 0 {
			var names []string
			for _, d := range pairs[:min(len(pairs), 4)] {
				first, total := d.First.N(), d.All.N()
				names = append(names, fmt.Sprintf("%s %d and %s %d times", plan.Labels[0][d.I], first, plan.Labels[0][d.J], total-first))
			}
			if len(pairs) > 4 {
				names = append(names, fmt.Sprintf("… %d in all", len(pairs)))
			}
			doubts = append(doubts, fmt.Sprintf("seats are unbalanced in %d of %d pairs, where an advantage of sitting first would look like strength: they are left open. First sat %s. --seats ignore takes seats to mean nothing", len(pairs), len(f.Duels), strings.Join(names, ", ")))
			for _, d := range pairs {
				leave(d)
			}
		}
	}
	return doubts, doubted
}
