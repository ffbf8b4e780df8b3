package exact_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"arbiter/equilibria/exact"
	"arbiter/games/flat"
	"arbiter/games/gambit"
)

// grove grows random trees in ratios too long for floating point.
type grove struct {
	*rand.Rand
	t      *gambit.Tree
	shared bool // information sets may have several nodes
	paid   []*big.Rat
}

// ratio is a number of some 20 digits.
func (g *grove) ratio() *big.Rat {
	return big.NewRat(g.Int64N(1e10)-5e9, 1+g.Int64N(1e10))
}

func (g *grove) odds(n int) []*big.Rat {
	var out []*big.Rat
	sum := new(big.Rat)
	for range n {
		p := big.NewRat(1+g.Int64N(1e6), 1+g.Int64N(1e6))
		out = append(out, p)
		sum.Add(sum, p)
	}
	for _, p := range out {
		p.Quo(p, sum)
	}
	return out
}

// tree grows a tree of some depth. Leaves often pay what other leaves pay, so that
// moves tie.
func (g *grove) tree(players, depth int) *gambit.Tree {
	g.t = &gambit.Tree{Title: "grown", Sets: make([][]gambit.Set, players)}
	g.paid = []*big.Rat{g.ratio(), g.ratio()}
	for k := range players {
		g.t.Players = append(g.t.Players, fmt.Sprint("P", k))
	}
	g.grow(-1, depth)
	return g.t
}

func (g *grove) grow(parent, depth int) int {
	at := len(g.t.Nodes)
	n := gambit.Node{Kind: gambit.TerminalNode, Outcome: -1, Parent: parent}
	g.t.Nodes = append(g.t.Nodes, n)
	if parent >= 0 {
		g.t.Nodes[parent].Children = append(g.t.Nodes[parent].Children, at)
	}
	if g.IntN(3) == 0 || depth == 0 { // some pay on the way
		o := gambit.Outcome{}
		for range g.t.Players {
			o.Payoffs = append(o.Payoffs, g.paid[g.IntN(2)])
		}
		n.Outcome = len(g.t.Outcomes)
		g.t.Outcomes = append(g.t.Outcomes, o)
	}
	moves := 0
	if depth > 0 {
		moves = 1 + g.IntN(3)
		if k := g.IntN(len(g.t.Players) + 1); k == len(g.t.Players) {
			n.Kind, n.Set = gambit.ChanceNode, len(g.t.Chance)
			s := gambit.Set{Odds: g.odds(moves)}
			for m := range moves {
				s.Actions = append(s.Actions, fmt.Sprint(m))
			}
			g.t.Chance = append(g.t.Chance, s)
		} else {
			n.Kind, n.Player, n.Set = gambit.PersonalNode, k, len(g.t.Sets[k])
			if g.shared && n.Set > 0 && g.IntN(2) == 0 {
				n.Set--
				moves = len(g.t.Sets[k][n.Set].Actions)
			} else {
				s := gambit.Set{Label: fmt.Sprint("set ", n.Set)}
				for m := range moves {
					s.Actions = append(s.Actions, fmt.Sprint(m))
				}
				g.t.Sets[k] = append(g.t.Sets[k], s)
			}
		}
	}
	g.t.Nodes[at] = n
	for range moves {
		next := depth - 1
		if g.IntN(4) == 0 {
			next = 0
		}
		g.grow(at, min(next, depth-1))
	}
	return at
}

// worth is what a node is worth if every set plays the move chosen, from the
// definition: odds and payments along the way.
func worth(t *gambit.Tree, chosen [][]int, at int) []*big.Rat {
	n := t.Nodes[at]
	out := make([]*big.Rat, len(t.Players))
	for k := range out {
		out[k] = new(big.Rat)
		if n.Outcome >= 0 {
			out[k].Set(t.Outcomes[n.Outcome].Payoffs[k])
		}
	}
	add := func(child int, p *big.Rat) {
		for k, x := range worth(t, chosen, child) {
			out[k].Add(out[k], x.Mul(x, p))
		}
	}
	switch n.Kind {
	case gambit.ChanceNode:
		for m, child := range n.Children {
			add(child, t.Chance[n.Set].Odds[m])
		}
	case gambit.PersonalNode:
		add(n.Children[chosen[n.Player][n.Set]], big.NewRat(1, 1))
	}
	return out
}

