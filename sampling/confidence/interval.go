// Package confidence says what values in [0,1] prove of their mean: intervals, at one
// look or at all times, and bets on which of two means is the larger. It is told sums,
// and knows no cells, edges or matches.
package confidence

// Interval bounds one mean, from Lo to Hi. Ends may be infinite.
type Interval struct{ Lo, Hi float64 }

// Tally adds up values of one number.
type Tally struct {
	N     float64 // how many
	X, XX float64 // Σx and Σx²
}

// About is Σ(x-m)².
func (t Tally) About(m float64) float64 {
	return max(0, t.XX-float64(2*m*t.X)+float64(t.N*m*m))
}

// crossing bisects between out, which does not belong, and in, which does, and
// returns the last point found outside.
func crossing(out, in float64, belongs func(float64) bool) float64 {
	for range 200 {
		mid := (out + in) / 2
		if mid == out || mid == in {
			break
		}
		if belongs(mid) {
			in = mid
		} else {
			out = mid
		}
	}
	return out
}

// inside is the interval around the mean that neither side rejects.
func inside(mean, goal float64, evidence func(m, sign float64) float64) Interval {
	in := Interval{0, 1}
	mean = min(1, max(0, mean))
	if evidence(0, 1) >= goal {
		in.Lo = crossing(0, mean, func(m float64) bool { return evidence(m, 1) < goal })
	}
	if evidence(1, -1) >= goal {
		in.Hi = crossing(1, mean, func(m float64) bool { return evidence(m, -1) < goal })
	}
	return in
}
