package pendulum

import (
	"fmt"
	"math"

	"arbiter/games/markov"
)

// MaxCells bounds a lattice.
const MaxCells = 20_000

// Grid is the pendulum on a lattice: so many angles evenly around from -π on, and so
// many speeds evenly from the lowest to the highest, both included. From a point the
// rod moves as it does, and where it comes between points it is at one of the four
// around it with the weights of bilinear interpolation, so that values are
// interpolated. Players have their largest forces and none, and a match begins at
// rest, hanging. An error says which number cannot be.
func Grid(name string, p Physics, angles, speeds int, discount float64) (*markov.Game, error) {
	if angles < 2 || speeds < 2 || angles > MaxCells/speeds {
		return nil, fmt.Errorf("%s: found %d angles and %d speeds, expected at least two each and %d points at most", name, angles, speeds, MaxCells)
	}
	most := torques[len(torques)-1]
	r := rod{p, []float64{-most, 0, most}, []float64{-p.Force, 0, p.Force}, 1}
	g := &markov.Game{Name: name, Players: 2, Discount: discount, Start: make([]float64, angles*speeds), Idle: []int{1, 1}}
	own, other := moves(r.u), moves(r.d)
	g.Actions, g.Labels = make([][]int, 2), make([][][]string, 2)
	apart := 2 * fastest / float64(speeds-1)
	var states [][][]markov.Outcome
	for i := range angles {
		for j := range speeds {
			angle := -math.Pi + 2*math.Pi*float64(i)/float64(angles)
			speed := -fastest + apart*float64(j)
			g.States = append(g.States, fmt.Sprintf("%d:%d", i, j))
			for k, names := range [][]string{own, other} {
				g.Actions[k], g.Labels[k] = append(g.Actions[k], len(names)), append(g.Labels[k], names)
			}
			var joints [][]markov.Outcome
			for _, u := range r.u {
				for _, d := range r.d {
					toAngle, toSpeed, reward := r.step(angle, speed, u, d)
					joints = append(joints, spread(angles, speeds, toAngle, toSpeed, []float64{reward, 0 - reward}))
				}
			}
			states = append(states, joints)
		}
	}
	g.Steps = [][][][]markov.Outcome{states}
	g.Start[speeds/2] = 1
	if speeds%2 == 0 { // no point is at rest
		g.Start[speeds/2], g.Start[speeds/2-1] = .5, .5
	}
	if err := g.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}

// moves names forces.
func moves(all []float64) (names []string) {
	for _, x := range all {
		names = append(names, fmt.Sprint(x))
	}
	return names
}

// spread is a place between points as the points around it.
func spread(angles, speeds int, angle, speed float64, reward []float64) (out []markov.Outcome) {
	x := (angle + math.Pi) / (2 * math.Pi) * float64(angles)
	y := (speed + fastest) / (2 * fastest) * float64(speeds-1)
	i, j := math.Floor(x), min(math.Floor(y), float64(speeds-2))
	for _, a := range []struct {
		at     float64
		weight float64
	}{{i, 1 - (x - i)}, {i + 1, x - i}} {
		for _, s := range []struct {
			at     float64
			weight float64
		}{{j, 1 - (y - j)}, {j + 1, y - j}} {
			if w := a.weight * s.weight; w > 0 {
				out = append(out, markov.Outcome{Prob: w, Next: int(a.at)%angles*speeds + int(s.at), Reward: reward})
			}
		}
	}
	return out
}
