package ranking

import "math"

// wide is a non-negative number m·2^(512·e) with m = 0 or 2^-256 ≤ m < 2^256:
// a double that cannot underflow. Sums and products keep the relative accuracy
// of doubles at every magnitude, which logarithms do not.
type wide struct {
	m float64
	e int64
}

const (
	wideUp   = 0x1p512
	wideDown = 0x1p-512
	wideTop  = 0x1p256
	wideLow  = 0x1p-256
)

var ln2p512 = 512 * math.Ln2

// wideExp is e^log · 2^(512·shift).
func wideExp(log float64, shift int64) wide {
	e := math.Round(log / ln2p512)
	return wide{math.Exp(log - e*ln2p512), int64(e) + shift}.normal()
}

func (a wide) normal() wide {
	if a.m >= wideTop {
		return wide{a.m * wideDown, a.e + 1}
	}
	if a.m < wideLow && a.m != 0 {
		return wide{a.m * wideUp, a.e - 1}
	}
	return a
}

func (a wide) mul(b wide) wide { return wide{a.m * b.m, a.e + b.e}.normal() }
func (a wide) div(b wide) wide { return wide{a.m / b.m, a.e - b.e}.normal() }

func (a wide) add(b wide) wide {
	switch {
	case b.m == 0:
		return a
	case a.m == 0:
		return b
	case a.e == b.e:
		return wide{a.m + b.m, a.e}.normal()
	case a.e < b.e:
		a, b = b, a
	}
	if a.e == b.e+1 {
		return wide{a.m + b.m*wideDown, a.e}.normal()
	}
	return a
}

// less compares, counting relative differences up to slack as none.
func (a wide) less(b wide, slack float64) bool {
	if a.m == 0 || b.m == 0 {
		return a.m == 0 && b.m > 0
	}
	q := a.div(b)
	return q.e < 0 && q.m*wideDown < 1-slack || q.e == 0 && q.m < 1-slack
}

func (a wide) log() float64 { return math.Log(a.m) + float64(a.e)*ln2p512 }

func (a wide) float() float64 {
	switch {
	case a.e == 0:
		return a.m
	case a.e == 1:
		return a.m * wideUp
	case a.e == -1:
		return a.m * wideDown
	case a.e == -2:
		return a.m * wideDown * wideDown
	case a.e < 0:
		return 0
	}
	return math.Inf(1)
}
