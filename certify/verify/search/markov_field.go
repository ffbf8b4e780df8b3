package search

import (
	"math"
	"math/big"
)

// rounded holds brackets of a soft game, for G(i,s,a) = τ z - d(s) (Q̄(s,a) -
// Q̄(s,last)) on differences z of logits from that of the last action: rows, values
// and occupancies relative to the last state, so that only differences of rows
// meet values. With X = (1 - γ(P - 1P(last)))⁻¹ on the other states, W = X(r -
// r(last)), d = ((1-γ)start + γP(last))X, and a logit of row t moves P(t) only:
// ∂d = γd(t) ∂P(t) X, ∂W = X(e_t - [t last]1)(∂r(t) + γ∂P(t)W).
type rounded struct {
	all   int // states, with the end if the game has one
	gamma bracket
	start []bracket
	row   [][][]bracket  // [state][joint][next]
	pay   [2][][]bracket // [player][state][joint]
	// Differences of own actions a and c with the other playing o.
	dp  [2][][][][][]bracket // [player][state][a][c][o][next]
	dr  [2][2][][][][]bracket
	exp functions
}

func (m *soft) brackets() *rounded {
	if m.rounded != nil {
		return m.rounded
	}
	f := &rounded{all: m.states, gamma: bracketed(m.gamma)}
	if m.ends {
		f.all++
	}
	for _, x := range m.start {
		f.start = append(f.start, bracketed(x))
	}
	f.start = append(f.start, point(0))[:f.all]
	line := func(row []*big.Rat) []bracket {
		out := make([]bracket, f.all)
		for t := range out {
			out[t] = bracketed(row[t])
		}
		return out
	}
	for s := range m.states {
		var rows [][]bracket
		var pay [2][]bracket
		for j, row := range m.row[s] {
			rows = append(rows, line(row))
			for i := range pay {
				pay[i] = append(pay[i], bracketed(m.reward[i][s][j]))
			}
		}
		f.row = append(f.row, rows)
		for i := range pay {
			f.pay[i] = append(f.pay[i], pay[i])
		}
		for k := range 2 {
			own, others := m.game.Actions[k][s], m.game.Actions[1-k][s]
			dp := make([][][][]bracket, own)
			var dr [2][][][]bracket
			for a := range own {
				dp[a] = make([][][]bracket, own)
				for i := range dr {
					dr[i] = append(dr[i], make([][]bracket, own))
				}
				for c := range own {
					for o := range others {
						x, y := m.joint(k, s, a, o), m.joint(k, s, c, o)
						var d []*big.Rat
						for t := range f.all {
							d = append(d, sub(m.row[s][x][t], m.row[s][y][t]))
						}
						dp[a][c] = append(dp[a][c], line(d))
						for i := range dr {
							dr[i][a][c] = append(dr[i][a][c], bracketed(sub(m.reward[i][s][x], m.reward[i][s][y])))
						}
					}
				}
			}
			f.dp[k] = append(f.dp[k], dp)
			for i := range dr {
				f.dr[i][k] = append(f.dr[i][k], dr[i])
			}
		}
	}
	m.rounded = f
	return f
}

// mix encloses Σ p v for p of sum 1: for every c it is c + Σ p (v-c), and the best
// c is some v.
func mix(p, v []bracket) bracket {
	if len(v) == 1 {
		return v[0]
	}
	out := everything
	for _, c := range v {
		low, high := c.lo, c.hi
		for a := range v {
			if d := addDown(v[a].lo, -c.lo); d > 0 {
				low = addDown(low, mulDown(d, p[a].lo))
			} else {
				low = addDown(low, mulDown(d, p[a].hi))
			}
			if d := addUp(v[a].hi, -c.hi); d < 0 {
				high = addUp(high, mulUp(d, p[a].lo))
			} else {
				high = addUp(high, mulUp(d, p[a].hi))
			}
		}
		out.lo, out.hi = max(out.lo, low), min(out.hi, high)
	}
	return out
}

// state of an enclosure over one box of logits.
type softBox struct {
	m   *soft
	f   *rounded
	p   [2][][]bracket   // [player][state][action]
	pp  [2][][][]bracket // products p(a)p(c), a ≠ c
	x   [][]bracket      // X
	w   [2][]bracket     // W, 0 at the last
	d   []bracket        // occupancy
	gap [2][2][][][]bracket
	// [player][state][a][c][next]: own actions' rows a less c, the other mixed
	rows [2][][][][]bracket
}

func dot(x, y []bracket) bracket {
	sum := point(0)
	for i := range x {
		if x[i] != (bracket{}) && y[i] != (bracket{}) {
			sum = sum.add(x[i].mul(y[i]))
		}
	}
	return sum
}

