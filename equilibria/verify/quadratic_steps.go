package verify

import (
	"math"
	"math/cmplx"
)

// constants of the stability region of RK4 (section 6).
const (
	rk4Disc     = 1.392646781702641
	rk4HalfDisc = 2.615587688256707
)

func eulerFactor(alpha, c, h float64) float64 {
	return math.Sqrt(max(0, 1-alpha*(2*h-h*h/c)))
}

func rk4Factor(alpha, beta, c, h float64) float64 {
	x := h * beta
	p, q := max(0, 1-x/2), max(0, 1-x*(1+x/2))
	return math.Sqrt(max(0, 1-alpha*(2*h-h*h/c)*(1./6+2./3*p*p+q*q/6)))
}

func (v *quadraticCheck) steps() {
	c := v.claim
	if len(c.Steps) > 0 && !(c.Margin > 0) {
		v.plain("steps", false, "found rows without a positive margin")
		return
	}
	alpha, beta, co := v.alpha, v.beta, v.c
	plainEuler := alpha / (beta * beta)
	values := v.balanced()
	for _, s := range c.Steps {
		constant := false // of those Jacobians only
		switch s.Scheme + " " + s.Bound {
		case "flow exp(-alpha t)":
			v.flow(s)
		case "euler 2 alpha/beta^2":
			v.row(s, 2*plainEuler, func(h float64) float64 { return math.Sqrt(max(0, 1-2*h*alpha+h*h*beta*beta)) })
		case "euler 2c":
			v.row(s, 2*co, func(h float64) float64 { return eulerFactor(alpha, co, h) })
		case "rk4 h < 2c":
			v.row(s, 2*co, func(h float64) float64 { return rk4Factor(alpha, beta, co, h) })
		case "euler rho(T(eta)) < 1, block max norm":
			v.blockMax(s, v.symmetric, v.mu, v.ell, c.Coupling)
		case "rk4 2 r c, r = 1.3926: norm at most 1":
			constant = true
			v.row(s, 2*rk4Disc*co, nil)
		case "rk4 h <= 2c: 3/8 + q/3 + q^2/4 + q^4/24, q the Euler factor":
			constant = true
			v.row(s, 2*co, func(h float64) float64 {
				q := eulerFactor(alpha, co, h)
				return 3./8 + q/3 + q*q/4 + q*q*q*q/24
			})
		case "rk4 2.6156/beta: spectral radius < 1, no norm":
			constant = true
			v.row(s, rk4HalfDisc/beta, nil)
		default:
			v.unknown(s)
			v.eigenSteps(s, values)
			continue
		}
		if constant && s.Status == "theorem" {
			v.plain("step "+s.Scheme+", "+s.Bound+": status", false, "a theorem of constant Jacobians only")
		}
	}
	v.largest()
}

// eigenSteps compares what is said of eigenvalues in floating point.
func (v *quadraticCheck) eigenSteps(s Step, values []complex128) {
	if s.Bound != "spectral radius < 1" {
		return
	}
	h := float64(s.Max) * (1 - 1e-6)
	worst := 0.0
	for _, l := range values {
		z := -complex(h, 0) * l
		p := 1 + z
		if s.Scheme == "rk4" {
			p = 1 + z*(1+z/2*(1+z/3*(1+z/4)))
		}
		worst = max(worst, cmplx.Abs(p))
	}
	v.add("step "+s.Scheme+", "+s.Bound+": radius just below max", 1, worst, worst <= 1+1e-9, "floating point")
}
