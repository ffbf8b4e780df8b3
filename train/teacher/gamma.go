// Package teacher holds temperature curricula: who chooses how rational an adversary
// is while a learner learns. The Gamma teacher is the automated curriculum of QARL
// (Reddi and others 2024, arXiv 2311.01642; the family of Klink and others, self-paced
// deep reinforcement learning): episodes draw temperatures from a Gamma distribution
// that moves to a target as far as a trust region and a floor of performance let it.
// The others are what it is compared with.
package teacher

import (
	"math"
	"math/rand/v2"

	"arbiter/dice"
)

// Gamma is a Gamma distribution of temperatures. Its mean is Shape/Rate.
type Gamma struct {
	Shape float64 `json:"shape"` // above 0
	Rate  float64 `json:"rate"`  // above 0; one over the scale
}

// Mean is what draws are on average.
func (g Gamma) Mean() float64 { return g.Shape / g.Rate }

// KL is the divergence of h from g, KL(g‖h), in nats: the mean under g of how much
// likelier a draw is under g.
func (g Gamma) KL(h Gamma) float64 {
	lgG, _ := math.Lgamma(g.Shape)
	lgH, _ := math.Lgamma(h.Shape)
	d := (g.Shape-h.Shape)*digamma(g.Shape) - lgG + lgH
	if g.Rate != h.Rate {
		d += h.Shape*math.Log(g.Rate/h.Rate) + g.Shape*(h.Rate-g.Rate)/g.Rate
	}
	return d
}

// digamma is the derivative of ln Γ above 0, by its asymptotic series (Abramowitz and
// Stegun 6.3.18) from 10 on and by ψ(x) = ψ(x+1) - 1/x below. That of gonum's mathext
// is off by 5e-11 at 1, which a shape of 50 multiplies.
func digamma(x float64) float64 {
	below := 0.0
	for ; x < 10; x++ {
		below += 1 / x
	}
	y := 1 / (x * x)
	series := y * (1./12 - y*(1./120-y*(1./252-y*(1./240-y*(1./132-y*(691./32760-y/12))))))
	return math.Log(x) - 1/(2*x) - series - below
}

// Draw takes a temperature with words of src (Marsaglia and Tsang 2000, "A simple
// method for generating Gamma variables"; below shape 1 their power of a uniform).
// It may be 0 where the shape is so small that what it draws is none of a float64.
func (g Gamma) Draw(src rand.Source) float64 {
	shape, power := g.Shape, 1.
	if shape < 1 {
		power = math.Exp(math.Log1p(-dice.Float64(src.Uint64())) / shape)
		shape++
	}
	d := shape - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		// Box and Muller; 1-u is above 0.
		x := math.Sqrt(-2*math.Log1p(-dice.Float64(src.Uint64()))) * math.Cos(2*math.Pi*dice.Float64(src.Uint64()))
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log1p(-dice.Float64(src.Uint64())) < float64(x*x)/2+float64(d*(1-v+math.Log(v))) {
			return d * v * power / g.Rate
		}
	}
}

// told is an episode: its temperature and what it paid, discounted.
type told struct {
	Temperature float64 `json:"temperature"`
	Pay         float64 `json:"pay"`
}
