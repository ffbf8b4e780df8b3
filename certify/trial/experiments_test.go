package trial

import (
	"context"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/enclose"
	"arbiter/certify/quadratic"
	"arbiter/certify/smallgain"
	"arbiter/certify/softmarkov"
	"arbiter/games/markov"
	"arbiter/internal/interval"
)

// The experiments of Sharma (arXiv 2512.06791), run again. What is drawn at
// random there has seeds of ours here. With -v they print the figures that
// docs/certificates.md shows.

// gaussian draws from a normal distribution by Box and Muller's rule.
func gaussian(random func() float64) float64 {
	u, v := (1+random())/2, random()
	return math.Sqrt(-2*math.Log(max(u, 1e-300))) * math.Cos(math.Pi*v)
}

func gaussians(random func() float64, n int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			m.Set(i, j, gaussian(random))
		}
	}
	return m
}

// unit divides m by its norm.
func unit(m *mat.Dense) *mat.Dense {
	m.Scale(1/smallgain.Norm2(m), m)
	return m
}

// orthogonal is the Q of a random matrix.
func orthogonal(random func() float64, n int) *mat.Dense {
	var f mat.QR
	f.Factorize(gaussians(random, n))
	q := mat.NewDense(n, n, nil)
	f.QTo(q)
	return q
}

// pairGame is J = [[Q, A], [B, R]].
func pairGame(q, a, b, r *mat.Dense) *quadratic.Game {
	n, _ := q.Dims()
	g := &quadratic.Game{Blocks: []int{n, n}, Matrix: smallgain.Square(2 * n)}
	for i := range n {
		for j := range n {
			g.Matrix[i][j], g.Matrix[i][n+j] = q.At(i, j), a.At(i, j)
			g.Matrix[n+i][j], g.Matrix[n+i][n+j] = b.At(i, j), r.At(i, j)
		}
	}
	return g
}

func times(x float64, m mat.Matrix) *mat.Dense {
	out := mat.DenseCopyOf(m)
	out.Scale(x, out)
	return out
}

func eye(n int) *mat.Dense {
	m := mat.NewDense(n, n, nil)
	for i := range n {
		m.Set(i, i, 1)
	}
	return m
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[len(x)/2] + x[(len(x)-1)/2]) / 2
}

const (
	paperA, paperB = 10, .05
	paperBlock     = 32
)

// paperWeights are the paper's weights b/a.
var paperWeights = quadratic.Options{Weights: []float64{1, paperA / paperB}}

