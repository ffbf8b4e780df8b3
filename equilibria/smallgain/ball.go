package smallgain

import "math"

// ball is a number known to within off: hi + lo, lo below half a unit in the last
// place of hi, so to about 32 digits. Off of 0 means that it is hi + lo exactly.
// Numbers that are not finite say nothing, and no comparison holds of them.
type ball struct{ hi, lo, off float64 }

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

func (a ball) plus(b ball) (c ball) {
	if b == (ball{}) {
		return a
	}
	if a == (ball{}) {
		return b
	}
	c.hi, c.lo = pairPlus(a.hi, a.lo, b.hi, b.lo)
	c.off = a.off + b.off
	if a.lo != 0 || b.lo != 0 {
		c.off += pairUnit * math.Abs(c.hi)
	}
	c.off *= grown
	return c
}

func (a ball) times(b ball) (c ball) {
	if a == (ball{}) || b == (ball{}) {
		return c
	}
	c.hi, c.lo = pairTimes(a.hi, a.lo, b.hi, b.lo)
	size := math.Abs(c.hi)
	if a.off != 0 || b.off != 0 {
		c.off = (math.Abs(a.hi)*b.off + math.Abs(b.hi)*a.off) * grown
		c.off += a.off*b.off + faintest
	}
	if a.lo != 0 || b.lo != 0 {
		c.off += pairUnit * size
	}
	if !(size > faint) {
		c.off += faintest
	}
	c.off *= grown
	return c
}

// over is a quotient; it says nothing where b may be 0.
func (a ball) over(b ball) (c ball) {
	rest := math.Abs(b.hi)*(1-0x1p-50) - b.off
	if !(rest > 0) {
		return ball{math.NaN(), 0, math.NaN()}
	}
	c.hi, c.lo = pairOver(a.hi, a.lo, b.hi, b.lo)
	size := math.Abs(c.hi)
	c.off = pairUnit*size + ((a.off+size*b.off*grown)/rest)*grown + faintest
	if !(rest > faint && rest < 1/faint) || a.hi != 0 && !(size > faint && math.Abs(a.hi) > faint) {
		c.off = math.NaN()
	}
	c.off *= grown
	return c
}

// halved is a/2.
func (a ball) halved() ball {
	c := ball{a.hi / 2, a.lo / 2, a.off / 2}
	if a.lo != 0 && !(math.Abs(a.lo) > faintest) || a.hi != 0 && !(math.Abs(a.hi) > faintest) || a.off != 0 {
		c.off += faintest
	}
	return c
}

// sign is that of the number, if it is known.
func (a ball) sign() (s int, known bool) {
	switch size := math.Abs(a.hi) * (1 - 0x1p-50); {
	case !(size <= math.MaxFloat64) || !(a.off <= math.MaxFloat64):
		return 0, false
	case a.hi == 0 && a.lo == 0 && a.off == 0:
		return 0, true
	case a.hi > 0 && size > a.off:
		return 1, true
	case a.hi < 0 && size > a.off:
		return -1, true
	}
	return 0, false
}
