package choose

import (
	"math"
	"strconv"

	"arbiter/equilibria"
	"arbiter/equilibria/exact"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/markov"
	"arbiter/games/posed"
)

// one is a number if all are equal, else the list.
func one(xs []float64, f func(float64) float64) any {
	out := make([]float64, len(xs))
	same := true
	for i, x := range xs {
		out[i] = f(x)
		same = same && x == xs[0]
	}
	if same {
		return out[0]
	}
	return out
}

// Verdict is the account of an answer, all of whose policies are judged.
func (t *Game) Verdict(found *Answer) (*Verdict, error) {
	r := &Verdict{
		Schema: "arbiter/solution/v1", Game: t.Name, Solver: found.Solver, Chosen: found.Chosen, Concept: found.Concept,
		Selection: found.Selection, Iterations: found.Iterations, Status: string(found.Status), Residual: found.Residual,
		Tolerance: found.Tolerance, Step: found.Step, Objective: found.Objective, Warnings: append([]string{}, found.Warnings...), Path: found.Path,
	}
	if heat := found.Temperature; heat != nil {
		if r.Regulariser = string(found.Regulariser); found.ByLambda {
			r.Lambda = one(heat, func(t float64) float64 { return 1 / t })
		} else {
			r.Temperature = one(heat, func(t float64) float64 { return t })
		}
	}
	r.Named = games.NamesOf(t.Game.Info(), nil)
	switch {
	case found.Stages != nil:
		stages(r, t, found.Stages)
		return r, nil
	case found.Correlated != nil:
		joint(r, found)
		return r, nil
	}
	game, err := t.Compiled()
	if err != nil {
		return nil, err
	}
	as := func(p []games.Behaviour, e games.Evaluation) Equilibrium {
		policy := game.Policy(p)
		policy.Game = t.Name
		return Equilibrium{Policy: policy, Values: numbers(e.Values), Gaps: numbers(e.Gaps), BestResponses: numbers(e.BestResponseValues), NashConv: e.NashConv, Unreached: unreached(game, p)}
	}
	var failed error
	judge := func(p []games.Behaviour) Equilibrium {
		e, _, err := t.Judge(p)
		if err != nil && failed == nil {
			failed = err
		}
		return as(p, e)
	}
	ratios := func(e *Equilibrium, x *Ratios) {
		if board, ok := game.(*flat.Board); ok && x != nil {
			board.SetExact(e.Policy, x.Policy)
			e.Fractions = &Fractions{(*games.RowRatios)(&e.Policy), games.Ratios(x.Values)}
		}
	}
	e := as(found.Policy, found.Evaluation)
	ratios(&e, found.Exact)
	r.Fractions = e.Fractions
	exploitability := e.NashConv / float64(len(e.Gaps))
	r.Policy, r.Values, r.Gaps, r.NashConv, r.Exploitability = &e.Policy, e.Values, e.Gaps, &e.NashConv, &exploitability
	r.BestResponses, r.Unreached = e.BestResponses, e.Unreached
	r.Named = games.NamesOf(t.Game.Info(), r.Policy)
	if x := found.Induction; x != nil && x.Exact {
		r.Induced = &Induced{SubgamePerfect: true, Unique: len(x.Ties) == 0}
		for _, tie := range x.Ties {
			r.Ties = append(r.Ties, Tie{Player: tie.Player, State: tieKey(game, tie), Moves: tie.Moves})
		}
	}
	if found.Temperature == nil && found.Branch == nil && t.Markov == nil {
		for _, gap := range e.Gaps {
			r.Residual = max(r.Residual, gap)
		}
	}
	if t.Markov != nil {
		r.StateValues = StateValues(t.Markov, t.Markov.Evaluate(found.Policy).State)
		if found.Values != nil {
			r.SoftStateValues = StateValues(t.Markov, found.Values)
			for _, v := range found.Values {
				r.SoftValues = append(r.SoftValues, t.Markov.AtStart(v))
			}
		}
		r.Variant = string(found.Variant)
	}
	if found.Branch != nil || found.Points != nil {
		branch(r, t, found, judge)
	}
	if found.Several {
		r.Several = &Several{
			Complete: found.Complete, Degenerate: found.Degenerate, Components: found.Components, ComponentsSampled: found.Sampled, NashSubsets: found.NashSubsets,
		}
		for i, p := range found.Others {
			e := as(p, found.Evaluations[i])
			if found.OthersExact != nil {
				ratios(&e, found.OthersExact[i])
			}
			r.Solutions = append(r.Solutions, e)
		}
		for i, x := range found.Indices {
			r.Solutions[i].Index = &x
		}
		for i, x := range found.Proved {
			r.Solutions[i].Proved = &x
		}
		for _, x := range found.Eliminated {
			r.Eliminated = append(r.Eliminated, Eliminated{Player: x[0], Strategy: found.Normal.StrategyName(x[0], x[1])})
		}
	}
	return r, failed
}

