package entropic

import (
	"context"
	"math"
	"math/big"
	"os"
	"testing"

	"arbiter/certify/certifytest"
	"arbiter/dice"
	"arbiter/games/normal"
)

// exactGame is a payoff table in rationals, judged by enumeration: it shares
// nothing with what certifies.
type exactGame struct {
	sizes []int
	u     [][]*big.Rat // [player][cell], the last player's action fastest
}

// cross is D_ij(w) in rationals.
func (g exactGame) cross(i, j int, wi, wj *big.Rat) *big.Rat {
	stride := make([]int, len(g.sizes))
	cells := 1
	for k := len(g.sizes) - 1; k >= 0; k-- {
		stride[k] = cells
		cells *= g.sizes[k]
	}
	at := func(cell int) *big.Rat {
		x := new(big.Rat).Mul(wi, g.u[i][cell])
		return x.Add(x, new(big.Rat).Mul(wj, g.u[j][cell]))
	}
	most := new(big.Rat)
	for cell := range cells {
		a, b := cell/stride[i]%g.sizes[i], cell/stride[j]%g.sizes[j]
		for a2 := range a {
			for b2 := range b {
				x := at(cell)
				x.Sub(x, at(cell+(a2-a)*stride[i]))
				x.Sub(x, at(cell+(b2-b)*stride[j]))
				x.Add(x, at(cell+(a2-a)*stride[i]+(b2-b)*stride[j]))
				if x.Abs(x).Cmp(most) > 0 {
					most = x
				}
			}
		}
	}
	return most
}

// signed tells whether the signed margin is true at weights w: whether the matrix of
// 8 w_i (τ_i - margin) and -D_ij(w) is positive semidefinite.
func (g exactGame) signed(tau []float64, margin float64, w []float64) bool {
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	m := make([][]*big.Rat, len(g.sizes))
	for i := range m {
		m[i] = make([]*big.Rat, len(m))
	}
	for i := range m {
		m[i][i] = new(big.Rat).Mul(rat(8*w[i]), new(big.Rat).Sub(rat(tau[i]), rat(margin)))
		for j := range i {
			x := g.cross(i, j, rat(w[i]), rat(w[j]))
			m[i][j], m[j][i] = new(big.Rat).Neg(x), new(big.Rat).Neg(x)
		}
	}
	return semidefiniteRat(m)
}

// spans tells whether the margin of the span norm is true:
// 4 (τ_i - margin) ξ_i ≥ Σ_j D_ij ξ_j.
func (g exactGame) spans(tau []float64, margin float64, xi []float64) bool {
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	one, none := rat(1), new(big.Rat)
	for i := range g.sizes {
		rest := new(big.Rat).Sub(rat(tau[i]), rat(margin))
		rest.Mul(rest, rat(4*xi[i]))
		for j := range g.sizes {
			if j != i {
				rest.Sub(rest, new(big.Rat).Mul(g.cross(i, j, one, none), rat(xi[j])))
			}
		}
		if rest.Sign() < 0 {
			return false
		}
	}
	return true
}

// semidefiniteRat tells whether the symmetric m is positive semidefinite, by elimination
// in rationals.
func semidefiniteRat(m [][]*big.Rat) bool {
	n := len(m)
	for k := range n {
		switch m[k][k].Sign() {
		case -1:
			return false
		case 0:
			for i := k + 1; i < n; i++ {
				if m[i][k].Sign() != 0 {
					return false
				}
			}
			continue
		}
		for i := k + 1; i < n; i++ {
			f := new(big.Rat).Quo(m[i][k], m[k][k])
			for j := k + 1; j < n; j++ {
				m[i][j] = new(big.Rat).Sub(m[i][j], new(big.Rat).Mul(f, m[k][j]))
			}
		}
	}
	return true
}

// Random payoff tables, each player's payoffs in units from 1e-8 to 1e8 of its own,
// at temperatures within parts in 10^12 of the threshold and around it: what is
// certified is so in rationals, and a little above the threshold is certified.
// ARBITER_LONG=1 tries 10^4 games.
func TestTablesAreCertifiedInRationals(t *testing.T) {
	games := 150
	switch {
	case os.Getenv("ARBITER_LONG") != "":
		games = 10_000
	case testing.Short():
		games = 40
	}
	ctx, r := context.Background(), &certifytest.Source{Key: dice.New(2026)}
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	certified, refused, spans := 0, 0, 0
	for range games {
		sizes, payoffs := payoffsOf(r)
		table, exact := normal.Table{}, exactGame{sizes: sizes}
		own := r.Below(3) > 0
		unit := math.Pow(10, 16*r.Float()-8)
		units := make([]float64, len(sizes))
		for i, m := range sizes {
			if units[i] = unit; own {
				units[i] = math.Pow(10, 16*r.Float()-8)
			}
			table.Strategies = append(table.Strategies, []string{"a", "b", "c", "d", "e", "f"}[:m])
			var row []float64
			var rats []*big.Rat
			for _, x := range payoffs[i] {
				row, rats = append(row, x*units[i]), append(rats, rat(x*units[i]))
			}
			table.Payoffs, exact.u = append(table.Payoffs, row), append(exact.u, rats)
		}
		g, err := NormalForm(ctx, table)
		if err != nil {
			t.Fatal(err)
		}
		// The threshold on the ray of temperatures in the players' units.
		unitary := func(x float64) []float64 {
			tau := make([]float64, len(units))
			for i := range tau {
				tau[i] = x * units[i]
			}
			return tau
		}
		c, err := g.Certify(ctx, unitary(1))
		if err != nil {
			t.Fatal(err)
		}
		least := c.Gain // above it all is certified, without signs
		if !own && c.Entropy.Threshold > 0 {
			least = c.Entropy.Threshold / unit
		}
		for _, x := range []float64{least * (1 + 1e-12), least * (1 - 1e-12), least, least / 2, least * 2} {
			if !(x > 0) {
				continue
			}
			c, err := g.Certify(ctx, unitary(x))
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
	if certified < games || refused < games/2 || spans < games {
		t.Errorf("%d certified, %d in the span norm, %d refused: too few", certified, spans, refused)
	}
	t.Logf("%d games: %d certified, %d in the span norm, %d refused", games, certified, spans, refused)
}

// Payoffs that are finite but overflow in sums and products are refused by name, or
// certified; nothing panics and no false margin comes out.
func TestPayoffsAtTheEndsOfTheRange(t *testing.T) {
	ctx := context.Background()
	for _, size := range []float64{5e-324, 1e-300, 1e-160, 1e99, 1e101, 1e200, 1e308, math.MaxFloat64} {
		table := normal.Table{
			Strategies: [][]string{{"a", "b"}, {"a", "b"}},
			Payoffs:    [][]float64{{size, -size, -size, size}, {size, -size, -size, size}},
		}
		g, err := NormalForm(ctx, table)
		if err != nil {
			if size <= 1e100 {
				t.Errorf("payoffs %g: %v", size, err)
			}
			continue
		}
		if size > 1e100 {
			t.Errorf("payoffs %g are not refused", size)
		}
		for _, x := range []float64{.3, 1, 3} {
			tau := x * size
			if tau == 0 {
				continue
			}
			c, err := g.Certify(ctx, []float64{tau, tau})
			if err != nil {
				continue
			}
			if x != 1 && c.Certified() != (x == 3) && size >= 1e-300 {
				t.Errorf("payoffs %g at %g times as much: certified %v, margin %g", size, x, c.Certified(), c.Margin)
			}
		}
	}
}
