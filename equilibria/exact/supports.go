package exact

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/equilibria"
	"arbiter/lp"
)

// mostSupports bounds the pairs of supports that are tried.
const mostSupports = 5_000_000

// Supports is what support enumeration finds.
type Supports struct {
	Equilibria []Mixed // each once, by the size of their supports
	// Complete: no mixture with more best replies than moves and no singular
	// system was met, so the game is not degenerate and these are all equilibria.
	Complete bool
	Pairs    int // of supports that were solved
}

// Supports tries all pairs of supports of equal size, smallest first. Systems are
// solved in floating point and what passes is solved again and checked exactly.
// Equilibria of unequal supports exist only where a mixture has more best replies
// than moves; then Complete is false and Extreme is the better choice. ErrTooLarge
// above 5 million pairs.
func (g *Bimatrix) Supports(ctx context.Context) (Supports, error) {
	small := min(g.m, g.n)
	total := 0.0
	for k := 1; k <= small; k++ {
		total += binomial(g.m, k) * binomial(g.n, k)
	}
	if total > mostSupports {
		return Supports{}, fmt.Errorf("%.1e pairs of supports, at most %.0e are tried: %w; use --solver lemke-howson", total, float64(mostSupports), equilibria.ErrTooLarge)
	}
	a, b := unitScale(g.a), unitScale(transposeInts(g.b))
	s := Supports{Complete: true}
	for k := 1; k <= small; k++ {
		for rows := FirstSubset(k); rows != nil; rows = NextSubset(rows, g.m) {
			if err := ctx.Err(); err != nil {
				return s, err
			}
			for cols := FirstSubset(k); cols != nil; cols = NextSubset(cols, g.n) {
				s.Pairs++
				y, clean := indifferent(a, rows, cols)
				x, also := indifferent(b, cols, rows)
				if s.Complete = s.Complete && clean && also; !x || !y {
					continue
				}
				if p, ok := g.exactly(rows, cols); ok && g.IsEquilibrium(p) {
					s.Equilibria = append(s.Equilibria, p)
				}
			}
		}
	}
	return s, nil
}

func binomial(n, k int) float64 {
	x := 1.0
	for i := range k {
		x *= float64(n-i) / float64(i+1)
	}
	return x
}

func transposeInts(a [][]*big.Int) [][]*big.Int {
	t := make([][]*big.Int, len(a[0]))
	for j := range t {
		for i := range a {
			t[j] = append(t[j], a[i][j])
		}
	}
	return t
}

// unitScale is a matrix in floating point, within [0, 1].
func unitScale(a [][]*big.Int) [][]float64 {
	top := big.NewInt(1)
	for _, row := range a {
		for _, x := range row {
			if x.Cmp(top) > 0 {
				top = x
			}
		}
	}
	out := make([][]float64, len(a))
	for i, row := range a {
		for _, x := range row {
			f, _ := new(big.Rat).SetFrac(x, top).Float64()
			out[i] = append(out[i], f)
		}
	}
	return out
}

// near is the size of differences that floating point is not asked to decide.
const near = 1e-9

// indifferent solves for the mixture over cols that makes all rows equally good.
// It is possible if no weight is negative and no other row is better, and clean
// unless another row is then as good, or the system is singular.
func indifferent(u [][]float64, rows, cols []int) (possible, clean bool) {
	x, value, solutions := Equaliser(u, rows, cols)
	if solutions != 1 {
		return false, solutions == 0
	}
	for _, v := range x {
		if v < -near {
			return false, true
		}
	}
	clean = true
	for i, row := range u {
		v := 0.0
		for j, c := range cols {
			v += row[c] * x[j]
		}
		if v > value+near {
			return false, true
		}
		if _, own := slices.BinarySearch(rows, i); !own && v > value-near {
			clean = false
		}
	}
	return true, clean
}

