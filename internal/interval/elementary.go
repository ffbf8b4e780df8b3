package interval

import "math"

// Elementary functions from sums, products and quotients alone. In the bounds u =
// 2⁻⁵³ is the largest relative error of one operation (of results that are not
// subnormal; those of a last scaling are moved by one number more). A fused
// multiply-add, which some machines make of x·y + z, only leaves out one of them;
// where a product must be exact, so is a fused one.

const (
	// ln2High has 32 bits: k times it is exact for |k| < 2²¹.
	ln2High = 0x1.62e42feep-1
	ln2Low  = 0x1.a39ef35793c76p-33 // the rest, to 2⁻⁸⁶

	largestExponent  = 0x1.62e42fefa39efp+9  // below log of the largest number, 709.78
	smallestExponent = -745.2                // below log of half the smallest, -745.13
	twoOverRootPi    = 0x1.20dd750429b6dp+0  // below 2/√π by less than 2⁻⁵³
	rootPi           = 1.7724538509055160273 // to u
)

// exponential is e^x for x from smallestExponent to largestExponent, with relative
// error at most 6u and, where it is subnormal, the rounding of that: x = k log 2 +
// r, k ln2High exact and its difference from x too, |r| < .35. r is off by 2u of
// .35 at most (its last rounding, and that of k ln2Low, which is below 2⁻²²), and
// Horner's sum 1 + r(1 + r/2(1 + …)) by 3u: its outermost addition by u/.7, the
// next by .35/.7 as much, and so on.
func exponential(x float64) float64 {
	k := math.Floor(x*(1/math.Ln2) + .5)
	r := (x - float64(k*ln2High)) - float64(k*ln2Low)
	// .35^16/16! is below 2⁻⁶⁸.
	p := 1.0
	for n := 15; n > 0; n-- {
		p = 1 + float64(r*p)/float64(n)
	}
	return math.Ldexp(p, int(k))
}

// logarithm is log x for x above 0, with relative error at most 10u, and 0 exactly
// for 1. x = 2^k m, m from √½ to √2, and log m = 2 artanh s, s = (m-1)/(m+1), whose
// series is off by 5u. If k is not 0, |log x| > .34 while k ln2High is exact and
// the rest below .36.
func logarithm(x float64) float64 {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	f := m - 1 // exactly
	p := twiceArtanh(f / (2 + f))
	if k == 0 {
		return p
	}
	return float64(float64(k)*ln2High) + (p + float64(float64(k)*ln2Low))
}

// twiceArtanh is 2 artanh s for |s| ≤ 1/3, with relative error at most 3u beyond
// that of s: all terms have one sign. 9⁻²⁰/41 is below 2⁻⁶⁸.
func twiceArtanh(s float64) float64 {
	square, p := s*s, 0.0
	for n := 39; n > 0; n -= 2 {
		p = 1/float64(n) + float64(square*p)
	}
	return 2 * s * p
}

// quarter writes x, |x| ≤ 2²⁰, as k quarter turns and a rest r, |r| < .79, which is
// off by at most e. π/2 is cut into two parts of 33 bits and the rest: products of
// k, of 20 bits, with the parts are exact, and so is the difference of x from the
// first, a multiple of 2⁻⁵³ below 1.
func quarter(x float64) (k int, r, e float64) {
	const (
		first  = 0x1.921fb544p+0
		second = 0x1.0b4611a6p-34
		third  = 0x1.3198a2e037073p-69
	)
	q := math.Floor(x*(2/math.Pi) + .5)
	if q == 0 {
		return 0, x, 0
	}
	r = ((x - float64(q*first)) - float64(q*second)) - float64(q*third)
	return int(q) & 3, r, 0x1p-52
}

// sine is sin x for |x| ≤ 2²⁰ and its largest error.
func sine(x float64) (y, e float64) {
	k, r, e := quarter(x)
	return turned(k, r, e)
}

// cosine is cos x for |x| ≤ 2²⁰ and its largest error.
func cosine(x float64) (y, e float64) {
	k, r, e := quarter(x)
	return turned((k+1)&3, r, e)
}

