package search

import "math/big"

// Of games that are near singular the last digits of curvatures and norms in
// float64 are more than the margin. sharper asks with these in rationals whether a
// margin is as claimed that was not proved, of blocks of few dimensions.
func (v *quadraticCheck) sharper(kind string, w []float64, claimed, proved float64) float64 {
	if !finite(claimed) || claimed <= proved || v.q.n > sharpOrder {
		return proved
	}
	n := len(w)
	m := newMatrix(n, n)
	for i := range n {
		m[i][i] = mul(mul(big.NewRat(2, 1), rat(w[i])), sub(v.curvature(i), rat(claimed)))
		for j := range i {
			wi, wj := rat(w[i]), rat(w[j])
			b, back := times(wi, v.q.block(v.q.a, i, j)), times(wj, v.q.block(v.q.a, j, i))
			var off *big.Rat
			if p, o := v.q.block(v.q.p, i, i), v.q.block(v.q.p, j, j); kind == "signed" {
				for r := range b {
					for s := range b[r] {
						b[r][s] = add(b[r][s], back[s][r])
					}
				}
				off = sharpNorm(p, b, o)
			} else {
				off = add(sharpNorm(p, b, o), sharpNorm(o, back, p))
			}
			m[i][j] = new(big.Rat).Neg(off)
			m[j][i] = m[i][j]
		}
	}
	if semidefinite(m) {
		return claimed
	}
	return proved
}

// sharpOrder is up to how many dimensions, sharpBits to which part of a number.
const sharpOrder, sharpBits = 8, 100

// curvature is mu of block i from below.
func (v *quadraticCheck) curvature(i int) *big.Rat {
	s, p := symmetric(v.q.block(v.q.a, i, i)), v.q.block(v.q.p, i, i)
	if len(s) == 1 {
		return quo(s[0][0], p[0][0])
	}
	low := rat(v.g.mu[i])
	return halved(low, mul(rat(v.g.ell[i]), big.NewRat(1, 1<<20)), func(x *big.Rat) bool { return semidefinite(minus(s, times(x, p))) })
}

// sharpNorm is ‖p^-½ b r^-½‖₂ from above.
func sharpNorm(p, b, r matrix) *big.Rat {
	most := new(big.Rat) // the norm itself of one dimension, else its size
	for i := range b {
		for j := range b[i] {
			most.Add(most, new(big.Rat).Abs(b[i][j]))
		}
	}
	if most.Sign() == 0 {
		return most
	}
	if len(p) == 1 && len(r) == 1 {
		scale := mul(p[0][0], r[0][0])
		if scale.Cmp(big.NewRat(1, 1)) == 0 {
			return most
		}
		square := quo(mul(most, most), scale)
		root, _ := new(big.Float).Sqrt(new(big.Float).SetPrec(4 * sharpBits).SetRat(square)).Rat(nil)
		if mul(root, root).Cmp(square) < 0 {
			root = mul(root, add(big.NewRat(1, 1), new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 2*sharpBits))))
		}
		return root
	}
	holds := func(x *big.Rat) bool {
		return x.Sign() >= 0 && semidefinite(pencil(times(x, p), b, times(x, r)))
	}
	top := rat(normGuess(p, b, r))
	if top.Sign() == 0 {
		top = most
	}
	for part := big.NewRat(1, 1<<20); !holds(top); part.Add(part, part) {
		top = mul(top, add(big.NewRat(1, 1), part))
	}
	return new(big.Rat).Neg(halved(new(big.Rat).Neg(top), mul(top, big.NewRat(1, 1<<19)), func(x *big.Rat) bool { return holds(new(big.Rat).Neg(x)) }))
}

// halved is a number at which holds does, near the largest within step above low.
func halved(low, step *big.Rat, holds func(x *big.Rat) bool) *big.Rat {
	for range sharpBits - 20 {
		if x := add(low, step); holds(x) {
			low = x
		}
		step = mul(step, big.NewRat(1, 2))
	}
	return low
}
