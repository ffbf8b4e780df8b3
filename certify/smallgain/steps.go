package smallgain

import (
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/gate"
	"arbiter/internal/interval"
)

// Of the stability region of the classical Runge-Kutta scheme, p(z) its
// polynomial.
const (
	Rk4Disc     = 1.392646781702641 // |z + r| ≤ r lies inside up to this r: half of the real limit
	Rk4HalfDisc = 2.615587688256707 // radius of the largest left half disc inside
	Rk4Paper    = 2.5
)

// Hidden is the part of the largest number that floating point may lose.
const Hidden = 1e-12

// MonotoneSteps are what a margin alpha > 0, a Lipschitz constant beta and a
// cocoercivity c in the same metric prove of every field on a convex region, linear
// or not (Runge-Kutta: with its stage points inside).
func MonotoneSteps(alpha, beta, c float64) []certify.Step {
	nan := math.NaN()
	euler := alpha / (beta * beta)
	return []certify.Step{
		{Scheme: certify.Flow, Bound: certify.FlowExp, Max: math.Inf(1), Best: nan, Factor: nan, Status: certify.Theorem},
		{Scheme: certify.Euler, Bound: certify.Euler2AB, Max: Downward(2 * euler), Best: euler, Factor: min(1, Upward(lipschitzFactor(alpha, beta, euler))), Status: certify.Theorem},
		{Scheme: certify.Euler, Bound: certify.Euler2C, Max: Downward(2 * c), Best: c, Factor: min(1, Upward(EulerFactor(alpha, c, c))), Status: certify.Theorem},
		{Scheme: certify.RK4, Bound: certify.RK42C, Max: Downward(2 * c), Best: c, Factor: min(1, Upward(Rk4Factor(alpha, beta, c, c))), Status: certify.Theorem},
		{Scheme: certify.RK4, Bound: certify.LinearGuide, Max: Rk4Paper / beta, Best: nan, Factor: nan, Status: certify.LinearGuideline},
		extragradientStep(alpha, beta),
		optimisticStep(alpha, beta),
	}
}

// extragradientStep is what a margin alpha and a Lipschitz constant beta prove of
// y = x - hG(x), x⁺ = x - hG(y) (Korpelevich 1976), projected or not, with y and x⁺
// in the region. From |x⁺-x*|² ≤ |x-x*|² - (1 - h²β²)|x-y|² - 2hα|y-x*|² and
// |y-x*|² ≥ (1-s)|x-x*|² - (1/s - 1)|x-y|², s so that |x-y| drops out:
//
//	|x⁺-x*|² ≤ (1 - 2hα (1 - h²β²)/(1 - h²β² + 2hα)) |x-x*|²,  0 < h < 1/β.
func extragradientStep(alpha, beta float64) certify.Step {
	factor := func(x float64) float64 { // x = hβ
		room := (1 - x) * (1 + x)
		gain := 2 * x * alpha / beta
		return math.Sqrt(max(0, 1-gain*room/(room+gain)))
	}
	const golden = 0.6180339887498949
	low, high := 0.0, 1.0
	for range 60 {
		p, q := high-golden*(high-low), low+golden*(high-low)
		if factor(p) <= factor(q) {
			high = q
		} else {
			low = p
		}
	}
	x := (low + high) / 2
	return certify.Step{Scheme: certify.Extragradient, Bound: certify.ExtragradientLip, Max: Downward(1 / beta), Best: x / beta, Factor: min(1, Upward(factor(x))), Status: certify.Theorem}
}

// optimisticStep is what they prove of x⁺ = x - hG(y), y = x - hG(y₋), y₋ the y of
// the step before (Popov 1980): with V = |x-x*|² + h²β²|y₋-y₋₋|², y₋₋ before that,
//
//	V⁺ ≤ (1 - hα) V  while  4h²β² + 2hα ≤ 1,  h ≤ 1/(α + √(α² + 4β²)).
//
// As above |x⁺-x*|² ≤ |x-x*|² - 2hα|y-x*|² + h²β²|y-y₋|² - |x-y|²; then
// 2|y-x*|² ≥ |x-x*|² - 2|x-y|² and |y-y₋|² ≤ 2|x-y|² + 2h²β²|y₋-y₋₋|², x - y₋ being
// h(G(y₋₋) - G(y₋)). The factor is that of √V, which is |x-x*| at a start with
// y₋ = y₋₋. Without projections.
func optimisticStep(alpha, beta float64) certify.Step {
	h := Downward(1 / (alpha + math.Hypot(alpha, 2*beta)))
	return certify.Step{Scheme: certify.Optimistic, Bound: certify.OptimisticLip, Max: h, Best: h, Factor: min(1, Upward(math.Sqrt(1-h*alpha))), Status: certify.Theorem}
}

// sound drops rows that say nothing: theorems of no step or of a factor that is
// not below or at 1.
func sound(rows []certify.Step) []certify.Step {
	return slices.DeleteFunc(rows, func(s certify.Step) bool {
		return s.Status.Proves() && (!(s.Max > 0) || s.Factor > 1 || math.IsInf(s.Factor, 0) || s.Best > s.Max)
	})
}

