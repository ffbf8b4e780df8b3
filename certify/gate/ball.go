package gate

import "math"

// Ball is a number known to within Off: Hi + Lo, Lo below half a unit in the last
// place of hi, so to about 32 digits. Off of 0 means that it is hi + lo exactly.
// Numbers that are not finite say nothing, and no comparison holds of them.
type Ball struct{ Hi, Lo, Off float64 } // the number is Hi + Lo, known to within off

const (
	// pairUnit bounds the relative error of one operation on pairs: 3u² for sums, 5u²
	// for products, 15u² for quotients, u = 2^-53 (Joldes, Muller and Popescu, ACM
	// Trans. Math. Softw. 44, 2017). Underflow is faintest at most where products are
	// above faint.
	pairUnit = 0x1p-101
	faint    = 0x1p-900
	faintest = 0x1p-1000
	// grown covers the rounding of bounds of errors themselves.
	grown = 1 + 0x1p-40
)

// twoSum is a + b without error.
func twoSum(a, b float64) (s, e float64) {
	s = a + b
	c := s - a
	return s, (a - (s - c)) + (b - c)
}

// twoProduct is a·b without error, but for underflow.
func twoProduct(a, b float64) (p, e float64) {
	p = a * b
	return p, math.FMA(a, b, -p)
}

// pairPlus is a sum of pairs.
func pairPlus(ah, al, bh, bl float64) (hi, lo float64) {
	s, e := twoSum(ah, bh)
	t, f := twoSum(al, bl)
	e += t
	c := s + e
	e -= c - s
	e += f
	hi = c + e
	return hi, e - (hi - c)
}

// pairTimes is a product of pairs.
func pairTimes(ah, al, bh, bl float64) (hi, lo float64) {
	p, e := twoProduct(ah, bh)
	e += float64(ah*bl) + float64(al*bh)
	hi = p + e
	return hi, e - (hi - p)
}

// pairOver is a quotient of pairs.
func pairOver(ah, al, bh, bl float64) (hi, lo float64) {
	q := ah / bh
	p, e := twoProduct(bh, q)
	f := float64(bl * q)
	r := p + f
	e += f - (r - p)
	rh := r + e
	rl := e - (rh - r)
	c := ((ah - rh) + (al - rl)) / bh
	hi = q + c
	return hi, c - (hi - q)
}

// Plus is a + b.
func (a Ball) Plus(b Ball) (c Ball) {
	if b == (Ball{}) {
		return a
	}
	if a == (Ball{}) {
		return b
	}
	c.Hi, c.Lo = pairPlus(a.Hi, a.Lo, b.Hi, b.Lo)
	c.Off = a.Off + b.Off
	if a.Lo != 0 || b.Lo != 0 {
		c.Off += pairUnit * math.Abs(c.Hi)
	}
	c.Off *= grown
	return c
}

// Times is a b.
func (a Ball) Times(b Ball) (c Ball) {
	if a == (Ball{}) || b == (Ball{}) {
		return c
	}
	c.Hi, c.Lo = pairTimes(a.Hi, a.Lo, b.Hi, b.Lo)
	size := math.Abs(c.Hi)
	if a.Off != 0 || b.Off != 0 {
		c.Off = (math.Abs(a.Hi)*b.Off + math.Abs(b.Hi)*a.Off) * grown
		c.Off += a.Off*b.Off + faintest
	}
	if a.Lo != 0 || b.Lo != 0 {
		c.Off += pairUnit * size
	}
	if !(size > faint) {
		c.Off += faintest
	}
	c.Off *= grown
	return c
}

// Over is a quotient; it says nothing where b may be 0.
func (a Ball) Over(b Ball) (c Ball) {
	rest := math.Abs(b.Hi)*(1-0x1p-50) - b.Off
	if !(rest > 0) {
		return Ball{math.NaN(), 0, math.NaN()}
	}
	c.Hi, c.Lo = pairOver(a.Hi, a.Lo, b.Hi, b.Lo)
	size := math.Abs(c.Hi)
	c.Off = pairUnit*size + ((a.Off+size*b.Off*grown)/rest)*grown + faintest
	if !(rest > faint && rest < 1/faint) || a.Hi != 0 && !(size > faint && math.Abs(a.Hi) > faint) {
		c.Off = math.NaN()
	}
	c.Off *= grown
	return c
}

// halved is a/2.
func (a Ball) halved() Ball {
	c := Ball{a.Hi / 2, a.Lo / 2, a.Off / 2}
	if a.Lo != 0 && !(math.Abs(a.Lo) > faintest) || a.Hi != 0 && !(math.Abs(a.Hi) > faintest) || a.Off != 0 {
		c.Off += faintest
	}
	return c
}

// Sign is that of the number, if it is known.
func (a Ball) Sign() (s int, known bool) {
	switch size := math.Abs(a.Hi) * (1 - 0x1p-50); {
	case !(size <= math.MaxFloat64) || !(a.Off <= math.MaxFloat64):
		return 0, false
	case a.Hi == 0 && a.Lo == 0 && a.Off == 0:
		return 0, true
	case a.Hi > 0 && size > a.Off:
		return 1, true
	case a.Hi < 0 && size > a.Off:
		return -1, true
	}
	return 0, false
}