// enclose works out all but derivatives; false if the linear system is not known to
// be regular.
func (m *soft) enclose(lower, upper []float64) *softBox {
	f := m.brackets()
	b := &softBox{m: m, f: f}
	for k := range 2 {
		b.p[k], b.pp[k] = make([][]bracket, m.states), make([][][]bracket, m.states)
		for s := range m.states {
			b.p[k][s] = []bracket{point(1)}
		}
	}
	for _, x := range m.blocks {
		z := make([]bracket, x.actions)
		for a := range x.actions - 1 {
			z[a] = bracket{lower[x.first+a], upper[x.first+a]}
		}
		b.p[x.player][x.state], b.pp[x.player][x.state] = f.choice(z)
	}
	last := f.all - 1
	average := func(s int, of func(joint int) bracket) bracket {
		own, others := m.game.Actions[0][s], m.game.Actions[1][s]
		outer, inner := make([]bracket, own), make([]bracket, others)
		for a := range own {
			for o := range others {
				inner[o] = of(m.joint(0, s, a, o))
			}
			outer[a] = mix(b.p[1][s], inner)
		}
		return mix(b.p[0][s], outer)
	}
	row := make([][]bracket, f.all)
	var pay [2][]bracket
	for s := range f.all {
		row[s] = make([]bracket, f.all)
		for i := range pay {
			pay[i] = append(pay[i], point(0))
		}
		if s == m.states { // the end
			row[s][s] = point(1)
			continue
		}
		for t := range last {
			row[s][t] = average(s, func(j int) bracket { return f.row[s][j][t] })
		}
		for i := range pay {
			pay[i][s] = average(s, func(j int) bracket { return f.pay[i][s][j] })
		}
	}
	a := make([][]bracket, last)
	for s := range a {
		a[s] = make([]bracket, last)
		for t := range a[s] {
			a[s][t] = f.gamma.mul(row[s][t].sub(row[last][t])).neg()
			if s == t {
				a[s][t] = a[s][t].add(point(1))
			}
		}
	}
	if b.x = inverse(a); b.x == nil && last > 0 {
		return nil
	}
	for i := range 2 {
		right := make([]bracket, last)
		for s := range right {
			right[s] = pay[i][s].sub(pay[i][last])
		}
		for s := range last {
			b.w[i] = append(b.w[i], dot(b.x[s], right))
		}
		b.w[i] = append(b.w[i], point(0))
	}
	b.d = make([]bracket, f.all)
	rest := point(1)
	for t := range last {
		sum := point(0)
		for s := range last {
			in := point(1).sub(f.gamma).mul(f.start[s]).add(f.gamma.mul(row[last][s]))
			sum = sum.add(in.mul(b.x[s][t]))
		}
		b.d[t] = bracket{max(0, sum.lo), min(1, sum.hi)}
		rest = rest.sub(b.d[t])
	}
	b.d[last] = bracket{max(0, rest.lo), min(1, rest.hi)}
	b.differences()
	return b
}

// choice are probabilities of logits, and their products.
func (f *rounded) choice(z []bracket) (p []bracket, pp [][]bracket) {
	n := len(z)
	p, pp = make([]bracket, n), make([][]bracket, n)
	for a := range z {
		low, high := 1.0, 1.0 // of 1/p
		for c := range z {
			if c != a {
				low = addDown(low, max(0, f.exp.exp(point(addDown(z[c].lo, -z[a].hi))).lo))
				high = addUp(high, f.exp.exp(point(addUp(z[c].hi, -z[a].lo))).hi)
			}
		}
		p[a] = bracket{max(0, divDown(1, high)), min(1, divUp(1, low))}
	}
	for a := range z {
		pp[a] = make([]bracket, n)
		for c := range z {
			x := p[a].mul(p[c])
			// p(a)p(c) ≤ p(a)(1-p(a)), equal for two actions, where it rises up to ½.
			rise := func(q float64) bracket { return point(q).mul(point(1).sub(point(q))) }
			y := bracket{min(rise(p[a].lo).lo, rise(p[a].hi).lo), max(rise(p[a].lo).hi, rise(p[a].hi).hi)}
			if p[a].has(.5) {
				y.hi = .25
			}
			x.hi = min(x.hi, y.hi)
			if n == 2 {
				x.lo = max(x.lo, y.lo)
			}
			pp[a][c] = x
		}
	}
	return p, pp
}

func (m *soft) value(dst []bracket, lower, upper []float64) bool {
	b := m.enclose(lower, upper)
	if b == nil {
		return false
	}
	for _, x := range m.blocks {
		for a := range x.actions - 1 {
			at := x.first + a
			z := bracket{lower[at], upper[at]}
			gap := b.gap[x.player][x.player][x.state][a][x.actions-1]
			dst[at] = z.mul(point(m.tau[x.player])).sub(b.d[x.state].mul(gap))
		}
	}
	return true
}

// softZero checks the equilibrium of a certificate of all logits.
func (r *report) softZero(m *soft, alpha float64) error {
	c := r.claim
	if c.Equilibrium == nil {
		r.atLeast("region.distance", float64(c.Region.Distance), math.Inf(1), "of no equilibrium")
		return nil
	}
	x := floats(c.Equilibrium)
	if len(x) != m.n || !allFinite(x) {
		r.plain("equilibrium", false, "expected a finite number for every difference of logits")
		return nil
	}
	v := &cube{report: r, cells: &cells{field: m, n: m.n, first: []int{0}, k: make([]bracket, m.n*m.n)}, w: ones(len(c.Blocks))}
	for _, d := range m.dims() {
		v.first = append(v.first, v.first[len(v.first)-1]+d)
	}
	values := make([]bracket, m.n)
	if !m.value(values, x, x) {
		r.plain("residual", false, "the field is not known at the equilibrium")
		return nil
	}
	found, norm := 0.0, 0.0
	for b := range c.Blocks {
		low, high := 0.0, 0.0 // of the last action's logit
		for i := v.first[b]; i < v.first[b+1]; i++ {
			found = max(found, values[i].mag())
			low, high = min(low, values[i].lo), max(high, values[i].hi)
		}
		norm = max(norm, (high-low)/2/float64(c.Xi[b]))
	}
	size := v.scale(x)
	r.plain("equilibrium", found <= 1e-6*(1+size), "a zero up to rounding")
	r.rounded("residual", float64(c.Residual), found, 1e-13*size, "largest entry of the field")
	distance := norm / alpha * (1 + 8*ulp)
	if !(alpha > 0) {
		distance = math.Inf(1)
	}
	if c.Region != nil {
		r.rounded("region.distance", float64(c.Region.Distance), distance, 1e-13*size/alpha, "in the span norm with xi")
	}
	v.refutedAt()
	return nil
}
