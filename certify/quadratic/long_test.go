package quadratic

import (
	"context"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/smallgain"
)

// hardGame draws a game of up to four dimensions in units from 1e-8 to 1e8, every
// player's own, half of them near the border of certificates, half of them with
// metrics of a condition up to 1e13.
func hardGame(rng *rand.Rand) *Game {
	g := &Game{Natural: rng.IntN(2) == 0}
	n := 0
	for n == 0 || n < 4 && rng.IntN(3) > 0 {
		d := 1 + rng.IntN(min(2, 4-n))
		g.Blocks = append(g.Blocks, d)
		n += d
	}
	size := math.Pow(10, 16*rng.Float64()-8)
	unit := make([]float64, n)
	at := 0
	for _, d := range g.Blocks {
		u := math.Pow(10, 8*rng.Float64()-4)
		for k := range d {
			unit[at+k] = u
		}
		at += d
	}
	for i := range n {
		g.Matrix = append(g.Matrix, make([]float64, n))
		for j := range n {
			if rng.IntN(8) > 0 {
				g.Matrix[i][j] = rng.NormFloat64()
			}
		}
		g.Matrix[i][i] += 2 * rng.Float64()
	}
	at = 0
	for _, d := range g.Blocks {
		for i := at; i < at+d; i++ {
			for j := at; j < i; j++ {
				g.Matrix[i][j] = g.Matrix[j][i]
			}
		}
		at += d
	}
	if rng.IntN(2) == 0 { // move the least eigenvalue of the symmetric part to about 0
		low := smallgain.Least(denseOf(g.Matrix)) * (1 - math.Pow(10, -16*rng.Float64()))
		for i := range n {
			g.Matrix[i][i] -= low
		}
	}
	for i := range n {
		for j := range n {
			g.Matrix[i][j] *= size * unit[i] / unit[j]
		}
	}
	if rng.IntN(2) == 0 {
		for _, d := range g.Blocks {
			p := [][]float64{{math.Pow(10, 8*rng.Float64()-4)}}
			if d == 2 {
				a, b := math.Pow(10, 4*rng.Float64()), math.Pow(10, 4*rng.Float64())
				c := math.Sqrt(a*b) * math.Sqrt(1-math.Pow(10, -13*rng.Float64())) * float64(1-2*rng.IntN(2))
				p = [][]float64{{a, c}, {c, b}}
				if !(a*b-c*c > 1e-14*a*b) {
					p[0][1], p[1][0] = 0, 0
				}
			}
			g.Metric = append(g.Metric, p)
		}
	}
	return g
}

// judgement is a game in rationals, by code that shares nothing with the builder.
type judgement struct {
	first        []int
	pg, p, j, pj [][]*big.Rat
}

func inWholeFractions(g *Game) *judgement {
	n := len(g.Matrix)
	u := &judgement{first: []int{0}, j: certifytest.Rationals(g.Matrix)}
	for _, d := range g.Blocks {
		u.first = append(u.first, u.first[len(u.first)-1]+d)
	}
	u.p = make([][]*big.Rat, n)
	for i := range u.p {
		u.p[i] = make([]*big.Rat, n)
		for k := range u.p[i] {
			u.p[i][k] = new(big.Rat)
		}
		u.p[i][i].SetInt64(1)
	}
	for b, p := range g.Metric {
		for r := range p {
			for c := range p {
				u.p[u.first[b]+r][u.first[b]+c].SetFloat64(p[r][c])
			}
		}
	}
	u.pg = u.j
	if !g.Natural {
		u.pg = product(u.p, u.j)
	}
	return u
}

func product(a, b [][]*big.Rat) [][]*big.Rat {
	out := make([][]*big.Rat, len(a))
	for i := range a {
		for j := range b[0] {
			sum := new(big.Rat)
			for k := range b {
				sum.Add(sum, new(big.Rat).Mul(a[i][k], b[k][j]))
			}
			out[i] = append(out[i], sum)
		}
	}
	return out
}

// weighted multiplies the rows of blocks by weights.
func (u *judgement) weighted(m [][]*big.Rat, w []float64) [][]*big.Rat {
	out := make([][]*big.Rat, len(m))
	for b := range w {
		x := new(big.Rat).SetFloat64(w[b])
		for i := u.first[b]; i < u.first[b+1]; i++ {
			for _, y := range m[i] {
				out[i] = append(out[i], new(big.Rat).Mul(x, y))
			}
		}
	}
	return out
}

// margin tells whether t is one of weights w.
func (u *judgement) margin(w []float64, t float64) bool {
	return certifytest.InRationals(u.weighted(u.pg, w), u.weighted(u.p, w), new(big.Rat).SetFloat64(t), false)
}

// full tells whether t is a margin of the metric m: sym(M G) - t M ⪰ 0, by
// congruence with P⁻¹ where the field is natural.
func (u *judgement) full(g *Game, m [][]float64, t float64) bool {
	metric := certifytest.Rationals(m)
	zero := new(big.Rat)
	one := certifytest.Rationals(smallgain.Identity(len(m)))
	if !certifytest.InRationals(metric, one, zero, true) {
		return false
	}
	field := u.j
	if g.Natural && g.Metric != nil {
		field = solveRationals(u.p, u.j)
	}
	return certifytest.InRationals(product(metric, field), metric, new(big.Rat).SetFloat64(t), false)
}

