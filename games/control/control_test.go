package control

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/gametest"
)

// slide is a place that is pushed to either side; past 1 the match is over.
type slide struct{}

func (slide) Start(state []float64, src rand.Source) { state[0] = Even(src, -.5, .5) }

func (slide) Step(state []float64, u, d int) (float64, bool) {
	state[0] += .1 * float64(u-d)
	return -math.Abs(state[0]), math.Abs(state[0]) > 1
}

func task() Task {
	return Task{
		Dynamics: slide{}, Name: "slide", State: []games.Axis{{Name: "place", Lo: -1, Hi: 1}},
		Moves: [2][]string{{"stay", "push"}, {"stay", "push"}}, Horizon: 30, Discount: .9, Lo: -1.1, Hi: 0,
	}
}

func TestContract(t *testing.T) {
	g, err := New(task())
	if err != nil {
		t.Fatal(err)
	}
	gametest.Run(t, g)
	if _, err := flat.Compile(g, 1000); err == nil {
		t.Error("a game on real numbers compiles")
	}
	info := g.Info()
	if info.Lo[0] != -33 || info.Hi[0] != 0 || info.Lo[1] != 0 || info.Hi[1] != 33 || math.Signbit(info.Lo[1]) {
		t.Errorf("payoffs from %v to %v", info.Lo, info.Hi)
	}
}

// What a State shows and pays is what the dynamics says, step by step, and matches
// end by the rules or at the horizon.
func TestStateIsTheDynamics(t *testing.T) {
	g, err := New(task())
	if err != nil {
		t.Fatal(err)
	}
	ends := map[int]bool{}
	for i := range uint64(200) {
		s, key := g.Start(), dice.New(i)
		first, again := key.At(0), key.At(0)
		s.(games.Roller).Roll(&first)
		x := make([]float64, 1)
		g.Dynamics.Start(x, &again)
		sum, pay := 0.0, make([]float64, 2)
		for step := 0; s.Turn() != games.Over; step++ {
			if got := s.(games.Observer).Observe(1, []float64{7}); len(got) != 2 || got[1] != x[0] {
				t.Fatalf("step %d: seen %v, expected 7 and then %v", step, got, x)
			}
			u, d := int(key.Word(2*step)%2), int(key.Word(2*step+1)%2)
			if i%2 == 0 {
				d = 0
			}
			reward, over := g.Step(x, u, d)
			s.(games.Joint).PlayAll([]int{u, d})
			sum += reward
			if s.(games.Payer).Paid(pay); pay[0] != reward || pay[1] != -reward {
				t.Fatalf("step %d pays %v, expected %g", step, pay, reward)
			}
			if over != (s.Turn() == games.Over) && step+1 != 30 {
				t.Fatalf("step %d: over %v, turn %d", step, over, s.Turn())
			}
			if s.Turn() == games.Over {
				ends[step+1] = true
			}
		}
		if s.Payoff(pay); pay[0] != sum || pay[1] != -sum {
			t.Fatalf("paid %v, expected %g", pay, sum)
		}
	}
	if len(ends) < 5 || !ends[30] {
		t.Errorf("matches end after %v steps", ends)
	}
}

// What does not make a task is refused.
func TestNewRefuses(t *testing.T) {
	for want, change := range map[string]func(*Task){
		"horizon":  func(t *Task) { t.Horizon = 0 },
		"discount": func(t *Task) { t.Discount = 1 },
		"state":    func(t *Task) { t.State = nil },
		"rewards":  func(t *Task) { t.Hi = math.Inf(1) },
		"seat 1":   func(t *Task) { t.Idle[1] = 2 },
	} {
		x := task()
		change(&x)
		if _, err := New(x); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
