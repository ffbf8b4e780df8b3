package stochastic

import (
	"math"

	"arbiter/internal/num"
)

// Stage solves soft stage games of one shape in the KL form, each from where the one
// before ended: for learners who have the values of joint moves. It is not safe for
// concurrent use.
type Stage struct{ soft softGame }

// Solve writes the saddle of q, [row player's action][column player's], for which x and
// y have room, and returns its value to the row player: x'qy less t[0]·KL(x‖even), more
// t[1]·KL(y‖even).
func (s *Stage) Solve(q [][]float64, t [2]float64, x, y []float64) (float64, error) {
	if _, err := s.soft.solve(q, t, x, y); err != nil {
		return 0, err
	}
	value := 0.
	for i, row := range q {
		earned := 0.
		for j, v := range row {
			earned += v * y[j]
		}
		value += x[i] * earned
	}
	return value - t[0]*(math.Log(float64(len(x)))-num.Entropy(x)) + t[1]*(math.Log(float64(len(y)))-num.Entropy(y)), nil
}
