package entropic

import (
	"context"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
)

// mostMoves is up to how many actions in all a Jacobian is formed.
const mostMoves = 400

// fewMoves is up to how many actions in all Newton's method costs less than some
// steps.
const fewMoves = 64

// State is a point of the logit dynamics: y are logits, of largest 0 in each
// block, p their softmax, q the values there.
type State struct {
	g       *Game
	Tau     []float64   // per block, above 0
	Y, p, Q [][]float64 // logits per block; room; values of actions
}

// Start is uniform play at temperatures tau.
func (g *Game) Start(tau []float64) *State {
	s := &State{g: g, Tau: tau}
	for _, n := range g.Sizes {
		s.Y, s.p, s.Q = append(s.Y, make([]float64, n)), append(s.p, make([]float64, n)), append(s.Q, make([]float64, n))
	}
	s.Set()
	return s
}

// Set works out p and q from y.
func (s *State) Set() {
	for i, y := range s.Y {
		centre(y)
		softmax(s.p[i], y)
	}
	s.g.Play.values(s.Q, s.p)
}

func centre(y []float64) {
	top := math.Inf(-1)
	for _, x := range y {
		top = max(top, x)
	}
	for a := range y {
		y[a] -= top
	}
}

// softmax writes the probabilities of logits of largest 0.
func softmax(p, y []float64) {
	sum := 0.0
	for a, x := range y {
		p[a] = math.Exp(x)
		sum += p[a]
	}
	for a := range p {
		p[a] /= sum
	}
}

// Prox is the proximal step π_i+ ∝ (π_i e^{η q_i})^{1/(1+ητ_i)}.
func (s *State) Prox(eta float64) {
	for i, y := range s.Y {
		for a, q := range s.Q[i] {
			if math.IsInf(eta, 1) {
				y[a] = q / s.Tau[i]
			} else {
				y[a] = (y[a] + eta*q) / (1 + eta*s.Tau[i])
			}
		}
	}
	s.Set()
}

// Natural is the Euler step of natural gradient play, y+ = (1-ητ_i) y + η q.
func (s *State) Natural(eta float64) {
	for i, y := range s.Y {
		for a, q := range s.Q[i] {
			y[a] = (1-eta*s.Tau[i])*y[a] + eta*q
		}
	}
	s.Set()
}

// respond moves the logits of every block a part of the way to those of its
// response, whatever the units of its payoffs.
func (s *State) respond(part float64) {
	for i, y := range s.Y {
		for a, q := range s.Q[i] {
			y[a] += part * (q/s.Tau[i] - y[a])
		}
	}
	s.Set()
}

// residual is the largest difference between a probability and that of the logit
// response.
func (s *State) residual() float64 {
	difference := 0.0
	for i, p := range s.p {
		r := make([]float64, len(p))
		for a, q := range s.Q[i] {
			r[a] = q / s.Tau[i]
		}
		centre(r)
		softmax(r, r)
		for a := range p {
			difference = max(difference, math.Abs(p[a]-r[a]))
		}
	}
	return difference
}

// span is the largest of half the ranges of q_i - τ_i y_i, in units of the block's
// temperature and values.
func (s *State) span() float64 {
	most := 0.0
	for i, y := range s.Y {
		low, high, size := math.Inf(1), math.Inf(-1), s.Tau[i]
		for a, q := range s.Q[i] {
			v := q - s.Tau[i]*y[a]
			low, high, size = min(low, v), max(high, v), max(size, math.Abs(q))
		}
		most = max(most, (high/2-low/2)/size)
	}
	return most
}

// Largest is the largest of x.
func Largest(x []float64) float64 {
	most := 0.0
	for _, v := range x {
		most = max(most, v)
	}
	return most
}

// precision is the residual, relative to temperatures and values, of a point
// taken for an equilibrium.
const precision = 1e-12

// settle iterates step up to so many times and looks for the equilibrium by
// Newton's method after next steps and from time to time; it tells whether one was
// found.
func (s *State) settle(ctx context.Context, step func(), next, limit int) (bool, error) {
	for k := range limit {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if s.span() <= precision {
			s.newton()
			return true, nil
		}
		if k == next {
			next *= 4
			if s.newton() {
				return true, nil
			}
		}
		step()
	}
	return s.newton(), nil
}

// first are the numbers of the first action of each block, and their count.
func (g *Game) first() (first []int, count int) {
	for _, n := range g.Sizes {
		first = append(first, count)
		count += n
	}
	return first, count
}

