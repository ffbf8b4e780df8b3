package train_test

import (
	"math"
	"slices"
	"testing"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/cartpole"
	"arbiter/games/pendulum"
	"arbiter/games/pointmass"
	"arbiter/train"
)

// A World of a game on vectors shows and pays step by step what its dynamics says,
// and makes no garbage.
func TestWorldOfVectors(t *testing.T) {
	rod, err := pendulum.New("pendulum", pendulum.Physics{Force: .8, Mass: 1, Length: 1}, 200, .97)
	if err != nil {
		t.Fatal(err)
	}
	cart, err := cartpole.New("cart_pole", cartpole.Physics{Force: .15, Cart: 1, Pole: .1, Length: .5}, 500, .98)
	if err != nil {
		t.Fatal(err)
	}
	mass, err := pointmass.New("point_mass", pointmass.Physics{Force: .8, Mass: 1, Friction: .5}, 200, .99)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []interface {
		games.Game
		Step(state []float64, u, d int) (float64, bool)
	}{rod, cart, mass} {
		w, key := train.WorldOf(g), dice.New(3)
		name, moves := g.Info().Name, make([]int, 2)
		match := func() {
			w.Reset(key)
			v := w.View(1)
			x := append(make([]float64, 0, 4), v.Vector...)
			if v.Key != "" || v.State != nil || len(x) != len(g.Info().Vector) {
				t.Fatalf("%s: a view shows %+v", name, v)
			}
			over := false
			for step := 0; !over; step++ {
				for k := range moves {
					moves[k] = int(key.Word(2*step+k) % uint64(w.View(k).Moves))
				}
				want, ends := g.Step(x, moves[0], moves[1])
				var pay []float64
				if pay, over = w.Step(moves); pay[0] != want || pay[1] != -want || ends && !over {
					t.Fatalf("%s: step %d pays %v, over %v; expected %g, %v", name, step, pay, over, want, ends)
				}
				if over {
					return
				}
				for i, y := range w.View(0).Vector {
					if y != x[i] {
						t.Fatalf("%s: step %d shows %v, expected %v", name, step, w.View(0).Vector, x)
					}
				}
			}
		}
		match()
		if n := testing.AllocsPerRun(20, match); n > 2 { // x and the way it is compared
			t.Errorf("%s: %g allocations in a match", name, n)
		}
	}
}

// An adversary that is held back does what one of a game with less force does; where a
// game cannot do that it says so.
func TestWorldLimits(t *testing.T) {
	open := map[string]func(force float64) (games.Game, error){
		"pendulum": func(f float64) (games.Game, error) {
			return pendulum.New("pendulum", pendulum.Physics{Force: f, Mass: 1, Length: 1}, 50, .97)
		},
		"cart_pole": func(f float64) (games.Game, error) {
			return cartpole.New("cart_pole", cartpole.Physics{Force: f, Cart: 1, Pole: .1, Length: .5}, 50, .98)
		},
		"point_mass": func(f float64) (games.Game, error) {
			return pointmass.New("point_mass", pointmass.Physics{Force: f, Mass: 1, Friction: .5}, 50, .99)
		},
	}
	for name, of := range open {
		var shown [3][]float64
		for i, c := range []struct{ force, share float64 }{{.8, .5}, {.4, 1}, {.8, 1}} {
			g, err := of(c.force)
			if err != nil {
				t.Fatal(err)
			}
			w := train.WorldOf(g)
			l := w.(games.Limiter)
			if l.Limit(0, .5) || l.Limit(1, 2) || l.Limit(1, math.NaN()) || !l.Limit(1, c.share) {
				t.Errorf("%s: limits are taken where they are none, or not where they are", name)
			}
			w.Reset(7)
			for over := false; !over; {
				shown[i] = append(shown[i], w.View(0).Vector...)
				up := w.View(0).Moves/2 + 1 // of the point mass, into the wind
				_, over = w.Step([]int{min(up, w.View(0).Moves-1), 2})
			}
		}
		if !slices.Equal(shown[0], shown[1]) || slices.Equal(shown[0], shown[2]) {
			t.Errorf("%s: half of a force is not the force of a half", name)
		}
	}
	if train.WorldOf(late{}).(games.Limiter).Limit(0, .5) {
		t.Error("a game that cannot hold a seat back does")
	}
}

// Games that do not pay as they go pay at the end, all of it.
func TestWorldPaysAll(t *testing.T) {
	w := train.WorldOf(late{})
	w.Reset(1)
	pay, over := w.Step([]int{0})
	if over || pay[0] != 0 {
		t.Fatalf("paid %v, over %v", pay, over)
	}
	if pay, over = w.Step([]int{0}); !over || math.Abs(pay[0]-5) > 0 {
		t.Fatalf("paid %v, over %v", pay, over)
	}
}

// late is a game of two moves whose State does not say what each pays.
type late struct{ done int }

func (late) Info() games.Info {
	return games.Info{Name: "late", Seats: 1, Lo: []float64{0}, Hi: []float64{5}}
}
func (late) Start() games.State      { return &late{} }
func (l *late) Moves(int) int        { return 1 }
func (l *late) Odds() []float64      { return nil }
func (l *late) Play(int)             { l.done++ }
func (l *late) Key(int) string       { return "k" }
func (l *late) Payoff(dst []float64) { dst[0] = 5 }
func (l *late) Reset()               { l.done = 0 }
func (l *late) Clone() games.State   { c := *l; return &c }
func (l *late) Turn() games.Turn {
	if l.done == 2 {
		return games.Over
	}
	return 0
}

func BenchmarkDynamics(b *testing.B) {
	rod, err := pendulum.New("pendulum", pendulum.Physics{Force: .8, Mass: 1, Length: 1}, 200, .97)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	x := []float64{3, 0}
	for b.Loop() {
		rod.Step(x, 4, 0)
	}
}

func BenchmarkWorld(b *testing.B) {
	rod, err := pendulum.New("pendulum", pendulum.Physics{Force: .8, Mass: 1, Length: 1}, 200, .97)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	w, moves := train.WorldOf(rod), []int{4, 0}
	for over := true; b.Loop(); {
		if over {
			w.Reset(1)
		}
		w.View(0)
		_, over = w.Step(moves)
	}
}