// unreached are, by player, the information states that a policy of all players never
// gets to: what it does there follows from nothing. It is nil if there are none.
func unreached(game posed.Compiled, p []games.Behaviour) [][]string {
	board, ok := game.(*flat.Board)
	if !ok {
		return nil
	}
	some := false
	out := make([][]string, len(p))
	for k, rows := range board.Never(p) {
		out[k] = []string{}
		for _, row := range rows {
			out[k] = append(out[k], board.Rows(k)[row].Key)
			some = true
		}
	}
	if !some {
		return nil
	}
	return out
}

// tieKey is the information state of a tie.
func tieKey(game posed.Compiled, tie exact.Tie) string {
	return game.(*flat.Board).Rows(tie.Player)[tie.Row].Key
}

// branch reports a branch of quantal responses.
func branch(r *Verdict, t *Game, found *Answer, judge func([]games.Behaviour) Equilibrium) {
	if n := len(found.Points); n > 0 && found.Temperature == nil {
		if r.Lambda = found.Points[n-1].Lambda; found.Points[n-1].Policy == nil {
			r.Lambda = found.End()
		}
	}
	r.Residual, r.Traced = found.Residual, &Traced{}
	for _, p := range found.Points {
		q := Passage{Lambda: p.Lambda, Crossing: p.Crossing, Status: string(p.Status), Residual: p.Residual, Values: []float64{}}
		if p.Policy == nil {
			q.Residual = math.NaN()
		} else {
			e := judge(p.Policy)
			q.Policy, q.Values = &e.Policy, e.Values
			for _, v := range p.Values {
				q.SoftValues = append(q.SoftValues, t.Markov.AtStart(v))
			}
		}
		if t.Markov != nil {
			q.Unique, q.Index = &p.Unique, &p.Index
		}
		r.Points = append(r.Points, q)
	}
	var b Branch
	if found.Branch != nil {
		b = branchOf(found.Branch, found.Tolerance, judge)
	} else if m := found.MarkovBranch; m != nil {
		b = Branch{Concept: found.Concept, Turning: numbers(m.Folds), Steps: m.Steps, End: m.Last.Lambda, Stalled: !m.Status.Followed(), Bifurcations: []Bifurcation{}}
		for _, f := range m.Bifurcations {
			b.Bifurcations = append(b.Bifurcations, Bifurcation{Lambda: (f[0] + f[1]) / 2, Directions: 1})
		}
		if m.Limit != nil {
			e := judge(m.Limit)
			b.Limit = &e
		}
	} else {
		return // backward induction
	}
	r.Branch = &b
}

// End is the lambda to which a branch was followed.
func (found *Answer) End() float64 {
	switch {
	case found.Branch != nil:
		return found.Branch.End
	case found.MarkovBranch != nil:
		return found.MarkovBranch.Last.Lambda
	}
	return math.Inf(1)
}

