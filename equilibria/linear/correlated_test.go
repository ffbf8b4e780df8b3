package linear_test

import (
	"context"
	"math"
	"math/big"
	"testing"

	"arbiter/equilibria/exact"
	"arbiter/equilibria/linear"
	"arbiter/equilibria/solvertest"
)

func TestCorrelatedAgainstReference(t *testing.T) {
	compared := 0
	for _, ref := range solvertest.References(t) {
		if ref.Kind != "normal" {
			continue
		}
		b, payoffs := ref.Board(t)
		n := solvertest.NormalForm(t, b, payoffs)
		for concept, values := range ref.Correlated {
			for name, v := range values {
				objective, sign := "", 1.
				switch name {
				case "max_welfare":
					objective = "welfare"
				case "min_welfare":
					objective = "min-welfare"
				case "max_payoff_p1":
					objective = "player0"
				case "max_payoff_p2":
					objective = "player1"
				case "max_payoff_p3":
					objective = "player2"
				case "max_entropy":
					objective, v = "entropy", v.(map[string]any)["entropy_nats"]
				default:
					continue
				}
				want := v.(float64)
				c, err := linear.SolveCorrelated(context.Background(), n, concept == "cce", objective, nil)
				if err != nil {
					t.Fatalf("%s %s %s: %v", ref.ID, concept, objective, err)
				}
				got := 0.0
				switch objective {
				case "entropy":
					got = c.Entropy
				case "player0", "player1", "player2":
					got = c.Values[objective[6]-'0']
				default:
					for _, x := range c.Values {
						got += sign * x
					}
				}
				tolerance := 1e-9 * max(1, math.Abs(want))
				if objective == "entropy" { // the reference's own dual gap
					tolerance = 1e-8
				}
				if math.Abs(got-want) > tolerance {
					t.Errorf("%s %s %s: %.12g, expected %.12g (gap %g, %d iterations)", ref.ID, concept, objective, got, want, c.Gap, c.Iterations)
				}
				for k, g := range c.Gains {
					if g > 1e-9*max(1, math.Abs(want)) {
						t.Errorf("%s %s %s: player %d gains %g", ref.ID, concept, objective, k, g)
					}
				}
				compared++
			}
		}
	}
	if compared < 200 {
		t.Errorf("only %d values were compared", compared)
	}
}

func TestUndominated(t *testing.T) {
	ints := func(list ...int64) (out []*big.Rat) {
		for _, x := range list {
			out = append(out, big.NewRat(x, 1))
		}
		return out
	}
	// The middle row is beaten by an even mixture of the others only; then the
	// right column is beaten, then the bottom row.
	n := &exact.Normal{Shape: []int{3, 2}, Payoffs: [][]*big.Rat{ints(4, 0, 1, 1, 0, 4), ints(2, 1, 0, 5, 3, 2)}}
	kept, err := n.Undominated(context.Background())
	if err != nil || len(kept[0]) != 1 || kept[0][0] != 0 || len(kept[1]) != 1 || kept[1][0] != 0 {
		t.Errorf("left over: %v, %v; expected the first strategies", kept, err)
	}
	if r := n.Restrict(kept); r.Payoffs[0][0].RatString() != "4" || r.Payoffs[1][0].RatString() != "2" {
		t.Errorf("restricted: %v", r.Payoffs)
	}
	// As good is not better.
	n = &exact.Normal{Shape: []int{2, 2}, Payoffs: [][]*big.Rat{ints(1, 1, 1, 1), ints(0, 0, 0, 1)}}
	if kept, err := n.Undominated(context.Background()); err != nil || len(kept[0])+len(kept[1]) != 4 {
		t.Errorf("weakly dominated strategies went: %v, %v", kept, err)
	}
}
