// Package qarl learns robust policies by playing against an adversary who becomes
// rational little by little (Reddi and others 2024, arXiv 2311.01642): two seats learn
// soft values for themselves, in turn, at temperatures that a teacher chooses for the
// adversary. Values are linear in features: one per information state, or tiles where
// states are vectors. Or they are networks with an actor, which is the original in
// small; both then see the adversary's temperature, and 0 when they are judged.
//
// An iteration has two phases of equally many episodes at the same temperatures. In
// the first the adversary learns, in the second the protagonist; who does not learn
// plays what it has learned. Without an adversary that learns, the protagonist does in
// both, so that all algorithms see equally much.
package qarl

import (
	"context"
	"fmt"
	"math"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/spec"
	"arbiter/train"
	"arbiter/train/teacher"
)

// The seats.
const (
	protagonist = 0
	adversary   = 1
)

// Method is the learner by name.
func Method() train.Method {
	return train.Method{
		Name: "qarl", Doc: "soft values for a protagonist, against an adversary who becomes rational",
		Params: params(),
		New:    func(a spec.Args, info games.Info) (train.Learner, error) { return New(a, info) },
	}
}

// Learner is both players and the teacher.
type Learner struct {
	game    string
	info    games.Info
	o       options
	teacher *teacher.Curriculum
	players [2]pupil

	taus  []float64 // of the episodes of an iteration
	moves []int
	curve []Row
}

// Row is what came of an iteration.
type Row struct {
	Episode     int64   `json:"episode"`     // played until then
	Temperature float64 `json:"temperature"` // that the teacher expected
	Return      float64 `json:"return"`      // mean pay of the protagonist, discounted
	// Worst is the protagonist's worst case after it, NaN where it was not asked for.
	Worst float64 `json:"worst_case"`
}

// Curve is a row per iteration; read only.
func (l *Learner) Curve() []Row { return l.curve }

// Mark says what the worst case is now. It is part of what is saved.
func (l *Learner) Mark(worst float64) { l.curve[len(l.curve)-1].Worst = worst }

// Frozen is how many updates of the teacher in a row the floor has let nothing come
// of, 0 where no adversary learns.
func (l *Learner) Frozen() int {
	if l.o.adversary != "learned" {
		return 0
	}
	return l.teacher.Stuck()
}

// Temperature is what the teacher expects now, NaN where no adversary learns.
func (l *Learner) Temperature() float64 {
	if l.o.adversary != "learned" {
		return math.NaN()
	}
	return l.teacher.Mean()
}

