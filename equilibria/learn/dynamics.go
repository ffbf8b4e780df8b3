package learn

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/internal/num"
)

// field works out, for all seats at one policy, what every move earns.
type field struct {
	b    *flat.Board
	walk *flat.Walk
	q    []games.Behaviour // per seat, row and move
	own  [][]float64       // per seat and row: reach of the seat's own moves
	// conditional: q is the mean over the nodes of a row, given that it is
	// reached; else it is weighted by the reach of the others.
	conditional bool
	scale       []float64 // range of payoffs per seat, or 1
}

func newField(b *flat.Board, conditional bool) *field {
	f := &field{b: b, walk: b.NewWalk(), q: zeros(b), conditional: conditional}
	for k, scale := range b.Scales() {
		f.own = append(f.own, make([]float64, len(f.q[k])))
		if scale.Range == 0 {
			scale.Range = 1
		}
		f.scale = append(f.scale, scale.Range)
	}
	return f
}

// sharp is the reach from which on quotients of reaches are.
const sharp = 1e-270

// at fills q and own.
func (f *field) at(p []games.Behaviour) {
	for k := range p {
		dim := false
		f.walk.Counterfactual(k, p, func(row int, reach float64, values []float64) {
			f.own[k][row] = reach
			weight := 1.0
			if f.conditional {
				sum := f.walk.Others(k, row)
				if sum < sharp {
					dim = true
				}
				weight = 1 / sum
			}
			for m, v := range values {
				f.q[k][row][m] = v * weight
			}
		})
		if dim {
			f.walk.Conditional(k, p, func(row int, values []float64) { copy(f.q[k][row], values) })
		}
	}
}

// each calls visit for every row of every seat.
func each(p []games.Behaviour, visit func(k, row int)) {
	for k := range p {
		for row := range p[k] {
			visit(k, row)
		}
	}
}

// matching is regret matching with simultaneous updates.
type matching struct {
	f             *field
	now           []games.Behaviour
	regret, total []games.Behaviour
}

func newMatching(b *flat.Board, from []games.Behaviour) *matching {
	return &matching{newField(b, false), started(b, from), zeros(b), zeros(b)}
}

// started is the policy to start from: a copy of from, or even play.
func started(b *flat.Board, from []games.Behaviour) []games.Behaviour {
	if from == nil {
		return b.Uniform()
	}
	return cloned(from)
}

// logitsOf are the logarithms of a policy, of even play if it is nil. Moves with
// less than 1e-12 start there: a logit of minus infinity would never come back.
func logitsOf(b *flat.Board, from []games.Behaviour) []games.Behaviour {
	l := zeros(b)
	each(from, func(k, row int) {
		for m, p := range from[k][row] {
			l[k][row][m] = math.Log(max(p, 1e-12))
		}
	})
	return l
}

func (l *matching) iterate(int) {
	l.f.at(l.now)
	each(l.now, func(k, row int) {
		p, q, r, total := l.now[k][row], l.f.q[k][row], l.regret[k][row], l.total[k][row]
		mean := dot(p, q)
		for m := range p {
			total[m] += l.f.own[k][row] * p[m]
			r[m] += q[m] - mean
		}
		num.Positive(p, r)
	})
}

func (l *matching) average() []games.Behaviour { return normalised(l.f.b, l.total) }

