package smooth

import (
	"context"
	"math"
	"math/big"
	"os"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/dice"
)

// extremeTerm is a random function of coordinate j at an end of its range or of that of
// numbers, of a size near 1; u is uniform on [-1, 1]. x is within ±1 or less.
func extremeTerm(u func() float64, j int) *formulaTree {
	pick := func(list ...float64) float64 { return list[int((u()+1)/2*float64(len(list))*.999999)] }
	b := u()
	switch int((u() + 1) / 2 * 17.999) {
	case 0: // near overflow: exp(709.3 and so on) / 1.2e308
		a := pick(709.3, 709.43, 709.45, 709.6, 709.77, 708)
		return join("/", apply("exp", affine(j, a-.1*math.Abs(b), .1*b)), num(pick(1.797e308, 1.1e308, 6e307)))
	case 1: // near 0, times a large number
		return join("*", num(1e300), apply("exp", affine(j, pick(-700, -708, -720), 5*b)))
	case 2: // subnormal
		return join("*", num(1e300), apply("exp", affine(j, pick(-744, -745, -745.1, -746), b)))
	case 3:
		a := pick(1e-8, 1e-3, 1, 30, 1e4, 1e8)
		return join("/", apply("tanh", affine(j, a*u(), a)), num(a))
	case 4:
		a := pick(1e-8, 1, 30, 1e4)
		return join("/", apply("erf", affine(j, a*u(), a)), num(a))
	case 5:
		a := pick(1e-8, 1, 40, 1e3, 1e6)
		return join("/", apply("sigmoid", affine(j, a*u(), a)), num(a))
	case 6:
		a := pick(1e-8, 1, 40, 745, 1e6)
		return join("/", apply("softplus", affine(j, a*u(), a)), num(a))
	case 7:
		return apply("log", affine(j, 1+pick(1e-1, 1e-3, 2), .99*b))
	case 8: // of subnormal numbers
		return apply("log", join("*", num(pick(1e-320, 1e-308, 1e307)), affine(j, 3, b)))
	case 9:
		return join("*", num(1e155), apply("sqrt", join("*", num(1e-310), affine(j, 2, b))))
	case 10:
		return join("/", raised(join("*", num(1e150), affine(j, 2, b)), 2), num(1e300))
	case 11:
		return join("*", num(1e300), raised(join("*", num(1e-150), affine(j, 2, b)), 2))
	case 12:
		return raised(affine(j, 1.5, .5*b), int(pick(-20, -3, -1, 3, 20)))
	case 13:
		a := pick(1, 1e3, 1e5, 1e6)
		return join("/", apply("sin", affine(j, a*u(), a)), num(a))
	case 14:
		return apply("cos", affine(j, pick(0, 1048570, 1e6, 1e9), b))
	case 15:
		return apply("abs", affine(j, u(), 1))
	case 16:
		return join([]string{"max", "min"}[int(pick(0, 1))], affine(j, u(), b), affine(j, 0, u()))
	}
	return raised(coordinate(j), int(pick(2, 3, 5, 9)))
}

// extremeGame is a random game of up to three coordinates of such terms, in units
// from 1e-8 to 1e8.
func extremeGame(seed int) (blocks []int, field []*formulaTree, lower, upper []float64) {
	key := dice.New(uint64(9000 + seed))
	at := 0
	u := func() float64 { at++; return 2*dice.Float64(key.Word(at)) - 1 }
	blocks = [][]int{{1}, {1, 1}, {1, 1}, {2}, {2, 1}, {1, 1, 1}}[seed%6]
	n := 0
	for _, d := range blocks {
		n += d
	}
	unit := math.Pow(10, math.Round(8*u()))
	for k := range n {
		f := coordinate(k).times(.5 + 2*math.Abs(u()))
		for range 1 + int(1.5*(u()+1)) {
			j := int((u() + 1) / 2 * float64(n) * .999999)
			f = f.plus(extremeTerm(u, j).times(.6 * u()))
		}
		field = append(field, f.times(unit))
		mid, half := .3*u(), math.Pow(10, -1.5*(u()+1))/2
		lower, upper = append(lower, mid-half), append(upper, mid+half)
	}
	if n == 2 && u() < -.2 { // a curvature of 0 that only a full metric makes up for
		field[0] = coordinate(1).times(unit).plus(extremeTerm(u, 0).times(.01 * unit))
		field[1] = join("-", field[1], coordinate(0).times(unit))
	}
	if u() < .4 { // with a zero near the middle
		x := make([]*big.Float, n)
		for k := range x {
			x[k] = certifytest.BigOf(lower[k]/2 + upper[k]/2)
		}
		for k, f := range field {
			if v, _ := f.at(x).v.Float64(); smallgain.Finite(v) {
				field[k] = join("-", f, num(v))
			}
		}
	}
	return blocks, field, lower, upper
}

