package quadratic

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/smallgain"
)

// signed is the margin that keeps the signs of couplings: the smallest eigenvalue
// of the matrix of mu_i and -|sqrt(w_i/w_j) K_ij + sqrt(w_j/w_i) K_ji'| / 2.
func (b *blocked) signed(w []float64) float64 {
	value, _ := b.pairs().slope(w, false)
	return value
}

// pairs are the blocks of a blocked as the signed margin sees them.
type pairs struct {
	own  []float64      // least eigenvalues of the blocks on the diagonal
	x, y [][]*mat.Dense // K_ij and K_ji' for j < i
	sum  [][]*mat.Dense // room
}

func (b *blocked) pairs() *pairs {
	p := &pairs{}
	for i := range b.count() {
		p.own = append(p.own, smallgain.Least(b.block(i, i)))
		var x, y, sum []*mat.Dense
		for j := range i {
			x, y = append(x, mat.DenseCopyOf(b.block(i, j))), append(y, mat.DenseCopyOf(b.block(j, i).T()))
			sum = append(sum, mat.DenseCopyOf(x[j]))
		}
		p.x, p.y, p.sum = append(p.x, x), append(p.y, y), append(p.sum, sum)
	}
	return p
}

// slope is the signed margin at w and, if asked for, its gradient in log w.
func (p *pairs) slope(w []float64, slope bool) (value float64, gradient []float64) {
	n := len(w)
	s, rate := make([]float64, n*n), make([]float64, n*n)
	for i := range n {
		s[i*n+i] = p.own[i]
		for j := range i {
			r := math.Sqrt(w[i]) / math.Sqrt(w[j])
			x, y, sum := p.x[i][j].RawMatrix().Data, p.y[i][j].RawMatrix().Data, p.sum[i][j].RawMatrix().Data
			for k := range sum {
				sum[k] = float64(r*x[k]) + y[k]/r
			}
			sigma, left, right := smallgain.Singular(p.sum[i][j], slope)
			if math.IsNaN(sigma) {
				return math.NaN(), nil
			}
			s[i*n+j], s[j*n+i] = -sigma/2, -sigma/2
			if !slope {
				continue
			}
			// The derivative of the norm in log(w_i/w_j), at its singular vectors.
			d, c := 0.0, len(right)
			for a, u := range left {
				for b, v := range right {
					d += float64(u*v) * (float64(r*x[a*c+b]) - y[a*c+b]/r)
				}
			}
			rate[i*n+j], rate[j*n+i] = -d/4, d/4
		}
	}
	var v []float64
	if slope {
		v = make([]float64, n*n)
	}
	values, ok := smallgain.EigenOf(s, v, n)
	if !ok {
		return math.NaN(), nil
	}
	at := 0
	for k, x := range values {
		if x < values[at] {
			at = k
		}
	}
	if !slope {
		return values[at], nil
	}
	gradient = make([]float64, n)
	for i := range n {
		for j := range n {
			gradient[i] += 2 * v[i*n+at] * v[j*n+at] * rate[i*n+j]
		}
	}
	return values[at], gradient
}

// outermost is how far, in log w, weights are sought: a supremum that none reach is
// near enough there.
const outermost = 23

// optimise seeks the weights of the largest signed margin, from w: quasi-Newton
// steps with the bisecting line search of Lewis and Overton (Math. Program. 141,
// 2013), which does without smoothness. The margin is concave in log w: there are no
// local optima but the best.
func (b *blocked) optimise(ctx context.Context, w []float64, ceiling float64) ([]float64, error) {
	n := b.count()
	at := func(x []float64) []float64 {
		out := make([]float64, n)
		out[0] = 1
		for i, v := range x {
			out[i+1] = math.Exp(v)
		}
		return out
	}
	start, blocks := make([]float64, n-1), b.pairs()
	f := func(x []float64) (float64, []float64) {
		for i, v := range x {
			if !(math.Abs(v-start[i]) < outermost) {
				return math.Inf(-1), make([]float64, n-1)
			}
		}
		value, gradient := blocks.slope(at(x), true)
		if gradient == nil {
			return math.Inf(-1), make([]float64, n-1)
		}
		return value, gradient[1:]
	}
	x := make([]float64, n-1)
	for i := range x {
		x[i] = math.Log(w[i+1]) - math.Log(w[0])
	}
	copy(start, x)
	value, gradient := f(x)
	for range 4 {
		before := value
		var err error
		if x, value, gradient, err = climb(ctx, f, x, value, gradient, ceiling); err != nil {
			return nil, err
		}
		if !(value > before+1e-9*math.Abs(value)) {
			break
		}
	}
	return at(x), nil
}

// climb is one run of the quasi-Newton method.
func climb(ctx context.Context, f func([]float64) (float64, []float64), x []float64, value float64, gradient []float64, ceiling float64) ([]float64, float64, []float64, error) {
	n := len(x)
	h := smallgain.Identity(n)
	for range 200 {
		if err := ctx.Err(); err != nil {
			return nil, 0, nil, err
		}
		if value >= ceiling-1e-13*math.Abs(ceiling) {
			break
		}
		direction, slope := make([]float64, n), 0.0
		for i := range direction {
			for j := range direction {
				direction[i] += h[i][j] * gradient[j]
			}
			slope += direction[i] * gradient[i]
		}
		if !(slope > 1e-26*value*value) {
			break
		}
		low, high, t := 0.0, math.Inf(1), 1.0
		var nx, ng []float64
		nv, found := value, false
		for range 50 {
			px := make([]float64, n)
			for i := range px {
				px[i] = x[i] + t*direction[i]
			}
			pv, pg := f(px)
			s := 0.0
			for i := range pg {
				s += pg[i] * direction[i]
			}
			if !(pv > value+1e-4*t*slope) {
				high = t
			} else {
				nx, nv, ng, found = px, pv, pg, true
				if s <= 0.5*slope {
					break
				}
				low = t
			}
			if t = 2 * t; !math.IsInf(high, 1) {
				t = (low + high) / 2
			}
		}
		if !found {
			break
		}
		step, change, curve := make([]float64, n), make([]float64, n), 0.0
		for i := range step {
			step[i], change[i] = nx[i]-x[i], gradient[i]-ng[i]
			curve += step[i] * change[i]
		}
		gain := nv - value
		x, value, gradient = nx, nv, ng
		if curve > 0 {
			update(h, step, change, curve)
		}
		if !(gain > 1e-15*math.Abs(value)) {
			break
		}
	}
	return x, value, gradient, nil
}

// update is that of Broyden, Fletcher, Goldfarb and Shanno, of an inverse.
func update(h [][]float64, s, y []float64, sy float64) {
	n := len(s)
	hy, yhy := make([]float64, n), 0.0
	for i := range hy {
		for j := range hy {
			hy[i] += h[i][j] * y[j]
		}
		yhy += hy[i] * y[i]
	}
	for i := range hy {
		for j := range hy {
			h[i][j] += (1+yhy/sy)*s[i]*s[j]/sy - (hy[i]*s[j]+s[i]*hy[j])/sy
		}
	}
}