// choices calls visit with every pure profile of a tree.
func choices(t *gambit.Tree, visit func(chosen [][]int)) {
	chosen := make([][]int, len(t.Players))
	var place func(k, set int)
	place = func(k, set int) {
		switch {
		case k == len(chosen):
			visit(chosen)
		case set == len(t.Sets[k]):
			place(k+1, 0)
		default:
			for m := range t.Sets[k][set].Actions {
				chosen[k][set] = m
				place(k, set+1)
			}
		}
	}
	for k := range chosen {
		chosen[k] = make([]int, len(t.Sets[k]))
	}
	place(0, 0)
}

// best are the moves of a node that are best for its player if play goes on as
// chosen.
func best(t *gambit.Tree, chosen [][]int, at int) (moves []int) {
	n := t.Nodes[at]
	var top *big.Rat
	for m, child := range n.Children {
		x := worth(t, chosen, child)[n.Player]
		if top == nil || x.Cmp(top) > 0 {
			top, moves = x, nil
		}
		if x.Cmp(top) == 0 {
			moves = append(moves, m)
		}
	}
	return moves
}

func grown(t testing.TB, tree *gambit.Tree) *flat.Board {
	b, err := compiled(tree)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func compiled(tree *gambit.Tree) (*flat.Board, error) {
	g, err := gambit.NewGame("grown", tree)
	if err != nil {
		return nil, err
	}
	return flat.Compile(g, 1<<20)
}

// Backward induction against the definition, on trees whose ties floating point
// loses: no single move at any node pays, ties are just those there are, and there
// is one subgame-perfect profile exactly if there are none.
func TestInductionIsSubgamePerfect(t *testing.T) {
	tied, unique := 0, 0
	for seed := range uint64(400) {
		g := grove{Rand: rand.New(rand.NewPCG(seed, 1))}
		tree := g.tree(1+g.IntN(4), 1+g.IntN(4))
		b := grown(t, tree)
		s, err := exact.Induct(context.Background(), b)
		if err != nil || !s.Exact {
			t.Fatal(seed, s, err)
		}
		chosen := make([][]int, len(tree.Players))
		for k := range chosen {
			chosen[k] = make([]int, len(tree.Sets[k]))
			for row, r := range b.Rows(k) {
				var set int
				fmt.Sscan(r.Key, &set)
				chosen[k][set-1] = slices.Index(s.Policy[k][row], 1)
			}
		}
		ties := map[[2]int][]int{}
		for _, x := range s.Ties {
			var set int
			fmt.Sscan(b.Rows(x.Player)[x.Row].Key, &set)
			ties[[2]int{x.Player, set - 1}] = x.Moves
		}
		for at, n := range tree.Nodes {
			if n.Kind != gambit.PersonalNode {
				continue
			}
			want := best(tree, chosen, at)
			if chosen[n.Player][n.Set] != want[0] {
				t.Fatalf("seed %d: player %d takes %d at node %d, best are %v", seed, n.Player, chosen[n.Player][n.Set], at, want)
			}
			if got := ties[[2]int{n.Player, n.Set}]; len(want) > 1 != (got != nil) || got != nil && !slices.Equal(got, want) {
				t.Fatalf("seed %d: ties %v at node %d, expected %v", seed, got, at, want)
			}
		}
		for k, x := range worth(tree, chosen, 0) {
			if x.Cmp(s.Values[k]) != 0 {
				t.Fatalf("seed %d: player %d has value %v, expected %v", seed, k, s.Values[k], x)
			}
		}
		profiles := 1.0
		for _, sets := range tree.Sets {
			for _, set := range sets {
				profiles *= float64(len(set.Actions))
			}
		}
		if len(s.Ties) > 0 {
			tied++
		} else {
			unique++
		}
		if profiles > 500 {
			continue
		}
		count := 0
		choices(tree, func(chosen [][]int) {
			for at, n := range tree.Nodes {
				if n.Kind == gambit.PersonalNode && !slices.Contains(best(tree, chosen, at), chosen[n.Player][n.Set]) {
					return
				}
			}
			count++
		})
		if (count == 1) != (len(s.Ties) == 0) {
			t.Fatalf("seed %d: %d subgame-perfect profiles, ties %v", seed, count, s.Ties)
		}
	}
	if tied < 50 || unique < 50 {
		t.Errorf("%d trees with ties, %d without: the test tests nothing", tied, unique)
	}
}

// The reduced normal form against the definition: every pure profile of a tree
// pays exactly what its cell says, and the pure equilibria are the same.
func TestNormalFormIsExact(t *testing.T) {
	equal, trees := 0, 0
	for seed := uint64(0); trees < 150; seed++ {
		g := grove{Rand: rand.New(rand.NewPCG(seed, 2)), shared: true}
		tree := g.tree(2, 1+g.IntN(3))
		b, err := compiled(tree)
		if errors.Is(err, flat.ErrRecall) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		n, err := exact.NormalForm(b, nil)
		if err != nil || n.Rounded {
			t.Fatal(seed, err)
		}
		profiles := 1.0
		for _, sets := range tree.Sets {
			for _, set := range sets {
				profiles *= float64(len(set.Actions))
			}
		}
		if profiles > 300 {
			continue
		}
		trees++
		seen := map[string]bool{}
		choices(tree, func(chosen [][]int) {
			cell := 0
			for k := range tree.Players {
				// Names of strategies list the moves of the sets they get to.
				found := -1
				for i := range n.Shape[k] {
					if plays(n.StrategyName(k, i), len(b.Rows(k)), chosen[k]) {
						found = i
					}
				}
				if found < 0 {
					t.Fatalf("seed %d: no strategy of player %d is %v", seed, k, chosen[k])
				}
				cell = cell*n.Shape[k] + found
			}
			for k, x := range worth(tree, chosen, 0) {
				if x.Cmp(n.Payoffs[k][cell]) != 0 {
					t.Fatalf("seed %d: profile %v pays player %d %v, its cell says %v", seed, chosen, k, x, n.Payoffs[k][cell])
				}
				if f, _ := x.Float64(); x.Cmp(new(big.Rat).SetFloat64(f)) != 0 && seen[x.RatString()] {
					equal++
				}
				seen[x.RatString()] = true
			}
		})
	}
	if equal < 100 {
		t.Errorf("%d payoffs that floating point does not hold came twice: the test tests nothing", equal)
	}
}

// plays reports whether a strategy by its name takes the moves chosen where it
// gets to.
func plays(name string, rows int, chosen []int) bool {
	if rows == 0 {
		return true
	}
	if rows == 1 && !strings.Contains(name, ":") {
		return name == fmt.Sprint(chosen[0])
	}
	for _, part := range strings.Fields(name) {
		var set, move int
		if _, err := fmt.Sscanf(part, "%d:%d", &set, &move); err != nil || chosen[set-1] != move {
			return false
		}
	}
	return true
}

func TestInductionRefuses(t *testing.T) {
	tree, err := gambit.ReadTree([]byte(`EFG 2 R "" { "A" "B" } p "" 1 1 "" { "l" "r" } 0 p "" 2 1 "dark" { "x" "y" } 0 t "" 1 "" { 1 0 } t "" 2 "" { 0 1 } p "" 2 1 0 t "" 2 t "" 1`), "f")
	if err != nil {
		t.Fatal(err)
	}
	_, err = exact.Induct(context.Background(), grown(t, tree))
	if !errors.Is(err, exact.ErrImperfect) || !strings.Contains(err.Error(), `information state "1" ("dark") of player 1 has 2 nodes`) {
		t.Error(err)
	}
}
