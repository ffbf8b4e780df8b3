package stochastic

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// differentiate writes the derivatives of the logits by x, once at has computed
// the stage games; lu is of I-γP.
func (s *stationary) differentiate(x []float64, lu *mat.LU, jac *mat.Dense) bool {
	raw := jac.RawMatrix()
	for a := range s.n {
		clear(raw.Data[a*raw.Stride : a*raw.Stride+s.n])
	}
	// The play of k at a state changes what i gets there: at once, as slope.
	clear(s.slope)
	for state := range s.states {
		stage := s.stage[state]
		cells := len(stage) / s.players
		s.visit(state, func(j int, a []int) {
			for i, own := range s.first[state] {
				u := stage[i*cells+j]
				for k, other := range s.first[state] {
					at := other + a[k]
					s.slope[i*s.n+at] += s.weigh(state, a, k, -1) * u
					if k != i {
						raw.Data[(own+a[i])*raw.Stride+at] += s.p[at] * s.weigh(state, a, i, k) * u
					}
				}
			}
		})
	}
	if s.gamma == 0 {
		return true
	}
	for i := range s.players {
		for state, firsts := range s.first {
			for k, first := range firsts {
				for a := first; a < first+s.shape[state][k]; a++ {
					c := s.slope[i*s.n+a]
					if b := s.bonus[i][k]; b != 0 && s.p[a] > 0 {
						c -= b * (x[a] + 1)
					}
					s.slope[i*s.n+a] = c * s.p[a]
				}
			}
		}
	}
	// And from there on in all states that lead to it.
	unit := mat.NewDiagDense(s.states, nil)
	for i := range s.states {
		unit.SetDiag(i, 1)
	}
	var inverse mat.Dense
	if lu.SolveTo(&inverse, false, unit) != nil {
		return false
	}
	s.reach.Mul(s.onward, &inverse)
	for state := range s.states {
		for i, first := range s.first[state] {
			slope := s.slope[i*s.n : (i+1)*s.n]
			for a := first; a < first+s.shape[state][i]; a++ {
				row, reach := raw.Data[a*raw.Stride:a*raw.Stride+s.n], s.reach.RawRowView(a)
				for t, r := range reach {
					if r == 0 {
						continue
					}
					from := s.first[t][0]
					to := s.n
					if t+1 < s.states {
						to = s.first[t+1][0]
					}
					for b := from; b < to; b++ {
						row[b] += r * slope[b]
					}
				}
			}
		}
	}
	return true
}

// residuals writes G = x - log softmax of the logits, and into jac, if it is not
// nil, its derivatives by x and, in column n, by the parameter.
func (s *stationary) residuals(x []float64, parameter float64, g []float64, jac *mat.Dense) bool {
	if !s.at(x, parameter, jac) {
		return false
	}
	for state := range s.states {
		for k, first := range s.first[state] {
			end := first + s.shape[state][k]
			y := s.y[first:end]
			top := math.Inf(-1)
			for _, v := range y {
				top = max(top, v)
			}
			sum := 0.0
			for _, v := range y {
				sum += math.Exp(v - top)
			}
			lse := top + math.Log(sum)
			for a := first; a < end; a++ {
				g[a] = x[a] - (s.y[a] - lse)
			}
			if jac == nil {
				continue
			}
			raw := jac.RawMatrix()
			average, mean := s.dots, 0.0
			clear(average)
			for a := first; a < end; a++ {
				q := math.Exp(s.y[a] - lse)
				mean += q * s.dy[a]
				if q == 0 {
					continue
				}
				for b, v := range raw.Data[a*raw.Stride : a*raw.Stride+s.n] {
					average[b] += q * v
				}
			}
			for a := first; a < end; a++ {
				row := raw.Data[a*raw.Stride : a*raw.Stride+raw.Cols]
				for b, v := range average {
					row[b] = v - row[b]
				}
				row[a]++
				if raw.Cols > s.n {
					row[s.n] = mean - s.dy[a]
				}
			}
		}
	}
	return true
}
