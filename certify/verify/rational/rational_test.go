package rational

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// What a factor shows is what elimination decides, of matrices from surely definite to
// surely not, in units far apart; and it shows those that are a little inside.
func TestFactorsShowWhatEliminationDecides(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	shown, definite, not := 0, 0, 0
	for range 400 {
		n := 1 + rng.IntN(7)
		unit := make([]int, n)
		for i := range unit {
			unit[i] = rng.IntN(40)
		}
		half := make([][]int64, n)
		rank := max(1, n-rng.IntN(2))
		for i := range half {
			for range rank {
				half[i] = append(half[i], int64(rng.IntN(2001)-1000))
			}
		}
		// B B' of full rank or less by one, less or more by a little of its diagonal.
		off := uint(20 + rng.IntN(160))
		sign := int64(rng.IntN(3) - 1)
		a := make([][]*big.Int, n)
		for i := range a {
			a[i] = make([]*big.Int, n)
			for j := range a {
				sum := int64(0)
				for k := range rank {
					sum += half[i][k] * half[j][k]
				}
				x := new(big.Int).Lsh(big.NewInt(sum), off)
				if i == j {
					x.Add(x, big.NewInt(sign*sum))
				}
				a[i][j] = x.Lsh(x, uint(unit[i]+unit[j]))
			}
		}
		exact := eliminated(a)
		f := factored(a)
		switch {
		case f && !exact:
			t.Fatalf("order %d, off by %d·2^-%d: shown, and not definite", n, sign, off)
		case f:
			shown++
		case exact && off < 80:
			t.Errorf("order %d, off by %d·2^-%d: definite, and not shown", n, sign, off)
		}
		if exact {
			definite++
		} else {
			not++
		}
	}
	if shown < 50 || definite-shown < 10 || not < 50 {
		t.Errorf("%d shown of %d definite, %d not: the test has lost its mixture", shown, definite, not)
	}
}

// eliminated decides definiteness by pivots in fractions.
func eliminated(a [][]*big.Int) bool {
	m := Build(len(a), len(a), func(i, j int) *big.Rat { return new(big.Rat).SetInt(a[i][j]) })
	for k := range m {
		if m[k][k].Sign() <= 0 {
			return false
		}
		for i := k + 1; i < len(m); i++ {
			f := Quo(m[i][k], m[k][k])
			for j := range m {
				m[i][j] = Sub(m[i][j], Mul(f, m[k][j]))
			}
		}
	}
	return true
}

// Where nothing is to spare elimination decides.
func TestSingularMatrices(t *testing.T) {
	of := func(rows ...[]float64) Matrix { return Exactly(rows) }
	for name, c := range map[string]struct {
		m              Matrix
		semi, definite bool
	}{
		"zero":     {of([]float64{0, 0}, []float64{0, 0}), true, false},
		"ones":     {of([]float64{1, 1}, []float64{1, 1}), true, false},
		"below":    {of([]float64{1, 1}, []float64{1, 1 - 0x1p-53}), false, false},
		"above":    {of([]float64{1, 1}, []float64{1, 1 + 0x1p-52}), true, true},
		"far":      {of([]float64{1, 0}, []float64{0, 1e-300}), true, true},
		"far, not": {of([]float64{1, 1e-150}, []float64{1e-150, .999e-300}), false, false},
		"saddle":   {of([]float64{0, 1}, []float64{1, 0}), false, false},
	} {
		if c.m.Semidefinite() != c.semi || c.m.Definite() != c.definite {
			t.Errorf("%s: semidefinite %t, definite %t", name, c.m.Semidefinite(), c.m.Definite())
		}
	}
}
