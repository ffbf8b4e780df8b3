package quantal

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"arbiter/equilibria/path"
)

// symmetric tells whether the point looks as if players or moves could change
// places. Only then can several eigenvalues pass 0 at once, which the sign of the
// determinant may not show.
func (t *tracer) symmetric(y []float64) bool {
	same := func(a, b float64) bool { return math.Abs(a-b) < 1e-9*(1+math.Abs(a)) }
	var sorted [][]float64
	for _, s := range t.list {
		x := slices.Clone(y[s.first : s.first+s.count])
		slices.Sort(x)
		for m := range x[1:] {
			if same(x[m], x[m+1]) {
				return true
			}
		}
		if slices.ContainsFunc(sorted, func(z []float64) bool { return slices.EqualFunc(x, z, same) }) {
			return true
		}
		sorted = append(sorted, x)
	}
	return false
}

// manyEigenvalues is the number of moves up to which eigenvalues are counted.
const manyEigenvalues = 80

// jacobian is that of the responses alone, at fixed lambda.
func (t *tracer) jacobian(y []float64) *mat.Dense {
	d := t.jac
	border := make([]float64, t.n+1)
	t.Factor(y, border, make([]float64, t.n)) // with factors of no use; what was before them is kept
	out := mat.NewDense(t.n, t.n, nil)
	for i, s := range t.list {
		for m := range s.count {
			row := d.kept[i][m*d.width[i] : (m+1)*d.width[i]]
			for _, j := range d.cols[i] {
				for c := range t.list[j].count {
					out.Set(s.first+m, t.list[j].first+c, row[int(d.at[i][j])+c])
				}
			}
		}
	}
	return out
}

// negative counts the real eigenvalues of the Jacobian below 0 where the point is
// symmetric, else it is -1; least is the smallest of their sizes.
func (t *tracer) negative(y []float64) (count int, least float64) {
	if t.n > manyEigenvalues || y[t.n] > 1e4 || !t.symmetric(y) {
		return -1, 0
	}
	values, ok := eigenvalues(t.jacobian(y))
	if !ok {
		return -1, 0
	}
	least = math.Inf(1)
	for _, v := range values {
		if imag(v) != 0 {
			continue
		}
		if least = min(least, math.Abs(real(v))); real(v) < 0 {
			count++
		}
	}
	return count, least
}

// eigenvalues of m, which is changed: entries below rounding become 0. The
// iteration of the library panics where it does not converge.
func eigenvalues(m *mat.Dense) (values []complex128, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	least := mat.Max(m) * 1e-25
	m.Apply(func(_, _ int, x float64) float64 {
		if math.Abs(x) < least {
			return 0
		}
		return x
	}, m)
	var e mat.Eigen
	if !e.Factorize(m, mat.EigenNone) {
		return nil, false
	}
	return e.Values(nil), true
}

// passed is the number of eigenvalues that went through 0 on a step to a point with
// count of them without lambda turning, 0 where they are not counted.
func (t *tracer) passed(l path.Leg, count int) int {
	if count < 0 || t.count < 0 {
		return 0
	}
	change := max(count-t.count, t.count-count)
	if t.c.Turns(l.To) {
		change--
	}
	return change
}

