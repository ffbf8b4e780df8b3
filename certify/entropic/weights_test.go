package entropic

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/dice"
)

// slowD is D_ij by its definition over all quadruples.
func slowD(n *tensors, i, j int, wi, wj float64) float64 {
	most := 0.0
	for _, base := range n.bases(i, j) {
		at := func(a, b int) float64 {
			x := base + a*n.stride[i] + b*n.stride[j]
			return wi*n.payoffs[i][x] + wj*n.payoffs[j][x]
		}
		for a := range n.sizes[i] {
			for a2 := range n.sizes[i] {
				for b := range n.sizes[j] {
					for b2 := range n.sizes[j] {
						most = max(most, math.Abs(at(a, b)-at(a2, b)-at(a, b2)+at(a2, b2)))
					}
				}
			}
		}
	}
	return most
}

func TestInteractionConstants(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(91)}
	for range 60 {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		n := g.Play.(*tensors)
		for k := range g.pairs {
			p := &g.pairs[k]
			for range 5 {
				wi, wj := r.Float(), r.Float()
				want := slowD(n, p.i, p.j, wi, wj)
				if got := p.bound(wi, wj); got < want-1e-15 || got > want+1e-14 {
					t.Fatalf("D(w) %g, expected %g", got, want)
				}
				a, b := p.extreme(wi, wj)
				near(t, "corner", math.Abs(wi*a+wj*b), want, 1e-14)
			}
			near(t, "D_ij", p.di, slowD(n, p.i, p.j, 1, 0), 1e-14)
			near(t, "D_ji", p.dj, slowD(n, p.i, p.j, 0, 1), 1e-14)
		}
		// What a player cannot influence changes nothing.
		moved := copied(payoffs)
		for i := range moved {
			for c := range moved[i] {
				own := c / n.stride[i] % sizes[i]
				moved[i][c] += 5 * dice.Float64(dice.New(3, uint64(i)).Word(c-own*n.stride[i]))
			}
		}
		h := entropic(t, sizes, moved)
		tau := []float64{.7, .9, 1.1}[:len(sizes)]
		c, err := g.Certify(context.Background(), tau)
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.Certify(context.Background(), tau)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "signed margin", d.Margin, c.Margin, 1e-9)
		judge(t, c)
		near(t, "unsigned margin", d.Entropy.Unsigned, c.Entropy.Unsigned, 1e-12)
		if c.Margin < c.Entropy.Unsigned-1e-10 {
			t.Errorf("signed %g below unsigned %g", c.Margin, c.Entropy.Unsigned)
		}
	}
	g := entropic(t, []int{2, 2}, [][]float64{{3, -1, 4, 1}, {5, 9, -2, 6}})
	if p := g.pairs[0]; p.di != 1 || p.dj != 4 {
		t.Errorf("D %g and %g, expected |3+1-4+1| = 1 and |5-9+2+6| = 4", p.di, p.dj)
	}
	g = entropic(t, []int{2, 3}, [][]float64{{3, -1, 4, 1, 7, -8}, {-3, 1, -4, -1, -7, 8}})
	if d := g.pairs[0].bound(1, 1); d != 0 {
		t.Errorf("D(1) of a zero-sum game is %g", d)
	}
}

// judge works the signed margin out of the certificate's own numbers by another
// eigenvalue routine.
func judge(t *testing.T, c *certify.Certificate) {
	t.Helper()
	m := mat.NewSymDense(len(c.Mu), nil)
	for i := range c.Mu {
		m.SetSym(i, i, c.Entropy.Temperature[i])
		for j := range i {
			m.SetSym(i, j, -c.Entropy.Swayed.Rows[i][j]/8/math.Sqrt(c.Weights[i]*c.Weights[j]))
		}
	}
	var e mat.EigenSym
	e.Factorize(m, false)
	if want := e.Values(nil)[0]; c.Margin > want+1e-14 || c.Margin < want-1e-10 {
		t.Errorf("margin %.15g, eigenvalue %.15g", c.Margin, want)
	}
}

// The weights found are the best: no random ones near or far do better.
func TestWeightsAreBest(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(92)}
	for range 40 {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		tau := make([]float64, len(sizes))
		for i := range tau {
			tau[i] = .3 + r.Float()
		}
		c, err := g.Certify(context.Background(), tau)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Entropy.Optimal {
			t.Errorf("not optimal: %v", payoffs)
		}
		w := make([]float64, len(tau))
		for k := range 300 {
			spread := []float64{.01, .1, 1, 5}[k%4]
			for i := range w {
				w[i] = c.Weights[i] * math.Exp(spread*(2*r.Float()-1))
			}
			if m, _, _ := g.signed(tau, w); m > c.Margin+1e-9 {
				t.Fatalf("margin %.12g at %v, claimed %.12g at %v", m, w, c.Margin, c.Weights)
			}
		}
	}
}

// From just above the thresholds certificates are given, just below they are not.
func TestThresholds(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(93)}
	for range 30 {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		unsigned, signed, err := g.Thresholds(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		at := func(x float64) *certify.Certificate {
			tau := make([]float64, len(sizes))
			for i := range tau {
				tau[i] = x
			}
			c, err := g.Certify(context.Background(), tau)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		if unsigned < signed-1e-10 {
			t.Errorf("thresholds %g unsigned, %g signed", unsigned, signed)
		}
		if c := at(unsigned * (1 + 1e-10)); !(c.Entropy.Unsigned > 0) {
			t.Errorf("unsigned %g just above", c.Entropy.Unsigned)
		}
		if c := at(unsigned * (1 - 1e-8)); c.Entropy.Unsigned > 0 {
			t.Errorf("unsigned %g just below", c.Entropy.Unsigned)
		}
		if signed > 1e-9 {
			if c := at(signed * (1 + 1e-10)); !c.Certified() {
				t.Errorf("signed %g just above", c.Margin)
			}
			if c := at(signed * (1 - 1e-6)); c.Certified() {
				t.Errorf("signed %g just below", c.Margin)
			}
		}
	}
}
