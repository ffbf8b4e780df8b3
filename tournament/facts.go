package tournament

import (
	"fmt"
	"math"
	"slices"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/sampling"
)

// mostStored bounds the cells of a plan; each is kept in memory.
const mostStored = 1 << 28

// Complete fills in all that follows from the game, whose facts a plan only
// repeats, and resolves the bound auto. It is the one place where they are made;
// NewField refuses a plan that says otherwise.
func (p *Plan) Complete(info games.Info) error {
	if p.Population == "single" && info.Seats != 2 {
		return fmt.Errorf(`population: "single" rotates two seats and this game has %d, expected "multi"`, info.Seats)
	}
	p.Rule, p.Stream = sampling.Rule, dice.Version
	p.facts(info)
	if p.Bound == "auto" {
		switch relaxed := p.Slack > 0; { // which only intervals can be
		case p.Binary && relaxed:
			p.Bound = sampling.Mixture
		case p.Binary:
			p.Bound = sampling.Pair
		case relaxed:
			p.Bound = sampling.Betting
		default:
			p.Bound = sampling.Bernstein
		}
	}
	return p.check()
}

// facts writes what the game says.
func (p *Plan) facts(info games.Info) {
	p.Lo, p.Hi = slices.Clone(info.Lo), slices.Clone(info.Hi)
	p.ConstantSum, p.Sum, p.Binary, p.MatchesPerPlay = info.ConstantSum, info.Sum, info.Binary, 1
	if p.Single() && !info.Symmetric {
		// A play is a match in either seating; payoffs are their averages.
		lo, hi := info.Lo[0]/2+info.Lo[1]/2, info.Hi[0]/2+info.Hi[1]/2
		p.Lo, p.Hi = []float64{lo, lo}, []float64{hi, hi}
		p.Binary, p.MatchesPerPlay = false, 2
	}
	if p.Rule != 0 { // the first rule knew no symmetry
		p.Symmetric = !p.Single() && len(p.Agents) == 2 && info.Symmetric && p.Level == string(sampling.Simultaneous) &&
			slices.Equal(p.Agents[0], p.Agents[1])
	}
	p.Unbounded = false
	for k := range p.Lo {
		p.Unbounded = p.Unbounded || math.IsInf(p.Hi[k]-p.Lo[k], 0)
	}
	if p.Unbounded {
		p.Lo, p.Hi = make([]float64, len(p.Lo)), make([]float64, len(p.Hi))
	}
}

// fits reports the first thing a plan says of its game that is not so.
func (p Plan) fits(info games.Info) error {
	if err := p.check(); err != nil {
		return err
	}
	if seats := len(p.Lo); seats != info.Seats {
		return fmt.Errorf("lo: found %d players, the game has %d", seats, info.Seats)
	}
	q := p
	q.facts(info)
	for _, f := range []struct {
		field      string
		found, has any
		same       bool
	}{
		{"lo", p.Lo, q.Lo, slices.Equal(p.Lo, q.Lo)},
		{"hi", p.Hi, q.Hi, slices.Equal(p.Hi, q.Hi)},
		{"unbounded", p.Unbounded, q.Unbounded, p.Unbounded == q.Unbounded},
		{"constant_sum", p.ConstantSum, q.ConstantSum, p.ConstantSum == q.ConstantSum},
		{"sum", p.Sum, q.Sum, p.Sum == q.Sum},
		{"binary", p.Binary, q.Binary, p.Binary == q.Binary},
		{"symmetric", p.Symmetric, q.Symmetric, p.Symmetric == q.Symmetric},
		{"signs", p.Signs, false, !p.Signs},
		{"matches_per_play", p.MatchesPerPlay, q.MatchesPerPlay, p.MatchesPerPlay == q.MatchesPerPlay},
	} {
		if !f.same {
			return fmt.Errorf("%s: found %v, the game has %v", f.field, f.found, f.has)
		}
	}
	return nil
}

// check reports the first part of a plan that does not agree with the others.
func (p Plan) check() error {
	if p.Rule < 0 || p.Rule > sampling.Rule {
		return fmt.Errorf("rule: found %d, this program knows up to %d", p.Rule, sampling.Rule)
	}
	least := 1
	switch {
	case p.Population == "single" && len(p.Agents) == 1:
		least = 2
	case p.Population == "multi" && len(p.Agents) > 0:
	case p.Population == "single" || p.Population == "multi":
		return fmt.Errorf("agents: found %d lists with population %s", len(p.Agents), p.Population)
	default:
		return fmt.Errorf(`population: found %q, expected "single" or "multi"`, p.Population)
	}
	if len(p.Labels) != len(p.Agents) {
		return fmt.Errorf("labels: found %d lists, expected %d as of agents", len(p.Labels), len(p.Agents))
	}
	size := 1.0
	for i, pool := range p.Agents {
		if len(pool) < least {
			return fmt.Errorf("agents: found %d for population %d, expected at least %d", len(pool), i, least)
		}
		if len(p.Labels[i]) != len(pool) {
			return fmt.Errorf("labels: found %d for population %d, expected %d as of agents", len(p.Labels[i]), i, len(pool))
		}
		if size *= float64(len(pool)); size > mostStored {
			return fmt.Errorf("agents: more than %d cells", mostStored)
		}
	}
	players := len(p.Agents)
	if p.Single() {
		players = 2
	}
	if len(p.Lo) != players || len(p.Hi) != players {
		return fmt.Errorf("lo, hi: found the limits of %d and %d players, expected %d", len(p.Lo), len(p.Hi), players)
	}
	for k := range p.Lo {
		if w := p.Hi[k] - p.Lo[k]; !(w >= 0 && w < math.Inf(1)) {
			return fmt.Errorf("lo, hi: found %g to %g for player %d, expected an interval", p.Lo[k], p.Hi[k], k)
		}
	}
	if m := p.MatchesPerPlay; m != 1 && !(m == 2 && p.Single()) {
		return fmt.Errorf("matches_per_play: found %d, expected 1, or 2 where seats are rotated", m)
	}
	if p.Symmetric && (players != 2 || p.Single() || len(p.Agents[0]) != len(p.Agents[1])) {
		return fmt.Errorf("symmetric: expected two populations of the same agents")
	}
	if p.Signs && !p.Single() {
		return fmt.Errorf("signs: expected population single")
	}
	return p.Sampling().Check()
}
