package curriculum

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
)

// Branch is a game followed along temperatures by its principal branch of logit
// equilibria, of which there may be several at a temperature.
type Branch struct {
	Game        *markov.Game           // what was followed
	Variant     stochastic.Variant     // what players look ahead to
	Regulariser stochastic.Regulariser // of values; "" of Plain
	// Passages are the branch at the temperatures of the schedule, in its order; those it
	// meets several times stand in the order of meeting.
	Passages []Passage
	// Missed are temperatures of player 0 that the branch was not followed to.
	Missed []float64
	// Followed is the branch itself: its status, folds, limit and last point.
	Followed stochastic.Branch
	// Others are what random starts lead to at the last temperatures, and the branch
	// there, nil where no starts were asked for. Their indices sum to 1 if none is missing.
	Others *stochastic.Solutions
}

// Passage is a logit equilibrium on a branch.
type Passage struct {
	TauP, TauA       float64 // temperatures of players 0 and 1
	stochastic.Point         // the equilibrium, at lambda 1/TauP
	// Bound is, per player, what Gains cannot exceed at an exact equilibrium in
	// which every player's own play is paid for its entropy; nil for Plain.
	Bound []float64
}

// Follow follows the principal branch of a Markov game with a discount along
// temperatures that keep their ratio, by stochastic.Trace, and, unless Unpolished, on to
// its limit. Limits and Watch are not used. starts > 0 looks for other equilibria at the
// last temperatures, deterministic in seed.
func Follow(ctx context.Context, g *markov.Game, variant stochastic.Variant, o Settings, starts int, seed uint64) (*Branch, error) {
	if err := admit(g); err != nil {
		return nil, err
	}
	if o.TauP == nil && o.TauA == nil {
		o.TauP = Default(g)
	}
	if g.Players != 2 && o.TauA != nil {
		return nil, fmt.Errorf("%s has %d players: expected one schedule, that of all", g.Name, g.Players)
	}
	schedule, err := pairs(o.TauP, o.TauA)
	if err != nil {
		return nil, err
	}
	br := &Branch{Game: g, Variant: variant, Regulariser: o.Regulariser}
	if br.Regulariser == "" {
		br.Regulariser = stochastic.KL
	}
	options := stochastic.Options{Variant: variant, Regulariser: br.Regulariser, Temperature: slices.Repeat([]float64{1}, g.Players)}
	if variant == stochastic.Plain {
		if br.Regulariser != stochastic.KL {
			return nil, fmt.Errorf("regulariser: found %s, and the variant plain has none", br.Regulariser)
		}
		br.Regulariser = ""
	}
	ratio := schedule[0][1] / schedule[0][0]
	var lambdas []float64
	for i, tau := range schedule {
		if r := tau[1] / tau[0]; math.Abs(r-ratio) > 1e-9*ratio {
			return nil, fmt.Errorf("temperatures %d: found %.6g and %.6g after %.6g and %.6g: a branch has one parameter, expected schedules in one ratio", i+1, tau[0], tau[1], schedule[0][0], schedule[0][1])
		}
		lambdas = append(lambdas, 1/tau[0])
	}
	if g.Players == 2 {
		options.Temperature[1] = ratio
	}
	if o.Unpolished {
		options.End = lambdas[len(lambdas)-1]
	}
	unique := slices.Compact(slices.Clone(lambdas))
	if br.Followed, err = stochastic.Trace(ctx, g, unique, options); err != nil {
		return nil, err
	}
	for i, l := range lambdas {
		if i > 0 && l == lambdas[i-1] {
			continue
		}
		met := false
		for _, p := range br.Followed.Points {
			if p.Lambda == l {
				met = true
				br.Passages = append(br.Passages, br.passage(p, schedule[i]))
			}
		}
		if !met {
			br.Missed = append(br.Missed, schedule[i][0])
		}
	}
	if len(br.Passages) == 0 {
		return nil, equilibria.NoAnswerf("%s: the branch was followed to temperature %.6g only: %s", g.Name, 1/br.Followed.Last.Lambda, br.Followed.Status)
	}
	if starts > 0 {
		found, err := stochastic.Multistart(ctx, g, lambdas[len(lambdas)-1], options, starts, seed)
		if err != nil {
			return nil, err
		}
		br.Others = &found
		br.include()
	}
	return br, nil
}

// include adds the points of the branch at the last temperatures to the others, if no
// start led there.
func (br *Branch) include() {
	last := br.Passages[len(br.Passages)-1].Lambda
	for _, p := range br.Passages {
		if p.Lambda != last || slices.ContainsFunc(br.Others.Points, func(q stochastic.Point) bool { return apart(p.Policy, q.Policy) < samePolicy }) {
			continue
		}
		br.Others.Points, br.Others.Hits = append(br.Others.Points, p.Point), append(br.Others.Hits, 0)
		br.Others.Index += p.Index
	}
}

// samePolicy is how near to each other, in every probability, two equilibria are one.
const samePolicy = 1e-6

// apart is the largest difference of probabilities.
func apart(a, b markov.Policy) (far float64) {
	for k := range a {
		for s, row := range a[k] {
			for i, x := range row {
				far = max(far, math.Abs(x-b[k][s][i]))
			}
		}
	}
	return far
}

func (br *Branch) passage(p stochastic.Point, tau [2]float64) Passage {
	g := br.Game
	out := Passage{TauP: tau[0], TauA: tau[1], Point: p}
	if br.Variant == stochastic.Plain {
		return out
	}
	for k := range g.Players {
		t := tau[0]
		if k == 1 {
			t = tau[1]
		}
		// Of the saddle the other's entropy is paid for too: what both could gain.
		out.Bound = append(out.Bound, t*math.Log(float64(slices.Max(g.Actions[k])))*g.Total(0))
	}
	if br.Variant == stochastic.Saddle {
		sum := out.Bound[0] + out.Bound[1]
		out.Bound = []float64{sum, sum}
	}
	return out
}

// Complete tells whether the branch was followed to its end.
func (br *Branch) Complete() bool {
	return len(br.Missed) == 0 && (br.Followed.Status == equilibria.Complete || br.Followed.Status == equilibria.Folded)
}
