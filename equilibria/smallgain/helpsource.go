package smallgain

import "arbiter/dice"

// source of random games.
type source struct {
	key dice.Key
	n   int
}

func (r *source) float() float64 {
	r.n++
	return dice.Float64(r.key.Word(r.n))
}

func (r *source) below(n int) int { return int(r.float() * float64(n)) }
