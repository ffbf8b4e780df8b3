package entropic

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"os"
	"testing"

	"arbiter/certify/certifytest"
	"arbiter/dice"
	"arbiter/games"
)

// sapling is a small random tree: a seat knows its own past and, of the rest, one of
// two things. Payoffs of a seat are in a unit of its own.
type sapling struct {
	node *twig
	sets []blindSet
}

type blindSet struct{ seat, moves int }

// twig is a node: chance with odds, a set, or a leaf.
type twig struct {
	set      int // -1 for chance and leaves
	odds     []float64
	children []*twig
	payoff   []float64
}

// newSapling draws a tree of two seats with up to four sets.
func newSapling(r *certifytest.Source, units [2]float64) *sapling {
	g := &sapling{}
	most := 1 + r.Below(4)
	kind := r.Below(4) // any payoffs, opposite ones, the same, opposite ones of other sizes
	factor := []float64{0, -1, 1, -3 * r.Float()}[kind]
	leaf := func() *twig {
		first := 2*r.Float() - 1
		second := factor * first
		if kind == 0 {
			second = 2*r.Float() - 1
		}
		return &twig{set: -1, payoff: []float64{first * units[0], second * units[1]}}
	}
	known := map[string]int{}
	// own is what a seat has seen and done.
	var grow func(depth int, own [2]string) *twig
	grow = func(depth int, own [2]string) *twig {
		if depth == 5 {
			return leaf()
		}
		t := &twig{set: -1}
		if r.Below(4) == 0 {
			p := r.Float()
			if t.odds = []float64{p, 1 - p}; r.Below(2) == 0 {
				t.odds = []float64{p / 2, p - p/2, 1 - p}
			}
			for range t.odds {
				t.children = append(t.children, grow(depth+1, own))
			}
			return t
		}
		seat := r.Below(2)
		key := fmt.Sprint(seat, own[seat], "/", r.Below(2))
		set, ok := known[key]
		if !ok {
			if len(g.sets) == most {
				return leaf()
			}
			set = len(g.sets)
			known[key] = set
			g.sets = append(g.sets, blindSet{seat, 2 + r.Below(4)/3})
		}
		t.set = set
		for m := range g.sets[set].moves {
			after := own
			after[seat] = fmt.Sprint(key, m)
			t.children = append(t.children, grow(depth+1, after))
		}
		return t
	}
	g.node = grow(0, [2]string{})
	return g
}

func (g *sapling) Info() games.Info {
	inf := math.Inf(1)
	return games.Info{Name: "sapling", Seats: 2, Lo: []float64{-inf, -inf}, Hi: []float64{inf, inf}}
}
func (g *sapling) Start() games.State { return &climber{g, g.node} }

type climber struct {
	g  *sapling
	at *twig
}

func (s *climber) Reset()             { s.at = s.g.node }
func (s *climber) Clone() games.State { c := *s; return &c }
func (s *climber) Play(m int)         { s.at = s.at.children[m] }
func (s *climber) Moves(int) int      { return len(s.at.children) }
func (s *climber) Odds() []float64    { return s.at.odds }
func (s *climber) Key(int) string     { return fmt.Sprint(s.at.set) }
func (s *climber) Payoff(dst []float64) {
	copy(dst, s.at.payoff)
}
func (s *climber) Turn() games.Turn {
	switch {
	case s.at.payoff != nil:
		return games.Over
	case s.at.set < 0:
		return games.Chance
	}
	return games.Turn(s.g.sets[s.at.set].seat)
}

// table is the game of the sets in the order named, each with the payoff of its
// seat, in rationals: the expectation over chance of every pure profile.
func (g *sapling) table(order []int) exactGame {
	e := exactGame{}
	cells := 1
	for _, set := range order {
		e.sizes = append(e.sizes, g.sets[set].moves)
		cells *= g.sets[set].moves
	}
	at := make([]int, len(g.sets))
	var value func(t *twig, seat int) *big.Rat
	value = func(t *twig, seat int) *big.Rat {
		switch {
		case t.payoff != nil:
			return new(big.Rat).SetFloat64(t.payoff[seat])
		case t.set >= 0:
			return value(t.children[at[t.set]], seat)
		}
		sum := new(big.Rat)
		for k, c := range t.children {
			sum.Add(sum, new(big.Rat).Mul(new(big.Rat).SetFloat64(t.odds[k]), value(c, seat)))
		}
		return sum
	}
	var of [2][]*big.Rat
	for cell := range cells {
		for k := len(order) - 1; k >= 0; k-- {
			at[order[k]], cell = cell%e.sizes[k], cell/e.sizes[k]
		}
		for seat := range of {
			of[seat] = append(of[seat], value(g.node, seat))
		}
	}
	for _, set := range order {
		e.u = append(e.u, of[g.sets[set].seat])
	}
	return e
}

