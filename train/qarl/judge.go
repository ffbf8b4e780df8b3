package qarl

import (
	"context"
	"math"

	"arbiter/dice"
	"arbiter/games/markov"
)

// Trial says how learners are judged where nothing is exact.
type Trial struct {
	Episodes int `json:"episodes"` // played for a mean
	Restarts int `json:"restarts"` // adversaries trained against the frozen protagonist, the worst counts
	Training int `json:"training"` // episodes of each
	Cell     int `json:"cell"`     // episodes per place with other physics
}

// Standard is the trial of the reference: 600 episodes twice.
func Standard() Trial { return Trial{Episodes: 20, Restarts: 2, Training: 600, Cell: 4} }

// Verdict is how good a protagonist is, in mean payoffs: discounted where the game is
// a table and all of it is exact, else plain sums of played matches.
type Verdict struct {
	Nominal float64     `json:"nominal"`       // without adversary
	Last    float64     `json:"last"`          // against the adversary it was trained with
	Worst   float64     `json:"worst_case"`    // against the worst that was found; the worst there is, if exact
	Exact   bool        `json:"exact"`         // whether it is
	Mean    float64     `json:"map_mean"`      // of Map, NaN for none
	Map     [][]float64 `json:"map,omitempty"` // with other physics: Worst, if exact, else Nominal
}

// Judge judges what l has learned. It learns nothing by it.
func (c Course) Judge(ctx context.Context, l *Learner, trial Trial, k dice.Key) (Verdict, error) {
	v, err := c.judge(ctx, l, trial, k)
	if err != nil {
		return v, err
	}
	v.Mean = math.NaN()
	if len(c.Places) == 0 {
		return v, nil
	}
	v.Mean = 0
	cells := float64(len(c.Places) * len(c.Places[0]))
	for i, places := range c.Places {
		row := make([]float64, len(places))
		for j, at := range places {
			if at.Table != nil {
				row[j] = at.exact(l).Worst
			} else if row[j], err = at.play(ctx, l.frozen(), trial.Cell, l.resting("none"), k.Sub(9).Sub(uint64(i*len(places)+j))); err != nil {
				return v, err
			}
			v.Mean += row[j] / cells
		}
		v.Map = append(v.Map, row)
	}
	return v, nil
}

func (c Course) judge(ctx context.Context, l *Learner, trial Trial, k dice.Key) (v Verdict, err error) {
	if c.Table != nil {
		return c.exact(l), nil
	}
	if v.Nominal, err = c.play(ctx, l.frozen(), trial.Episodes, l.resting("none"), k.Sub(0)); err != nil {
		return v, err
	}
	last := l.resting(l.o.adversary)
	mean := l.terms(l.teacher.Mean())
	last.tau[adversary], last.share = mean.tau[adversary], mean.share
	if v.Last, err = c.play(ctx, l.frozen(), trial.Episodes, last, k.Sub(1)); err != nil {
		return v, err
	}
	v.Worst = min(v.Nominal, v.Last)
	for r := range trial.Restarts {
		x, err := c.fresh(ctx, l, trial, k.Sub(2).Sub(uint64(r)))
		if err != nil {
			return v, err
		}
		v.Worst = min(v.Worst, x)
	}
	return v, nil
}

// exact judges by the table: no code of the learner but its probabilities.
func (c Course) exact(l *Learner) (v Verdict) {
	named := l.Policy()
	g := c.Table
	p := g.Uniform()
	for seat := range p {
		rows := named.Seats[seat].Index()
		for s := range g.States {
			if row := rows[g.Key(0, s)]; row != nil {
				copy(p[seat][s], row)
			}
		}
	}
	worst, _ := g.BestResponse(adversary, p)
	v.Worst, v.Exact = -g.AtStart(worst), true
	idle := func() markov.Policy {
		q := g.Uniform()
		for _, row := range q[adversary] {
			clear(row)
			row[g.Idle[adversary]] = 1
		}
		q[protagonist] = p[protagonist]
		return q
	}
	v.Nominal = math.NaN()
	if g.Idle != nil {
		v.Nominal = g.AtStart(g.Value(protagonist, idle()))
		if l.o.adversary == "none" {
			p = idle()
		}
	}
	v.Last = g.AtStart(g.Value(protagonist, p))
	return v
}

// resting are the terms of an evaluation: the protagonist as if the adversary were
// rational.
func (l *Learner) resting(adversary string) terms {
	return terms{[2]float64{l.teacher.Protagonist(l.o.tau1, l.o.tauP), l.o.tau1}, 0, 0, 1, adversary}
}

// frozen is a copy of l that may be played, and lets l be.
func (l *Learner) frozen() *Learner {
	c := *l
	c.moves = nil
	for seat := range c.players {
		c.players[seat] = l.players[seat].frozen()
	}
	return &c
}

// play is what the protagonist is paid on average, nobody learning.
func (c Course) play(ctx context.Context, l *Learner, episodes int, t terms, k dice.Key) (float64, error) {
	w, sum := c.World(), 0.
	for e := range episodes {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		pay, _, err := l.episode(w, k.Sub(uint64(e)), -1, t)
		if err != nil {
			return 0, err
		}
		sum += pay
	}
	return sum / float64(episodes), nil
}

// greedy is the temperature of the best move that is known.
const greedy = 1e-12

// fresh trains an adversary who knows nothing against the frozen protagonist, at the
// lowest temperature, and is what the protagonist then gets from it. The adversary is
// linear in features whoever is judged, so that all are judged alike.
func (c Course) fresh(ctx context.Context, l *Learner, trial Trial, k dice.Key) (float64, error) {
	f := l.frozen()
	p, err := newPlayer(adversary, l.o, l.info)
	if err != nil {
		return 0, err
	}
	f.players[adversary] = p
	w, t := c.World(), l.resting("learned")
	for e := range trial.Training {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if _, _, err := f.episode(w, k.Sub(0).Sub(uint64(e)), adversary, t); err != nil {
			return 0, err
		}
	}
	t.tau[adversary] = greedy
	return c.play(ctx, f, trial.Episodes, t, k.Sub(1))
}