func branchOf(br *quantal.Branch, tolerance float64, judge func([]games.Behaviour) Equilibrium) Branch {
	b := Branch{Concept: br.Concept, Turning: numbers(br.Turning), Steps: br.Steps, End: br.End, Stalled: !br.Status.Followed(), Merged: br.Merged, Bifurcations: []Bifurcation{}}
	for _, f := range br.Bifurcations {
		b.Bifurcations = append(b.Bifurcations, Bifurcation{Lambda: f.Lambda, Directions: f.Kernel})
	}
	if br.Limit != nil {
		e := judge(br.Limit)
		b.Limit = &e
	}
	for _, a := range br.Arms {
		arm := Arm{From: a.From, Branch: branchOf(&a.Branch, tolerance, judge)}
		for _, c := range a.Crossings {
			e, status := judge(c.Policy), equilibria.Converged
			if !(c.Residual <= tolerance) {
				status = equilibria.AtLimit
			}
			arm.Points = append(arm.Points, Passage{Lambda: c.Lambda, Crossing: c.Number, Policy: &e.Policy, Values: e.Values, Residual: c.Residual, Status: string(status)})
		}
		b.Arms = append(b.Arms, arm)
	}
	return b
}

// joint reports a correlated equilibrium.
func joint(r *Verdict, found *Answer) {
	n, c := found.Normal, found.Correlated
	r.Values, r.Gaps = numbers(c.Values), numbers(c.Gains)
	entropy := c.Entropy
	r.Correlation = &Correlation{Entropy: &entropy}
	for k, gain := range c.Gains {
		r.Residual = max(r.Residual, gain)
		r.BestResponses = append(r.BestResponses, r.Values[k]+gain)
	}
	r.Residual = max(r.Residual, c.Gap)
	for cell, p := range c.Joint {
		if p == 0 {
			continue
		}
		profile := make([]string, len(n.Shape))
		for k, rest := len(n.Shape)-1, cell; k >= 0; k-- {
			profile[k] = n.StrategyName(k, rest%n.Shape[k])
			rest /= n.Shape[k]
		}
		r.Joint = append(r.Joint, JointAction{Profile: profile, Probability: p})
	}
}

// stages reports the correlated equilibria of a Markov game's stages.
func stages(r *Verdict, t *Game, c *stochastic.StageCorrelated) {
	g := t.Markov
	for k := range g.Players {
		r.Values = append(r.Values, g.AtStart(c.Value[k]))
		r.Gaps = append(r.Gaps, c.Gains[k])
		r.BestResponses = append(r.BestResponses, r.Values[k]+r.Gaps[k])
		r.Residual = max(r.Residual, r.Gaps[k])
	}
	r.Iterations = g.Horizon
	r.Selection = "best stage by stage, last step first"
	r.StateValues = StateValues(t.Markov, c.Value)
	r.Correlation = &Correlation{}
	for h, states := range c.Joint {
		for s, list := range states {
			for cell, p := range list {
				if p == 0 {
					continue
				}
				profile := make([]string, g.Players)
				for k, rest := g.Players-1, cell; k >= 0; k-- {
					m := g.Actions[k][s]
					profile[k] = strconv.Itoa(rest % m)
					if names := g.Names(k, s); names != nil {
						profile[k] = names[rest%m]
					}
					rest /= m
				}
				r.Joint = append(r.Joint, JointAction{State: g.Key(h, s), Profile: profile, Probability: p})
			}
		}
	}
}

// StateValues are values as files order them: [player][state], with a horizon
// [step][player][state].
func StateValues(g *markov.Game, v [][][]float64) any {
	if g.Horizon == 0 {
		var out [][]float64
		for _, player := range v {
			out = append(out, numbers(player[0]))
		}
		return out
	}
	var out [][][]float64
	for h := range g.Horizon {
		var step [][]float64
		for _, player := range v {
			step = append(step, numbers(player[h]))
		}
		out = append(out, step)
	}
	return out
}

// numbers is a copy, [] of nil.
func numbers(xs []float64) []float64 { return append([]float64{}, xs...) }
