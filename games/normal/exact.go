package normal

import (
	"math/big"
	"strconv"

	"arbiter/games"
)

// Rationals are the payoffs as exact numbers: those of the file, or else the
// shortest decimals that are these floating-point numbers. Read only.
func (t Table) Rationals() [][]*big.Rat {
	if t.Exact != nil {
		return t.Exact
	}
	if t.reread != nil {
		return t.reread()
	}
	out := make([][]*big.Rat, len(t.Payoffs))
	for k, m := range t.Payoffs {
		out[k] = make([]*big.Rat, len(m))
		for i, x := range m {
			out[k][i], _ = new(big.Rat).SetString(strconv.FormatFloat(x, 'g', -1, 64))
		}
	}
	return out
}

// Multi is a table with one list of strategies and payoffs per player: t itself
// unless it is Single.
func (t Table) Multi() Table {
	if !t.Single {
		return t
	}
	n := len(t.Strategies[0])
	m := Table{
		Strategies: [][]string{t.Strategies[0], t.Strategies[0]},
		Payoffs:    [][]float64{t.Payoffs[0], transposed(t.Payoffs[0], n)},
		Title:      t.Title, Players: t.Players,
	}
	if t.Exact != nil || t.reread != nil {
		m.reread = func() [][]*big.Rat {
			x := t.Rationals()[0]
			return [][]*big.Rat{x, transposed(x, n)}
		}
	}
	return m
}

func transposed[T any](m []T, n int) []T {
	out := make([]T, len(m))
	for i := range n {
		for j := range n {
			out[i*n+j] = m[j*n+i]
		}
	}
	return out
}

// Means are the expected payoffs of a game that New made as ratios, per seat and
// profile; nil of another game. Read only.
func Means(g games.Game) [][]*big.Rat {
	if n, ok := g.(*game); ok {
		return n.exact()
	}
	return nil
}

// ratios are the means as a table's own numbers make them: see rescale and
// constantSum.
func (g *game) ratios(of [][]*big.Rat, half bool) [][]*big.Rat {
	out := append([][]*big.Rat(nil), of...)
	if g.opts.MinMax {
		lo, hi := of[0][0], of[0][0]
		for _, m := range of {
			for _, x := range m {
				if x.Cmp(lo) < 0 {
					lo = x
				}
				if x.Cmp(hi) > 0 {
					hi = x
				}
			}
		}
		size := new(big.Rat).Sub(hi, lo)
		for k, m := range of {
			out[k] = make([]*big.Rat, len(m))
			for i, x := range m {
				if out[k][i] = big.NewRat(1, 2); size.Sign() > 0 {
					out[k][i].Quo(new(big.Rat).Sub(x, lo), size)
				}
			}
		}
	}
	if n := len(g.names[0]); half && n > 1 {
		middle := new(big.Rat).Add(out[0][1], out[1][1])
		middle.Mul(middle, big.NewRat(1, 2))
		for k, m := range out {
			out[k] = append([]*big.Rat(nil), m...)
			for i := 0; i < n*n; i += n + 1 {
				out[k][i] = middle
			}
		}
	}
	if g.shared && g.opts.Noise == Bernoulli {
		out[1] = make([]*big.Rat, len(out[0]))
		for i, x := range out[0] {
			out[1][i] = new(big.Rat).Sub(big.NewRat(1, 1), x)
		}
	}
	return out
}

// constantSum reports whether the payoffs of two seats sum to the same in every
// cell, exactly.
func constantSum(of [][]*big.Rat) bool {
	first, sum := new(big.Rat).Add(of[0][0], of[1][0]), new(big.Rat)
	for i, x := range of[0] {
		if sum.Add(x, of[1][i]).Cmp(first) != 0 {
			return false
		}
	}
	return true
}
