package quadratic

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/smallgain"
)

func suiteGame(rng *rand.Rand, lambda float64) *Game {
	n := 32
	draw := func() *mat.Dense {
		m := mat.NewDense(n, n, nil)
		for i := range n {
			for j := range n {
				m.Set(i, j, rng.NormFloat64())
			}
		}
		return m
	}
	rows := func(m *mat.Dense) (out [][]float64) {
		for i := range n {
			out = append(out, append([]float64(nil), m.RawRowView(i)...))
		}
		return out
	}
	q := [2]mat.Dense{}
	for k := range q {
		r := draw()
		q[k].Mul(r.T(), r)
		for i := range n {
			q[k].Set(i, i, q[k].At(i, i)+1)
		}
	}
	r := draw()
	r.Scale(1/smallgain.Norm2(r), r)
	return &Game{Blocks: []int{n, n}, Matrix: suiteMatrix(rows(&q[0]), rows(&q[1]), rows(r), 10*lambda, 0.05*lambda)}
}

func BenchmarkTwoPlayers64(b *testing.B) {
	g := suiteGame(rand.New(rand.NewPCG(1, 1)), 0.8333)
	for b.Loop() {
		if _, err := Certify(context.Background(), g, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTwoPlayers64SignsMatter(b *testing.B) {
	g := suiteGame(rand.New(rand.NewPCG(1, 1)), 2.5)
	for b.Loop() {
		if _, err := Certify(context.Background(), g, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTenPlayers(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	g := randomQuadratic(rng, 10, 1)
	n := 100
	g.Blocks, g.Matrix, g.Offset = nil, nil, nil
	for range 10 {
		g.Blocks = append(g.Blocks, 10)
	}
	for i := range n {
		g.Matrix = append(g.Matrix, make([]float64, n))
		for j := range n {
			if i/10 != j/10 {
				g.Matrix[i][j] = 0.01 * rng.NormFloat64()
			}
		}
		g.Matrix[i][i] = 1
	}
	for b.Loop() {
		if _, err := Certify(context.Background(), g, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRandomSuite(b *testing.B) {
	for b.Loop() {
		rng := rand.New(rand.NewPCG(1, 2))
		for range 30 {
			for k := range 7 {
				if _, err := Certify(context.Background(), suiteGame(rng, float64(k)*2.5/6), Options{}); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

// Blocks in other orthonormal coordinates, and natural fields in other units, are
// the same game.
func TestQuadraticInvariance(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 30 {
		g := randomQuadratic(rng, 3, 1)
		g.Metric = [][][]float64{{{1}}, {{2}}, {{0.5}}}
		g.Natural = true
		scaled := &Game{Blocks: g.Blocks, Natural: true}
		units := []float64{3, 0.2, 11}
		for i := range 3 {
			scaled.Metric = append(scaled.Metric, [][]float64{{g.Metric[i][0][0] / (units[i] * units[i])}})
			scaled.Matrix = append(scaled.Matrix, make([]float64, 3))
			for j := range 3 {
				scaled.Matrix[i][j] = g.Matrix[i][j] / units[i] / units[j]
			}
		}
		a, err := Certify(context.Background(), g, Options{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Certify(context.Background(), scaled, Options{})
		if err != nil {
			t.Fatal(err)
		}
		certifytest.CloseTo(t, "margin", b.Margin, a.Margin, 1e-9)
		certifytest.CloseTo(t, "supremum", b.Supremum, a.Supremum, 1e-11)
		certifytest.CloseTo(t, "abscissa", b.Abscissa, a.Abscissa, 1e-11)
		turned := randomQuadratic(rng, 2, 1)
		turned.Blocks, turned.Offset = []int{2, 1}, nil
		turned.Matrix = [][]float64{{1, 0.2, rng.NormFloat64()}, {0.2, 1.5, rng.NormFloat64()}, {0.1, -0.2, 1}}
		s, c := math.Sincos(rng.Float64())
		q := mat.NewDense(3, 3, []float64{c, -s, 0, s, c, 0, 0, 0, 1})
		j, m := mat.NewDense(3, 3, nil), mat.Dense{}
		for r, row := range turned.Matrix {
			j.SetRow(r, row)
		}
		m.Product(q, j, q.T())
		other := &Game{Blocks: turned.Blocks, Matrix: [][]float64{m.RawRowView(0), m.RawRowView(1), m.RawRowView(2)}}
		x, err := Certify(context.Background(), turned, Options{})
		if err != nil {
			t.Fatal(err)
		}
		y, err := Certify(context.Background(), other, Options{})
		if err != nil {
			t.Fatal(err)
		}
		certifytest.CloseTo(t, "turned supremum", y.Supremum, x.Supremum, 1e-11)
		certifytest.CloseTo(t, "turned true margin", y.Margins.TrueBlock, x.Margins.TrueBlock, 1e-6)
	}
}

// An eigenvector that refutes is one, in the coordinates of the game.
func TestUnstableGamesAreRefuted(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	refuted := 0
	for range 200 {
		g := randomQuadratic(rng, 2, 3)
		for i := range g.Matrix {
			g.Matrix[i][i] -= 1
		}
		for _, d := range g.Blocks {
			p := make([][]float64, d)
			for i := range p {
				p[i] = make([]float64, d)
				p[i][i] = math.Exp(rng.NormFloat64())
			}
			g.Metric = append(g.Metric, p)
		}
		g.Natural = true
		c, err := Certify(context.Background(), g, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if c.Unstable == nil {
			continue
		}
		if c.Verdict() != certify.Refuted || c.Certified() || c.Steps != nil {
			t.Fatalf("%s, %v", c.Verdict(), c.Steps)
		}
		if c.Unstable.Im != 0 {
			continue
		}
		refuted++
		linear := *g
		linear.Offset = nil
		for k, v := range linear.Field(c.Unstable.Vector) {
			certifytest.CloseTo(t, "field along the eigenvector", v, c.Unstable.Re*c.Unstable.Vector[k], 1e-10)
		}
	}
	if refuted < 20 {
		t.Errorf("only %d were refuted", refuted)
	}
}