// lipschitzFactor is sqrt(1 - 2h alpha + h²beta²), rounded up, as the root of (1 - h alpha)² +
// h²(beta² - alpha²), which keeps its digits near 0. alpha is at most beta.
func lipschitzFactor(alpha, beta, h float64) float64 {
	a, b, step := interval.Point(alpha), interval.Point(beta), interval.Point(h)
	x := math.FMA(-h, alpha, 1)
	rest := interval.Interval{Lo: interval.Down(x), Hi: interval.Up(x)}
	return interval.Interval{Lo: 0, Hi: max(0, rest.Sqr().Add(step.Sqr().Mul(b.Sub(a)).Mul(b.Add(a))).Hi)}.Sqrt().Hi
}

// EulerFactor is sqrt(1 - alpha(2h - h²/c)), for 0 < h < 2c; at h = c rounded up.
func EulerFactor(alpha, c, h float64) float64 {
	if h == c {
		if x := math.FMA(-alpha, c, 1); x > 0 { // loses nothing near 0
			return interval.Up(math.Sqrt(interval.Up(x)))
		}
		return 0
	}
	return math.Sqrt(max(0, 1-alpha*(2*h-h*h/c)))
}

// Rk4Factor is sqrt(1 - alpha(2h - h²/c) S(h)), for 0 < h < 2c.
func Rk4Factor(alpha, beta, c, h float64) float64 {
	x := h * beta
	p, q := max(0, 1-x/2), max(0, 1-x*(1+x/2))
	s := 1./6 + 2./3*p*p + q*q/6
	return math.Sqrt(max(0, 1-alpha*(2*h-h*h/c)*s))
}

// Rk4FromEuler bounds |p(-hK)| in any norm where |1 - hK| ≤ q ≤ 1.
func Rk4FromEuler(q float64) float64 {
	return 3./8 + q/3 + q*q/4 + q*q*q*q/24
}

// BlockMax gives the largest Euler step that contracts in a weighted max norm of
// blocks with symmetric own Jacobians, the step of the smallest factor and that
// factor, ρ(T(η)) = 1 - η f(η), f the best margin of the curvatures
// min(mu, 2/η - ell), which never rises in η. All zero but the factor, 1, if no
// step contracts.
func BlockMax(mu, ell []float64, l [][]float64) (most, best, factor float64) {
	strong, _ := Classes(l)
	m := make([]float64, len(mu))
	f := func(eta float64) float64 {
		for i := range m {
			m[i] = min(mu[i], 2/eta-ell[i])
		}
		return supremumOf(strong, m, l)
	}
	kink, end := math.Inf(1), math.Inf(1)
	for i := range mu {
		kink, end = min(kink, 2/(mu[i]+ell[i])), min(end, 2/ell[i])
	}
	if !(kink > 0) || math.IsInf(end, 1) || !(f(kink) > 0) {
		return 0, 0, 1
	}
	low, high := kink, end
	for range 60 {
		mid := (low + high) / 2
		if f(mid) > 0 {
			low = mid
		} else {
			high = mid
		}
	}
	most = low
	// Below the kink the factor falls: T = I - ηB there.
	const golden = 0.6180339887498949
	low, high = kink, most
	p, q := high-golden*(high-low), low+golden*(high-low)
	fp, fq := 1-p*f(p), 1-q*f(q)
	for range 50 {
		if fp <= fq {
			high, q, fq = q, p, fp
			p = high - golden*(high-low)
			fp = 1 - p*f(p)
		} else {
			low, p, fp = p, q, fq
			q = low + golden*(high-low)
			fq = 1 - q*f(q)
		}
	}
	best = (low + high) / 2
	if factor = 1 - best*f(best); 1-kink*f(kink) <= factor {
		best, factor = kink, 1-kink*f(kink)
	}
	return most, best, factor
}

// EulerSpectral is the step below which the linear Euler map has spectral radius
// below 1, and Rk4Spectral that of Runge-Kutta; zero if an eigenvalue has no
// positive real part.
func EulerSpectral(values []complex128) float64 {
	most := math.Inf(1)
	for _, v := range values {
		a := cmplx.Abs(v)
		most = min(most, max(0, 2*(real(v)/a)/a))
	}
	return most
}

// Rk4Spectral is the largest step at which the Runge-Kutta scheme shrinks along all
// eigenvalues.
func Rk4Spectral(values []complex128) float64 {
	most := math.Inf(1)
	for _, v := range values {
		if !(real(v) > 0) {
			return 0
		}
		size := cmplx.Abs(v)
		u := -v / complex(size, 0)
		stable := func(h float64) bool {
			z := complex(h, 0) * u
			return cmplx.Abs(1+z*(1+z/2*(1+z/3*(1+z/4)))) <= 1
		}
		// The region is left before |z| = 3.
		most = min(most, firstFailure(0, 3, 60, 1e-15, stable)/size)
	}
	return most
}

