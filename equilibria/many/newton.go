package many

import (
	"math"
	"slices"
)

// newton works out Newton's operator around the point c with radii rad, in
// reduced coordinates: every solution x within has
// |x - (c - step)| ≤ rest + rounding, and if that holds with wide in place of rest
// and the right side is below rad - |step|, there is exactly one. ok is false
// where the Jacobian is singular.
func (e *exclusion) newton(c, rad []float64) (sign int, ok bool) {
	n := e.n
	// Coordinates that leave the simplex enlarge payoffs and their errors.
	size, spread := 1.0, 1.0
	for k, s := range e.support {
		sum, all, radii := 0.0, 0.0, 0.0
		for b := range len(s) - 1 {
			x := c[e.base[k]+b]
			sum, all, radii = sum+x, all+math.Abs(x), radii+rad[e.base[k]+b]
		}
		size *= max(1, all+math.Abs(1-sum))
		spread *= 1 + 2*radii
	}
	unsure := 4 * e.g.slack * size * spread
	for i, forms := range e.moved {
		for a, t := range forms {
			copy(t, e.forms[i][a])
		}
		if len(forms) == 0 {
			continue
		}
		w := e.weight[i]
		w[0] = 1
		filled := 1
		stride := 1
		for k := e.players - 1; k >= 0; k-- {
			if k == i {
				continue
			}
			length := len(e.support[k])
			at := e.base[k]
			for b := 1; b < length; b++ {
				for j := range filled {
					w[b*filled+j] = w[j] * rad[at+b-1]
				}
			}
			filled *= length
			for _, t := range forms {
				for block := 0; block < len(t); block += stride * length {
					for j := block; j < block+stride; j++ {
						v := t[j]
						for b := 1; b < length; b++ {
							v += c[at+b-1] * t[j+b*stride]
						}
						t[j] = v
					}
				}
			}
			stride *= length
		}
	}
	clear(e.jac)
	for i, forms := range e.moved {
		for a, t := range forms {
			r := e.base[i] + a
			e.f[r] = t[0]
			for _, l := range e.linear[i] {
				e.jac[r*n+l[1]] = t[l[0]]
			}
		}
	}
	sign, ok = invert(e.jac, e.inv, n)
	if !ok {
		return 0, false
	}
	for r := range n {
		row := e.inv[r*n : (r+1)*n]
		step, norm := 0.0, 0.0
		for q, x := range row {
			step += x * e.f[q]
			norm += math.Abs(x)
		}
		e.step[r] = step
		// What the rounded inverse leaves of the linear part.
		left := 0.0
		for j := range n {
			v := 0.0
			for q, x := range row {
				v += x * e.jac[q*n+j]
			}
			if j == r {
				v--
			}
			left += math.Abs(v) * rad[j]
		}
		rest, wide := 0.0, 0.0
		for i, forms := range e.moved {
			if len(forms) == 0 {
				continue
			}
			part := row[e.base[i] : e.base[i]+len(forms)]
			for _, term := range e.terms[i] {
				v := 0.0
				for a, x := range part {
					v += x * forms[a][term[0]]
				}
				v = math.Abs(v) * e.weight[i][term[0]]
				rest += v
				wide += v * float64(term[1])
			}
		}
		e.rest[r], e.wide[r] = rest, wide
		e.rounding[r] = left + (norm+1)*unsure + 1e-13*wide
		if math.IsNaN(e.rounding[r] + step + wide) {
			return 0, false
		}
	}
	return sign, true
}

// invert writes the inverse of a to out, by Gauss and Jordan with row pivots, and
// tells the sign of the determinant of -a. It fails near singular matrices.
func invert(a, out []float64, n int) (sign int, ok bool) {
	const columns = 32
	var space [2 * columns * columns]float64
	w := space[:]
	if n > columns {
		w = make([]float64, 2*n*n)
	}
	width := 2 * n
	sign = 1
	for r := range n {
		copy(w[r*width:r*width+n], a[r*n:(r+1)*n])
		clear(w[r*width+n : (r+1)*width])
		w[r*width+n+r] = 1
		sign = -sign
	}
	for p := range n {
		best := p
		for r := p + 1; r < n; r++ {
			if math.Abs(w[r*width+p]) > math.Abs(w[best*width+p]) {
				best = r
			}
		}
		v := w[best*width+p]
		if !(math.Abs(v) > 1e-12) {
			return 0, false
		}
		if best != p {
			sign = -sign
			for j := range width {
				w[p*width+j], w[best*width+j] = w[best*width+j], w[p*width+j]
			}
		}
		if v < 0 {
			sign = -sign
		}
		for j := range width {
			w[p*width+j] /= v
		}
		for r := range n {
			f := w[r*width+p]
			if r == p || f == 0 {
				continue
			}
			for j := p; j < width; j++ {
				w[r*width+j] -= f * w[p*width+j]
			}
		}
	}
	for r := range n {
		copy(out[r*n:(r+1)*n], w[r*width+n:(r+1)*width])
	}
	return sign, true
}

// single proves that exactly one solution is within rad of c.
func (e *exclusion) single(c, rad []float64) (sign int, ok bool) {
	if sign, ok = e.newton(c, rad); !ok {
		return 0, false
	}
	for r := range e.n {
		if !(math.Abs(e.step[r])+e.wide[r]+e.rounding[r] < rad[r]) {
			return 0, false
		}
	}
	return sign, true
}

// judge tells whether the solution within err of x surely is an equilibrium, or
// surely none.
func (e *exclusion) judge(x, err []float64) (inside, outside bool) {
	inside = true
	sum := 0.0
	for j, w := range x {
		if w < -err[j] {
			return false, true
		}
		inside = inside && w > err[j]
		sum += err[j]
	}
	// A payoff moves by at most the sum of the changes of weights.
	margin := 4*e.g.slack + 4*sum
	for i, support := range e.support {
		t := support[0]
		for s := range e.g.shape[i] {
			if slices.Contains(support, s) {
				continue
			}
			v := e.expect(i, s, t, x)
			if v > margin {
				return false, true
			}
			inside = inside && v < -margin
		}
	}
	return inside, false
}