// New makes a learner that knows nothing.
func New(a spec.Args, info games.Info) (*Learner, error) {
	o, err := read(a)
	if err != nil {
		return nil, err
	}
	if info.Seats != 2 || !info.ConstantSum || info.Sum != 0 {
		return nil, fmt.Errorf("qarl is for zero-sum games of two seats, and %s is none", info.Name)
	}
	if o.adversary == "none" && info.Idle == nil {
		return nil, fmt.Errorf("adversary: found none, and %s has no move that does nothing", info.Name)
	}
	if top := reachable(info); o.floor > top {
		return nil, tooHigh(o.floor, info, top)
	}
	t, err := o.curriculum(a)
	if err != nil {
		return nil, err
	}
	l := &Learner{game: info.Name, info: info, o: o, teacher: t, taus: make([]float64, o.episodes)}
	for seat := range l.players {
		if l.players[seat], err = newPupil(seat, o, info); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// reachable bounds what an episode pays the protagonist, discounted.
func reachable(info games.Info) float64 {
	if info.Horizon == 0 || !(info.Discount > 0 && info.Discount < 1) {
		return info.Hi[protagonist]
	}
	step := info.Hi[protagonist] / float64(info.Horizon)
	if step <= 0 {
		return 0
	}
	return step * (1 - math.Pow(info.Discount, float64(info.Horizon))) / (1 - info.Discount)
}

// discount weighs the next turn's pay.
func (l *Learner) discount() float64 {
	if l.info.Discount > 0 {
		return l.info.Discount
	}
	return 1
}

// unheeded is after how many episodes a phase looks whether it is to stop. A shorter
// one goes on to its end, where a checkpoint can be written.
const unheeded = 1000

// Step is an iteration.
func (l *Learner) Step(ctx context.Context, w train.World, k dice.Key) (train.Progress, error) {
	draws := k.Sub(2)
	for e := range l.taus {
		l.taus[e] = l.teacher.Draw(draws.Sub(uint64(e)))
	}
	row := Row{Temperature: l.Temperature(), Worst: math.NaN()}
	sum, total := 0., 0.
	for _, phase := range [2]int{adversary, protagonist} {
		learns := phase
		if l.o.adversary != "learned" {
			learns = protagonist
		}
		for e, tau := range l.taus {
			if e%unheeded == unheeded-1 && ctx.Err() != nil {
				return train.Progress{}, ctx.Err()
			}
			pay, discounted, err := l.episode(w, k.Sub(uint64(phase)).Sub(uint64(e)), learns, l.terms(tau))
			if err != nil {
				return train.Progress{}, err
			}
			sum += pay
			total += discounted
			l.teacher.Tell(tau, discounted)
		}
	}
	l.teacher.Next()
	n := float64(2 * len(l.taus))
	if len(l.curve) > 0 {
		row.Episode = l.curve[len(l.curve)-1].Episode
	}
	row.Episode, row.Return = row.Episode+int64(n), total/n
	l.curve = append(l.curve, row)
	return train.Progress{Matches: int64(n), Pay: []float64{sum / n, -sum / n}}, nil
}

// terms are how an episode is played.
type terms struct {
	tau       [2]float64 // temperatures of both
	seen      float64    // the adversary's, as both see it
	bin       int        // of temperatures, for values that tell them apart
	share     float64    // of the adversary's force, at most 1
	adversary string     // learned, none or random
}

// terms are those of an episode of the training.
func (l *Learner) terms(tau float64) terms {
	t := terms{[2]float64{l.teacher.Protagonist(tau, l.o.tauP), l.o.own(tau)}, tau, l.o.bin(tau), 1, l.o.adversary}
	if l.o.force {
		t.share = l.teacher.Bound(tau)
	}
	return t
}

// episode plays one, from which one seat, or none (-1), learns. It returns what the
// protagonist was paid, plainly and discounted.
func (l *Learner) episode(w train.World, k dice.Key, learns int, t terms) (pay, discounted float64, err error) {
	p := &l.players
	for seat := range p {
		p[seat].begin(k.Sub(2+uint64(seat)), seat, t)
	}
	held := t.share < 1 && !limit(w, t.share)
	words, used, gamma := k.Sub(1), 0, l.discount()
	w.Reset(k.Sub(0))
	weight, steps := 1., 0
	for over := w.Turn() == games.Over; !over; steps++ {
		turn := w.Turn()
		l.moves = l.moves[:0]
		for seat := range p {
			if turn != games.Everyone && turn != games.Turn(seat) {
				continue
			}
			ticket := dice.Float64(words.Word(used))
			used++
			v := w.View(seat)
			m := 0
			switch {
			case seat == protagonist || t.adversary == "learned":
				if m, err = p[seat].move(v, ticket, seat == learns); err != nil {
					return 0, 0, err
				}
			case t.adversary == "none":
				m = l.info.Idle[seat]
			default:
				m = min(int(ticket*float64(v.Moves)), v.Moves-1)
			}
			if held && seat == adversary {
				if dice.Float64(words.Word(used)) >= t.share && l.info.Idle != nil {
					m = l.info.Idle[seat]
				}
				used++
			}
			l.moves = append(l.moves, m)
		}
		var got []float64
		got, over = w.Step(l.moves)
		pay += got[protagonist]
		discounted += weight * got[protagonist]
		weight *= gamma
		if learns >= 0 {
			p[learns].paid(got[learns], gamma)
		}
	}
	// A match that is broken off at the horizon has no last value to learn from.
	broken := l.info.Discount > 0 && steps == l.info.Horizon
	if learns >= 0 && !broken {
		p[learns].end()
	}
	if t.share < 1 && !held {
		limit(w, 1)
	}
	return pay, discounted, nil
}

// limit holds the adversary back where the world can.
func limit(w train.World, share float64) bool {
	x, ok := w.(games.Limiter)
	return ok && x.Limit(adversary, share)
}

// Policy is what both have learned, by information state; vectors have none. The
// protagonist plays as if the adversary were rational, the adversary at the
// temperature that the teacher expects.
func (l *Learner) Policy() games.Policy {
	out := games.Policy{Game: l.game}
	t := l.terms(l.teacher.Mean())
	for seat, bin := range [2]int{0, t.bin} {
		t.bin = bin
		l.players[seat].begin(0, seat, t)
		out.Seats = append(out.Seats, l.players[seat].rows())
	}
	return out
}
