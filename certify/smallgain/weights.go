// Package smallgain goes from constants, curvatures of blocks and couplings between
// them, to margins: best weights, bands of weights that certify, Perron vectors, and the
// steps that a margin allows.
package smallgain

import (
	"math"
	"slices"
)

// weighting is what BestWeights found. W[0] is 1.
type weighting struct {
	W  []float64 // of the metric
	Xi []float64 // of the max norm, Xi[0] is 1: B Xi ≥ Supremum·Xi if Attained, else ≥ Margin·Xi
	// Supremum bounds the margin of all weights; Margin is that at W, equal to it
	// up to rounding if Attained, otherwise half of it or better.
	Supremum, Margin float64
	Attained         bool
}

// BestWeights gives weights of the largest small-gain margin for curvatures mu
// and couplings l ≥ 0 (the diagonal is not read). In every strong class of l they
// are v/u, left over right Perron vectors of L - diag(mu). The supremum is one of
// finite weights if each class that reaches it is coupled to no other. If not,
// and for the classes that do not matter, u and v solve (B - a) u = 1 and
// (B - a)'v = 1, which shows the margin a: with S = W(B-a) + (B-a)'W,
// S u = w + 1 > 0. a is half of the supremum, or below it if that is not positive.
func BestWeights(mu []float64, l [][]float64) weighting {
	n := len(mu)
	b := CurvatureMinusCoupling(mu, l)
	strong, weak := Classes(l)
	root := make([]float64, n) // of the strong class of each index
	out := weighting{W: make([]float64, n), Xi: make([]float64, n), Supremum: math.Inf(1), Attained: true}
	for i, c := range strong {
		if c == i {
			root[i], _ = Perron(Principal(b, Members(strong, c)))
			out.Supremum = min(out.Supremum, root[i])
		}
		root[i] = root[c]
	}
	for first, c := range weak {
		if c != first {
			continue
		}
		at := Members(weak, c)
		sub := Principal(b, at)
		least, alone := math.Inf(1), true
		for _, i := range at {
			least = min(least, root[i])
			alone = alone && strong[i] == strong[first]
		}
		var u, v []float64
		if alone {
			_, u = Perron(sub)
			_, v = Perron(transposed(sub))
		} else {
			a := target(least, sub)
			if least > out.Supremum {
				a = max(a, out.Supremum)
			} else {
				out.Attained = false
			}
			if len(mu) == 2 {
				out.W, out.Xi = oneWay(mu, l, a)
				break
			}
			ones := make([]float64, len(at))
			for i := range ones {
				ones[i] = 1
			}
			u, v = solveM(sub, a, ones), solveM(transposed(sub), a, ones)
		}
		for k, i := range at {
			out.W[i], out.Xi[i] = 1, 1
			if u != nil && v != nil {
				out.W[i] = v[k] / v[0] * (u[0] / u[k])
				out.Xi[i] = u[k] / u[0]
			}
			if !(out.W[i] > 0) || math.IsInf(out.W[i], 0) {
				out.W[i] = 1
			}
		}
	}
	out.Margin = SmallGainMargin(out.W, mu, l)
	if out.Attained {
		out.Margin = min(out.Margin, out.Supremum)
	}
	return out
}

// target is a margin to aim at below a supremum that is not attained.
func target(sup float64, b [][]float64) float64 {
	if sup > 0 {
		return sup / 2
	}
	scale := 0.0
	for i := range b {
		for _, v := range b[i] {
			scale = max(scale, math.Abs(v))
		}
	}
	return sup - scale/2
}

// oneWay gives the weights of two blocks of which one is not coupled to the
// other, at the end of the band of margin a, so that the margin is a.
func oneWay(mu []float64, l [][]float64, a float64) (w, xi []float64) {
	m := (mu[0] - a) * (mu[1] - a)
	if l[1][0] == 0 {
		r := l[0][1] * l[0][1] / (4 * m)
		return []float64{1, r}, []float64{1, (mu[0] - a) / l[0][1]}
	}
	r := 4 * m / (l[1][0] * l[1][0])
	return []float64{1, r}, []float64{1, l[1][0] / (mu[1] - a)}
}

// normalised is W^{-1/2} C(w) W^{-1/2} / 2, symmetric; its smallest eigenvalue is
// the small-gain margin.
func normalised(w, mu []float64, l [][]float64) [][]float64 {
	n := len(w)
	s := make([][]float64, n)
	for i := range s {
		s[i] = make([]float64, n)
		s[i][i] = mu[i]
		for j := range i {
			r := math.Sqrt(w[i]) / math.Sqrt(w[j])
			c := 0.0
			if l[i][j] != 0 {
				c += float64(r * l[i][j])
			}
			if l[j][i] != 0 {
				c += l[j][i] / r
			}
			s[i][j], s[j][i] = -c/2, -c/2
		}
	}
	return s
}

