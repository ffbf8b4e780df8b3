package exact

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/games"
	"arbiter/games/flat"
)

// ErrImperfect says that a solver is for trees in which everybody sees everything.
var ErrImperfect = errors.New("expected a tree of perfect information, every information set a single node")

// Induction is a subgame-perfect equilibrium of a tree of perfect information.
type Induction struct {
	Policy []games.Behaviour // pure: the first of the best moves
	Values []*big.Rat        // per player; nil if Exact is false
	// Exact says that everything was worked out in the game's own ratios. Else it
	// was in floating point, and what rests on a tie may be lost.
	Exact bool
	Ties  []Tie // none: it is the only subgame-perfect equilibrium
}

// Tie is a node at which several moves are best.
type Tie struct {
	Player, Row int   // who moves, from 0, and the place among the player's rows
	Moves       []int // the best ones, ascending; at least two
}

// Shared returns an information set that is not a single node, with ok, or says
// that there is none: the tree is one of perfect information.
func Shared(b *flat.Board) (player, row, nodes int, ok bool) {
	for k := range b.Info().Seats {
		for row := range b.Rows(k) {
			if n := b.NodesOf(k, row); n > 1 {
				return k, row, n, true
			}
		}
	}
	return 0, 0, 0, false
}

// mostBits is the length of the ratios up to which a tree is solved in them: with
// longer ones a product takes longer than a thousand nodes without.
const mostBits = 1 << 13

// Induct solves a tree of perfect information from its ends (Zermelo 1913; Kuhn
// 1953): at every node the player who moves there takes the best, also where play
// never gets to. Time and memory are linear in the number of nodes. On ties the
// first move is taken, and other subgame-perfect equilibria may pay differently.
func Induct(ctx context.Context, b *flat.Board) (*Induction, error) {
	if k, row, n, ok := Shared(b); ok {
		r := b.Rows(k)[row]
		label := ""
		if r.Label != "" {
			label = fmt.Sprintf(" (%.60q)", r.Label)
		}
		return nil, fmt.Errorf("%s: information state %.60q%s of player %d has %d nodes: %w", b.Info().Name, r.Key, label, k, n, ErrImperfect)
	}
	var found *Induction
	var err error
	if exact := b.Exact(); exact != nil {
		found, err = inductExact(ctx, b, exact)
	}
	if found == nil && err == nil {
		found, err = inductFloat(ctx, b)
	}
	return found, err
}

// size is the number of nodes.
func size(b *flat.Board) int {
	decisions, chance, terminals := b.Sizes()
	return decisions + chance + terminals
}

// inductExact is nil without an error if the ratios grow too long.
func inductExact(ctx context.Context, b *flat.Board, exact *flat.Exact) (*Induction, error) {
	seats := b.Info().Seats
	s := &Induction{Policy: b.Uniform(), Exact: true}
	// Children come after their parents; a decision shares the values of a child.
	values := make([][]*big.Rat, size(b))
	var product big.Rat
	for i := len(values) - 1; i >= 0; i-- {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n := b.Node(i)
		switch n.Turn {
		case games.Over:
			values[i] = exact.Payoff[n.First]
		case games.Chance:
			mean := make([]*big.Rat, seats)
			for k := range mean {
				mean[k] = new(big.Rat)
				for m, p := range exact.Odds[n.Row] {
					mean[k].Add(mean[k], product.Mul(p, values[n.First+m][k]))
				}
				if mean[k].Num().BitLen()+mean[k].Denom().BitLen() > mostBits {
					return nil, nil
				}
			}
			values[i] = mean
		default:
			k, best := int(n.Turn), []int{0}
			for m := 1; m < n.Moves; m++ {
				switch values[n.First+m][k].Cmp(values[n.First+best[0]][k]) {
				case 1:
					best = append(best[:0], m)
				case 0:
					best = append(best, m)
				}
			}
			values[i] = values[n.First+best[0]]
			s.take(k, n.Row, best)
		}
		for m := range n.Moves {
			values[n.First+m] = nil // no longer needed
		}
	}
	s.Values = values[0]
	s.inOrder()
	return s, nil
}

// inductFloat takes values that differ by what rounding can make for ties.
func inductFloat(ctx context.Context, b *flat.Board) (*Induction, error) {
	seats := b.Info().Seats
	s := &Induction{Policy: b.Uniform()}
	values := make([][]float64, size(b))
	scale := make([]float64, seats)
	for i := range values {
		if n := b.Node(i); n.Turn == games.Over {
			for k, x := range b.Payoff(n.First) {
				scale[k] = max(scale[k], math.Abs(x))
			}
		}
	}
	for i := len(values) - 1; i >= 0; i-- {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n := b.Node(i)
		switch n.Turn {
		case games.Over:
			values[i] = b.Payoff(n.First)
		case games.Chance:
			values[i] = make([]float64, seats)
			for m, p := range b.Odds(n.Row) {
				for k, x := range values[n.First+m] {
					values[i][k] += p * x
				}
			}
		default:
			k, top := int(n.Turn), math.Inf(-1)
			for m := range n.Moves {
				top = max(top, values[n.First+m][k])
			}
			var best []int
			for m := range n.Moves {
				if values[n.First+m][k] >= top-tiedValues*scale[k] {
					best = append(best, m)
				}
			}
			values[i] = values[n.First+best[0]]
			s.take(k, n.Row, best)
		}
	}
	s.inOrder()
	return s, nil
}

// tiedValues is how far values may be apart, by the largest payoff, to be taken
// for equal where numbers are rounded.
const tiedValues = 1e-13

func (s *Induction) take(player, row int, best []int) {
	p := s.Policy[player][row]
	clear(p)
	p[best[0]] = 1
	if len(best) > 1 {
		s.Ties = append(s.Ties, Tie{player, row, append([]int(nil), best...)})
	}
}

// inOrder puts ties in the order of the tree, the root first.
func (s *Induction) inOrder() {
	slices.Reverse(s.Ties)
}
