// Package certifytest is what tests of several rooms of certificates share: random
// games, rationals, arithmetic of 77 digits.
package certifytest

import "arbiter/dice"

// Source of random games.
type Source struct {
	Key dice.Key // names the stream
	n   int
}

// Float is uniform on [0, 1).
func (r *Source) Float() float64 {
	r.n++
	return dice.Float64(r.Key.Word(r.n))
}

// Below is uniform on 0 to n-1.
func (r *Source) Below(n int) int { return int(r.Float() * float64(n)) }
