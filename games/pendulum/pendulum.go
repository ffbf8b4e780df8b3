// Package pendulum is a rod that is to be swung up and held by a torque too weak to
// lift it, while an adversary turns it too. Grid is the same on a lattice of angles
// and speeds, as a Markov game of which everything is exactly known.
package pendulum

import (
	"math"
	"math/rand/v2"

	"arbiter/games"
	"arbiter/games/control"
)

// Physics are the numbers of a pendulum, in units of kilogramme, metre and second.
type Physics struct {
	Force   float64 // largest torque of the adversary
	Mass    float64 // of the rod, above 0
	Length  float64 // of the rod, above 0
	Damping float64 // torque per speed
}

const (
	step    = .05 // seconds
	gravity = 9.81
	fastest = 8. // radians per second
)

// torques are those of the protagonist's moves.
var torques = []float64{-2, -1, 0, 1, 2}

// New is the swing-up of a rod with its mass spread evenly. A state is the angle,
// 0 upright, in [-π, π), and the angular speed; a match begins near rest, hanging.
func New(name string, p Physics, horizon int, discount float64) (*control.Game, error) {
	return control.New(control.Task{
		Dynamics: rod{p, torques, []float64{-p.Force, 0, p.Force}, 1},
		Name:     name,
		State:    []games.Axis{{Name: "angle", Lo: -math.Pi, Hi: math.Pi, Around: true}, {Name: "speed", Lo: -fastest, Hi: fastest}},
		Moves:    [2][]string{control.Levels(torques), control.Levels([]float64{-p.Force, 0, p.Force})},
		Idle:     [2]int{2, 1},
		Horizon:  horizon, Discount: discount,
		Lo: 0, Hi: 1,
		Varied: []games.Axis{{Name: "mass", Lo: .5, Hi: 1.5, Unit: "kg"}, {Name: "length", Lo: .7, Hi: 1.3, Unit: "m"}},
	})
}

type rod struct {
	Physics
	u, d  []float64 // torques by move
	share float64   // of d that counts
}

// Limited lets the adversary have a share of its torque.
func (r rod) Limited(share float64) control.Dynamics {
	r.share = share
	return r
}

func (r rod) Start(state []float64, src rand.Source) {
	state[0] = wrap(math.Pi + control.Even(src, -.1, .1))
	state[1] = control.Even(src, -.1, .1)
}

func (r rod) Step(state []float64, u, d int) (float64, bool) {
	var reward float64
	state[0], state[1], reward = r.step(state[0], state[1], r.u[u], float64(r.share*r.d[d]))
	return reward, false
}

// step moves on by one step, semi-implicitly: the speed first, by the angle before,
// then the angle by the new speed. The reward is of the state before and the
// protagonist's torque u: 1 upright at rest, 0 at the largest of angle, speed and
// torque.
func (r rod) step(angle, speed, u, d float64) (toAngle, toSpeed, reward float64) {
	cost := float64(angle*angle) + float64(.1*speed*speed) + float64(.001*u*u)
	pull := float64(1.5*gravity*math.Sin(angle)) / r.Length
	push := 3 * (u + d - float64(r.Damping*speed)) / float64(r.Mass*r.Length*r.Length)
	toSpeed = min(max(speed+float64(step*(pull+push)), -fastest), fastest)
	return wrap(angle + float64(step*toSpeed)), toSpeed, 1 - cost/(math.Pi*math.Pi+6.404)
}

// wrap is the angle in [-π, π).
func wrap(angle float64) float64 {
	angle -= 2 * math.Pi * math.Floor((angle+math.Pi)/(2*math.Pi))
	if angle >= math.Pi { // by rounding
		return -math.Pi
	}
	return angle
}
