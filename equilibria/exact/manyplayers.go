package exact

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/dice"
	"arbiter/equilibria"
)

// ManyPoint is an equilibrium of a game of any number of players.
type ManyPoint struct {
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

// Many are equilibria of a game of any number of players.
type Many struct {
	Equilibria []ManyPoint
	// Complete: every equilibrium is proved to be in Equilibria or, if there are
	// Components, a mixture within one.
	Complete bool
	// Degenerate: an equilibrium that is not regular was met, up to rounding where
	// more than two players mix. There may be infinitely many.
	Degenerate bool
	// Subsets and Components are sets of equilibria by index, as in Extreme, if no
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

// ManyLimits bound the work of Many; 0 is the default.
type ManyLimits struct {
	Boxes  int // for the proof, in all; default 1,000,000, some seconds
	Starts int // of Newton's method on a support profile that stays open; default 12
}

const (
	mostProfiles = 100_000 // of supports
	same         = 1e-6    // equilibria nearer in every weight are one,
	proved       = 1e-9    // unless both are proved and their errors do not meet
	mostSingular = 4       // equilibria listed of a support profile, if not regular
)

// Many finds Nash equilibria of a game of any number of players. Strictly
// dominated strategies are removed exactly. If then no more than two players have
// a choice, the extreme equilibria are enumerated exactly. Else pure profiles are
// decided exactly and the other support profiles, smallest first, are searched by
// exclusion: boxes of mixtures are discarded or closed around one proved regular
// equilibrium, in floating point with bounds on rounding. Where that does not
// come to an end, as it cannot around equilibria that are not regular, Newton's
// method looks for more from many starts. ErrTooLarge above 100,000 support
// profiles.
func (n *Normal) Many(ctx context.Context, limits ManyLimits) (Many, error) {
	for _, l := range []struct {
		name  string
		value *int
		usual int
	}{{"boxes", &limits.Boxes, 1_000_000}, {"starts", &limits.Starts, 12}} {
		if *l.value < 0 {
			return Many{}, fmt.Errorf("%s: found %d, expected 0 (for %d) or more", l.name, *l.value, l.usual)
		}
		if *l.value == 0 {
			*l.value = l.usual
		}
	}
	kept, err := n.Undominated(ctx)
	if err != nil {
		return Many{}, err
	}
	small := n.Restrict(kept)
	g := small.table()
	choosers := 0
	for _, list := range kept {
		if len(list) > 1 {
			choosers++
		}
	}
	var m Many
	if choosers <= 2 {
		m, err = small.fewChoose(ctx, g)
	} else {
		m, err = small.manyChoose(ctx, g, limits)
	}
	if err != nil {
		return m, err
	}
	whole := n.table()
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

// table centres and scales the payoffs.
func (n *Normal) table() *table {
	g := &table{shape: n.Shape}
	strategies := 0
	for k, m := range n.Shape {
		strategies += m
		stride := 1
		for _, l := range n.Shape[k+1:] {
			stride *= l
		}
		list := make([]*big.Rat, len(n.Payoffs[k]))
		half, top := big.NewRat(1, 2), new(big.Rat)
		for at := range list {
			if at/stride%m != 0 {
				continue
			}
			lo, hi := n.Payoffs[k][at], n.Payoffs[k][at]
			for s := range m {
				if x := n.Payoffs[k][at+s*stride]; x.Cmp(lo) < 0 {
					lo = x
				} else if x.Cmp(hi) > 0 {
					hi = x
				}
			}
			centre := new(big.Rat).Add(lo, hi)
			centre.Mul(centre, half)
			for s := range m {
				list[at+s*stride] = new(big.Rat).Sub(n.Payoffs[k][at+s*stride], centre)
			}
			if d := new(big.Rat).Sub(hi, centre); d.Cmp(top) > 0 {
				top = d
			}
		}
		if top.Sign() == 0 {
			top.SetInt64(1)
		}
		row := make([]float64, len(list))
		for at, x := range list {
			row[at], _ = x.Quo(x, top).Float64() // x is not used again
		}
		unit, _ := top.Float64()
		g.u, g.unit = append(g.u, row), append(g.unit, unit)
	}
	g.slack = float64(strategies+2*len(n.Shape)+8) * 0x1p-50
	return g
}

// fewChoose solves games in which at most two players have a choice.
func (n *Normal) fewChoose(ctx context.Context, g *table) (Many, error) {
	var who []int
	for k, m := range n.Shape {
		if m > 1 {
			who = append(who, k)
		}
	}
	two := &Normal{Name: n.Name, Shape: []int{1, 1}}
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
	b, err := NewBimatrix(two)
	if err != nil {
		return Many{}, err
	}
	e, err := b.Extreme(ctx)
	if err != nil {
		return Many{}, err
	}
	m := Many{Complete: true, Degenerate: e.Degenerate, Subsets: e.Subsets, Components: e.Components, Supports: 1}
	for _, k := range n.Shape {
		m.Supports *= 1<<k - 1
	}
	for _, mixed := range e.Equilibria {
		p := ManyPoint{Proved: true}
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

// index is that of an equilibrium known to be regular.
func (g *table) index(profile [][]float64) int {
	e := newExclusion(g, supportOf(profile))
	for k, s := range e.support {
		for a := range len(s) - 1 {
			e.c[e.base[k]+a] = profile[k][s[a]]
		}
	}
	clear(e.rad)
	sign, _ := e.newton(e.c, e.rad)
	return sign
}

func supportOf(profile [][]float64) [][]int {
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

// regret is the largest of a player, in units of the table and in payoffs.
func (g *table) regret(profile [][]float64) (relative, absolute float64) {
	e := newExclusion(g, supportOf(profile))
	var x []float64
	for k, s := range e.support {
		for _, a := range s {
			x = append(x, profile[k][a])
		}
	}
	for i, s := range e.support {
		for t := range g.shape[i] {
			gain := 0.0
			for j, a := range s {
				gain += x[e.first[i]+j] * e.expect(i, t, a, x)
			}
			relative, absolute = max(relative, gain), max(absolute, gain*g.unit[i])
		}
	}
	return relative, absolute
}

// manyChoose solves the other games.
func (n *Normal) manyChoose(ctx context.Context, g *table, limits ManyLimits) (Many, error) {
	var m Many
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
			best, strict := n.pureEquilibrium(support)
			if !best {
				continue
			}
			p := ManyPoint{Profile: g.spread(support, slices.Repeat([]float64{1}, len(support))), Proved: true}
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
			p := ManyPoint{Profile: g.spread(support, r.x)}
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
			p := ManyPoint{Profile: g.spread(support, x)}
			if !g.acceptable(p.Profile) {
				continue
			}
			switch r, ok := e.regular(x); {
			case ok && r.inside:
				p = ManyPoint{Profile: g.spread(support, r.x), Index: r.index, Proved: slices.Max(r.err) < proved}
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
				for s := firstSubset(k); s != nil; s = nextSubset(s, m) {
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
func (n *Normal) pureEquilibrium(support [][]int) (best, strict bool) {
	profile := make([]int, len(support))
	for k, s := range support {
		profile[k] = s[0]
	}
	here := n.cell(profile)
	strict = true
	for k, s := range support {
		for t := range n.Shape[k] {
			if t == s[0] {
				continue
			}
			profile[k] = t
			switch n.Payoffs[k][n.cell(profile)].Cmp(n.Payoffs[k][here]) {
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

// spread is the profile with weights x on the support, negative ones 0.
func (g *table) spread(support [][]int, x []float64) [][]float64 {
	out := make([][]float64, len(support))
	at := 0
	for k, s := range support {
		out[k] = make([]float64, g.shape[k])
		sum := 0.0
		for j, a := range s {
			out[k][a] = max(0, x[at+j])
			sum += out[k][a]
		}
		for _, a := range s {
			out[k][a] /= sum
		}
		at += len(s)
	}
	return out
}

// acceptable tells whether the regret is that of an equilibrium up to rounding.
func (g *table) acceptable(profile [][]float64) bool {
	relative, _ := g.regret(profile)
	return relative < 1e-12
}

// add lists an equilibrium unless it is known; a regular one replaces one near
// that is not.
func (m *Many) add(p ManyPoint) bool {
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

// random is an evenly drawn mixture over the support.
func (e *exclusion) random(key dice.Key) []float64 {
	x := make([]float64, e.total)
	for k, s := range e.support {
		sum := 0.0
		for j := e.first[k]; j < e.first[k]+len(s); j++ {
			x[j] = -math.Log(1 - dice.Float64(key.Word(j)))
			sum += x[j]
		}
		for j := e.first[k]; j < e.first[k]+len(s); j++ {
			x[j] /= sum
		}
	}
	return x
}

// descend moves x, full coordinates, to a solution of the equal-payoff equations
// by the method of Levenberg and Marquardt, which bears singular ones; false if
// it does not get to one on the simplices.
func (e *exclusion) descend(x []float64) bool {
	n := e.n
	c, zero := make([]float64, n), make([]float64, n)
	for r, j := range e.full {
		c[r] = x[j]
	}
	norm := func() float64 {
		sum := 0.0
		for _, v := range e.f {
			sum += v * v
		}
		return sum
	}
	normal, inverse, step, f := make([]float64, n*n), make([]float64, n*n), make([]float64, n), make([]float64, n)
	e.newton(c, zero)
	size, damp := norm(), 1e-3
	for range 60 {
		if size < 1e-30 {
			break
		}
		for r := range n {
			step[r] = 0
			for q := range n {
				step[r] += e.jac[q*n+r] * e.f[q]
			}
			for j := range n {
				v := 0.0
				for q := range n {
					v += e.jac[q*n+r] * e.jac[q*n+j]
				}
				normal[r*n+j] = v
			}
			normal[r*n+r] += damp
		}
		copy(f, e.f)
		if _, ok := invert(normal, inverse, n); !ok {
			break
		}
		next := slices.Clone(c)
		for r := range n {
			for j := range n {
				next[r] -= inverse[r*n+j] * step[j]
			}
		}
		e.newton(next, zero)
		if now := norm(); now < size {
			c, size, damp = next, now, max(1e-14, damp/10)
			continue
		}
		if damp *= 10; damp > 1e3 {
			break
		}
		e.newton(c, zero)
	}
	if !(size < 1e-26) {
		return false
	}
	for k, s := range e.support {
		last := 1.0
		for a := range len(s) - 1 {
			x[e.first[k]+a] = c[e.base[k]+a]
			last -= c[e.base[k]+a]
		}
		x[e.first[k]+len(s)-1] = last
	}
	for _, w := range x {
		if w < -1e-13 {
			return false
		}
	}
	return true
}

// regular proves that one regular solution is at x.
func (e *exclusion) regular(x []float64) (root, bool) {
	if e.violator >= 0 {
		return root{}, false
	}
	b := box{slices.Clone(x), slices.Clone(x)}
	for r, j := range e.full {
		e.c[r], e.rad[r] = x[j], 0
	}
	if _, ok := e.newton(e.c, e.rad); !ok {
		return root{}, false
	}
	var l leaf
	if !e.enclose(b, &l) {
		return root{}, false
	}
	return l.roots[0], true
}
