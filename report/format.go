package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// mass prints a probability: fixed point where that shows something, else in
// powers of ten.
func mass(x Number) string {
	switch f := float64(x); {
	case math.IsNaN(f):
		return "–"
	case f == 0 || f >= 0.00005:
		return strconv.FormatFloat(f, 'f', 4, 64)
	default:
		return strconv.FormatFloat(f, 'e', 0, 64)
	}
}

// bounds prints the bounds of a mass, rounded outward: what is printed holds too.
func bounds(lo, hi Number) string {
	const digits, noise = 1e4, 1e-6
	low, high := small(float64(lo), false), small(float64(hi), true)
	if lo >= 0.00005 {
		low = mass(Number(math.Floor(float64(lo)*digits+noise) / digits))
	}
	if hi >= 0.00005 {
		high = mass(Number(math.Ceil(float64(hi)*digits-noise) / digits))
	}
	return "[" + low + ", " + high + "]"
}

// small prints a mass with the one digit that is next to it above or below.
func small(f float64, above bool) string {
	if !(f > 0) {
		return mass(Number(f))
	}
	head, power, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	digit := int(head[0] - '0')
	exponent, err := strconv.Atoi(power)
	if err != nil { // of an infinite number
		return mass(Number(f))
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
func precise(x Number) string {
	if math.Abs(float64(x)) < 1e-14 {
		x = 0
	}
	return strconv.FormatFloat(float64(x), 'g', 9, 64)
}

// signed prints a payoff.
func signed(x Number) string {
	if math.IsNaN(float64(x)) {
		return "–"
	}
	return fmt.Sprintf("%+.4g", float64(x))
}

func between(x, lo, hi Number) string {
	if math.IsNaN(float64(lo)) {
		return signed(x)
	}
	return signed(x) + " " + interval(lo, hi)
}

// interval prints one, nothing where none is known.
func interval(lo, hi Number) string {
	if math.IsNaN(float64(lo)) {
		return ""
	}
	return "[" + signed(lo) + ", " + signed(hi) + "]"
}

// decimal prints a number without trailing noise.
func decimal(x Number) string { return strconv.FormatFloat(float64(x), 'g', 10, 64) }

// thousands groups the digits of n.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
