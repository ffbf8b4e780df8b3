// Package many finds the Nash equilibria of tables of any number of players: pure
// ones exactly, mixed ones by exclusion, in boxes of mixtures with bounds on
// rounding, and proves where it can that none is missing.
package many

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/dice"
	"arbiter/equilibria"
	"arbiter/equilibria/exact"
)

// Point is an equilibrium of a game of any number of players.
type Point struct {
	Profile [][]float64 // [player][strategy], weights 0 outside the support
	Regret  float64     // the largest of a player, in payoffs
	// Index is that of the Nash map: the sign of the determinant of minus the
	// derivative of the equal-payoff equations of the support. It is +1 for strict
	// pure equilibria and 0 for those that are not regular: the equations are
	// singular, or a strategy outside the support is as good.
	Index int
	// Proved: an exact equilibrium is surely within 1e-9 of it.
	Proved bool
}

// Solution are the equilibria of a game of any number of players.
type Solution struct {
	Equilibria []Point // each once
	// Complete: every equilibrium is proved to be in Equilibria or, if there are
	// Components, a mixture within one.
	Complete bool
	// Degenerate: an equilibrium that is not regular was met, up to rounding where
	// more than two players mix. There may be infinitely many.
	Degenerate bool
	// Subsets and Components are sets of equilibria by index, as in exact.Extreme, if no
	// more than two players have a choice left after strict dominance. Else, if some
	// are not regular, Components are Sampled: what was seen to be connected.
	Subsets, Components [][]int
	Sampled             bool
	Unjoined            bool // not all pairs of points were tried
	// IndexSum is that of Index. It is 1 for the complete list of a game without
	// degenerate equilibria (Ritzberger 1994); else something is missing.
	IndexSum int
	Supports int // support profiles
	Open     int // support profiles for which it is not proved what they hold
	Boxes    int // of mixtures that were looked at
}

// Limits bound the work of Solve; 0 is the default.
type Limits struct {
	Boxes  int // for the proof, in all; default 1,000,000, some seconds
	Starts int // of Newton's method on a support profile that stays open; default 12
}

const (
	mostProfiles = 100_000 // of supports
	same         = 1e-6    // equilibria nearer in every weight are one,
	proved       = 1e-9    // unless both are proved and their errors do not meet
	mostSingular = 4       // equilibria listed of a support profile, if not regular
)

// Solve finds Nash equilibria of a game of any number of players. Strictly
// dominated strategies are removed exactly. If then no more than two players have
// a choice, the extreme equilibria are enumerated exactly. Else pure profiles are
// decided exactly and the other support profiles, smallest first, are searched by
// exclusion: boxes of mixtures are discarded or closed around one proved regular
// equilibrium, in floating point with bounds on rounding. Where that does not
// come to an end, as it cannot around equilibria that are not regular, Newton's
// method looks for more from many starts. ErrTooLarge above 100,000 support
// profiles.
func Solve(ctx context.Context, n *exact.Normal, limits Limits) (Solution, error) {
	for _, l := range []struct {
		name  string
		value *int
		usual int
	}{{"boxes", &limits.Boxes, 1_000_000}, {"starts", &limits.Starts, 12}} {
		if *l.value < 0 {
			return Solution{}, fmt.Errorf("%s: found %d, expected 0 (for %d) or more", l.name, *l.value, l.usual)
		}
		if *l.value == 0 {
			*l.value = l.usual
		}
	}
	kept, err := n.Undominated(ctx)
	if err != nil {
		return Solution{}, err
	}
	small := n.Restrict(kept)
	g := tableOf(small)
	choosers := 0
	for _, list := range kept {
		if len(list) > 1 {
			choosers++
		}
	}
	var m Solution
	if choosers <= 2 {
		m, err = fewChoose(ctx, small, g)
	} else {
		m, err = manyChoose(ctx, small, g, limits)
	}
	if err != nil {
		return m, err
	}
	whole := tableOf(n)
	for i := range m.Equilibria {
		p := &m.Equilibria[i]
		for k, list := range kept {
			row := make([]float64, n.Shape[k])
			for j, s := range list {
				row[s] = p.Profile[k][j]
			}
			p.Profile[k] = row
		}
		_, p.Regret = whole.regret(p.Profile)
		m.IndexSum += p.Index
	}
	return m, nil
}

// fewChoose solves games in which at most two players have a choice.
func fewChoose(ctx context.Context, n *exact.Normal, g *table) (Solution, error) {
	var who []int
	for k, m := range n.Shape {
		if m > 1 {
			who = append(who, k)
		}
	}
	two := &exact.Normal{Name: n.Name, Shape: []int{1, 1}}
	for j := range 2 {
		two.Payoffs = append(two.Payoffs, []*big.Rat{new(big.Rat)})
		if j < len(who) {
			two.Shape[j] = n.Shape[who[j]]
			two.Payoffs[j] = n.Payoffs[who[j]]
		}
	}
	if len(who) == 1 { // the other has one strategy and no interest
		two.Payoffs[1] = make([]*big.Rat, two.Shape[0])
		for i := range two.Payoffs[1] {
			two.Payoffs[1][i] = new(big.Rat)
		}
	}
	b, err := exact.NewBimatrix(two)
	if err != nil {
		return Solution{}, err
	}
	e, err := b.Extreme(ctx)
	if err != nil {
		return Solution{}, err
	}
	m := Solution{Complete: true, Degenerate: e.Degenerate, Subsets: e.Subsets, Components: e.Components, Supports: 1}
	for _, k := range n.Shape {
		m.Supports *= 1<<k - 1
	}
	for _, mixed := range e.Equilibria {
		p := Point{Proved: true}
		for _, size := range n.Shape {
			p.Profile = append(p.Profile, make([]float64, size))
			p.Profile[len(p.Profile)-1][0] = 1
		}
		f := mixed.Float()
		for j, k := range who {
			p.Profile[k] = f[j]
		}
		if !b.Degenerate(mixed) {
			p.Index = g.index(p.Profile)
		}
		m.Equilibria = append(m.Equilibria, p)
	}
	return m, nil
}

