package confidence

import "math"

// Betting is the time-uniform interval of the hedged capital process
// (Waudby-Smith and Ramdas 2024, section 4.4) for values in [0,1] with these
// weights at points 0, 1/(len-1), …, 1: all m that neither the capital Π(1 +
// b(X/m - 1)) nor its mirror image, mixed over the bets b, has rejected at
// level/2. Values between the points may be shared between two of them: the
// logarithm is concave, so that only lowers a capital.
func Betting(weights []float64, level float64) Interval {
	goal := math.Log(2 / level)
	last := float64(len(weights) - 1)
	n, x := 0.0, 0.0
	type point struct{ v, w float64 }
	var points []point
	for i, w := range weights {
		if w > 0 {
			points = append(points, point{float64(i) / last, w})
			n += w
			x += float64(w*float64(i)) / last
		}
	}
	evidence := func(m, sign float64) float64 {
		scale := m
		if sign < 0 {
			scale = 1 - m
		}
		var l [len(fractions)]float64
		for k, b := range fractions {
			for _, p := range points {
				switch gain := sign * (p.v - m); {
				case scale > 0:
					l[k] += float64(p.w * math.Log1p(b*gain/scale))
				case gain > 0:
					l[k] = math.Inf(1) // a value the null excludes
				}
			}
		}
		return mixed(&l)
	}
	return inside(x/n, goal, evidence)
}
