package certifytest

import "math/big"

// InRationals tells whether sym(a) - t·b is positive semidefinite (definite, if
// strictly) by L D L' in rationals, with symmetric exchanges: it shares nothing
// with the gate.
func InRationals(a, b [][]*big.Rat, t *big.Rat, strictly bool) bool {
	n := len(a)
	s := make([][]*big.Rat, n)
	half := big.NewRat(1, 2)
	for i := range s {
		s[i] = make([]*big.Rat, n)
		for j := range s[i] {
			x := new(big.Rat).Add(a[i][j], a[j][i])
			x.Mul(x, half)
			s[i][j] = x.Sub(x, new(big.Rat).Mul(t, b[i][j]))
		}
	}
	left := make([]int, n)
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		at := 0
		for k, i := range left {
			if s[i][i].Cmp(s[left[at]][left[at]]) > 0 {
				at = k
			}
			if s[i][i].Sign() < 0 {
				return false
			}
		}
		p := left[at]
		left = append(append([]int{}, left[:at]...), left[at+1:]...)
		if s[p][p].Sign() == 0 { // all of the rest must be zero
			if strictly {
				return false
			}
			for _, i := range left {
				if s[i][p].Sign() != 0 {
					return false
				}
				for _, j := range left {
					if s[i][j].Sign() != 0 {
						return false
					}
				}
			}
			return true
		}
		for _, i := range left {
			f := new(big.Rat).Quo(s[i][p], s[p][p])
			if f.Sign() == 0 {
				continue
			}
			for _, j := range left {
				s[i][j] = new(big.Rat).Sub(s[i][j], new(big.Rat).Mul(f, s[p][j]))
			}
		}
	}
	return true
}

// Rationals are the numbers of m as fractions.
func Rationals(m [][]float64) [][]*big.Rat {
	out := make([][]*big.Rat, len(m))
	for i, row := range m {
		for _, x := range row {
			out[i] = append(out[i], new(big.Rat).SetFloat64(x))
		}
	}
	return out
}
