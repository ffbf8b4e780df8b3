// Package actor is one seat that learns from what it remembers: a soft actor–critic
// for moves out of a list (Haarnoja and others 2018, arXiv 1801.01290; Christodoulou
// 2019, arXiv 1910.07207) on the networks of approx. Two critics value the moves, of
// which the smaller value counts; the actor follows softmax(value/temperature); copies
// of the critics that lag behind value what comes next. The adversary's temperature is
// part of what it sees.
//
// The actor learns by cross entropy towards that softmax, not by the divergence the
// other way round as in the papers: the best answer is the same, and moves that it has
// all but given up can come back. What is paid is scaled so that values are about
// ten: with values about one it did not learn to swing up a pendulum in twenty
// thousand steps, with ten it did.
package actor

import (
	"fmt"
	"math"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/train/approx"
)

// Settings are what a seat is told.
type Settings struct {
	Box      []games.Axis // what it sees
	Units    int          // of each of two hidden layers, at least 1
	Rate     float64      // of Adam, above 0
	Pay      float64      // the largest pay of a move, above 0
	Discount float64      // of what comes next, in (0, 1)
	Hot      float64      // the adversary's temperature that it sees as 1, above 0
	Explore  float64      // probability of any move, while it learns
	// Tuned lets it begin hotter than it is told: its temperature falls while its moves are
	// more even than an entropy of 0.3 of the largest.
	Tuned bool
}

const (
	large  = 10      // values are about that
	batch  = 64      // moves that a step learns from
	memory = 1 << 15 // moves remembered
	ready  = 1000    // moves remembered before it learns
	every  = 2       // moves per step
	follow = .01     // part of the way the copies go in a step
	warm   = .03     // first temperature of the tuned, where values are large
	even   = .3      // entropy the tuned go for, of the largest
	tuning = 1e-3    // rate of the logarithm of their temperature
)

// Player is a seat. It belongs to one goroutine.
type Player struct {
	s     Settings
	scale float64 // of pay and temperatures
	width int     // numbers that networks see
	moves int     // of every view, 0 before the first

	actor           *approx.Net
	critics, copies [2]*approx.Net
	walks           [3]approx.Adam // of the critics and the actor
	heat            float64        // logarithm of the tuned temperature
	past            []moment       // a ring once it is full
	room            int            // in it
	made            int            // moves remembered or forgotten

	// An episode.
	key       dice.Key
	steps     int
	own, seen float64 // temperatures: its own, scaled; the adversary's as it is seen
	view      []float64
	now       moment // begun
	begun     bool

	// A step.
	picked                      [batch]int
	before, after, least, slope []float64
	target                      [batch]float64
}

// moment is a move and what came of it.
type moment struct {
	before, after []float64 // seen
	move          int
	pay           float64 // until after, discounted and scaled
	weight        float64 // of what comes then, 0 where nothing does
	tau           float64 // its own temperature, scaled
}

// New makes a seat that knows nothing.
func New(s Settings) *Player {
	p := &Player{s: s, scale: s.Pay / (1 - s.Discount) / large, width: 1, heat: math.Log(warm), room: memory}
	for _, a := range s.Box {
		p.width++
		if a.Around { // sine and cosine
			p.width++
		}
	}
	p.view = make([]float64, p.width)
	return p
}

// Begin begins an episode at its own temperature, seeing that of the adversary.
func (p *Player) Begin(k dice.Key, own, seen float64) {
	p.key, p.steps, p.begun = k, 0, false
	p.own, p.seen = own/p.scale, min(seen/p.s.Hot, 2)
}

// grow makes networks for so many moves.
func (p *Player) grow(moves int, k dice.Key) {
	src := k.At(0)
	net := func(out approx.Activation) *approx.Net {
		return approx.New(&src, approx.Relu, out, p.width, p.s.Units, p.s.Units, moves)
	}
	p.moves, p.actor = moves, net(approx.LogSoftmax)
	for i := range p.critics {
		p.critics[i] = net(approx.Linear)
		p.copies[i] = p.critics[i].Clone()
	}
	for i := range p.walks {
		p.walks[i].Rate = p.s.Rate
	}
}

// look makes of a vector what networks see: numbers from -1 to 1 over the box.
func (p *Player) look(vector []float64) {
	view := p.view[:0]
	for i, a := range p.s.Box {
		at := (vector[i] - a.Lo) / (a.Hi - a.Lo)
		if a.Around {
			sin, cos := math.Sincos(2 * math.Pi * at)
			view = append(view, sin, cos)
		} else {
			view = append(view, 2*min(max(at, 0), 1)-1)
		}
	}
	p.view = append(view, p.seen)
}

