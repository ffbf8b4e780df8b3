package smallgain

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

// signed is the margin that keeps the signs of couplings: the smallest eigenvalue
// of the matrix of mu_i and -|sqrt(w_i/w_j) K_ij + sqrt(w_j/w_i) K_ji'| / 2.
func (b *blocked) signed(w []float64) float64 {
	value, _ := b.signedSlope(w, false)
	return value
}

func (b *blocked) signedSlope(w []float64, slope bool) (value float64, gradient []float64) {
	n := b.count()
	s, rate := mat.NewSymDense(n, nil), mat.NewDense(n, n, nil)
	for i := range n {
		s.SetSym(i, i, least(b.block(i, i)))
		for j := range i {
			r := math.Sqrt(w[i]) / math.Sqrt(w[j])
			var x, y, sum mat.Dense
			x.Scale(r, b.block(i, j))
			y.Scale(1/r, b.block(j, i).T())
			sum.Add(&x, &y)
			if !slope {
				s.SetSym(i, j, -norm2(&sum)/2)
				continue
			}
			// The derivative of the norm in log(w_i/w_j), at its singular vectors.
			var svd mat.SVD
			if !svd.Factorize(&sum, mat.SVDThin) {
				return math.NaN(), nil
			}
			var left, right mat.Dense
			svd.UTo(&left)
			svd.VTo(&right)
			x.Sub(&x, &y)
			d := mat.Inner(left.ColView(0), &x, right.ColView(0)) / 2
			s.SetSym(i, j, -svd.Values(nil)[0]/2)
			rate.Set(i, j, -d/2)
			rate.Set(j, i, d/2)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(s, slope) {
		return math.NaN(), nil
	}
	value = e.Values(nil)[0]
	if !slope {
		return value, nil
	}
	var v mat.Dense
	e.VectorsTo(&v)
	gradient = make([]float64, n)
	for i := range n {
		for j := range n {
			gradient[i] += 2 * v.At(i, 0) * v.At(j, 0) * rate.At(i, j)
		}
	}
	return value, gradient
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
	start := make([]float64, n-1)
	f := func(x []float64) (float64, []float64) {
		for i, v := range x {
			if !(math.Abs(v-start[i]) < outermost) {
				return math.Inf(-1), make([]float64, n-1)
			}
		}
		value, gradient := b.signedSlope(at(x), true)
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
	h := identity(n)
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

func identity(n int) [][]float64 {
	h := make([][]float64, n)
	for i := range h {
		h[i] = make([]float64, n)
		h[i][i] = 1
	}
	return h
}
