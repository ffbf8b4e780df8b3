package trial

import (
	"context"
	"math"
	"slices"

	"arbiter/certify"
	"arbiter/dice"
)

// motion is play that can be started at random, moved by a step and measured.
type motion struct {
	start   func(random func() float64)
	move    func() bool // false where the field is not defined
	measure func() float64
	noise   func() float64 // error of the measure after a move, in absolute terms
	once    bool           // every start is moved once: it may leave the region
	// Starts are anywhere in the region, which no step leaves.
	anywhere bool
}

// run adds what the motion does to t. Draws of different trials differ by at.
func (s Trials) run(ctx context.Context, at int, m motion, t certify.Trial) (certify.Trial, error) {
	if s.Starts == 0 {
		s.Starts = 40
	}
	if s.Steps == 0 {
		s.Steps = 60
	}
	starts, steps := s.Starts, s.Steps
	if m.once {
		starts, steps = starts*steps, 1
	}
	t.Worst, t.Surely = math.NaN(), math.NaN()
	t.Starts = starts
	for k := range starts {
		if ctx.Err() != nil {
			return t, ctx.Err()
		}
		stream := dice.New(s.Seed, uint64(at), uint64(k)).At(0)
		m.start(func() float64 { return 2*dice.Float64(stream.Uint64()) - 1 })
		last, off := m.measure(), m.noise()
		for range steps {
			if !(dust*last > off) || math.IsInf(last, 1) || !m.move() {
				break
			}
			now, error := m.measure(), m.noise()
			if r := now / last; !(r <= t.Worst) {
				t.Worst = r
			}
			if r := (now - error) / (last + off); !(r <= t.Surely) {
				t.Surely = r
			}
			t.Steps++
			last, off = now, error
		}
	}
	if t.Steps == 0 {
		t.Note = "no start is far enough from the equilibrium for what is known of it"
	}
	return t, nil
}

// promised are the rows that state a factor at a step, without conditions, of
// schemes that remember nothing.
func promised(c *certify.Certificate) []certify.Step {
	return slices.DeleteFunc(slices.Clone(c.Steps), func(s certify.Step) bool {
		return s.Scheme == certify.Optimistic || !s.Status.Proves() || !(s.Best > 0) || math.IsNaN(s.Factor)
	})
}
