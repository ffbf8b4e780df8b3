package many_test

import (
	"math/big"
	"slices"
	"testing"
)

// Continua of three players are grouped as far as they can be walked: one segment,
// two apart, a surface, and equilibria that are isolated although one of them is
// singular.
func TestContinuaAreGrouped(t *testing.T) {
	agree := func(p []int) bool { return p[0] == p[1] }
	rat := func(yes bool) *big.Rat {
		if yes {
			return big.NewRat(1, 1)
		}
		return new(big.Rat)
	}
	for _, c := range []struct {
		name  string
		shape []int
		pay   func(k int, p []int) *big.Rat
		long  int // components of several points
		alone int // of one
	}{
		// Matching pennies, and a third player who is paid nothing: (1/2, 1/2, z).
		{"segment", []int{2, 2, 2}, func(k int, p []int) *big.Rat { return rat(k < 2 && agree(p) == (k == 0)) }, 1, 0},
		// Two coordinate, and the third gains by its second strategy where they do
		// not: (0, 0, z) and (1, 1, z), which are apart, and the even mixture.
		{"two segments", []int{2, 2, 2}, func(k int, p []int) *big.Rat {
			if k < 2 {
				return rat(agree(p))
			}
			return rat(!agree(p) && p[2] == 1)
		}, 2, 1},
		// The first is indifferent where y z = 1/4 and the others always: a surface
		// in which every point is connected with every other.
		{"surface", []int{2, 2, 2}, func(k int, p []int) *big.Rat {
			if k > 0 || p[0] == 0 {
				return new(big.Rat)
			}
			return new(big.Rat).Sub(rat(p[1]+p[2] == 2), big.NewRat(1, 4))
		}, 1, 0},
		// The second strategy gains 1 if only the player before takes it, -2 if only
		// the player after does, else nothing: all alike are two equilibria, both
		// singular and isolated, as who deviates alone moves the next.
		{"isolated", []int{2, 2, 2}, func(k int, p []int) *big.Rat {
			return big.NewRat(int64(p[k]*(p[(k+2)%3]*(1-p[(k+1)%3])-2*p[(k+1)%3]*(1-p[(k+2)%3]))), 1)
		}, 0, 2},
	} {
		n := game(c.shape, c.pay)
		m := solved(t, n)
		several, alone := 0, 0
		seen := make([]int, len(m.Equilibria))
		for _, list := range m.Components {
			if len(list) > 1 {
				several++
			} else {
				alone++
			}
			for _, i := range list {
				seen[i]++
			}
			if len(list) > 1 && slices.ContainsFunc(list, func(i int) bool { return m.Equilibria[i].Index != 0 }) {
				t.Errorf("%s: a regular equilibrium is joined with others: %v", c.name, list)
			}
		}
		if !m.Sampled || m.Unjoined || slices.Min(seen) != 1 || slices.Max(seen) != 1 {
			t.Errorf("%s: components %v, sampled %t, of %d equilibria", c.name, m.Components, m.Sampled, len(m.Equilibria))
		}
		if several != c.long || alone != c.alone {
			t.Errorf("%s: %d components of several points and %d of one, expected %d and %d: %v", c.name, several, alone, c.long, c.alone, m.Components)
			for _, p := range m.Equilibria {
				t.Log(p)
			}
		}
	}
}
