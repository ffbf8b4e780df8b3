package entropic

import "math"

// piece is D_ij(w)/sqrt(w_i w_j) = a e^{t/2} + b e^{-t/2}, t = log w_i - log w_j,
// for what is worst at some t; it is nowhere above that for what is worst there.
type piece struct{ a, b float64 }

func (p piece) at(t float64) (value, slope float64) {
	x, y := p.a*math.Exp(t/2), p.b*math.Exp(-t/2)
	return x + y, (x - y) / 2
}

// worst is the piece at t.
func (p *pair) worst(t float64) piece {
	if p.same {
		return piece{p.di, p.di}
	}
	x, y := math.Exp(t/2), math.Exp(-t/2)
	a, b := p.extreme(x, y)
	if a*x+b*y < 0 {
		a, b = -a, -b
	}
	return piece{a, b}
}

// farthest is how far, from that of the units, a ratio of weights is sought, as a
// logarithm.
const farthest = 20

// middle is where both weigh alike, in units of their payoffs.
func (p *pair) middle() float64 {
	if p.same || p.di == 0 || p.dj == 0 {
		return 0
	}
	return math.Log(p.dj) - math.Log(p.di)
}

// least is the smallest value over all t, and where, by cutting planes: between a
// piece that falls and one that rises the lower of them is nowhere below the
// value, and where its smallest value is reached nothing can be better.
func (p *pair) least() (value, t float64) {
	if p.same {
		return 2 * p.di, 0
	}
	if value, _ = p.worst(0).at(0); value <= 1e-12*(p.di+p.dj) {
		return value, 0
	}
	middle := p.middle()
	if value, _ = p.worst(middle).at(middle); value <= 1e-12*2*math.Sqrt(p.di)*math.Sqrt(p.dj) {
		return value, middle
	}
	lo, hi := middle-2*farthest, middle+2*farthest
	falls, rises := p.worst(lo), p.worst(hi)
	if v, slope := falls.at(lo); slope >= 0 {
		return v, lo
	}
	if v, slope := rises.at(hi); slope <= 0 {
		return v, hi
	}
	for range 200 {
		// The model is smallest where the pieces cross, or where one of them turns
		// on its own side of that.
		cross := math.Log((rises.b - falls.b) / (falls.a - rises.a))
		t = cross
		if own := math.Log(falls.b / falls.a); own < cross || falls == rises {
			t = own
		} else if own := math.Log(rises.b / rises.a); own > cross {
			t = own
		}
		inside := t > lo && t < hi
		if !inside {
			t = lo/2 + hi/2
		}
		now := p.worst(t)
		v, slope := now.at(t)
		l, _ := falls.at(t)
		r, _ := rises.at(t)
		value = v
		if inside && v <= max(l, r)*(1+1e-15) || slope == 0 || hi-lo < 1e-13 {
			break
		}
		if slope < 0 {
			lo, falls = t, now
		} else {
			hi, rises = t, now
		}
	}
	return value, t
}