// firstFailure walks from low to high in equal strides to the first point that
// fails and bisects there; high if none fails.
func firstFailure(low, high float64, strides int, tol float64, holds func(float64) bool) float64 {
	stride := (high - low) / float64(strides)
	for k := 1; k <= strides; k++ {
		if up := low + stride; !holds(up) {
			for up-low > tol*up {
				mid := low + (up-low)/2
				if mid <= low || mid >= up {
					break
				}
				if holds(mid) {
					low = mid
				} else {
					up = mid
				}
			}
			return low
		}
		low += stride
	}
	return high
}

// Rk4Metric is the first step where |p(-hK)|₂ passes 1, between a step where it
// is known not to and the spectral limit: looked for in eight strides, and then from
// above. At a step that fails, elimination of I - p(-hK)'p(-hK) gives a v that p(-hK)
// makes longer, and the step where it starts to do so is nearer.
func Rk4Metric(k *mat.Dense, known, spectral float64) float64 {
	if !(spectral > known) {
		return known
	}
	n, _ := k.Dims()
	var k2, k3, k4 mat.Dense
	k2.Mul(k, k)
	k3.Mul(&k2, k)
	k4.Mul(&k2, &k2)
	of := [4][]float64{k.RawMatrix().Data, k2.RawMatrix().Data, k3.RawMatrix().Data, k4.RawMatrix().Data}
	columns := make([]float64, n*n)
	gram := make([]float64, n*n)
	longer := func(h float64) (v []float64) { // nil if there is none
		a, b, c := h*h/2, h*h*h/6, h*h*h*h/24
		for i := range n {
			for j := range n {
				at := i*n + j
				v := float64(c*of[3][at]) - float64(b*of[2][at]) + float64(a*of[1][at]) - float64(h*of[0][at])
				if i == j {
					v++
				}
				columns[j*n+i] = v
			}
		}
		for i := range n {
			for j := range i + 1 {
				gram[i*n+j] = -gate.Dot(columns[i*n:(i+1)*n], columns[j*n:(j+1)*n])
			}
			gram[i*n+i]++
		}
		at := failedPivot(gram, n)
		if at == n {
			return nil
		}
		v = make([]float64, n)
		v[at] = 1
		for j := at - 1; j >= 0; j-- {
			for m := j + 1; m <= at; m++ {
				v[j] -= float64(gram[m*n+j] * v[m])
			}
			v[j] /= gram[j*n+j]
		}
		return v
	}
	// starts is the step between low, where v is not made longer, and high.
	starts := func(v []float64, low, high float64) float64 {
		var power [5][]float64
		power[0] = v
		for p := range 4 {
			power[p+1] = make([]float64, n)
			for i := range n {
				power[p+1][i] = gate.Dot(of[0][i*n:(i+1)*n], power[p])
			}
		}
		var product [5][5]float64
		for p := range 5 {
			for q := range 5 {
				product[p][q] = gate.Dot(power[p], power[q])
			}
		}
		excess := func(h float64) float64 { // |p(-hK)v|² - |v|², in h
			c := [5]float64{1, -h, h * h / 2, -h * h * h / 6, h * h * h * h / 24}
			sum := 0.0
			for p := range 5 {
				for q := range 5 {
					if p+q > 0 {
						sum += float64(c[p] * c[q] * product[p][q])
					}
				}
			}
			return sum
		}
		for high-low > 1e-15*high {
			mid := low + (high-low)/2
			if mid <= low || mid >= high {
				break
			}
			if excess(mid) > 0 {
				high = mid
			} else {
				low = mid
			}
		}
		return high
	}
	low, high := known, spectral*(1+1e-12)
	const strides = 8
	for range strides {
		up := low + (high-known)/strides
		v := longer(up)
		if v == nil {
			low = up
			continue
		}
		for back := 1e-13; up-low > 1e-13*up; {
			next := starts(v, low, up)
			if !(up-next > 1e-13*up) { // rounding hides the rest
				next = up * (1 - back)
				back *= 8
			}
			if !(next > low) {
				next = low + (up-low)/2
			}
			if next == low || next == up {
				break
			}
			if w := longer(next); w != nil {
				v, up = w, next
			} else {
				low = next
			}
		}
		return low
	}
	return high
}

// Longest drops rows that say nothing and fills in the largest steps of rows whose status is theorem.
func Longest(c *certify.Certificate) {
	c.Steps = sound(c.Steps)
	for _, s := range c.Steps {
		if s.Status != certify.Theorem || !(s.Max > 0) {
			continue
		}
		switch {
		case s.Scheme == certify.Euler && !(s.Max <= c.EulerMax):
			c.EulerMax = s.Max
		case s.Scheme == certify.RK4 && !(s.Max <= c.RK4Max):
			c.RK4Max = s.Max
		}
	}
}

// Upward and downward move x by a few units in the last place, more than the
// formulas of steps lose; zeros are exact and stay.
func Upward(x float64) float64 {
	if x == 0 {
		return 0
	}
	return interval.Up(interval.Up(interval.Up(interval.Up(x))))
}

// Downward is Upward the other way.
func Downward(x float64) float64 {
	if x == 0 {
		return 0
	}
	return interval.Down(interval.Down(interval.Down(interval.Down(x))))
}
