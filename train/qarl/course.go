package qarl

import (
	"fmt"
	"math"

	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/train"
)

// Course is where learners are trained and judged.
type Course struct {
	Info  games.Info         // of the game played
	World func() train.World // a new one, for one goroutine
	// Table, if not nil, is the game as a Markov game whose states are the keys of
	// views: worst cases are then exact.
	Table *markov.Game
	// Places are the same with other physics: even places on the first two of
	// Info.Varied, the first slowest. nil: none.
	Places [][]Course
}

// axes are those of maps.
func (c Course) axes() []games.Axis {
	if len(c.Places) == 0 {
		return nil
	}
	return c.Info.Varied[:2]
}

// Place is the i-th of n even places on an axis.
func Place(a games.Axis, i, n int) float64 {
	if n == 1 {
		return a.Lo
	}
	return a.Lo + (a.Hi-a.Lo)*float64(i)/float64(n-1)
}

// open makes the learner of a spec, for this course, and returns the canonical spec.
func (c Course) open(text string) (*Learner, string, error) {
	opened, name, err := Method().Open(text, c.Info)
	if err != nil {
		return nil, "", err
	}
	l := opened.(*Learner)
	if c.Table != nil {
		if top := together(c.Table); l.o.floor > top {
			return nil, "", tooHigh(l.o.floor, c.Info, top)
		}
	}
	return l, name, nil
}

// tooHigh refuses a floor that no episode reaches.
func tooHigh(floor float64, info games.Info, top float64) error {
	return fmt.Errorf("floor: found %g, and no episode of %s is paid more than %.6g, discounted: the temperature would never fall", floor, info.Name, top)
}

// together is what player 0 gets at most, should player 1 help it.
func together(g *markov.Game) float64 {
	v := make([]float64, len(g.States))
	for change, sweep := 1., 0; change > 1e-12 && sweep < 100_000; sweep++ {
		change = 0
		for s, joints := range g.Step(0) {
			best := math.Inf(-1)
			for _, list := range joints {
				x := 0.
				for _, o := range list {
					r := o.Reward[protagonist]
					if o.Next >= 0 {
						r += g.Discount * v[o.Next]
					}
					x += o.Prob * r
				}
				best = max(best, x)
			}
			change = max(change, math.Abs(best-v[s]))
			v[s] = best
		}
	}
	top := 0.
	for s, p := range g.Start {
		top += p * v[s]
	}
	return top + 1e-9
}