// manyChoose solves the other games.
func manyChoose(ctx context.Context, n *exact.Normal, g *table, limits Limits) (Solution, error) {
	var m Solution
	total := 1.0
	for _, k := range n.Shape {
		total *= math.Exp2(float64(k)) - 1
	}
	if total > mostProfiles {
		return m, fmt.Errorf("%s: %.1e support profiles, at most %d are searched: %w; use --solver logit", n.Name, total, mostProfiles, equilibria.ErrTooLarge)
	}
	profiles := supportProfiles(n.Shape)
	m.Supports = len(profiles)
	for i, support := range profiles {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		pure := true
		for _, s := range support {
			pure = pure && len(s) == 1
		}
		if pure {
			best, strict := pureEquilibrium(n, support)
			if !best {
				continue
			}
			p := Point{Profile: g.spread(support, slices.Repeat([]float64{1}, len(support))), Proved: true}
			if strict {
				p.Index = 1
			} else {
				m.Degenerate = true
				m.Open++
			}
			m.Equilibria = append(m.Equilibria, p)
			continue
		}
		e := newExclusion(g, support)
		l := e.run(limits.Boxes - m.Boxes)
		m.Boxes += l.boxes
		settled := l.done
		for _, r := range l.roots {
			if r.outside {
				continue
			}
			p := Point{Profile: g.spread(support, r.x)}
			if r.inside {
				p.Index, p.Proved = r.index, slices.Max(r.err) < proved
				m.add(p)
				continue
			}
			settled = false
			if g.acceptable(p.Profile) {
				m.Degenerate = true
				m.add(p)
			}
		}
		if settled {
			continue
		}
		m.Open++
		key, singular := dice.New(uint64(i)), 0
		for start := range limits.Starts + len(l.open) {
			var x []float64
			if start < len(l.open) {
				x = l.open[start]
			} else {
				x = e.random(key.Sub(uint64(start)))
			}
			if enough := start >= mostOpen || singular == mostSingular; enough && start < len(l.open) || !e.descend(x) {
				continue
			}
			p := Point{Profile: g.spread(support, x)}
			if !g.acceptable(p.Profile) {
				continue
			}
			switch r, ok := e.regular(x); {
			case ok && r.inside:
				p = Point{Profile: g.spread(support, r.x), Index: r.index, Proved: slices.Max(r.err) < proved}
				m.add(p)
			case singular < mostSingular:
				m.Degenerate = true
				if m.add(p) {
					singular++
				}
			}
		}
	}
	m.Complete = m.Open == 0
	if !m.Degenerate {
		return m, nil
	}
	err := g.group(ctx, &m)
	m.Sampled = m.Components != nil
	return m, err
}

// supportProfiles are all, by size, then balance, then in order.
func supportProfiles(shape []int) [][][]int {
	all := [][][]int{nil}
	for _, m := range shape {
		var next [][][]int
		for _, head := range all {
			for k := 1; k <= m; k++ {
				for s := exact.FirstSubset(k); s != nil; s = exact.NextSubset(s, m) {
					next = append(next, append(slices.Clone(head), s))
				}
			}
		}
		all = next
	}
	size := func(p [][]int) (total, most int) {
		for _, s := range p {
			total, most = total+len(s), max(most, len(s))
		}
		return total, most
	}
	slices.SortStableFunc(all, func(a, b [][]int) int {
		ta, ma := size(a)
		tb, mb := size(b)
		return cmp.Or(cmp.Compare(ta, tb), cmp.Compare(ma, mb))
	})
	return all
}

// pureEquilibrium decides exactly whether no player gains by another strategy,
// and whether all others are worse.
func pureEquilibrium(n *exact.Normal, support [][]int) (best, strict bool) {
	profile := make([]int, len(support))
	for k, s := range support {
		profile[k] = s[0]
	}
	here := n.Cell(profile)
	strict = true
	for k, s := range support {
		for t := range n.Shape[k] {
			if t == s[0] {
				continue
			}
			profile[k] = t
			switch n.Payoffs[k][n.Cell(profile)].Cmp(n.Payoffs[k][here]) {
			case 1:
				return false, false
			case 0:
				strict = false
			}
		}
		profile[k] = s[0]
	}
	return true, strict
}

// add lists an equilibrium unless it is known; a regular one replaces one near
// that is not.
func (m *Solution) add(p Point) bool {
	for i, q := range m.Equilibria {
		near := same
		if p.Proved && q.Proved {
			near = 2 * proved
		}
		if apart(p.Profile, q.Profile) < near {
			if p.Index != 0 && q.Index == 0 {
				m.Equilibria[i] = p
			}
			return false
		}
	}
	m.Equilibria = append(m.Equilibria, p)
	return true
}

// apart is the largest difference of two weights.
func apart(a, b [][]float64) float64 {
	most := 0.0
	for k, list := range a {
		most = max(most, far(list, b[k]))
	}
	return most
}