// jacobian is τ - A S, of τ y - q(softmax y) in the logits, S = diag π - π π', rows
// in units of the block's temperature.
func (s *State) jacobian() *mat.Dense {
	first, n := s.g.first()
	j := mat.NewDense(n, n, nil)
	s.g.Play.slopes(s.p, func(i, a, k, b int, value float64) {
		at := first[i] + a
		j.Set(at, first[k]+b, j.At(at, first[k]+b)-value)
	})
	for i := range n {
		row := j.RawRowView(i)
		for k, p := range s.p {
			part := row[first[k] : first[k]+len(p)]
			mean := 0.0
			for b, q := range p {
				mean += q * part[b]
			}
			for b, q := range p {
				part[b] = q * (part[b] - mean)
			}
		}
	}
	for i, p := range s.p {
		for a := range p {
			row := j.RawRowView(first[i] + a)
			for b := range row {
				row[b] /= s.Tau[i]
			}
			row[first[i]+a]++
		}
	}
	return j
}

// newton polishes; without success the state is what it was.
func (s *State) newton() bool {
	first, n := s.g.first()
	if n > mostMoves {
		return false
	}
	kept := make([][]float64, len(s.Y))
	for i, y := range s.Y {
		kept[i] = append([]float64(nil), y...)
	}
	size := s.span()
	before := size
	for range 30 {
		last := make([][]float64, len(s.Y))
		right := mat.NewVecDense(n, nil)
		for i, y := range s.Y {
			last[i] = append([]float64(nil), y...)
			for a := range y {
				right.SetVec(first[i]+a, s.Q[i][a]/s.Tau[i]-y[a])
			}
		}
		var step mat.VecDense
		if err := step.SolveVec(s.jacobian(), right); err != nil && step.Len() == 0 {
			break
		}
		for i, y := range s.Y {
			for a := range y {
				y[a] += step.AtVec(first[i] + a)
			}
		}
		s.Set()
		r := s.span()
		if !(r < size) {
			s.Y = last
			s.Set()
			break
		}
		size = r
	}
	if size <= precision {
		return true
	}
	if before > precision {
		s.Y = kept
		s.Set()
		return false
	}
	return true
}

// spectrum is the smallest real part of an eigenvalue of the Jacobian on logits
// modulo constants, NaN if the game is too large; if that is below low, pair is that
// eigenvalue's.
func (s *State) spectrum(low float64) (abscissa float64, pair *certify.Eigenpair) {
	first, n := s.g.first()
	if n > mostMoves {
		return math.NaN(), nil
	}
	full := s.jacobian()
	for i, p := range s.p {
		for a := range p {
			row := full.RawRowView(first[i] + a)
			for b := range row {
				row[b] *= s.Tau[i]
			}
		}
	}
	// z_a = y_a - y_last, and y_last = 0.
	var keep, last []int
	for i, size := range s.g.Sizes {
		for a := range size - 1 {
			keep, last = append(keep, first[i]+a), append(last, first[i]+size-1)
		}
	}
	if len(keep) == 0 {
		return math.NaN(), nil
	}
	k := mat.NewDense(len(keep), len(keep), nil)
	for r, a := range keep {
		for c, b := range keep {
			k.Set(r, c, full.At(a, b)-full.At(last[r], b))
		}
	}
	var e mat.Eigen
	if !e.Factorize(k, mat.EigenNone) {
		return math.NaN(), nil
	}
	values := e.Values(nil)
	if abscissa = real(values[lowest(values)]); !(abscissa < low) || !e.Factorize(k, mat.EigenRight) {
		return abscissa, nil
	}
	at := lowest(e.Values(values))
	var vectors mat.CDense
	e.VectorsTo(&vectors)
	// The phase is chosen so that the largest coefficient is real.
	top := complex128(0)
	for r := range keep {
		if v := vectors.At(r, at); cmplx.Abs(v) > cmplx.Abs(top)*(1+1e-12) {
			top = v
		}
	}
	pair = &certify.Eigenpair{Re: real(values[at]), Im: imag(values[at]), Vector: make([]float64, n), Shift: math.NaN()}
	for r, a := range keep {
		pair.Vector[a] = real(vectors.At(r, at) / top)
	}
	return pair.Re, pair
}

// lowest is the first of smallest real part.
func lowest(values []complex128) int {
	at := 0
	for i, v := range values {
		if real(v) < real(values[at]) {
			at = i
		}
	}
	return at
}