// bifurcation locates where eigenvalues passed 0 on a step to a point with count of
// them. The place itself is singular: it is interpolated from points beside it. It is
// none if points on both sides do not agree: far out signs are lost to rounding.
func (t *tracer) bifurcation(l path.Leg, count int) (f Bifurcation, ok bool) {
	size := math.NaN()
	passed := func(y []float64) float64 {
		if t.passed(l, count) > 0 {
			count, least := t.negative(y)
			if count != t.count {
				return -least
			}
			return least
		}
		if math.IsNaN(size) {
			size = t.jac.log
		}
		return t.jac.sign * t.c.Sign * math.Exp(t.jac.log-size)
	}
	const width = 1e-2
	h, y := t.c.Find(l.H(), width, passed)
	if y == nil {
		return f, false
	}
	var hs, fs []float64
	var ys [][]float64
	for _, share := range []float64{-2, -1, 1, 2} {
		to := h + share*width*l.H()
		point, ok := t.c.At(to)
		if !ok || !t.Factor(point, t.c.Border, make([]float64, t.n)) {
			continue
		}
		hs, fs, ys = append(hs, to), append(fs, passed(point)), append(ys, point)
	}
	if len(hs) < 4 || !(fs[0] > 0 && fs[1] > 0 && fs[2] < 0 && fs[3] < 0) {
		return f, false
	}
	lo, hi := hs[0], hs[3]
	for range 60 {
		mid := (lo + hi) / 2
		if interpolate(hs, mid, func(i int) float64 { return fs[i] }) > 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	for k := range y {
		y[k] = interpolate(hs, lo, func(i int) float64 { return ys[i][k] })
	}
	return Bifurcation{Lambda: y[t.n] / t.scale, Kernel: len(t.kernel(y)), point: y}, true
}

// interpolate is Lagrange's polynomial through values at hs.
func interpolate(hs []float64, h float64, value func(i int) float64) float64 {
	sum := 0.0
	for i := range hs {
		v := value(i)
		for j := range hs {
			if j != i {
				v *= (h - hs[j]) / (hs[i] - hs[j])
			}
		}
		sum += v
	}
	return sum
}

// kernel is an orthonormal basis of the directions in which responses do not change
// at a bifurcation, at fixed lambda.
func (t *tracer) kernel(y []float64) [][]float64 {
	if t.n > mostMoves/3 {
		return nil
	}
	var svd mat.SVD
	if !svd.Factorize(t.jacobian(y), mat.SVDFull) {
		return nil
	}
	var v mat.Dense
	svd.VTo(&v)
	var out [][]float64
	for i, s := range svd.Values(nil) {
		if s < 1e-5*svd.Values(nil)[0] {
			out = append(out, append(mat.Col(nil, i, &v), 0))
		}
	}
	return out
}

// arms follows the branches that leave at a bifurcation, both ways along every
// direction of its kernel that a coordinate points to.
func (t *tracer) arms(ctx context.Context, f Bifurcation, lambdas []float64) ([]Arm, error) {
	basis := t.kernel(f.point)
	var directions [][]float64
	for i := range t.n {
		d := make([]float64, t.n+1)
		norm := 0.0
		for _, v := range basis {
			for j, x := range v {
				d[j] += v[i] * x
			}
			norm += v[i] * v[i]
		}
		if norm < 1e-6 {
			continue
		}
		for j := range d {
			d[j] /= math.Sqrt(norm)
		}
		known := func(o []float64) bool {
			dot := 0.0
			for j, x := range o {
				dot += x * d[j]
			}
			return math.Abs(dot) > 1-1e-6
		}
		if !slices.ContainsFunc(directions, known) {
			directions = append(directions, d)
		}
	}
	var out []Arm
	for _, d := range directions {
		for _, side := range []float64{1, -1} {
			if !t.leave(f, d, side) {
				continue
			}
			a := Arm{From: f.Lambda}
			if err := t.trace(ctx, &a.Branch, lambdas); err != nil {
				return out, err
			}
			out = append(out, a)
		}
	}
	return out, nil
}

// leave puts the tracer on the arm that leaves in direction d.
func (t *tracer) leave(f Bifurcation, d []float64, side float64) bool {
	border := make([]float64, t.n+1)
	for i, x := range d {
		border[i] = side * x
	}
	for length := .03; length > 1e-4; length /= 3 {
		from := slices.Clone(f.point)
		for i, x := range border {
			from[i] += length * x
		}
		y := slices.Clone(from)
		if _, ok := t.c.Correct(y, from, border); ok && t.begin(y, border) {
			return true
		}
	}
	return false
}