// Random trees of two seats with up to four information sets, chance anywhere and
// each seat's payoffs in a unit of its own, at temperatures within parts in 10^12 of
// the threshold and around it: interactions are never below those of all pure
// profiles, both margins that are claimed are true in rationals, and a little above
// the threshold is certified. ARBITER_LONG=1 tries 10^4 trees, in 7 minutes. in 7 minutes.
func TestTreesAreCertifiedInRationals(t *testing.T) {
	trees := 100
	switch {
	case os.Getenv("ARBITER_LONG") != "":
		trees = 10_000
	case testing.Short():
		trees = 40
	}
	ctx, r := context.Background(), &certifytest.Source{Key: dice.New(2027)}
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	certified, refused, spans := 0, 0, 0
	for tried := 0; tried < trees; {
		var units [2]float64
		common := r.Below(3) == 0
		for k := range units {
			if units[k] = math.Pow(10, 16*r.Float()-8); common {
				units[k] = units[0]
			}
		}
		tree := newSapling(r, units)
		g, err := AgentForm(ctx, compiled(t, tree, nil))
		if err != nil || len(g.pairs) == 0 {
			continue // nobody moves, or no two sets meet
		}
		tried++
		var order []int
		owners := make([]int, len(g.Sizes))
		for i, name := range g.Blocks() {
			var seat, set int
			if _, err := fmt.Sscanf(name, "%d:%d", &seat, &set); err != nil {
				t.Fatal(err)
			}
			order, owners[i] = append(order, set), seat
		}
		exact := tree.table(order)
		at := func(x float64) []float64 {
			tau := make([]float64, len(owners))
			for i, seat := range owners {
				tau[i] = x * units[seat]
			}
			return tau
		}
		c, err := g.Certify(ctx, at(1))
		if err != nil {
			t.Fatal(err)
		}
		least := c.Gain
		if common && c.Entropy.Threshold > 0 {
			least = c.Entropy.Threshold / units[0]
		}
		none := new(big.Rat)
		d := c.Entropy.Interaction.Rows
		for i := range d {
			for j := range d {
				if i != j && rat(d[i][j]).Cmp(exact.cross(i, j, rat(1), none)) < 0 {
					t.Errorf("units %g: D of %s and %s is more than %g", units, g.names[i], g.names[j], d[i][j])
				}
			}
		}
		for _, x := range []float64{least * (1 + 1e-12), least * (1 - 1e-12), least, least / 2, least * 2} {
			c, err := g.Certify(ctx, at(x))
			if err != nil {
				t.Fatal(err)
			}
			if x > least*(1+1e-13) && !c.Certified() {
				t.Errorf("units %g: %g above the threshold %g is not certified: margin %g, unsigned %g", units, x, least, c.Margin, c.Entropy.Unsigned)
			}
			if c.Entropy.Unsigned > 0 {
				spans++
				if !exact.spans(c.Mu, c.Entropy.Unsigned, c.Entropy.Xi) {
					t.Errorf("units %g, temperatures %g: margin %g of the span norm with %g is false", units, c.Mu, c.Entropy.Unsigned, c.Entropy.Xi)
				}
			}
			if !c.Certified() {
				refused++
				continue
			}
			certified++
			if !exact.signed(c.Mu, c.Margin, c.Weights) {
				t.Errorf("units %g, temperatures %g: margin %g at weights %g is false", units, c.Mu, c.Margin, c.Weights)
			}
		}
	}
	if certified < trees || refused < trees/2 || spans < trees {
		t.Errorf("%d certified, %d in the span norm, %d refused: too few", certified, spans, refused)
	}
	t.Logf("%d trees: %d certified, %d in the span norm, %d refused", trees, certified, spans, refused)
}
