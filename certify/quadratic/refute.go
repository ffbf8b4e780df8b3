package quadratic

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/gate"
)

// refute proves that an eigenvalue of the Jacobian has a negative real part, nil if
// it cannot: with N symmetric, sym(N G) ≻ 0 and v'Nv < 0 for some v, as many
// eigenvalues of G have a negative real part as N has (Ostrowski and Schneider, J.
// Math. Anal. Appl. 4, 1962). N is sought for G + s, s so that none of its
// eigenvalues is near the imaginary axis; what is proved of it is true of G.
func (f *quadraticForm) refute(s *spectrum) *certify.Eigenpair {
	n := len(s.values)
	low := real(s.values[s.least])
	// Between the least real part and 0 the shift that leaves the most room.
	shift, room := 0.0, 0.0
	for k := 1; k < 64; k++ {
		at := low * float64(k) / 64
		near := math.Inf(1)
		for _, v := range s.values {
			near = min(near, math.Abs(real(v)-at))
		}
		if near > room {
			shift, room = -at, near
		}
	}
	d := make([]float64, n)
	for k, v := range s.values {
		d[k] = math.Copysign(1, real(v)+shift)
	}
	for _, m := range []*mat.SymDense{s.form(d), lyapunovEquation(s.k, shift)} {
		if m == nil {
			continue
		}
		if pair := f.proveUnstable(m, s, shift); pair != nil {
			v := s.values[s.least]
			pair.Re, pair.Im = real(v), imag(v)
			pair.Vector = f.unnormalise(s)
			return pair
		}
	}
	return nil
}

// proveUnstable takes the form m, in the balanced coordinates of s, to the game's
// and asks the gate.
func (f *quadraticForm) proveUnstable(m *mat.SymDense, s *spectrum, shift float64) *certify.Eigenpair {
	n := len(s.values)
	for b := range f.g.Blocks {
		if f.g.Natural && f.g.Metric != nil && f.first[b+1]-f.first[b] > gate.ExactOrder {
			return nil
		}
	}
	of := (&blockOptimum{first: f.first, n: n}).blockOf()
	full := mat.NewDense(n, n, nil)
	for r := range n {
		for c := range n {
			full.Set(r, c, m.At(r, c)*math.Sqrt(s.w[of[r]])*math.Sqrt(s.w[of[c]]))
		}
	}
	if f.root != nil {
		root := denseOf(f.root)
		full.Product(root, full, root.T())
	}
	var e mat.EigenSym
	if !e.Factorize(m, true) {
		return nil
	}
	var v mat.Dense
	e.VectorsTo(&v)
	direction := make([]float64, n)
	for r := range direction {
		direction[r] = v.At(r, 0) / math.Sqrt(s.w[of[r]])
	}
	direction = f.toGame(direction)
	pair := &certify.Eigenpair{Direction: direction, Shift: shift}
	for r := range n {
		pair.Metric = append(pair.Metric, make([]float64, n))
		for c := range n {
			pair.Metric[r][c] = full.At(min(r, c), max(r, c))
		}
	}
	form := gate.Exactly(pair.Metric)
	x := gate.Column(direction)
	if form == nil || x == nil {
		return nil
	}
	if x.Transposed().Times(form.Times(x)).Sign(0, 0) >= 0 {
		return nil
	}
	g, denominator := f.jacobian()
	whole := form.ByNumber(denominator)
	// sym(N G) ≻ 0 at shift 0 is asked for first: no eigenvalue then lies between.
	left := form.Times(g)
	for _, pair.Shift = range []float64{0, shift} {
		if left.Minus(-pair.Shift, whole).Symmetric().Definite() {
			return pair
		}
	}
	return nil
}

// lyapunovEquation solves A'N + NA = I for A = K + shift as a linear system; nil for
// orders at which that is too large, or if it is singular.
func lyapunovEquation(k *mat.Dense, shift float64) *mat.SymDense {
	n, _ := k.Dims()
	if n > 12 {
		return nil
	}
	a := mat.DenseCopyOf(k)
	for i := range n {
		a.Set(i, i, k.At(i, i)+shift)
	}
	system, rhs := mat.NewDense(n*n, n*n, nil), mat.NewVecDense(n*n, nil)
	for r := range n {
		for c := range n {
			row := r*n + c
			for m := range n {
				system.Set(row, m*n+c, system.At(row, m*n+c)+a.At(m, r))
				system.Set(row, r*n+m, system.At(row, r*n+m)+a.At(m, c))
			}
			if r == c {
				rhs.SetVec(row, 1)
			}
		}
	}
	var x mat.VecDense
	if x.SolveVec(system, rhs) != nil {
		return nil
	}
	out := mat.NewSymDense(n, nil)
	for r := range n {
		for c := r; c < n; c++ {
			out.SetSym(r, c, x.AtVec(r*n+c)/2+x.AtVec(c*n+r)/2)
		}
	}
	return out
}

// unnormalise takes the eigenvector of the least real part back to the coordinates
// of the game, as a real vector of length 1 in the direction of its largest entry.
func (f *quadraticForm) unnormalise(s *spectrum) []float64 {
	n := len(s.values)
	big := complex(0, 0)
	for r := range n {
		if v := s.vectors.At(r, s.least); real(v)*real(v)+imag(v)*imag(v) > real(big)*real(big)+imag(big)*imag(big) {
			big = v
		}
	}
	of := (&blockOptimum{first: f.first, n: n}).blockOf()
	out := make([]float64, n)
	for r := range n {
		out[r] = real(s.vectors.At(r, s.least)/big) / math.Sqrt(s.w[of[r]])
	}
	out = f.toGame(out)
	length := 0.0
	for _, x := range out {
		length = math.Hypot(length, x)
	}
	for r := range out {
		out[r] /= length
	}
	return out
}