func certifyPair(t *testing.T, g *quadratic.Game) *certify.Certificate {
	t.Helper()
	c, err := quadratic.Certify(context.Background(), g, paperWeights)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Blocks of 32, unit curvature, couplings λaR and λbR' with R orthogonal.
func TestExperimentLQ64(t *testing.T) {
	if testing.Short() && certifytest.Slowed {
		t.Skip("games of 64 dimensions, slow under the race detector")
	}
	n := paperBlock
	r := orthogonal(draws(11), n)
	euclid, sgn, lastEuclid, lastSGN := 0, 0, 0., 0.
	for k := range 61 {
		lambda := 2.5 * float64(k) / 60
		if testing.Short() && k%6 > 0 && k != 4 && k != 5 && k != 33 && k != 34 {
			continue
		}
		c := certifyPair(t, pairGame(eye(n), times(lambda*paperA, r), times(lambda*paperB, r.T()), eye(n)))
		root := math.Sqrt(paperA * paperB)
		if math.Abs(c.Euclidean-(1-lambda*(paperA+paperB)/2)) > 1e-9 || math.Abs(c.Margins.SGN-(1-lambda*root)) > 1e-9 ||
			math.Abs(c.Abscissa-(1-lambda*root)) > 1e-9 || math.Abs(c.Lipschitz-(1+lambda*root)) > 1e-9 {
			t.Errorf("λ = %g: gamma %g, margin %g, abscissa %g, beta %g", lambda, c.Euclidean, c.Margins.SGN, c.Abscissa, c.Lipschitz)
		}
		if c.Euclidean > 0 {
			euclid, lastEuclid = euclid+1, lambda
		}
		if c.Certified() {
			sgn, lastSGN = sgn+1, lambda
		}
		if k == 24 {
			t.Logf("λ = 1: Euler 2α/β² %.4f, 2c %.4f; RK4 guideline %.4f", 2*c.Margin/c.Lipschitz/c.Lipschitz, 2*c.Cocoercivity, 2.5/c.Lipschitz)
			if math.Abs(2*c.Margin/c.Lipschitz/c.Lipschitz-.201010) > 1e-6 || math.Abs(2*c.Cocoercivity-1.171573) > 1e-6 {
				t.Error("steps at λ = 1")
			}
		}
	}
	t.Logf("certified: Euclid %d of 61, to λ = %.4f; small gain %d, to λ = %.4f", euclid, lastEuclid, sgn, lastSGN)
	if math.Abs(lastEuclid-1./6) > 1e-9 || math.Abs(lastSGN-1.375) > 1e-9 || !testing.Short() && (euclid != 5 || sgn != 34) {
		t.Errorf("certified %d and %d, to %g and %g; expected 5 and 34, to 1/6 and 1.375", euclid, sgn, lastEuclid, lastSGN)
	}
}

// Couplings mixed with Gaussian ones of norm 1: the better the true margin is beside
// that of norms.
func TestExperimentNoise(t *testing.T) {
	if testing.Short() || certifytest.Slowed {
		t.Skip("many games of 64 dimensions, slow under the race detector")
	}
	n, repeats := paperBlock, 12
	random := draws(12)
	r := orthogonal(random, n)
	var ratios []float64
	for k := range 11 {
		eps := float64(k) / 10
		whole, norms := 0., 0.
		for range repeats {
			mix := func(m mat.Matrix) *mat.Dense {
				out := times(eps, unit(gaussians(random, n)))
				out.Add(out, times(1-eps, m))
				return out
			}
			c := certifyPair(t, pairGame(eye(n), times(paperA, mix(r)), times(paperB, mix(r.T())), eye(n)))
			whole += c.Margins.TrueBlock / float64(repeats)
			norms += c.Margins.SGN / float64(repeats)
		}
		t.Logf("eps %.1f: true %.4f, small gain %.4f, ratio %.3f", eps, whole, norms, whole/norms)
		ratios = append(ratios, whole/norms)
	}
	if math.Abs(ratios[0]-1) > 1e-9 || math.Abs(ratios[5]-1.204) > .06 || math.Abs(ratios[10]-1.684) > .1 || !slices.IsSorted(ratios) {
		t.Errorf("ratios %g, expected about 1 to 1.68, 1.20 in the middle", ratios)
	}
}

// Curvature R'R + I and couplings of norm 1, medians of beta of about 123 ± 2 (the
// larger of two Tracy-Widom eigenvalues; the paper's draw has 119): small gain certifies far beyond Euclid,
// the exact margin of the same metric everywhere.
func TestExperimentRandomSuite(t *testing.T) {
	if testing.Short() || certifytest.Slowed {
		t.Skip("many games of 64 dimensions, slow under the race detector")
	}
	n, games := paperBlock, 30
	random := draws(13)
	var q, r [][]*mat.Dense
	for range games {
		var own []*mat.Dense
		for range 2 {
			m := gaussians(random, n)
			p := eye(n)
			var square mat.Dense
			square.Mul(m.T(), m)
			p.Add(p, &square)
			own = append(own, p)
		}
		q, r = append(q, own), append(r, []*mat.Dense{unit(gaussians(random, n))})
	}
	for k := range 7 {
		lambda := 2.5 * float64(k) / 6
		var euclid, sgn, exact int
		var ratio, beta, cocoercive, paper []float64
		for i := range games {
			c := certifyPair(t, pairGame(q[i][0], times(lambda*paperA, r[i][0]), times(lambda*paperB, r[i][0].T()), q[i][1]))
			if c.Euclidean > 0 {
				euclid++
			}
			if c.Margins.SGN > 0 {
				sgn++
			}
			if c.Margins.TrueBlock > 0 {
				exact++
			}
			ratio, beta = append(ratio, c.Margins.SGN/c.Margins.TrueBlock), append(beta, c.Lipschitz)
			cocoercive, paper = append(cocoercive, 2*c.Cocoercivity), append(paper, 2*c.Margins.SGN/c.Lipschitz/c.Lipschitz)
		}
		t.Logf("λ %.4f: certified Euclid %.3f, small gain %.3f, exact %.3f; median ratio %.3f, beta %.1f, Euler 2α/β² %.3g, 2c %.5f",
			lambda, float64(euclid)/float64(games), float64(sgn)/float64(games), float64(exact)/float64(games), median(ratio), median(beta), median(paper), median(cocoercive))
		if exact != games || k >= 4 && sgn != 0 || k <= 3 && sgn < games-2 || k >= 3 && euclid != 0 || math.Abs(median(beta)-123) > 8 {
			t.Errorf("λ = %g: %d, %d, %d certified, beta %g", lambda, euclid, sgn, exact, median(beta))
		}
	}
}

// twoStates is the paper's Markov game: both are paid 1 for a match, -1 else.
func twoStates() *markov.Game {
	g := &markov.Game{Players: 2, States: []string{"s0", "s1"}, Actions: [][]int{{2, 2}, {2, 2}}, Start: []float64{1, 0}, Discount: .9}
	var steps [][][]markov.Outcome
	for range 2 {
		var joints [][]markov.Outcome
		for joint, p := range []float64{.9, .5, .5, .1} {
			pay := []float64{1, 1}
			if joint == 1 || joint == 2 {
				pay = []float64{-1, -1}
			}
			joints = append(joints, []markov.Outcome{{Prob: p, Next: 0, Reward: pay}, {Prob: 1 - p, Next: 1, Reward: pay}})
		}
		steps = append(steps, joints)
	}
	g.Steps = [][][][]markov.Outcome{steps}
	return g
}

// Natural and Euclidean policy gradient on the paper's Markov game converge from
// starts near the equilibrium up to the spectral limits 2/1.55 and 2/0.775, and not
// beyond; the certified step is a part of them.
func TestExperimentMarkov(t *testing.T) {
	g, tau := twoStates(), []float64{1, 1}
	c, err := softmarkov.Interval(context.Background(), g, tau, .1, enclose.Options{})
	if err != nil || !c.Certified() || math.Abs(c.Abscissa-.45) > 1e-9 {
		t.Fatalf("%v, %+v", err, c)
	}
	f, err := softmarkov.New(g, tau)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]interval.Interval, f.N)
	settles := func(eta float64, natural bool) bool {
		random, starts := draws(14), 20
		if certifytest.Slowed {
			starts = 1
		}
		for range starts {
			z := make([]float64, f.N)
			for k := range z {
				z[k] = .01 * gaussian(random)
			}
			// Two parts in a hundred per step show within some hundreds.
			for range 600 {
				if !f.Value(values, z, z) {
					return false
				}
				for k, v := range values {
					p := 1 / (1 + math.Exp(-z[k]))
					slope := 2 * p * (1 - p) // of the difference of two raw logits
					if natural {
						slope = 1
					}
					z[k] -= eta * slope * v.Mid()
				}
			}
			for _, x := range z {
				if !(math.Abs(x) < 1e-6) {
					return false
				}
			}
		}
		return true
	}
	for _, x := range []struct {
		natural bool
		limit   float64
	}{{true, 2 / 1.55}, {false, 2 / .775}} {
		if !settles(.99*x.limit, x.natural) || settles(1.01*x.limit, x.natural) || !settles(c.EulerMax/2, x.natural) {
			t.Errorf("natural %v: the limit is not %g", x.natural, x.limit)
		}
		t.Logf("natural %v: limit %.4f, %.2f times the certified %.6f at radius 0.1 (margin %.4f)", x.natural, x.limit, x.limit/c.EulerMax, c.EulerMax, c.Margin)
	}
}
