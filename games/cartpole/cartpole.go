// Package cartpole is a pole on a cart that is to be kept upright by pushing the
// cart, while an adversary pushes the pole.
package cartpole

import (
	"math"
	"math/rand/v2"

	"arbiter/games"
	"arbiter/games/control"
)

// Physics are the numbers of a cart with a pole, in units of kilogramme, metre and
// second.
type Physics struct {
	Force  float64 // largest of the adversary, on the pole's centre of mass
	Cart   float64 // its mass, above 0
	Pole   float64 // its mass, above 0
	Length float64 // half of the pole's, above 0
}

const (
	step      = .02 // seconds
	gravity   = 9.81
	track     = 2.4 // the cart may get this far from the middle
	steepest  = 12 * math.Pi / 180
	startSpan = .05
)

// pushes are those of the protagonist's moves.
var pushes = []float64{-10, 0, 10}

// New is the task of balancing. A state is the cart's place and speed, the pole's
// angle, 0 upright, and its angular speed. A step pays 1, the one that fails 0.
func New(name string, p Physics, horizon int, discount float64) (*control.Game, error) {
	forces := []float64{-p.Force, 0, p.Force}
	return control.New(control.Task{
		Dynamics: cart{p, forces, 1},
		Name:     name,
		State: []games.Axis{
			{Name: "place", Lo: -track, Hi: track}, {Name: "speed", Lo: -3, Hi: 3},
			{Name: "angle", Lo: -.21, Hi: .21}, {Name: "turning", Lo: -3, Hi: 3},
		},
		Moves:   [2][]string{control.Levels(pushes), control.Levels(forces)},
		Idle:    [2]int{1, 1},
		Horizon: horizon, Discount: discount,
		Lo: 0, Hi: 1,
		Varied: []games.Axis{{Name: "pole_mass", Lo: .05, Hi: .5, Unit: "kg"}, {Name: "length", Lo: .25, Hi: 1, Unit: "m"}},
	})
}

type cart struct {
	Physics
	forces []float64 // by move
	share  float64   // of them that counts
}

// Limited lets the adversary have a share of its force.
func (c cart) Limited(share float64) control.Dynamics {
	c.share = share
	return c
}

func (c cart) Start(state []float64, src rand.Source) {
	for i := range state {
		state[i] = control.Even(src, -startSpan, startSpan)
	}
}

// Step is semi-implicit: speeds first.
func (c cart) Step(state []float64, u, d int) (float64, bool) {
	x, v, angle, turning := state[0], state[1], state[2], state[3]
	sin, cos := math.Sincos(angle)
	f, total := float64(c.share*c.forces[d]), c.Cart+c.Pole
	q := (pushes[u] + f + float64(c.Pole*c.Length*turning*turning*sin)) / total
	turn := (float64(gravity*sin) + float64(f/c.Pole*cos) - float64(cos*q)) /
		float64(c.Length*(4./3-float64(c.Pole*cos*cos)/total))
	pull := q - float64(c.Pole*c.Length*turn*cos)/total
	v += float64(step * pull)
	x += float64(step * v)
	turning += float64(step * turn)
	angle += float64(step * turning)
	state[0], state[1], state[2], state[3] = x, v, angle, turning
	if math.Abs(x) <= track && math.Abs(angle) <= steepest {
		return 1, false
	}
	return 0, true // numbers that have overflowed too
}
