package softmarkov

import (
	"context"
	"math"
	"math/big"
	"os"
	"slices"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/dice"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

// randomStates draws a game of two states and two actions of each player, some of which
// end, do nothing or are certain; rewards of each player are in a unit of its own.
func randomStates(r *certifytest.Source, t testing.TB, units [2]float64) *markov.Game {
	p, rewards := make([][][][]float64, 2), [][][][]float64{nil, nil}
	kind, ends := r.Below(4), r.Below(3) == 0
	for s := range 2 {
		moves := [2]int{2, 2}
		if s == 1 && r.Below(4) == 0 {
			moves[r.Below(2)] = 1
		}
		still := r.Below(4) == 0 // actions lead to the same state
		row := func() []float64 {
			x, lost := r.Float(), 1.0
			if r.Below(5) == 0 {
				x = float64(r.Below(2))
			}
			if ends {
				lost = 1 - .6*r.Float()
			}
			return []float64{x * lost, (1 - x) * lost}
		}
		same := row()
		for range moves[0] {
			var rows [][]float64
			var first, second []float64
			for range moves[1] {
				next := same
				if !still {
					next = row()
				}
				rows = append(rows, next)
				x, y := 2*r.Float()-1, 2*r.Float()-1
				switch kind {
				case 1:
					y = -x
				case 2:
					y = x
				}
				first, second = append(first, x*units[0]), append(second, y*units[1])
			}
			p[s] = append(p[s], rows)
			for i, x := range [][]float64{first, second} {
				if len(rewards[i]) == s {
					rewards[i] = append(rewards[i], nil)
				}
				rewards[i][s] = append(rewards[i][s], x)
			}
		}
	}
	x := r.Float()
	return certifytest.Tabular(t, .1+.85*r.Float(), []float64{x, 1 - x}, p, rewards)
}

// bigSolve is the solution of m x = b by elimination, m and b overwritten.
func bigSolve(m [][]*big.Float, b []*big.Float) []*big.Float {
	n := len(b)
	for k := range n {
		top := k
		for i := k; i < n; i++ {
			if new(big.Float).Abs(m[i][k]).Cmp(new(big.Float).Abs(m[top][k])) > 0 {
				top = i
			}
		}
		m[k], m[top], b[k], b[top] = m[top], m[k], b[top], b[k]
		for i := k + 1; i < n; i++ {
			f := certifytest.BigQuo(m[i][k], m[k][k])
			for j := k; j < n; j++ {
				m[i][j] = certifytest.BigSub(m[i][j], certifytest.BigMul(f, m[k][j]))
			}
			b[i] = certifytest.BigSub(b[i], certifytest.BigMul(f, b[k]))
		}
	}
	for k := n - 1; k >= 0; k-- {
		for j := k + 1; j < n; j++ {
			b[k] = certifytest.BigSub(b[k], certifytest.BigMul(m[k][j], b[j]))
		}
		b[k] = certifytest.BigQuo(b[k], m[k][k])
	}
	return b
}

func bigs(x []float64) []*big.Float {
	out := make([]*big.Float, len(x))
	for i, v := range x {
		out[i] = certifytest.BigOf(v)
	}
	return out
}

func bigMatrix(n int) [][]*big.Float {
	m := make([][]*big.Float, n)
	for i := range m {
		m[i] = bigs(make([]float64, n))
	}
	return m
}

// bigField is judgeField in 77 digits, with probabilities relative to their sums.
func bigField(g *markov.Game, tau []float64, z []*big.Float) []*big.Float {
	n, gamma := len(g.States), certifytest.BigOf(g.Discount)
	var pi [2][][]*big.Float
	at := 0
	for k := range 2 {
		for s := range n {
			m := g.Actions[k][s]
			row, sum := make([]*big.Float, m), certifytest.BigOf(0)
			for a := range row {
				row[a] = certifytest.BigOf(1)
				if a < m-1 {
					row[a] = certifytest.BigExp(z[at])
					at++
				}
				sum = certifytest.BigAdd(sum, row[a])
			}
			for a := range row {
				row[a] = certifytest.BigQuo(row[a], sum)
			}
			pi[k] = append(pi[k], row)
		}
	}
	relative := func(list []markov.Outcome) (p []*big.Float) {
		sum := certifytest.BigOf(0)
		for _, o := range list {
			sum = certifytest.BigAdd(sum, certifytest.BigOf(o.Prob))
		}
		for _, o := range list {
			p = append(p, certifytest.BigQuo(certifytest.BigOf(o.Prob), sum))
		}
		return p
	}
	system := func(transposed bool) [][]*big.Float {
		m := bigMatrix(n)
		for s := range n {
			m[s][s] = certifytest.BigAdd(m[s][s], certifytest.BigOf(1))
			for j, list := range g.Steps[0][s] {
				q := certifytest.BigMul(pi[0][s][j/g.Actions[1][s]], pi[1][s][j%g.Actions[1][s]])
				for k, p := range relative(list) {
					if list[k].Next >= 0 {
						i, j := s, list[k].Next
						if transposed {
							i, j = j, i
						}
						m[i][j] = certifytest.BigSub(m[i][j], certifytest.BigMul(gamma, certifytest.BigMul(q, p)))
					}
				}
			}
		}
		return m
	}
	var v [2][]*big.Float
	for i := range 2 {
		mean := bigs(make([]float64, n))
		for s := range n {
			for j, list := range g.Steps[0][s] {
				q := certifytest.BigMul(pi[0][s][j/g.Actions[1][s]], pi[1][s][j%g.Actions[1][s]])
				for k, p := range relative(list) {
					mean[s] = certifytest.BigAdd(mean[s], certifytest.BigMul(certifytest.BigMul(q, p), certifytest.BigOf(list[k].Reward[i])))
				}
			}
		}
		v[i] = bigSolve(system(false), mean)
	}
	sum := certifytest.BigOf(0)
	for _, x := range g.Start {
		sum = certifytest.BigAdd(sum, certifytest.BigOf(x))
	}
	d := bigs(g.Start)
	for s := range d {
		d[s] = certifytest.BigQuo(certifytest.BigMul(certifytest.BigSub(certifytest.BigOf(1), gamma), d[s]), sum)
	}
	d = bigSolve(system(true), d)
	var out []*big.Float
	at = 0
	for i := range 2 {
		for s := range n {
			q := bigs(make([]float64, g.Actions[i][s]))
			for j, list := range g.Steps[0][s] {
				own := [2]int{j / g.Actions[1][s], j % g.Actions[1][s]}
				for k, p := range relative(list) {
					x := certifytest.BigOf(list[k].Reward[i])
					if next := list[k].Next; next >= 0 {
						x = certifytest.BigAdd(x, certifytest.BigMul(gamma, v[i][next]))
					}
					q[own[i]] = certifytest.BigAdd(q[own[i]], certifytest.BigMul(certifytest.BigMul(pi[1-i][s][own[1-i]], p), x))
				}
			}
			for a := range len(q) - 1 {
				out = append(out, certifytest.BigSub(certifytest.BigMul(certifytest.BigOf(tau[i]), z[at]), certifytest.BigMul(d[s], certifytest.BigSub(q[a], q[len(q)-1]))))
				at++
			}
		}
	}
	return out
}

// bigJacobian is that of bigField by central differences of 2^-80: right to 40
// digits.
func bigJacobian(g *markov.Game, tau []float64, z []*big.Float) [][]*big.Float {
	n := len(z)
	m := bigMatrix(n)
	h := certifytest.BigScale(certifytest.BigOf(1), -80)
	for k := range n {
		up, down := append([]*big.Float(nil), z...), append([]*big.Float(nil), z...)
		up[k], down[k] = certifytest.BigAdd(z[k], h), certifytest.BigSub(z[k], h)
		x, y := bigField(g, tau, up), bigField(g, tau, down)
		for i := range n {
			m[i][k] = certifytest.BigScale(certifytest.BigSub(x[i], y[i]), 79)
		}
	}
	return m
}

// contracts tells whether sym(P(J - margin)) is positive semidefinite, by elimination,
// but for 36 digits of each diagonal.
func contracts(j, p [][]*big.Float, margin float64) bool {
	n := len(j)
	product := func(a, b int) *big.Float {
		sum := certifytest.BigOf(0)
		for c := range n {
			x := j[c][b]
			if c == b {
				x = certifytest.BigSub(x, certifytest.BigOf(margin))
			}
			sum = certifytest.BigAdd(sum, certifytest.BigMul(p[a][c], x))
		}
		return sum
	}
	m, size := bigMatrix(n), make([]*big.Float, n)
	for a := range n {
		for b := range n {
			m[a][b] = certifytest.BigScale(certifytest.BigAdd(product(a, b), product(b, a)), -1)
		}
		size[a] = certifytest.BigScale(certifytest.BigMul(p[a][a], certifytest.BigAdd(new(big.Float).Abs(j[a][a]), certifytest.BigOf(math.Abs(margin)))), -120)
	}
	for k := range n {
		if m[k][k] = certifytest.BigAdd(m[k][k], size[k]); m[k][k].Sign() < 0 {
			return false
		}
		for a := k + 1; a < n && m[k][k].Sign() > 0; a++ {
			f := certifytest.BigQuo(m[a][k], m[k][k])
			for b := k + 1; b < n; b++ {
				m[a][b] = certifytest.BigSub(m[a][b], certifytest.BigMul(f, m[k][b]))
			}
		}
	}
	return true
}

// dominated tells whether J_ii - Σ |J_ij| ξ_j/ξ_i ≥ margin in every row, but for 36
// digits.
func dominated(j [][]*big.Float, xi []float64, margin float64) bool {
	for i, row := range j {
		rest := certifytest.BigMul(certifytest.BigSub(row[i], certifytest.BigOf(margin)), certifytest.BigOf(xi[i]))
		size := certifytest.BigMul(certifytest.BigAdd(new(big.Float).Abs(row[i]), certifytest.BigOf(math.Abs(margin))), certifytest.BigOf(xi[i]))
		for k, x := range row {
			if k != i {
				rest = certifytest.BigSub(rest, certifytest.BigMul(new(big.Float).Abs(x), certifytest.BigOf(xi[k])))
			}
		}
		if certifytest.BigAdd(rest, certifytest.BigScale(size, -120)).Sign() < 0 {
			return false
		}
	}
	return true
}

// Random games of two states and two actions, rewards of each player in a unit of its
// own: what the certificates of all logits and of a box claim of blocks, weighted
// norms and metrics, and every derivative, is judged at points, corners of the box among them, in arithmetic
// of 77 digits that knows the game's definition only, and the equilibrium is where it
// is said to be. ARBITER_LONG=1 tries 10^4 games.
func TestMarkovCertificatesInDigits(t *testing.T) {
	count, points := 60, 2
	switch {
	case os.Getenv("ARBITER_LONG") != "":
		count = 10_000
	case testing.Short():
		count = 20
	}
	ctx, r := context.Background(), &certifytest.Source{Key: dice.New(2028)}
	everywhere, boxes, metrics, zeros, lost := 0, 0, 0, 0, 0
	for game := range count {
		var units [2]float64
		for k := range units {
			if units[k] = math.Pow(10, 16*r.Float()-8); r.Below(3) == 0 {
				units[k] = units[0]
			}
		}
		g := randomStates(r, t, units)
		size := math.Pow(10, 2.5*r.Float()-1.2)
		tau := []float64{size * units[0], size * units[1]}
		closed, err := ClosedForm(ctx, g, tau)
		if err != nil {
			t.Fatal(err)
		}
		n := len(closed.Mu)
		judge := func(c *certify.Certificate, j [][]*big.Float, z []float64) {
			for i, row := range j {
				rounding := certifytest.BigScale(new(big.Float).Abs(row[i]), -120)
				if certifytest.BigAdd(row[i], rounding).Cmp(certifytest.BigOf(c.Mu[i])) < 0 {
					t.Errorf("game %d at %g: curvature of block %d is not %g", game, z, i, c.Mu[i])
				}
				for k, x := range row {
					if k != i && certifytest.BigSub(new(big.Float).Abs(x), rounding).Cmp(certifytest.BigOf(c.Coupling.Rows[i][k])) > 0 {
						t.Errorf("game %d at %g: coupling of block %d to %d is more than %g", game, z, i, k, c.Coupling.Rows[i][k])
					}
				}
			}
			if !math.IsInf(c.Margins.BlockMax, 0) && !dominated(j, c.Xi, c.Margins.BlockMax) {
				t.Errorf("game %d at %g: margin %g of the max norm with %g is false", game, z, c.Margins.BlockMax, c.Xi)
			}
			p := bigMatrix(n)
			for i := range p {
				p[i][i] = certifytest.BigOf(c.Weights[i])
			}
			for _, x := range []float64{c.Margins.SGN, c.Margins.Signed, c.Margins.TrueBlock} {
				if smallgain.Finite(x) && !contracts(j, p, x) {
					t.Errorf("game %d at %g: margin %g at weights %g is false", game, z, x, c.Weights)
				}
			}
			if l := c.Best.Lyapunov; l != nil {
				for i := range p {
					p[i] = bigs(l.Metric[i])
				}
				if metrics++; !contracts(j, p, l.Margin) {
					t.Errorf("game %d at %g: margin %g in metric %g is false", game, z, l.Margin, l.Metric)
				}
			}
		}
		for range points {
			z := make([]float64, n)
			far := math.Pow(10, 2*r.Float()-1)
			for i := range z {
				z[i] = far * (2*r.Float() - 1)
			}
			judge(closed, bigJacobian(g, tau, bigs(z)), z)
		}
		if closed.Certified() {
			everywhere++
		}
		c, err := Interval(ctx, g, tau, math.Pow(10, 2*r.Float()-2), enclose.Options{MaxCells: 12})
		if err != nil {
			lost++ // no equilibrium was found
			continue
		}
		f, err := New(g, tau)
		if err != nil {
			t.Fatal(err)
		}
		hold := make([]interval.Interval, n*n)
		for try := range 2 * points {
			z := make([]float64, n)
			for i := range z {
				part := r.Float()
				if try%2 == 0 {
					part = math.Round(part)
				}
				z[i] = min(c.Region.Upper[i], max(c.Region.Lower[i], c.Region.Lower[i]+part*(c.Region.Upper[i]-c.Region.Lower[i])))
			}
			j := bigJacobian(g, tau, bigs(z))
			if c.Coupling.Rows != nil {
				judge(c, j, z)
			}
			// What cells are made of, at the point itself.
			if !f.Jacobian(hold, z, z) {
				t.Fatalf("game %d at %g: no enclosure", game, z)
			}
			for at, x := range hold {
				rounding := certifytest.BigScale(new(big.Float).Abs(j[at/n][at/n]), -120)
				if y := j[at/n][at%n]; certifytest.BigAdd(y, rounding).Cmp(certifytest.BigOf(x.Lo)) < 0 || certifytest.BigSub(y, rounding).Cmp(certifytest.BigOf(x.Hi)) > 0 {
					t.Errorf("game %d at %g: derivative %d, %d is %g, not in %v", game, z, at/n, at%n, y, x)
				}
			}
		}
		if !c.Certified() {
			continue
		}
		boxes++
		if c.Best.Lyapunov != nil || !c.Region.Unique {
			continue
		}
		z := bigs(c.Equilibrium)
		slope := bigJacobian(g, tau, z)
		for range 4 { // each gains as many digits as were right
			m := make([][]*big.Float, n)
			for i := range m {
				m[i] = slices.Clone(slope[i])
			}
			step := bigSolve(m, bigField(g, tau, z))
			for i := range z {
				z[i] = certifytest.BigSub(z[i], step[i])
			}
		}
		off, least := 0.0, 0.0 // in both norms
		for i, x := range c.Equilibrium {
			e, _ := certifytest.BigSub(z[i], certifytest.BigOf(x)).Float64()
			off, least = off+c.Weights[i]*e*e, max(least, math.Abs(e)/c.Xi[i])
		}
		if off = math.Sqrt(off); c.Norm == certify.Max {
			off = least
		}
		if zeros++; off > c.Region.Distance*(1+1e-12) {
			t.Errorf("game %d: the equilibrium is %g away, not within %g", game, off, c.Region.Distance)
		}
	}
	if everywhere < count/10 || boxes < count/3 || zeros < count/4 {
		t.Errorf("too few: %d certified everywhere, %d boxes, %d zeros", everywhere, boxes, zeros)
	}
	t.Logf("%d games: %d certified everywhere, %d boxes, %d metrics at points, %d zeros, %d without an equilibrium", count, everywhere, boxes, metrics, zeros, lost)
}