// judged looks at a certificate at points in 77 digits and names what is false.
func judged(c *certify.Certificate, dims []int, field []*formulaTree, u func() float64) string {
	n := len(field)
	for _, w := range append(append([]float64{}, c.Weights...), c.Xi...) {
		if !(w > 0) || !smallgain.Finite(w) {
			return "a weight"
		}
	}
	weights := make([]float64, 0, n)
	xi := make([]float64, 0, n)
	for i, d := range dims {
		for range d {
			weights = append(weights, c.Weights[i])
			if c.Xi != nil {
				xi = append(xi, c.Xi[i])
			}
		}
	}
	metric := func(i, j int) *big.Float {
		switch {
		case c.Source == certify.ByLyapunov:
			return certifytest.BigOf(c.Best.Lyapunov.Metric[i][j])
		case i == j:
			return certifytest.BigOf(weights[i])
		}
		return certifytest.BigOf(0)
	}
	matrix := func(of func(i, j int) *big.Float) [][]*big.Float {
		m := make([][]*big.Float, n)
		for i := range m {
			m[i] = make([]*big.Float, n)
			for j := range m[i] {
				m[i][j] = of(i, j)
			}
		}
		return m
	}
	dot := func(of func(k int) *big.Float) *big.Float {
		sum := certifytest.BigOf(0)
		for k := range n {
			sum = certifytest.BigAdd(sum, of(k))
		}
		return sum
	}
	m := matrix(metric)
	squared := func(v []*big.Float) *big.Float {
		return dot(func(i int) *big.Float {
			return dot(func(j int) *big.Float { return certifytest.BigMul(certifytest.BigMul(v[i], m[i][j]), v[j]) })
		})
	}
	var before, fieldBefore []*big.Float
	for p := range 6 {
		x := make([]*big.Float, n)
		for k := range x {
			lo, hi := c.Region.Lower[k], c.Region.Upper[k]
			switch {
			case p == 0:
				x[k] = certifytest.BigOf(lo)
			case p == 1:
				x[k] = certifytest.BigOf(hi)
			default:
				x[k] = certifytest.BigOf(min(max(lo+(hi-lo)*(u()+1)/2, lo), hi))
			}
		}
		k, values := make([][]*big.Float, n), make([]*big.Float, n)
		size := certifytest.BigOf(0)
		for i, f := range field {
			y := f.at(x)
			k[i], values[i] = y.d, y.v
			for _, d := range y.d {
				if a := new(big.Float).Abs(d); a.Cmp(size) > 0 {
					size = a
				}
			}
		}
		small := certifytest.BigScale(size, -180) // of rounding
		mk := matrix(func(i, j int) *big.Float {
			return dot(func(l int) *big.Float { return certifytest.BigMul(m[i][l], k[l][j]) })
		})
		if c.Norm == certify.L2 {
			if !definite(matrix(func(i, j int) *big.Float {
				return certifytest.BigSub(certifytest.BigScale(certifytest.BigAdd(mk[i][j], mk[j][i]), -1), certifytest.BigMul(certifytest.BigOf(c.Margin), m[i][j]))
			}), certifytest.BigMul(small, m[0][0])) {
				return "margin"
			}
			beta := certifytest.BigMul(certifytest.BigOf(c.Lipschitz), certifytest.BigOf(c.Lipschitz))
			if smallgain.Finite(c.Lipschitz) && !definite(matrix(func(i, j int) *big.Float {
				return certifytest.BigSub(certifytest.BigMul(beta, m[i][j]), dot(func(l int) *big.Float { return certifytest.BigMul(k[l][i], mk[l][j]) }))
			}), certifytest.BigMul(certifytest.BigMul(small, size), m[0][0])) {
				return "lipschitz"
			}
		} else {
			for i := range n {
				row := certifytest.BigSub(k[i][i], certifytest.BigOf(c.Margin))
				for j := range n {
					if j != i {
						row = certifytest.BigSub(row, certifytest.BigQuo(certifytest.BigMul(new(big.Float).Abs(k[i][j]), certifytest.BigOf(xi[j])), certifytest.BigOf(xi[i])))
					}
				}
				if certifytest.BigAdd(row, small).Sign() < 0 {
					return "margin"
				}
			}
		}
		from := 0
		for i, d := range dims {
			own := make([][]*big.Float, d)
			for p := range own {
				own[p] = make([]*big.Float, d)
				for q := range own[p] {
					own[p][q] = certifytest.BigScale(certifytest.BigAdd(k[from+p][from+q], k[from+q][from+p]), -1)
				}
				own[p][p] = certifytest.BigSub(own[p][p], certifytest.BigOf(c.Mu[i]))
			}
			if !definite(own, small) {
				return "mu"
			}
			from += d
		}
		if before != nil {
			for _, s := range c.Steps {
				if s.Scheme != certify.Euler || s.Status != certify.Theorem || s.Bound != certify.RegionEuler || c.Norm != certify.L2 {
					continue
				}
				v, w := make([]*big.Float, n), make([]*big.Float, n)
				for i := range v {
					v[i] = certifytest.BigSub(x[i], before[i])
					w[i] = certifytest.BigSub(v[i], certifytest.BigMul(certifytest.BigOf(s.Best), certifytest.BigSub(values[i], fieldBefore[i])))
				}
				q := certifytest.BigMul(certifytest.BigOf(s.Factor), certifytest.BigOf(s.Factor))
				if got, most := squared(w), certifytest.BigMul(q, squared(v)); got.Cmp(certifytest.BigAdd(most, certifytest.BigScale(squared(v), -150))) > 0 {
					return "factor of the step"
				}
			}
		}
		before, fieldBefore = x, values
	}
	return ""
}

