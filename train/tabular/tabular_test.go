package tabular

import (
	"math"
	"strings"
	"testing"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
	"arbiter/games/markov"
	"arbiter/games/normal"
	"arbiter/games/pendulum"
	"arbiter/games/wind"
	"arbiter/train"
	"arbiter/train/traintest"
)

// pennies are matching pennies as a game of simultaneous moves.
func pennies(t *testing.T) games.Game {
	t.Helper()
	table := normal.Table{Strategies: [][]string{{"heads", "tails"}, {"heads", "tails"}}, Payoffs: [][]float64{{1, -1, -1, 1}, {-1, 1, 1, -1}}}
	g, err := normal.New("matching_pennies", table, normal.Options{Noise: normal.None})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func poker(t *testing.T) games.Game {
	t.Helper()
	g, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestContract(t *testing.T) {
	for _, g := range []games.Game{pennies(t), poker(t)} {
		traintest.Run(t, SoftQ(), "soft_q(matches=200)", g)
	}
}

// Rewards that come as a match goes on are learned from too, and a game without rows
// is refused.
func TestOtherGames(t *testing.T) {
	g, err := wind.New("wind_grid", wind.Layout{Rows: 2, Cols: 3, Goal: wind.Cell{0, 2}, Pits: []wind.Cell{{1, 2}}, Wind: .2, Step: -.03, Reach: 1, Fall: -.5, Discount: .9})
	if err != nil {
		t.Fatal(err)
	}
	traintest.Run(t, SoftQ(), "soft_q(matches=50)", markov.NewPlayable(g, false))
	rod, err := pendulum.New("pendulum", pendulum.Physics{Mass: 1, Length: 1}, 10, .9)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := SoftQ().Open("soft_q", rod.Info()); err == nil || !strings.Contains(err.Error(), "vectors of real numbers") {
		t.Errorf("on vectors: %v", err)
	}
}

// learned trains for so many steps and returns the behaviour per seat on the Board.
func learned(t *testing.T, text string, steps int64, g games.Game) (*flat.Board, []games.Behaviour) {
	t.Helper()
	l, name, err := SoftQ().Open(text, g.Info())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := train.Run(t.Context(), l, train.WorldOf(g), train.Options{Learner: name, Seed: 1, Steps: steps}); err != nil {
		t.Fatal(err)
	}
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	p := b.Uniform()
	for seat, rows := range l.Policy().Seats {
		at := rows.Index()
		for i, r := range b.Rows(seat) {
			copy(p[seat][i], at[r.Key])
		}
	}
	return b, p
}

// The logit equilibrium of matching pennies is even at every temperature.
func TestPennies(t *testing.T) {
	_, p := learned(t, "soft_q(temperature=0.5)", 100, pennies(t))
	for seat := range p {
		if x := p[seat][0][0]; math.Abs(x-.5) > .02 {
			t.Errorf("seat %d plays heads with probability %g, want a half", seat, x)
		}
	}
}

// Even play of Kuhn poker could be exploited for 0.9167 by both seats together. At
// an agent logit equilibrium of temperature τ a decision between two moves is at
// most τ·ln 2 from the best; a seat has at most two.
func TestPoker(t *testing.T) {
	const text = "soft_q(temperature=0.2)"
	b, p := learned(t, text, 200, poker(t))
	if conv, most := b.Evaluate(p).NashConv, 4*.2*math.Ln2; conv > most {
		t.Errorf("%s: NashConv %g, expected at most %g", text, conv, most)
	}
}