// Equaliser solves for weights of cols, summing to 1, that give as many rows the
// same value. There are 0, 1 or many (2) solutions; weights may be negative.
func Equaliser(u [][]float64, rows, cols []int) (x []float64, value float64, solutions int) {
	k := len(rows)
	room := make([]float64, (k+1)*(k+2))
	sys := make([][]float64, k+1)
	for i := range sys {
		sys[i] = room[i*(k+2) : (i+1)*(k+2)]
	}
	for i, r := range rows {
		for j, c := range cols {
			sys[i][j] = u[r][c]
		}
		sys[i][k] = -1
	}
	for j := range k {
		sys[k][j] = 1
	}
	sys[k][k+1] = 1
	rank := 0
	for c := range k + 1 {
		best := rank
		for r := rank; r <= k; r++ {
			if math.Abs(sys[r][c]) > math.Abs(sys[best][c]) {
				best = r
			}
		}
		if math.Abs(sys[best][c]) < 1e-12 {
			continue
		}
		sys[rank], sys[best] = sys[best], sys[rank]
		for r := rank + 1; r <= k; r++ {
			if f := sys[r][c] / sys[rank][c]; f != 0 {
				for j := c; j < k+2; j++ {
					sys[r][j] -= f * sys[rank][j]
				}
			}
		}
		rank++
	}
	if rank <= k {
		for _, row := range sys[rank:] {
			if math.Abs(row[k+1]) > near {
				return nil, 0, 0
			}
		}
		return nil, 0, 2
	}
	x = make([]float64, k+1)
	for c := k; c >= 0; c-- {
		v := sys[c][k+1]
		for j := c + 1; j <= k; j++ {
			v -= sys[c][j] * x[j]
		}
		x[c] = v / sys[c][c]
	}
	return x[:k], x[k], 1
}

// exactly is the profile on a pair of supports that makes both indifferent.
func (g *Bimatrix) exactly(rows, cols []int) (Mixed, bool) {
	solve := func(k int, u func(i, j int) *big.Int, size int, at []int) ([]*big.Rat, bool) {
		sys, right := make([][]*big.Rat, k+1), make([]*big.Rat, k+1)
		for i := range sys {
			sys[i] = make([]*big.Rat, k+1)
			right[i] = new(big.Rat)
			for j := range sys[i] {
				switch {
				case i < k && j < k:
					sys[i][j] = new(big.Rat).SetInt(u(i, j))
				case i < k:
					sys[i][j] = big.NewRat(-1, 1)
				case j < k:
					sys[i][j] = big.NewRat(1, 1)
				default:
					sys[i][j] = new(big.Rat)
				}
			}
		}
		right[k].SetInt64(1)
		x, ok := lp.SolveRational(sys, right)
		if !ok {
			return nil, false
		}
		out := make([]*big.Rat, size)
		for i := range out {
			out[i] = new(big.Rat)
		}
		for i, s := range at {
			if x[i].Sign() <= 0 {
				return nil, false // a smaller support's, or none
			}
			out[s] = x[i]
		}
		return out, true
	}
	k := len(rows)
	y, ok := solve(k, func(i, j int) *big.Int { return g.a[rows[i]][cols[j]] }, g.n, cols)
	if !ok {
		return Mixed{}, false
	}
	x, ok := solve(k, func(j, i int) *big.Int { return g.b[rows[i]][cols[j]] }, g.m, rows)
	return Mixed{x, y}, ok
}

// FirstSubset is that of k numbers from 0 on; NextSubset goes on from it.
func FirstSubset(k int) []int {
	s := make([]int, k)
	for i := range s {
		s[i] = i
	}
	return s
}

// NextSubset is the one after s of the subsets of as many of the numbers below n, in
// order; nil after the last.
func NextSubset(s []int, n int) []int {
	k := len(s)
	for i := k - 1; i >= 0; i-- {
		if s[i] < n-k+i {
			next := slices.Clone(s)
			next[i]++
			for j := i + 1; j < k; j++ {
				next[j] = next[j-1] + 1
			}
			return next
		}
	}
	return nil
}

// SupportOf are the strategies of every player that have weight.
func SupportOf(profile [][]float64) [][]int {
	out := make([][]int, len(profile))
	for k, list := range profile {
		for s, x := range list {
			if x > 0 {
				out[k] = append(out[k], s)
			}
		}
	}
	return out
}