// Certificates of random games with functions at both ends of their ranges, judged
// at points in arithmetic of 77 digits: no margin, Lipschitz constant, curvature or
// factor is false, and steps and regions say something.
func TestNothingCertifiedIsFalse(t *testing.T) {
	games, cells := 150, 24
	if testing.Short() {
		games = 40
	}
	if os.Getenv("ARBITER_LONG") != "" {
		games, cells = 10_000, 60
	}
	ctx := context.Background()
	count := map[string]int{}
	for seed := range games {
		blocks, trees, lower, upper := extremeGame(seed)
		var field []string
		for _, f := range trees {
			field = append(field, f.String())
		}
		g, err := New("g", blocks, field, lower, upper)
		if err != nil {
			t.Fatalf("game %d: %v", seed, err)
		}
		for _, norm := range []certify.Norm{0, certify.Max} {
			c, err := g.Certify(ctx, enclose.Options{MaxCells: cells, Norm: norm})
			if err != nil {
				if !strings.Contains(err.Error(), "region outside the domain") && !strings.Contains(err.Error(), "not bounded") {
					t.Fatalf("game %d: %v", seed, err)
				}
				count["refused"]++
				continue
			}
			if !c.Certified() {
				count["not certified"]++
				continue
			}
			count[c.Source.String()]++
			if c.Region.Unique {
				count["converges"]++
			}
			key := dice.New(uint64(seed))
			at := 0
			u := func() float64 { at++; return 2*dice.Float64(key.Word(at)) - 1 }
			if what := judged(c, blocks, trees, u); what != "" {
				t.Errorf("game %d %v on %v to %v: %s is false: margin %v, source %q, norm %s", seed, field, lower, upper, what, c.Margin, c.Source, c.Norm)
			}
			for _, s := range c.Steps {
				if s.Status.Proved() && (!(s.Max > 0) || s.Scheme != certify.Flow && !(s.Factor <= 1 && smallgain.Finite(s.Max))) {
					t.Errorf("game %d: row %+v", seed, s)
				}
			}
		}
	}
	t.Logf("%d games: %v", games, count)
	if count["true_block"]+count["blockmax"] < games/4 || count["lyapunov"] == 0 {
		t.Errorf("too few certificates: %v", count)
	}
}
