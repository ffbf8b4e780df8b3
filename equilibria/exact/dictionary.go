package exact

import "math/big"

// dictionary is a polytope {z ≥ 0, M·z ≤ 1}, M > 0, at one of its bases: basic
// variables in terms of the others, in integers over one common denominator
// (Edmonds; Azulay and Pique 2001). Variables 0..n-1 are z, n..n+m-1 the slacks.
// Ratio ties are broken lexicographically, as if the right-hand sides were
// 1 + ε, 1 + ε², …: every vertex is met and nothing cycles.
type dictionary struct {
	n, m       int
	t          [][]*big.Int // m rows, n columns and the right-hand side
	denom      *big.Int     // positive
	rows, cols []int        // variables by row and by column
	at         []int        // per variable: its row, or -1-column
}

// newDictionary starts at z = 0. entry(i, j) are positive integers.
func newDictionary(m, n int, entry func(i, j int) *big.Int) *dictionary {
	d := &dictionary{n: n, m: m, denom: big.NewInt(1)}
	for i := range m {
		row := make([]*big.Int, n+1)
		for j := range n {
			row[j] = new(big.Int).Set(entry(i, j))
		}
		row[n] = big.NewInt(1)
		d.t, d.rows = append(d.t, row), append(d.rows, n+i)
	}
	for j := range n {
		d.cols, d.at = append(d.cols, j), append(d.at, -1-j)
	}
	for i := range m {
		d.at = append(d.at, i)
	}
	return d
}

// slack is the coefficient of the k-th slack in row i of the basis inverse.
func (d *dictionary) slack(i, k int) *big.Int {
	switch at := d.at[d.n+k]; {
	case at < 0:
		return d.t[i][-1-at]
	case at == i:
		return d.denom
	}
	return zero
}

var zero = new(big.Int)

// leaving is the row whose variable leaves when column s enters.
func (d *dictionary) leaving(s int) int {
	var ties []int
	for i := range d.m {
		if d.t[i][s].Sign() > 0 {
			ties = append(ties, i)
		}
	}
	if len(ties) == 0 {
		return -1 // cannot be: the polytope is bounded
	}
	left, right := new(big.Int), new(big.Int)
	compare := func(a, b *big.Int, i, j int) int {
		return left.Mul(a, d.t[j][s]).Cmp(right.Mul(b, d.t[i][s]))
	}
	for k := -1; len(ties) > 1 && k < d.m; k++ {
		of := func(i int) *big.Int {
			if k < 0 {
				return d.t[i][d.n]
			}
			return d.slack(i, k)
		}
		best := ties[:1]
		for _, i := range ties[1:] {
			switch compare(of(i), of(best[0]), i, best[0]) {
			case -1:
				best = append(best[:0], i)
			case 0:
				best = append(best, i)
			}
		}
		ties = best
	}
	return ties[0]
}

// pivot exchanges the variables of row r and column s. To do it twice changes
// nothing.
func (d *dictionary) pivot(r, s int) {
	p := new(big.Int).Set(d.t[r][s])
	product := new(big.Int)
	for i, row := range d.t {
		if i == r {
			continue
		}
		f := row[s]
		for j, x := range row {
			if j == s {
				continue
			}
			x.Mul(x, p)
			if f.Sign() != 0 && d.t[r][j].Sign() != 0 {
				x.Sub(x, product.Mul(f, d.t[r][j]))
			}
			x.Quo(x, d.denom)
		}
		f.Neg(f)
	}
	d.t[r][s].Set(d.denom)
	d.denom = p
	d.rows[r], d.cols[s] = d.cols[s], d.rows[r]
	d.at[d.rows[r]], d.at[d.cols[s]] = r, -1-s
}

// point is z at the basis.
func (d *dictionary) point() []*big.Rat {
	z := make([]*big.Rat, d.n)
	for j := range z {
		if at := d.at[j]; at >= 0 {
			z[j] = new(big.Rat).SetFrac(d.t[at][d.n], d.denom)
		} else {
			z[j] = new(big.Rat)
		}
	}
	return z
}

// isZero tells whether a variable is 0 at the basis.
func (d *dictionary) isZero(v int) bool {
	at := d.at[v]
	return at < 0 || d.t[at][d.n].Sign() == 0
}
