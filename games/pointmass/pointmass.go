// Package pointmass is a mass that is to be pushed through a gap in a wall to a goal
// behind it, while an adversary blows from the side in front of the wall.
package pointmass

import (
	"math"
	"math/rand/v2"

	"arbiter/games"
	"arbiter/games/control"
)

// Physics are the numbers of the mass.
type Physics struct {
	Force    float64 // largest of the wind
	Mass     float64 // above 0
	Friction float64 // force per speed
}

const (
	step, substeps = .01, 10 // seconds; of a decision
	arena          = 2.      // x and y keep to ±arena
	gap            = .5      // the wall y = 0 is open where |x| ≤ gap
	startY, goalY  = -1.5, 1.5
	near           = .1 // from the goal is there
	wall           = 1e-4
)

// directions are those of the protagonist's moves: x slowest.
var directions = [][2]float64{{-1, -1}, {-1, 0}, {-1, 1}, {0, -1}, {0, 0}, {0, 1}, {1, -1}, {1, 0}, {1, 1}}

// New is the task. A state is x, its speed, y, its speed; the match begins at rest
// at (0, -1.5). A decision pays exp(-distance to the goal) - 1, both taken after it;
// the one that gets there pays 0 and ends the match.
func New(name string, p Physics, horizon int, discount float64) (*control.Game, error) {
	winds := []float64{-p.Force, 0, p.Force}
	return control.New(control.Task{
		Dynamics: mass{p, winds, 1},
		Name:     name,
		State: []games.Axis{
			{Name: "x", Lo: -arena, Hi: arena}, {Name: "x_speed", Lo: -2, Hi: 2},
			{Name: "y", Lo: -arena, Hi: arena}, {Name: "y_speed", Lo: -2, Hi: 2},
		},
		Moves:   [2][]string{{"left-down", "left", "left-up", "down", "none", "up", "right-down", "right", "right-up"}, control.Levels(winds)},
		Idle:    [2]int{4, 1},
		Horizon: horizon, Discount: discount,
		Lo: -1, Hi: 0,
		Varied: []games.Axis{{Name: "mass", Lo: .6, Hi: 1.6, Unit: "kg"}, {Name: "friction", Lo: .1, Hi: .9, Unit: "kg/s"}},
	})
}

type mass struct {
	Physics
	winds []float64 // by move
	share float64   // of them that counts
}

// Limited lets the wind have a share of its force.
func (m mass) Limited(share float64) control.Dynamics {
	m.share = share
	return m
}

// Start uses no word: all matches begin alike.
func (m mass) Start(state []float64, _ rand.Source) {
	state[0], state[1], state[2], state[3] = 0, 0, startY, 0
}

func (m mass) Step(state []float64, u, d int) (float64, bool) {
	return m.push(state, directions[u][0], directions[u][1], float64(m.share*m.winds[d]))
}

// push decides a force and a wind, which blows only where the decision is taken in
// front of the wall, at -1 ≤ y ≤ 0.
func (m mass) push(state []float64, fx, fy, wind float64) (float64, bool) {
	if y := state[2]; y >= -1 && y <= 0 {
		fx += wind
	}
	for range substeps {
		m.substep(state, fx, fy)
	}
	far := math.Hypot(state[0], state[2]-goalY)
	if far <= near {
		return 0, true
	}
	return math.Exp(-far) - 1, false
}

// substep is explicit: places move by the speeds before. The wall is looked at
// before the edges of the arena; who meets it outside of the gap stays on its side
// of it, where it was met, and keeps its speed along it.
func (m mass) substep(state []float64, fx, fy float64) {
	x, vx, y, vy := state[0], state[1], state[2], state[3]
	toX, toVX := x+float64(step*vx), vx+float64(step*(fx-float64(m.Friction*vx)))/m.Mass
	toY, toVY := y+float64(step*vy), vy+float64(step*(fy-float64(m.Friction*vy)))/m.Mass
	if up, down := y <= 0 && toY > 0, y >= 0 && toY < 0; up || down {
		at := x + float64((toX-x)*(0-y))/(toY-y)
		if math.Abs(at) > gap {
			toX, toVX, toY, toVY = at, vx, -wall, 0
			if down {
				toY = wall
			}
		}
	}
	if math.Abs(toX) > arena {
		toX, toVX = math.Copysign(arena, toX), 0
	}
	if math.Abs(toY) > arena {
		toY, toVY = math.Copysign(arena, toY), 0
	}
	state[0], state[1], state[2], state[3] = toX, toVX, toY, toVY
}
