package entropic

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/smallgain"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
	"arbiter/games/leduc"
)

// thicket is a random tree: who moves at a depth, in how many ways, and who sees
// it, are the same at all nodes of the depth; payoffs are random.
type thicket struct {
	seats   int
	turns   []games.Turn
	widths  []int
	seen    [][]bool // [depth][seat]
	seed    uint64
	zeroSum bool
}

func newThicket(r *certifytest.Source, seats, depth int, zeroSum bool) thicket {
	g := thicket{seats: seats, seed: uint64(r.Below(1 << 30)), zeroSum: zeroSum}
	for d := range depth {
		turn := games.Turn(r.Below(seats+1) - 1)
		if turn < 0 {
			turn = games.Chance
		}
		if d == 0 {
			turn = 0
		}
		g.turns = append(g.turns, turn)
		g.widths = append(g.widths, 2+r.Below(4)/3)
		seen := make([]bool, seats)
		for k := range seen {
			seen[k] = games.Turn(k) == turn || r.Below(2) == 0
		}
		g.seen = append(g.seen, seen)
	}
	return g
}

func (g thicket) Info() games.Info {
	i := games.Info{Name: "thicket", Seats: g.seats, ConstantSum: g.zeroSum && g.seats == 2}
	for range g.seats {
		i.Lo, i.Hi = append(i.Lo, -1), append(i.Hi, 1)
	}
	return i
}

func (g thicket) Start() games.State { return &bush{thicket: g} }

type bush struct {
	thicket
	past []int
}

func (s *bush) Reset()             { s.past = nil }
func (s *bush) Clone() games.State { return &bush{s.thicket, append([]int(nil), s.past...)} }
func (s *bush) Play(m int)         { s.past = append(s.past, m) }
func (s *bush) Moves(int) int      { return s.widths[len(s.past)] }
func (s *bush) Turn() games.Turn {
	if len(s.past) == len(s.turns) {
		return games.Over
	}
	return s.turns[len(s.past)]
}
func (s *bush) Odds() []float64 {
	if s.Moves(0) == 2 {
		return []float64{.3, .7}
	}
	return []float64{.2, .3, .5}
}
func (s *bush) Key(seat int) string {
	var b strings.Builder
	fmt.Fprint(&b, len(s.past))
	for d, m := range s.past {
		if s.seen[d][seat] {
			fmt.Fprintf(&b, ",%d:%d", d, m)
		}
	}
	return b.String()
}
func (s *bush) Payoff(dst []float64) {
	words := []uint64{s.seed}
	for _, m := range s.past {
		words = append(words, uint64(m))
	}
	for k := range dst {
		dst[k] = 2*dice.Float64(dice.New(words...).Word(k)) - 1
	}
	if s.zeroSum && s.seats == 2 {
		dst[1] = -dst[0]
	}
}