func dot(a, b []float64) (sum float64) {
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// weights are multiplicative weights, optimistic or with a step ahead, in logits.
type weights struct {
	f      *field
	ahead  bool
	eta    []float64 // per seat
	logits []games.Behaviour
	last   []games.Behaviour // the values before
	now    []games.Behaviour
}

func newWeights(b *flat.Board, ahead bool, from []games.Behaviour) *weights {
	w := &weights{f: newField(b, false), ahead: ahead, logits: logitsOf(b, from), now: started(b, from)}
	// The inverse of the Lipschitz constant, which is half the range as constants
	// do not matter, halved for extra-gradient and quartered for the optimistic form.
	for _, scale := range w.f.scale {
		eta := .5 / scale
		if ahead {
			eta *= 2
		}
		w.eta = append(w.eta, eta)
	}
	if !ahead {
		w.last = zeros(b)
	}
	return w
}

func (w *weights) iterate(t int) {
	w.f.at(w.now)
	if w.ahead {
		half := w.now
		each(half, func(k, row int) {
			trial := append([]float64(nil), w.logits[k][row]...)
			for m, q := range w.f.q[k][row] {
				trial[m] += w.eta[k] * q
			}
			num.Softmax(half[k][row], trial, 1)
		})
		w.f.at(half)
	}
	each(w.now, func(k, row int) {
		l := w.logits[k][row]
		for m, q := range w.f.q[k][row] {
			step := q
			if !w.ahead {
				if step = 2*q - w.last[k][row][m]; t == 1 {
					step = q
				}
				w.last[k][row][m] = q
			}
			l[m] += w.eta[k] * step
		}
		center(l)
		num.Softmax(w.now[k][row], l, 1)
	})
}

// center keeps logits from growing together.
func center(l []float64) {
	top := math.Inf(-1)
	for _, x := range l {
		top = max(top, x)
	}
	for m := range l {
		l[m] -= top
	}
}

func (w *weights) average() []games.Behaviour { return cloned(w.now) }

func cloned(p []games.Behaviour) []games.Behaviour {
	out := make([]games.Behaviour, len(p))
	for k := range p {
		for _, row := range p[k] {
			out[k] = append(out[k], append([]float64(nil), row...))
		}
	}
	return out
}

// replicator integrates d log x = q - ⟨x,q⟩ at every row by classical Runge-Kutta
// steps of a tenth of the inverse payoff range, and averages over time.
type replicator struct {
	f             *field
	step          []float64 // per seat
	logits, total []games.Behaviour
}

func newReplicator(b *flat.Board, from []games.Behaviour) *replicator {
	l := &replicator{f: newField(b, false), logits: logitsOf(b, from), total: zeros(b)}
	for _, scale := range l.f.scale {
		l.step = append(l.step, .1/scale)
	}
	return l
}

func (l *replicator) iterate(int) {
	p := l.f.b.Uniform()
	start := cloned(l.logits)
	sum := zeros(l.f.b)
	for stage, c := range []struct{ at, weight float64 }{{.5, 1}, {.5, 2}, {1, 2}, {0, 1}} {
		each(p, func(k, row int) { num.Softmax(p[k][row], l.logits[k][row], 1) })
		l.f.at(p)
		each(p, func(k, row int) {
			if stage == 0 { // the state the step starts from
				for m, x := range p[k][row] {
					l.total[k][row][m] += l.f.own[k][row] * x
				}
			}
			mean := dot(p[k][row], l.f.q[k][row])
			for m, q := range l.f.q[k][row] {
				slope := q - mean
				sum[k][row][m] += c.weight * slope
				l.logits[k][row][m] = start[k][row][m] + c.at*l.step[k]*slope
			}
		})
	}
	each(p, func(k, row int) {
		for m := range p[k][row] {
			l.logits[k][row][m] = start[k][row][m] + l.step[k]/6*sum[k][row][m]
		}
		center(l.logits[k][row])
	})
}

func (l *replicator) average() []games.Behaviour { return normalised(l.f.b, l.total) }

// magnetic is magnetic mirror descent: every step is pulled to a magnet, which
// becomes the policy itself every so often, so that the fixed point of each
// period is nearer to an equilibrium.
type magnetic struct {
	f            *field
	alpha, eta   []float64 // per seat
	logits       []games.Behaviour
	magnet       []games.Behaviour // logits
	now          []games.Behaviour
	period, left int
	// annealed: the magnet stays even and its pull and the steps shrink instead.
	annealed bool
}

// MMD is the last policy of magnetic mirror descent with a moving magnet after so
// many iterations, without judging it.
func MMD(b *flat.Board, iterations int) []games.Behaviour {
	m := newMagnetic(b.Unit(), false, nil)
	for t := range iterations {
		m.iterate(t + 1)
	}
	return m.now
}

func newMagnetic(b *flat.Board, annealed bool, from []games.Behaviour) *magnetic {
	f := newField(b, true)
	m := &magnetic{f: f, annealed: annealed, logits: logitsOf(b, from), magnet: logitsOf(b, from), now: started(b, from), period: 50}
	for _, scale := range f.scale {
		alpha := .1 * scale
		if annealed {
			alpha = scale
		}
		m.alpha, m.eta = append(m.alpha, alpha), append(m.eta, 1/scale)
	}
	if m.left = m.period; annealed {
		m.magnet = nil
	}
	return m
}

// pull is one update of all rows: l' = (l + ηα·log ρ + ηq)/(1 + ηα).
func pull(f *field, logits, magnet, now []games.Behaviour, alpha, eta []float64) {
	each(now, func(k, row int) {
		l := logits[k][row]
		for m, q := range f.q[k][row] {
			pulled := 0.0
			if magnet != nil {
				pulled = magnet[k][row][m]
			}
			l[m] = (l[m] + eta[k]*alpha[k]*pulled + eta[k]*q) / (1 + eta[k]*alpha[k])
		}
		center(l)
		num.Softmax(now[k][row], l, 1)
	})
}

func (l *magnetic) iterate(t int) {
	shrink := 1.0
	if l.annealed {
		shrink = 1 / math.Sqrt(float64(t))
	}
	alpha, eta := make([]float64, len(l.now)), make([]float64, len(l.now))
	for k := range alpha {
		alpha[k], eta[k] = l.alpha[k]*shrink, l.eta[k]*shrink
	}
	l.f.at(l.now)
	pull(l.f, l.logits, l.magnet, l.now, alpha, eta)
	if l.left--; l.left == 0 && !l.annealed {
		l.left = l.period
		l.magnet = cloned(l.logits)
	}
}

func (l *magnetic) average() []games.Behaviour { return cloned(l.now) }

// Quantal is a quantal response equilibrium found by magnetic mirror descent.
type Quantal struct {
	Policy     []games.Behaviour // the last one
	Iterations int               // updates of all players at once
	// Residual is the largest difference between a probability and that of the
	// logit response to the policy: the test of what was found.
	Residual float64
	Status   equilibria.Status  // Converged if Residual is within the tolerance
	Curve    []equilibria.Point // of residuals
}

// MagneticQRE looks for the logit equilibrium at a temperature per player by
// magnetic mirror descent with the even magnet: of a normal form its logit QRE, of
// a tree its agent QRE, in which every information state answers the conditional
// values of its moves. Steps are the inverse payoff range at first, grow while
// the residual falls and shrink when it does not; for two players with constant sum
// and one choice each small ones converge always, elsewhere nothing is promised and
// the residual says what was found. The tolerance is that of the residual.
func MagneticQRE(ctx context.Context, b *flat.Board, temperature []float64, o Options) (Quantal, error) {
	if err := o.Check(); err != nil {
		return Quantal{}, err
	}
	if len(temperature) != b.Info().Seats {
		return Quantal{}, fmt.Errorf("temperature: found %d, expected %d, one per player", len(temperature), b.Info().Seats)
	}
	for k, t := range temperature {
		if !(t > 0) || math.IsInf(t, 1) {
			return Quantal{}, fmt.Errorf("temperature %d: found %g, expected a positive number", k, t)
		}
	}
	scales := b.Scales()
	b = b.Unit()
	f := newField(b, true)
	s := Quantal{Status: equilibria.AtLimit, Residual: math.Inf(1)}
	logits, now := zeros(b), b.Uniform()
	if o.From != nil {
		logits, now = logitsOf(b, o.From), started(b, o.From)
	}
	best, least := math.Inf(1), math.Inf(1)
	eta := make([]float64, len(scales))
	temperature = slices.Clone(temperature)
	for k, scale := range scales { // both are in payoffs
		temperature[k] = math.Ldexp(temperature[k], -scale.Exp)
		if temperature[k] == 0 || math.IsInf(temperature[k], 1) {
			return s, equilibria.NoAnswerf("temperature %d: it is too far from the range of payoffs, %g", k, scale.Range)
		}
		if eta[k] = 1 / f.scale[k]; o.Step > 0 {
			eta[k] = scale.Up(o.Step)
		}
	}
	for next := 1; s.Iterations < o.Iterations; {
		if err := ctx.Err(); err != nil {
			s.Policy = now
			return s, err
		}
		f.at(now)
		if s.Iterations == next || s.Iterations+1 == o.Iterations {
			next += 20
			s.Residual = residual(f, now, temperature)
			s.Curve = append(s.Curve, equilibria.Point{Iteration: s.Iterations, NashConv: s.Residual})
			if s.Residual <= o.Tolerance {
				s.Status = equilibria.Converged
				break
			}
			// Orbits make residuals go up and down: the least of the last period
			// counts.
			if least = min(least, s.Residual); o.Step == 0 && len(s.Curve)%8 == 0 {
				for k := range eta {
					if eta[k] *= 1.5; least > .9*best {
						eta[k] /= 3
					}
				}
				best, least = least, math.Inf(1)
			}
		}
		pull(f, logits, nil, now, temperature, eta)
		s.Iterations++
	}
	s.Policy = now
	return s, nil
}

// residual is the largest distance of a probability from its logit response.
func residual(f *field, p []games.Behaviour, temperature []float64) float64 {
	off := 0.0
	each(p, func(k, row int) {
		answer := make([]float64, len(p[k][row]))
		num.Softmax(answer, f.q[k][row], 1/temperature[k])
		for m, x := range answer {
			off = max(off, math.Abs(x-p[k][row][m]))
		}
	})
	return off
}
