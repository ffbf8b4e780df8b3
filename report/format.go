package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// mass prints a probability: fixed point where that shows something, else in
// powers of ten.
func mass(x float64) string {
	switch f := x; {
	case math.IsNaN(f):
		return "–"
	case f == 0 || f >= 0.00005:
		return strconv.FormatFloat(f, 'f', 4, 64)
	default:
		return strconv.FormatFloat(f, 'e', 0, 64)
	}
}

// bounds prints the bounds of a mass, rounded outward: what is printed holds too.
func bounds(lo, hi float64) string {
	const digits, noise = 1e4, 1e-6
	low, high := small(lo, false), small(hi, true)
	if lo >= 0.00005 {
		low = mass(float64(math.Floor(lo*digits+noise) / digits))
	}
	if hi >= 0.00005 {
		high = mass(float64(math.Ceil(hi*digits-noise) / digits))
	}
	return "[" + low + ", " + high + "]"
}

// small prints a mass with the one digit that is next to it above or below.
func small(f float64, above bool) string {
	if !(f > 0) {
		return mass(f)
	}
	head, power, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	digit := int(head[0] - '0')
	exponent, err := strconv.Atoi(power)
	if err != nil { // of an infinite number
		return mass(f)
	}
	if above && len(head) > 1 {
		digit++
	}
	if digit == 10 {
		digit, exponent = 1, exponent+1
	}
	return fmt.Sprintf("%de%+03d", digit, exponent)
}

// precise prints an exact value; what rounding leaves of 0 is 0.
func precise(x float64) string {
	if math.Abs(x) < 1e-14 {
		x = 0
	}
	return strconv.FormatFloat(x, 'g', 9, 64)
}

// signed prints a payoff.
func signed(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%+.4g", x)
}

func between(x, lo, hi float64) string {
	if math.IsNaN(lo) {
		return signed(x)
	}
	return signed(x) + " " + interval(lo, hi)
}

// interval prints one, nothing where none is known.
func interval(lo, hi float64) string {
	if math.IsNaN(lo) {
		return ""
	}
	return "[" + signed(lo) + ", " + signed(hi) + "]"
}

// decimal prints a number without trailing noise.
func decimal(x float64) string { return strconv.FormatFloat(x, 'g', 10, 64) }

// thousands groups the digits of n.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