// Move answers a view with a ticket from [0, 1), and learns if it is to.
func (p *Player) Move(v games.View, ticket float64, learns bool) (int, error) {
	if p.moves == 0 {
		p.grow(v.Moves, p.key.Sub(0))
	}
	if v.Moves != p.moves || len(v.Vector) != len(p.s.Box) {
		return 0, fmt.Errorf("actor: found %d moves at a view of %d numbers, expected %d and %d", v.Moves, len(v.Vector), p.moves, len(p.s.Box))
	}
	p.look(v.Vector)
	if learns && p.begun {
		p.remember()
	}
	m := 0
	if learns && ticket < p.s.Explore {
		m = min(int(ticket/p.s.Explore*float64(p.moves)), p.moves-1)
	} else {
		if learns {
			ticket = (ticket - p.s.Explore) / (1 - p.s.Explore)
		}
		for logs := p.actor.Forward(p.view); m < p.moves-1; m++ {
			if ticket -= math.Exp(logs[m]); ticket < 0 {
				break
			}
		}
	}
	if learns {
		p.now = moment{before: append(p.now.before[:0], p.view...), move: m, weight: 1, tau: p.own}
		p.begun = true
	}
	return m, nil
}

// Paid counts what the seat got by a step.
func (p *Player) Paid(pay float64) {
	p.now.pay += p.now.weight * pay / p.scale
	p.now.weight *= p.s.Discount
}

// End ends an episode after which nothing comes. Without it, the last move is
// forgotten.
func (p *Player) End() {
	if p.begun {
		p.now.weight = 0
		p.remember()
	}
}

// remember ends the last move with the view there is now, and learns now and then.
func (p *Player) remember() {
	if len(p.past) < p.room {
		p.past = append(p.past, moment{})
	}
	at := &p.past[p.made%p.room]
	was := *at
	*at = p.now
	at.before, at.after = append(was.before[:0], p.now.before...), append(was.after[:0], p.view...)
	if p.made++; p.made >= ready && p.made%every == 0 {
		p.learn()
	}
}

// temperature is the one that a remembered move is valued at.
func (p *Player) temperature(i int) float64 {
	if tau := p.past[i].tau; !p.s.Tuned {
		return tau
	} else {
		return max(tau, math.Exp(p.heat))
	}
}

// learn is a step of all networks.
func (p *Player) learn() {
	src := p.key.Sub(1).At(p.steps)
	p.steps++
	p.before, p.after = p.before[:0], p.after[:0]
	for j := range p.picked {
		i := int(src.Uint64() % uint64(len(p.past)))
		p.picked[j] = i
		p.before, p.after = append(p.before, p.past[i].before...), append(p.after, p.past[i].after...)
	}
	p.aim()
	p.value()
	p.act()
}

// aim sets targets: pay and the soft value of what comes next, whose entropy is weighed
// against even play.
func (p *Player) aim() {
	m, most := p.moves, math.Log(float64(p.moves))
	logs := p.actor.Forward(p.after)
	a, b := p.copies[0].Forward(p.after), p.copies[1].Forward(p.after)
	for j, i := range p.picked {
		tau, sum := p.temperature(i), 0.
		for k := j * m; k < (j+1)*m; k++ {
			sum += float64(math.Exp(logs[k]) * (min(a[k], b[k]) - float64(tau*(logs[k]+most))))
		}
		p.target[j] = p.past[i].pay + float64(p.past[i].weight*sum)
	}
}

// value moves the critics towards the targets by half the mean square of what they miss,
// and keeps the smaller of their values before that.
func (p *Player) value() {
	m := p.moves
	p.least = append(p.least[:0], p.critics[0].Forward(p.before)...)
	for k, x := range p.critics[1].Forward(p.before) {
		p.least[k] = min(p.least[k], x)
	}
	for c, net := range p.critics {
		q := net.Forward(p.before)
		p.slope = append(p.slope[:0], q...)
		clear(p.slope)
		for j, i := range p.picked {
			k := j*m + p.past[i].move
			p.slope[k] = (q[k] - p.target[j]) / batch
		}
		net.Backward(p.slope)
		p.walks[c].Step(net.Weights, net.Grad)
		p.copies[c].Follow(net, follow)
	}
}

// act moves the actor towards the softmax of the values, and the tuned temperature.
func (p *Player) act() {
	m := p.moves
	logs := p.actor.Forward(p.before)
	if p.s.Tuned && p.own > 0 {
		entropy := 0.
		for _, x := range logs {
			entropy -= float64(x*math.Exp(x)) / batch
		}
		p.heat = max(p.heat-float64(tuning*(entropy-float64(even*math.Log(float64(m))))), math.Log(p.own))
	}
	for j, i := range p.picked {
		tau, row := p.temperature(i), p.least[j*m:(j+1)*m]
		top, sum := math.Inf(-1), 0.
		for _, x := range row {
			top = max(top, x)
		}
		for k, x := range row {
			row[k] = math.Exp((x - top) / tau)
			sum += row[k]
		}
		for k, x := range row {
			p.slope[j*m+k] = -x / sum / batch
		}
	}
	p.actor.Backward(p.slope)
	p.walks[2].Step(p.actor.Weights, p.actor.Grad)
}

// Frozen is a copy that plays as p does now. It is not to learn.
func (p *Player) Frozen() *Player {
	c := &Player{s: p.s, scale: p.scale, width: p.width, moves: p.moves, view: make([]float64, p.width)}
	if p.moves > 0 {
		c.actor = p.actor.Clone()
	}
	return c
}