// turned is the sine of r and k quarter turns. Sums are Horner's, with relative
// error at most 4u: the series alternate, but |r|² < .63 makes the second term of
// the sine less than .11, of the cosine less than .32 of the first.
func turned(k int, r, e float64) (float64, float64) {
	square, p := r*r, 1.0
	if k&1 == 0 {
		// .79²²/23! is below 2⁻⁸¹.
		for n := 20; n > 0; n -= 2 {
			p = 1 - float64(square*p)/float64(n*(n+1))
		}
		p *= r
	} else {
		for n := 21; n > 0; n -= 2 {
			p = 1 - float64(square*p)/float64(n*(n+1))
		}
	}
	if k >= 2 {
		p = -p
	}
	return p, e + math.Abs(p)*0x1p-50
}

// tangent is tanh x, with relative error at most 16u. Below ¼ it is sinh over cosh,
// whose terms have one sign; else (1-t)/(1+t), t = exp(-2|x|) ≤ .61 with 6u of
// itself, which is 10u of 1-t. From 20 on t is below 2⁻⁵⁷.
func tangent(x float64) float64 {
	y := math.Abs(x)
	var z float64
	switch {
	case y < .25:
		square, s, c := y*y, 1.0, 1.0
		// .25¹⁶/16! is below 2⁻⁷⁶.
		for n := 14; n > 0; n -= 2 {
			c = 1 + float64(square*c)/float64(n*(n-1))
			s = 1 + float64(square*s)/float64(n*(n+1))
		}
		z = y * s / c
	case y >= 20:
		z = 1
	default:
		t := exponential(-2 * y)
		z = (1 - t) / (1 + t)
	}
	return math.Copysign(z, x)
}

// errorFunction is erf x, with relative error at most 16u. Up to 1.5 it is 2/√π
// exp(-x²) x (1 + 2x²/3 (1 + 2x²/5 (…))), whose terms have one sign: 2.3u from
// rounding x², 6u of exp, and 3u for each factor of a term, which are some 1.4 in
// the mean. Beyond, 1 less exp(-x²)/√π over the continued fraction x + ½/(x + 1/(x
// + 3/2/(…))) (Laplace): all terms are positive, so that it lies between any two
// cuts one after the other; 80 of them agree to 2⁻⁶⁰, and the whole is below .034.
func errorFunction(x float64) float64 {
	y := math.Abs(x)
	var z float64
	switch {
	case y < 0x1p-500:
		z = y * twoOverRootPi
	case y <= 1.5:
		square, p := y*y, 1.0
		// (2·2.25)⁴⁰ / (3·5·…·81) is below 2⁻⁹⁰.
		for n := 81; n > 1; n -= 2 {
			p = 1 + float64(2*square*p)/float64(n)
		}
		z = twoOverRootPi * exponential(-square) * y * p
	case y >= 6.5:
		z = 1 // erfc is below 2⁻⁶³
	default:
		tail := y
		for n := 160; n > 0; n-- {
			tail = y + float64(n)/2/tail
		}
		z = 1 - exponential(-y*y)/(rootPi*tail)
	}
	return math.Copysign(z, x)
}

// bounded is x within where exponential may be asked.
func bounded(x float64) float64 { return max(smallestExponent, x) }

// logistic is 1/(1 + exp(-x)), with relative error at most 10u where it is not
// subnormal.
func logistic(x float64) float64 {
	t := exponential(bounded(-math.Abs(x)))
	if x >= 0 {
		return 1 / (1 + t)
	}
	return t / (1 + t)
}

// softplus is log(1 + exp(x)), with relative error at most 12u where it is not
// subnormal: log(1 + t) = 2 artanh(t/(2+t)), which for t below 2⁻⁵⁷ is t.
func softplus(x float64) float64 {
	t := exponential(bounded(-math.Abs(x)))
	if x < -40 {
		return t
	}
	return max(x, 0) + twiceArtanh(t/(2+t))
}

// bell is 1/cosh² of y from 0 to furthest/2, 4t/(1+t)², t = exp(-2y), with
// relative error at most 20u. It falls with y.
func bell(y float64) float64 {
	t := exponential(bounded(-2 * y))
	return 4 * t / float64((1+t)*(1+t))
}
