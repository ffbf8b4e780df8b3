package path_test

import (
	"math"
	"testing"

	"arbiter/equilibria/path"
)

// mixed is the system of a game of two players with two moves each, all in use:
// u[k][own][other] is what player k is paid.
func mixed(u [2][2][2]float64) *path.Indifference {
	e := &path.Indifference{}
	for a := range 4 {
		e.Add(a, a/2, true, true)
	}
	slope := make([][]float64, 4)
	e.Pay = func(x, pay []float64) bool {
		for a := range 4 {
			slope[a], pay[a] = make([]float64, 4), 0
			for b := range 2 {
				other := 2*(1-a/2) + b
				slope[a][other] = u[a/2][a%2][b] * math.Exp(x[other])
				pay[a] += slope[a][other]
			}
		}
		return true
	}
	e.Slope = func(a int) []float64 { return slope[a] }
	return e
}

// A mixed equilibrium is found from near by; where they are a continuum, by the
// shortest steps only.
func TestIndifference(t *testing.T) {
	logs := func(p, q float64) []float64 {
		return []float64{math.Log(p), math.Log(1 - p), math.Log(q), math.Log(1 - q)}
	}
	// Player 0 makes 1 indifferent: 1·p = 2·(1-p); 1 makes 0: 3·q = 1-q.
	inner := mixed([2][2][2]float64{{{3, 0}, {0, 1}}, {{0, 2}, {1, 0}}})
	x := logs(.6, .3)
	if !inner.Solve(x, 1e10, false) || math.Abs(math.Exp(x[0])-2.0/3) > 1e-15 || math.Abs(math.Exp(x[2])-.25) > 1e-15 {
		t.Errorf("found %g and %g, expected 2/3 and 1/4", math.Exp(x[0]), math.Exp(x[2]))
	}
	// Nothing depends on player 1.
	flat := mixed([2][2][2]float64{{{1, 0}, {0, 1}}, {{1, 1}, {1, 1}}})
	x = logs(.31, .52)
	if flat.Solve(x, 1e10, false) {
		t.Error("a continuum was taken for a point")
	}
	x = logs(.31, .52)
	if !flat.Solve(x, 1e10, true) || math.Abs(math.Exp(x[0])-.31) > 1e-12 || math.Abs(math.Exp(x[2])-.5) > 1e-15 {
		t.Errorf("found %g and %g, expected to stay at 0.31 and to go to 1/2", math.Exp(x[0]), math.Exp(x[2]))
	}
}
