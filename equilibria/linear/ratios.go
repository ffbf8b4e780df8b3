package linear

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"arbiter/equilibria"
	"arbiter/games/flat"
	"arbiter/lp"
)

// ErrRounded says that the numbers of a game are known only as they were rounded.
var ErrRounded = errors.New("the game's numbers are known only as they were rounded")

// mostProved is the number of constraints up to which a linear programme is solved
// again in ratios: some seconds.
const mostProved = 250

// SequenceFormExact is SequenceForm in ratios: the programme is solved in floating
// point, its last basis again in the game's own numbers, in which it is checked to
// be optimal. ErrRounded without such numbers, ErrTooLarge above 250 constraints,
// lp.ErrNumeric where the basis is not optimal in them.
func SequenceFormExact(ctx context.Context, b *flat.Board) ([]flat.ExactBehaviour, error) {
	if b.Exact() == nil {
		return nil, fmt.Errorf("%s: %w", b.Info().Name, ErrRounded)
	}
	f, err := newForm(b, true)
	if err != nil {
		return nil, err
	}
	if !exactlyCompetitive(b) {
		return nil, fmt.Errorf("%s: in ratios: %w", b.Info().Name, ErrNotZeroSum)
	}
	if !competitiveExactly(b) {
		return nil, fmt.Errorf("%s: the sum of the payoffs, in units of their ranges, is constant only up to rounding: %w", b.Info().Name, ErrNotZeroSum)
	}
	if n := len(f.problem.Rows); n > mostProved {
		return nil, fmt.Errorf("%s: the sequence form has %d constraints, at most %d are solved in ratios: %w", b.Info().Name, n, mostProved, equilibria.ErrTooLarge)
	}
	p := f.problem
	r := lp.Ratios{Cost: ratios(p.Cost)}
	for _, row := range p.Rows {
		r.Value, r.Right = append(r.Value, ratios(row.Value)), append(r.Right, new(big.Rat).SetFloat64(row.Right))
	}
	// All but payoffs are whole numbers. Payoffs stay in their own units.
	for at, k := range f.cells {
		r.Value[f.rows+at[1]][k] = new(big.Rat)
	}
	product := new(big.Rat)
	b.ExactLeaves(func(last []flat.Step, chance *big.Rat, payoff []*big.Rat) {
		at := [2]int{f.seq[0].At(last[0]), f.seq[1].At(last[1])}
		x := r.Value[f.rows+at[1]][f.cells[at]]
		x.Add(x, product.Mul(chance, payoff[0]))
	})
	s, err := lp.ProveRatios(ctx, p, r)
	if err != nil {
		return nil, fmt.Errorf("sequence form: %w", err)
	}
	return []flat.ExactBehaviour{f.seq[0].Exactly(s.X), f.seq[1].Exactly(s.Y[f.rows:])}, nil
}

// exactlyCompetitive is Competitive without rounding.
func exactlyCompetitive(b *flat.Board) bool {
	var lo, hi [2]*big.Rat
	b.ExactLeaves(func(_ []flat.Step, _ *big.Rat, payoff []*big.Rat) {
		for k, x := range payoff {
			if lo[k] == nil || x.Cmp(lo[k]) < 0 {
				lo[k] = x
			}
			if hi[k] == nil || x.Cmp(hi[k]) > 0 {
				hi[k] = x
			}
		}
	})
	var size [2]*big.Rat
	for k := range size {
		size[k] = new(big.Rat).Sub(hi[k], lo[k])
	}
	same := true
	var first *big.Rat
	b.ExactLeaves(func(_ []flat.Step, _ *big.Rat, payoff []*big.Rat) {
		if !same {
			return
		}
		sum := new(big.Rat).Mul(payoff[0], size[1])
		sum.Add(sum, new(big.Rat).Mul(payoff[1], size[0]))
		if first == nil {
			first = sum
		}
		same = first.Cmp(sum) == 0
	})
	return same
}

// competitiveExactly is Competitive in ratios.
func competitiveExactly(b *flat.Board) bool {
	var lo, hi [2]*big.Rat
	payoffs := b.Exact().Payoff
	for _, paid := range payoffs {
		for k, x := range paid {
			if lo[k] == nil || x.Cmp(lo[k]) < 0 {
				lo[k] = x
			}
			if hi[k] == nil || x.Cmp(hi[k]) > 0 {
				hi[k] = x
			}
		}
	}
	// (x - lo)/range of one is (hi - y)/range of the other.
	ranges := [2]*big.Rat{new(big.Rat).Sub(hi[0], lo[0]), new(big.Rat).Sub(hi[1], lo[1])}
	left, right := new(big.Rat), new(big.Rat)
	for _, paid := range payoffs {
		left.Mul(left.Sub(paid[0], lo[0]), ranges[1])
		right.Mul(right.Sub(hi[1], paid[1]), ranges[0])
		if left.Cmp(right) != 0 {
			return false
		}
	}
	return true
}

func ratios(xs []float64) (out []*big.Rat) {
	for _, x := range xs {
		out = append(out, new(big.Rat).SetFloat64(x))
	}
	return out
}