func compiled(t testing.TB, g games.Game, err error) *flat.Board {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func agents(t testing.TB, b *flat.Board) *Game {
	t.Helper()
	g, err := AgentForm(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// slowest is D_ij(w) of all pairs by trying all pure profiles; ok is false if
// they are too many.
func slowest(g *Game, w [2]float64) (d [][]float64, ok bool) {
	n := len(g.Sizes)
	count := 1
	for _, k := range g.Sizes {
		if count *= k; count > 1<<11 {
			return nil, false
		}
	}
	d = smallgain.Square(n)
	p := g.Start(make([]float64, n)).p
	slopes := make([][][][]float64, n)
	for i := range n {
		slopes[i] = make([][][]float64, n)
		for j := range n {
			slopes[i][j] = smallgain.Square(max(g.Sizes[i], g.Sizes[j]))
		}
	}
	for c := range count {
		for i, k := range g.Sizes {
			clear(p[i])
			p[i][c%k] = 1
			c /= k
		}
		for i := range n {
			for j := range n {
				for _, row := range slopes[i][j] {
					clear(row)
				}
			}
		}
		g.Play.slopes(p, func(i, a, j, b int, v float64) { slopes[i][j][a][b] += v })
		for i := range n {
			for j := range n {
				at := func(a, b int) float64 { return w[0]*slopes[i][j][a][b] + w[1]*slopes[j][i][b][a] }
				for a := range g.Sizes[i] {
					for a2 := range a {
						for b := range g.Sizes[j] {
							for b2 := range b {
								if i != j {
									d[i][j] = max(d[i][j], math.Abs(at(a, b)-at(a2, b)-at(a, b2)+at(a2, b2)))
								}
							}
						}
					}
				}
			}
		}
	}
	return d, true
}

func TestKuhnAgentFormReference(t *testing.T) {
	r := readReference(t).Agent[0]
	g0, err := kuhn.New(2)
	g := agents(t, compiled(t, g0, err))
	at := make([]int, len(r.Infosets)) // block of each
	for k, key := range r.Infosets {
		at[k] = -1
		for i, name := range g.Blocks() {
			if _, after, _ := strings.Cut(name, ":"); after == key {
				at[k] = i
			}
		}
		if at[k] < 0 {
			t.Fatalf("no block %s among %v", key, g.Blocks())
		}
	}
	tau := make([]float64, 12)
	for i := range tau {
		tau[i] = r.Tau
	}
	c, err := g.Certify(context.Background(), tau)
	if err != nil {
		t.Fatal(err)
	}
	e := c.Entropy
	for i := range at {
		for j := range at {
			near(t, "D", e.Interaction.Rows[at[i]][at[j]], r.D[i][j], 1e-14)
			near(t, "D(1)", e.Swayed.Rows[at[i]][at[j]], r.DSigned[i][j], 1e-14)
		}
		if c.Weights[i] != 1 {
			t.Errorf("weight %g of block %d", c.Weights[i], i)
		}
	}
	near(t, "unsigned threshold", e.UnsignedThreshold, r.UnsignedThreshold, 1e-12)
	near(t, "unsigned", e.Unsigned, r.UnsignedAlpha, 1e-12)
	near(t, "signed", c.Margin, r.SignedAlpha, 1e-14)
	near(t, "threshold", e.Threshold, r.SignedThreshold, 1e-14)
	near(t, "L_w", e.Lipschitz, r.L, 1e-12)
	if !e.Exact || !e.Optimal || !c.Certified() || c.Concept != "reach_weighted_agent_qre" {
		t.Errorf("exact %v, optimal %v, %s, %s", e.Exact, e.Optimal, c.Verdict(), c.Concept)
	}
	judge(t, c)
	star := blocksOf(g.Sizes, c.Equilibrium)
	s := g.Start(tau)
	for k, i := range at {
		near(t, "bet", star[i][1], r.Bet[k], 1e-12)
		s.Y[i][1] = r.Start[k]
	}
	s.Set()
	for _, want := range r.KL.V {
		near(t, "V", kl(c.Weights, star, s.p), want, 1e-10)
		s.Prox(r.KL.Eta)
	}
	seen := 0
	for _, step := range c.Steps {
		switch {
		case step.Scheme == certify.Prox:
			near(t, "prox", step.Max, r.KL.Eta, 1e-10)
			near(t, "factor", step.Factor, r.KL.Factor, 1e-10)
			seen++
		case step.Scheme == certify.Euler:
			near(t, "npg", step.Max, r.KL.NPG, 1e-10)
			seen++
		}
	}
	if seen != 2 {
		t.Errorf("steps %+v", c.Steps)
	}
	for _, x := range []struct {
		tau  float64
		want bool
	}{{.25 * (1 + 1e-10), true}, {.25 * (1 - 1e-10), false}, {.25, false}} {
		for i := range tau {
			tau[i] = x.tau
		}
		if c, err := g.Certify(context.Background(), tau); err != nil || c.Certified() != x.want {
			t.Errorf("temperature %.12g: certified %v, %v", x.tau, !x.want, err)
		}
	}
}

// Interactions are those of all pure profiles where said to be exact, and never
// below; the slopes themselves are differences of values.
func TestTreeInteractions(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(97)}
	tested, exact, loose := 0, 0, 0
	for tested < 30 {
		b := compiled(t, newThicket(r, 1+r.Below(3), 3+r.Below(3), r.Below(3) == 0), nil)
		visits := []int{mostVisits, 1, 200}[tested%3]
		g, err := agentForm(context.Background(), b, visits, 1)
		if err != nil {
			t.Fatal(err)
		}
		w := [2]float64{r.Float(), r.Float()}
		d, ok := slowest(g, [2]float64{1, 0})
		if !ok {
			continue
		}
		dw, _ := slowest(g, w)
		tested++
		if g.exact {
			exact++
		} else {
			loose++
		}
		have := smallgain.Square(len(d))
		for k := range g.pairs {
			p := &g.pairs[k]
			have[p.i][p.j], have[p.j][p.i] = p.di, p.dj
			s := p.sway(w[0], w[1])
			if s < dw[p.i][p.j]-1e-15 || g.exact && s > dw[p.i][p.j]+1e-14 {
				t.Fatalf("D(w) of %s and %s: %.17g, expected %.17g", g.names[p.i], g.names[p.j], s, dw[p.i][p.j])
			}
			x, y := p.extreme(w[0], w[1])
			near(t, "point", math.Abs(w[0]*x+w[1]*y), s, 1e-14)
		}
		for i := range d {
			for j := range d {
				if have[i][j] < d[i][j]-1e-15 || g.exact && have[i][j] > d[i][j]+1e-14 {
					t.Fatalf("D of %s and %s: %.17g, expected %.17g", g.names[i], g.names[j], have[i][j], d[i][j])
				}
			}
		}
		s := g.Start(make([]float64, len(g.Sizes)))
		mixtures(r, s.p)
		q := copied(s.Q)
		g.Play.values(q, s.p)
		// q_i(a) is linear in π_j: a unit change of π_j(b) adds the slope.
		slope := map[[4]int]float64{}
		g.Play.slopes(s.p, func(i, a, j, b int, v float64) { slope[[4]int{i, a, j, b}] += v })
		for j := range g.Sizes {
			for b := range g.Sizes[j] {
				moved := copied(s.p)
				moved[j][b]++
				after := copied(q)
				g.Play.values(after, moved)
				for i := range q {
					for a := range q[i] {
						if i != j {
							near(t, "slope", slope[[4]int{i, a, j, b}], after[i][a]-q[i][a], 1e-12)
						}
					}
				}
			}
		}
	}
	t.Logf("%d exact, %d bounded", exact, loose)
}

// Where every set has many nodes on every path, interactions are still exact, at a
// cost of a few passes over the tree per pair and not one per profile.
func TestBlindTreesAreExact(t *testing.T) {
	const depth = 9
	g := thicket{seats: depth, seed: 7}
	for d := range depth {
		g.turns, g.widths, g.seen = append(g.turns, games.Turn(d)), append(g.widths, 2), append(g.seen, make([]bool, depth))
	}
	e := agents(t, compiled(t, g, nil))
	d, ok := slowest(e, [2]float64{1, 0})
	if !ok || !e.exact {
		t.Fatalf("exact %v, enumerated %v", e.exact, ok)
	}
	for k := range e.pairs {
		p := &e.pairs[k]
		near(t, "D", p.di, d[p.i][p.j], 1e-14)
		near(t, "D", p.dj, d[p.j][p.i], 1e-14)
		if p.effort > 40<<depth {
			t.Errorf("%d visits of a tree of %d nodes", p.effort, 2<<depth)
		}
	}
}

// Steps of certified trees keep to their bounds.
func TestTreeStepsKeepTheirBounds(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(98)}
	worst := -1.0
	rounds := 20
	if testing.Short() || certifytest.Slowed {
		rounds = 2
	}
	for range rounds {
		zero := r.Below(2) == 0
		g := agents(t, compiled(t, newThicket(r, 1+r.Below(3), 3+r.Below(3), zero), nil))
		_, signed, err := g.Thresholds(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		tau := make([]float64, len(g.Sizes))
		for i := range tau {
			tau[i] = max(.02, signed) * (1 + r.Float()*r.Float())
		}
		c, err := g.Certify(context.Background(), tau)
		if err != nil || !c.Certified() || c.Residual > 1e-11 {
			t.Fatalf("margin %g, residual %g, %v", c.Margin, c.Residual, err)
		}
		star := blocksOf(g.Sizes, c.Equilibrium)
		s := g.Start(tau)
		for range 20 {
			mixtures(r, s.p)
			s.place(s.p)
			for _, row := range c.Steps {
				if row.Scheme != certify.Prox {
					continue
				}
				for range 10 {
					v := kl(c.Weights, star, s.p)
					if v < 1e-6 {
						break
					}
					s.Prox(row.Max)
					q := kl(c.Weights, star, s.p)/v - row.Factor
					if worst = max(worst, q); q > 1e-9 {
						t.Fatalf("V changed by %g more than the factor %g", q, row.Factor)
					}
				}
			}
		}
	}
	t.Logf("worst ratio less factor %g", worst)
}

func TestDegenerateTrees(t *testing.T) {
	all := [][]bool{{true, true}, {true, true}, {true, true}}
	chance := thicket{seats: 2, turns: []games.Turn{games.Chance}, widths: []int{2}, seen: all}
	if _, err := AgentForm(context.Background(), compiled(t, chance, nil)); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("chance alone: %v", err)
	}
	forced := thicket{seats: 2, turns: []games.Turn{0, 1, 0}, widths: []int{1, 1, 2}, seen: all, zeroSum: true}
	b := compiled(t, forced, nil)
	c, err := agents(t, b).Certify(context.Background(), []float64{1, .5, 2})
	if err != nil || !c.Certified() || c.Margin != .5 || c.Residual > 1e-14 {
		t.Errorf("forced moves: %+v, %v", c, err)
	}
	if c, err = SequenceForm(context.Background(), b, []float64{1, .5}); err != nil || !c.Certified() || c.Residual > 1e-14 {
		t.Errorf("forced moves in sequence form: %+v, %v", c, err)
	}
	if _, err := agents(t, b).Certify(context.Background(), []float64{1, 1}); err == nil || !strings.Contains(err.Error(), "2 temperatures for 3") {
		t.Errorf("too few temperatures: %v", err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	g, err := kuhn.New(2)
	b = compiled(t, g, err)
	if _, err := AgentForm(stopped, b); err != context.Canceled {
		t.Errorf("stopped: %v", err)
	}
	if _, err := SequenceForm(stopped, b, []float64{1, 1}); err != context.Canceled {
		t.Errorf("stopped: %v", err)
	}
}

func TestLeducAgentForm(t *testing.T) {
	if testing.Short() || certifytest.Slowed {
		t.Skip("a large tree")
	}
	g := agents(t, compiled(t, leduc.New(), nil))
	tau := make([]float64, len(g.Sizes))
	for i := range tau {
		tau[i] = 2
	}
	c, err := g.Certify(context.Background(), tau)
	if err != nil || !c.Certified() || c.Residual > 1e-10 || !c.Entropy.Optimal || c.Entropy.Unsigned > 0 || len(tau) != 2*468 {
		t.Fatalf("%d blocks, margin %g, residual %g, %v", len(tau), c.Margin, c.Residual, err)
	}
	star := blocksOf(g.Sizes, c.Equilibrium)
	s, r := g.Start(tau), &certifytest.Source{Key: dice.New(99)}
	mixtures(r, s.p)
	s.place(s.p)
	for _, row := range c.Steps {
		for k := 0; row.Scheme == certify.Prox && k < 20; k++ {
			v := kl(c.Weights, star, s.p)
			s.Prox(row.Max)
			if after := kl(c.Weights, star, s.p); after > v*row.Factor*(1+1e-9) || v == 0 {
				t.Errorf("V from %g to %g, factor %g", v, after, row.Factor)
			}
		}
	}
}

func BenchmarkKuhnAgentForm(b *testing.B) {
	g0, err := kuhn.New(2)
	board := compiled(b, g0, err)
	tau := make([]float64, 12)
	for i := range tau {
		tau[i] = .3
	}
	for b.Loop() {
		g := agents(b, board)
		if c, err := g.Certify(context.Background(), tau); err != nil || !c.Certified() {
			b.Fatal(err)
		}
	}
}