// SmallGainMargin is alpha(w), the smallest eigenvalue of W^{-1/2} C(w) W^{-1/2}/2,
// to rounding; lowerMargin gives a proven bound.
func SmallGainMargin(w, mu []float64, l [][]float64) float64 {
	s := normalised(w, mu, l)
	if len(w) == 2 {
		mean, off := (mu[0]+mu[1])/2, math.Hypot((mu[0]-mu[1])/2, s[0][1])
		if mean > 0 {
			return (mu[0]*mu[1] - s[0][1]*s[0][1]) / (mean + off)
		}
		return mean - off
	}
	root, _ := Perron(s)
	return root
}

// positiveDefinite tells whether the symmetric s is; s is overwritten.
func positiveDefinite(s [][]float64) bool {
	for k := range s {
		if !(s[k][k] > 0) {
			return false
		}
		for i := k + 1; i < len(s); i++ {
			f := s[i][k] / s[k][k]
			for j := k + 1; j <= i; j++ {
				s[i][j] -= float64(f * s[j][k])
			}
		}
	}
	return true
}

// above tells whether the margin at w is above alpha0.
func above(w, mu []float64, l [][]float64, alpha0 float64) bool {
	s := normalised(w, mu, l)
	for i := range s {
		s[i][i] -= alpha0
	}
	return positiveDefinite(s)
}

// bands gives for every block the interval of its weight, the others as in w,
// where the margin is above alpha0; ends are 0 and +Inf where nothing bounds
// them, and both NaN if w itself is not above alpha0. With D the matrix of the
// other blocks, a and b the row and the column of couplings of block i, and
// t its weight, the Schur complement is the parabola
// 2 t (mu_i - alpha0) - (t a + b)' D⁻¹ (t a + b) > 0.
func bands(w, mu []float64, l [][]float64, alpha0 float64) [][2]float64 {
	n := len(w)
	out := make([][2]float64, n)
	inside := above(w, mu, l, alpha0)
	for i := range out {
		out[i] = [2]float64{math.NaN(), math.NaN()}
		if inside {
			out[i] = band(i, w, mu, l, alpha0)
		}
	}
	return out
}

func band(i int, w, mu []float64, l [][]float64, alpha0 float64) [2]float64 {
	var others []int
	for j := range w {
		if j != i {
			others = append(others, j)
		}
	}
	m := len(others)
	ow, omu := make([]float64, m), make([]float64, m)
	row, column := make([]float64, m), make([]float64, m)
	for k, j := range others {
		ow[k], omu[k] = w[j], mu[j]
		// In units of the others' normalised matrix, t in units of w_i.
		r := math.Sqrt(w[i]) / math.Sqrt(w[j])
		row[k] = l[i][j] * r / 2
		column[k] = l[j][i] / r / 2
	}
	d := normalised(ow, omu, Principal(l, others))
	for k := range d {
		d[k][k] -= alpha0
	}
	da, db := SolveSPD(d, row), SolveSPD(d, column)
	var aa, ab, bb float64
	for k := range da {
		aa += float64(row[k] * da[k])
		ab += float64(column[k] * da[k])
		bb += float64(column[k] * db[k])
	}
	h := (mu[i]-alpha0)/2 - ab
	root := math.Sqrt(max(0, (h-math.Sqrt(aa*bb))*(h+math.Sqrt(aa*bb))))
	out := [2]float64{0, math.Inf(1)}
	if bb > 0 {
		out[0] = bb / (h + root) * w[i]
	}
	if aa > 0 {
		out[1] = (h + root) / aa * w[i]
	}
	return out
}

// SolveSPD solves a x = b for a symmetric positive definite.
func SolveSPD(a [][]float64, b []float64) []float64 {
	n := len(a)
	m := make([][]float64, n)
	for i := range m {
		m[i] = slices.Clone(a[i])
	}
	x := slices.Clone(b)
	for k := range m {
		for i := k + 1; i < n; i++ {
			f := m[i][k] / m[k][k]
			for j := k + 1; j < n; j++ {
				m[i][j] -= float64(f * m[k][j])
			}
			x[i] -= float64(f * x[k])
		}
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			x[i] -= float64(m[i][j] * x[j])
		}
		x[i] /= m[i][i]
	}
	return x
}

