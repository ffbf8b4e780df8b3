package flat_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/gametest"
)

// toy is a game of one coin and two decisions of seat 0, then one of seat 1;
// its faults are switched on one by one.
type toy struct {
	forgets, grows, odd, nan, silent bool
}

func (g toy) Info() games.Info {
	return games.Info{Name: "toy", Seats: 2, Lo: []float64{0, 0}, Hi: []float64{8, 8}}
}
func (g toy) Start() games.State { return &toyState{toy: g} }

type toyState struct {
	toy
	coin, plies int
	moves       [3]int
}

func (s *toyState) Reset()             { *s = toyState{toy: s.toy} }
func (s *toyState) Clone() games.State { c := *s; return &c }
func (s *toyState) Turn() games.Turn {
	switch {
	case s.coin == 0:
		return games.Chance
	case s.plies < 2:
		return 0
	case s.plies == 2:
		return 1
	}
	return games.Over
}
func (s *toyState) Moves(seat int) int {
	if s.grows && s.plies == 2 {
		return 1 + s.coin
	}
	return 2
}
func (s *toyState) Odds() []float64 {
	switch {
	case s.silent:
		return nil
	case s.odd:
		return []float64{.5, .6}
	}
	return []float64{.25, .75}
}
func (s *toyState) Play(m int) {
	if s.coin == 0 {
		s.coin = m + 1
		return
	}
	s.moves[min(s.plies, 2)] = m
	s.plies++
}
func (s *toyState) Key(seat int) string {
	if seat == 1 {
		return "blind"
	}
	if s.plies == 1 && !s.forgets {
		return "second" + string(rune('0'+s.moves[0]))
	}
	if s.plies == 1 {
		return "second"
	}
	return "first" + strings.Repeat("+", s.plies)
}
func (s *toyState) Payoff(dst []float64) {
	dst[0] = float64(4*s.moves[0]+2*s.moves[1]+s.moves[2]) / float64(s.coin)
	dst[1] = float64(s.moves[2] * s.coin)
	if s.nan {
		dst[1] = math.NaN()
	}
}
func (s *toyState) Roll(interface{ Uint64() uint64 }) {}

// Values by hand: uniform moves pay seat 0 3.5·(1/4+3/4/2) and seat 1
// ½·(1/4+3/4·2); best responses take every move 1.
func TestToyByHand(t *testing.T) {
	gametest.Run(t, toy{})
	b, err := flat.Compile(toy{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	e := b.Evaluate(b.Uniform())
	for _, x := range [][2]float64{
		{e.Values[0], 3.5 * .625}, {e.Values[1], .5 * 1.75},
		{e.BestResponseValues[0], 6.5 * .625}, {e.BestResponseValues[1], 1.75},
		{e.NashConv, 3*.625 + .875}, {e.Exploitability, (3*.625 + .875) / 2},
	} {
		if math.Abs(x[0]-x[1]) > 1e-15 {
			t.Errorf("%+v: found %g, want %g", e, x[0], x[1])
		}
	}
	if _, r := b.BestResponse(0, b.Uniform()); r[0][1] != 1 || r[2][1] != 1 {
		t.Errorf("best response %v", r)
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, c := range []struct {
		g    toy
		max  int
		is   error
		want string
	}{
		{toy{forgets: true}, 100, flat.ErrRecall, `"second"`},
		{toy{grows: true}, 100, nil, `"blind" of seat 1 has 2 and 3 moves`},
		{toy{odd: true}, 100, nil, "sum to 1.1"},
		{toy{nan: true}, 100, nil, "NaN of seat 1"},
		{toy{silent: true}, 100, flat.ErrNotFinite, "toy"},
		{toy{}, 10, flat.ErrTooLarge, "at most 10 fit"},
	} {
		b, err := flat.Compile(c.g, c.max)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: board %v, error %v, want one with %q", c.g, b != nil, err, c.want)
		}
	}
}
