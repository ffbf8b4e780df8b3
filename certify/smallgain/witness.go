package smallgain

import (
	"math"
	"slices"

	"arbiter/certify"
)

// PerronClasses are the strong classes of l, each after all that sway it, with Perron
// vectors of diag(mu) - l; nil if one has none.
func PerronClasses(mu []float64, l [][]float64) []certify.Class {
	strong, _ := Classes(l)
	b := CurvatureMinusCoupling(mu, l)
	var out []certify.Class
	done := make([]bool, len(l))
	var visit func(class int) bool
	visit = func(class int) bool {
		at := Members(strong, class)
		for _, i := range at {
			done[i] = true
		}
		for _, i := range at {
			for j := range l {
				if l[i][j] != 0 && !done[j] && !visit(strong[j]) {
					return false
				}
			}
		}
		_, y := Perron(Principal(b, at))
		if slices.ContainsFunc(y, func(x float64) bool { return !(x > 0) || math.IsInf(x, 1) }) {
			return false
		}
		out = append(out, certify.Class{Blocks: at, Vector: y})
		return true
	}
	for i := range l {
		if !done[i] && !visit(strong[i]) {
			return nil
		}
	}
	return out
}

// GainClasses are those that show the gain: with vectors of (diag mu)⁻¹ l.
func GainClasses(mu []float64, l [][]float64) []certify.Class {
	a := Square(len(mu))
	for i := range a {
		if !(mu[i] > 0) {
			return nil
		}
		for j := range a {
			if j != i {
				a[i][j] = l[i][j] / mu[i]
			}
		}
	}
	return PerronClasses(make([]float64, len(mu)), a)
}

// EulerClasses are those that show ρ(T(η)) of BlockMax at a step.
func EulerClasses(eta float64, mu, ell []float64, l [][]float64) []certify.Class {
	if !(eta > 0) || math.IsInf(eta, 1) {
		return nil
	}
	m := make([]float64, len(mu))
	for i := range m {
		m[i] = min(mu[i], 2/eta-ell[i])
	}
	return PerronClasses(m, l)
}