// solveRationals is p⁻¹ b.
func solveRationals(p, b [][]*big.Rat) [][]*big.Rat {
	n := len(p)
	m := make([][]*big.Rat, n)
	for i := range m {
		for _, x := range append(append([]*big.Rat{}, p[i]...), b[i]...) {
			m[i] = append(m[i], new(big.Rat).Set(x))
		}
	}
	for k := range n {
		f := new(big.Rat).Inv(m[k][k])
		for j := range m[k] {
			m[k][j].Mul(m[k][j], f)
		}
		for i := range n {
			if i != k {
				f := new(big.Rat).Set(m[i][k])
				for j := range m[i] {
					m[i][j].Sub(m[i][j], new(big.Rat).Mul(f, m[k][j]))
				}
			}
		}
	}
	for i := range m {
		m[i] = m[i][n:]
	}
	return m
}

// Nothing that is said of random games is false, judged in rationals: margins, the
// best of every kind, bounds of them, refutations. ARBITER_LONG=1: a million games,
// of which docs/certificates.md has figures; a larger number is that of games.
func TestNoQuadraticCertificateIsFalse(t *testing.T) {
	games := 600
	if testing.Short() || certifytest.Slowed {
		games = 80
	}
	if long := os.Getenv("ARBITER_LONG"); long != "" {
		games = 1_000_000
		if n, err := strconv.Atoi(long); err == nil && n > 1 {
			games = n
		}
	}
	certified, sources, refuted, plain, open, tight, bounded := 0, map[certify.Source]int{}, 0, 0, 0, 0, 0
	figures := func(games int) {
		t.Logf("%d games: %d certified %v, %d refuted (%d by trace and determinant), %d open; %d of %d bounds within 1e-8", games, certified, sources, refuted, plain, open, tight, bounded)
	}
	for seed := range games {
		if seed > 0 && seed%100_000 == 0 {
			figures(seed)
		}
		g := hardGame(rand.New(rand.NewPCG(uint64(seed), 77)))
		c, err := Certify(context.Background(), g, Options{})
		if err != nil {
			t.Fatalf("game %d: %v", seed, err)
		}
		u := inWholeFractions(g)
		fault := func(what string, x float64) { t.Errorf("game %d, %+v: %s %g is false", seed, g, what, x) }
		n := len(g.Matrix)
		for kind, m := range map[string]float64{"sgn": c.Margins.SGN, "signed": c.Margins.Signed, "true_block": c.Margins.TrueBlock} {
			if !math.IsNaN(m) && !u.margin(c.Weights, m) {
				fault("margin "+kind, m)
			}
		}
		for kind, b := range map[string]*certify.Optimum{"signed": c.Best.Signed, "true_block": c.Best.TrueBlock} {
			if b != nil && !math.IsNaN(b.Margin) && !u.margin(b.Weights, b.Margin) {
				fault("best "+kind, b.Margin)
			}
		}
		if y := c.Best.Lyapunov; y != nil && !u.full(g, y.Metric, y.Margin) {
			fault("best lyapunov", y.Margin)
		}
		if b := c.Best.TrueBlock; b != nil && !math.IsNaN(b.Bound) {
			bounded++
			if b.Margin > b.Bound {
				fault("bound", b.Bound)
			}
			if b.Bound-b.Margin <= 1e-8*max(b.Lipschitz, math.Abs(b.Margin)) {
				tight++
			}
		}
		if p := c.Unstable; p != nil {
			refuted++
			if c.Certified() || c.Best.TrueBlock.Margin > 0 {
				fault("certified and refuted", c.Margin)
			}
			field := u.j
			if g.Natural && g.Metric != nil {
				field = solveRationals(u.p, u.j)
			}
			if p.Metric == nil && n == 2 { // by its trace and determinant
				trace := new(big.Rat).Add(field[0][0], field[1][1])
				det := new(big.Rat).Mul(field[0][0], field[1][1])
				if det.Sub(det, new(big.Rat).Mul(field[0][1], field[1][0])); trace.Sign() >= 0 && det.Sign() >= 0 {
					fault("refutation of two coordinates", p.Re)
				}
				plain++
				continue
			}
			form := certifytest.Rationals(p.Metric)
			one := certifytest.Rationals(smallgain.Identity(n))
			shift := new(big.Rat).SetFloat64(-p.Shift)
			if left := product(form, field); p.Shift < 0 || !certifytest.InRationals(left, form, shift, true) || certifytest.InRationals(form, one, new(big.Rat), false) {
				fault("refutation", p.Re)
			}
		}
		if !c.Certified() {
			if c.Unstable == nil {
				open++
			}
			continue
		}
		certified++
		sources[c.Source]++
		if c.Source == certify.ByLyapunov && !u.full(g, c.Best.Lyapunov.Metric, c.Margin) || c.Source != certify.ByLyapunov && !u.margin(c.Weights, c.Margin) {
			fault("certified margin", c.Margin)
		}
	}
	figures(games)
	if certified < games/10 || refuted < games/20 || len(sources) < 2 {
		t.Errorf("%d of %d games certified %v, %d refuted: the test has lost its mixture", certified, games, sources, refuted)
	}
	if tight < bounded*9/10 {
		t.Errorf("%d of %d bounds of the true-block margin are within 1e-8", tight, bounded)
	}
}

// The Jacobian of a natural field is P⁻¹J exactly.
func TestNaturalJacobianIsExact(t *testing.T) {
	for seed := range uint64(300) {
		g := hardGame(rand.New(rand.NewPCG(seed, 78)))
		g.Natural = true
		f, err := g.form()
		if err != nil {
			t.Fatal(err)
		}
		u := inWholeFractions(g)
		want := solveRationals(u.p, u.j)
		numerator, denominator := f.jacobian()
		d, _ := denominator.Wide(0, 0).Rat(nil)
		for i := range want {
			for j, x := range want[i] {
				y, _ := numerator.Wide(i, j).Rat(nil)
				if y.Quo(y, d).Cmp(x) != 0 {
					t.Fatalf("game %d, entry %d, %d: %s, expected %s", seed, i, j, y.FloatString(30), x.FloatString(30))
				}
			}
		}
	}
}