// RatioBand gives the ratios w₂/w₁ of two blocks with a margin above alpha0, in
// closed form; ok is false if there are none.
func RatioBand(mu []float64, l [][]float64, alpha0 float64) (band [2]float64, ok bool) {
	m1, m2, l12, l21 := mu[0]-alpha0, mu[1]-alpha0, l[0][1], l[1][0]
	if !(m1 > 0 && m2 > 0) {
		return [2]float64{math.NaN(), math.NaN()}, false
	}
	m, g := math.Sqrt(m1)*math.Sqrt(m2), math.Sqrt(l12)*math.Sqrt(l21)
	if !(g < m) {
		return [2]float64{math.NaN(), math.NaN()}, false
	}
	h := m + math.Sqrt((m-g)*(m+g))
	low, high := l12/h, h/l21 // of √r
	return [2]float64{low * low, high * high}, true
}

// cornersAtMost is the number of blocks up to which boxFactor looks at every
// corner.
const cornersAtMost = 16

// boxFactor gives the largest k such that the margin is above alpha0 for all
// weights between w_i/k and k w_i, the first fixed: +Inf if nothing bounds it,
// NaN if w itself is not above. The set is convex in log w, so that the corners
// decide. With more than 16 blocks they are too many and exact is false: then k
// is a lower bound, from the largest coupling of every pair by itself.
func boxFactor(w, mu []float64, l [][]float64, alpha0 float64) (k float64, exact bool) {
	n := len(w)
	if !above(w, mu, l, alpha0) {
		return math.NaN(), true
	}
	if n == 1 {
		return math.Inf(1), true
	}
	if n > cornersAtMost {
		return largestFactor(math.Inf(1), func(t float64) bool {
			return aboveInBox(w, mu, l, alpha0, t)
		}), false
	}
	k = math.Inf(1)
	v := make([]float64, n)
	corner := func(signs uint, t float64) bool {
		v[0] = w[0]
		for i := 1; i < n; i++ {
			v[i] = w[i] * t
			if signs>>(i-1)&1 == 1 {
				v[i] = w[i] / t
			}
		}
		return above(v, mu, l, alpha0)
	}
	for g := range uint(1) << (n - 1) {
		test := func(t float64) bool { return corner(g, t) }
		if !math.IsInf(k, 1) && test(k) {
			continue
		}
		k = min(k, largestFactor(k, test))
	}
	return k, true
}

// unboundedFactor is taken for no bound at all: no weights are off by that.
const unboundedFactor = 1e60

// largestFactor bisects for the largest factor below limit that passes a test which
// holds at 1 and, once failed, fails for ever.
func largestFactor(limit float64, test func(t float64) bool) float64 {
	high := min(limit, unboundedFactor)
	if test(high) {
		return limit
	}
	low, up := 0.0, math.Log(high)
	for up-low > 1e-14*max(1, up) {
		mid := low + (up-low)/2
		if mid <= low || mid >= up {
			break
		}
		if test(math.Exp(mid)) {
			low = mid
		} else {
			up = mid
		}
	}
	return math.Exp(low)
}

// aboveInBox tells whether the matrix of every pair's largest coupling in the box
// of factor t is above alpha0: enough for all weights in it, since more coupling
// never raises the margin.
func aboveInBox(w, mu []float64, l [][]float64, alpha0, t float64) bool {
	s := normalised(w, mu, l)
	for i := range s {
		s[i][i] -= alpha0
		for j := range i {
			r := math.Sqrt(w[i]) / math.Sqrt(w[j])
			f := t
			if j == 0 {
				f = math.Sqrt(t)
			}
			p, q := r*l[i][j], l[j][i]/r
			c := max(f*p+q/f, p/f+f*q)
			s[i][j], s[j][i] = -c/2, -c/2
		}
	}
	return positiveDefinite(s)
}

// Connected tells whether every block acts on every other, perhaps through others.
func Connected(l [][]float64) bool {
	for _, forward := range []bool{true, false} {
		seen := make([]bool, len(l))
		list := []int{0}
		seen[0] = true
		for len(list) > 0 {
			i := list[len(list)-1]
			list = list[:len(list)-1]
			for j := range l {
				x := l[i][j]
				if !forward {
					x = l[j][i]
				}
				if x > 0 && !seen[j] {
					seen[j] = true
					list = append(list, j)
				}
			}
		}
		for _, s := range seen {
			if !s {
				return false
			}
		}
	}
	return true
}
