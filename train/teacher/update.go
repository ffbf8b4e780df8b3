package teacher

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// bounds of shapes: below, temperatures are none.
const leastShape = 1e-8

// scans is in how many steps a move is looked along for the floor of performance.
const scans = 200

// Moves in all directions are looked at less closely: so many steps along each, so many
// directions around and narrowings of the best.
const coarse, turns, narrowings = 40, 24, 14

// problem is what a teacher solves at an update: nearest to Target in KL(·‖Target)
// within KL(·‖old) ≤ Epsilon, as long as what is expected to be paid stays at Floor.
type problem struct {
	old, target Gamma
	epsilon     float64 // above 0
	floor       float64
	normalised  bool
	told        []told

	logs     []float64 // of rate times temperature, once they were asked for
	logGamma float64   // ln Γ of the old shape
}

// pays estimates what episodes drawn from g pay by those drawn from old, weighted by
// how much likelier each is under g. Weights are not brought to a sum of 1 unless that
// is asked for: with pays above 0 the estimate then falls where they thin out, which
// is what keeps moves short.
func (p *problem) pays(g Gamma) float64 {
	if p.logs == nil {
		for _, e := range p.told {
			p.logs = append(p.logs, math.Log(p.old.Rate*e.Temperature))
		}
		p.logGamma, _ = math.Lgamma(p.old.Shape)
	}
	lg, _ := math.Lgamma(g.Shape)
	shift, shape, rate := p.logGamma-lg, g.Shape-p.old.Shape, g.Rate-p.old.Rate
	if rate != 0 {
		shift += g.Shape * math.Log(g.Rate/p.old.Rate)
	}
	sum, weights := 0.0, 0.0
	for i, e := range p.told {
		w := math.Exp(float64(shape*p.logs[i]) + shift - float64(rate*e.Temperature))
		sum += w * e.Pay
		weights += w
	}
	if p.normalised {
		return sum / weights
	}
	return sum / float64(len(p.told))
}

// shape solves it exactly where only the shape moves. KL(·‖target) falls all the way
// to the target, since its derivative by the shape k is (k - target)·ψ'(k): the answer
// is the longest move that is allowed. The floor is asked for along the whole of it,
// so that the answer is on the feasible piece with the old shape, as that of a local
// solver that starts there would be.
func (p *problem) shape() Gamma {
	at := func(k float64) Gamma { return Gamma{k, p.old.Rate} }
	if p.pays(p.old) < p.floor {
		return p.old
	}
	from, to := p.old.Shape, max(p.target.Shape, leastShape)
	if p.farther(at(to)) {
		// Bisection in ln k between what is within the trust region and what is not.
		in, out := math.Log(from), math.Log(to)
		for range 200 {
			mid := in + (out-in)/2
			if mid == in || mid == out {
				break
			}
			if p.farther(at(math.Exp(mid))) {
				out = mid
			} else {
				in = mid
			}
		}
		to = math.Exp(in)
	}
	return p.along(at(to), scans)
}

// farther tells whether a distribution is outside of the trust region.
func (p *problem) farther(g Gamma) bool { return !(g.KL(p.old) <= p.epsilon) }

// along is how far from old towards g the floor lets go, found by so many steps and,
// at the first that is below it, by bisection.
func (p *problem) along(g Gamma, steps int) Gamma {
	for i := 1; i <= steps; i++ {
		share := float64(i) / float64(steps)
		if p.pays(p.toward(g, share)) >= p.floor {
			continue
		}
		in, out := float64(i-1)/float64(steps), share
		for range 60 {
			mid := in + (out-in)/2
			if p.pays(p.toward(g, mid)) < p.floor {
				out = mid
			} else {
				in = mid
			}
		}
		return p.toward(g, in)
	}
	return g
}

// both solves it where the rate moves too. Without the floor the answer lies on the
// straight line of (shape, rate) to the target: minimising KL(g‖target) +
// λ·KL(g‖old) gives densities in proportion to target^s·old^(1-s), whose shape and rate
// are mixed evenly. Where the floor stops that line, moves in all directions are tried
// and the one that ends nearest to the target is taken, each as far as the trust region
// and the floor let it.
func (p *problem) both() Gamma {
	if p.pays(p.old) < p.floor {
		return p.old
	}
	straight := p.reach(p.target.Shape-p.old.Shape, p.target.Rate-p.old.Rate, 1)
	best := p.along(straight, scans)
	if best == straight {
		return best
	}
	off := func(g Gamma) float64 { return g.KL(p.target) }
	return p.rays(best, off, func(far Gamma) Gamma { return p.least(p.along(far, coarse), off) })
}

// climb is the distribution within the trust region that is expected to pay most: a
// teacher of both that never met its floor looks for it so.
func (p *problem) climb() Gamma {
	lost := func(g Gamma) float64 { return -p.pays(g) }
	return p.rays(p.old, lost, func(far Gamma) Gamma { return p.least(far, lost) })
}

// least is the distribution of least cost on the way from old to g, of twenty.
func (p *problem) least(g Gamma, cost func(Gamma) float64) Gamma {
	best, low := p.old, cost(p.old)
	for i := 1; i <= 20; i++ {
		h := p.toward(g, float64(i)/20)
		if c := cost(h); c < low {
			best, low = h, c
		}
	}
	return best
}

// toward is part of the way from old to g, straight in shape and rate.
func (p *problem) toward(g Gamma, share float64) Gamma {
	if share == 1 {
		return g
	}
	return Gamma{p.old.Shape + share*(g.Shape-p.old.Shape), p.old.Rate + share*(g.Rate-p.old.Rate)}
}

// reach is the farthest distribution within the trust region in a direction of shape
// and rate, at most so many times as far as that.
func (p *problem) reach(shape, rate, most float64) Gamma {
	out := func(r float64) bool {
		g := Gamma{p.old.Shape + r*shape, p.old.Rate + r*rate}
		return !(g.Shape >= leastShape && g.Rate > 0) || p.farther(g)
	}
	in, off := 0., 1.
	for !out(off) && off < most {
		in, off = off, 2*off
	}
	if off >= most && !out(most) {
		in, off = most, most
	}
	for range 45 {
		mid := in + (off-in)/2
		if out(mid) {
			off = mid
		} else {
			in = mid
		}
	}
	if in == 1 && most == 1 {
		return p.target
	}
	return Gamma{p.old.Shape + in*shape, p.old.Rate + in*rate}
}

// rays moves in all directions, each as far as end makes of what the trust region
// allows, and returns where cost is least, start if nowhere less. Directions are turned
// through a full circle of the Fisher metric, in which the trust region is nearly round.
func (p *problem) rays(start Gamma, cost func(Gamma) float64, end func(far Gamma) Gamma) Gamma {
	k, r := p.old.Shape, p.old.Rate
	// The metric of (shape, rate) is [ψ'(k), -1/r; -1/r, k/r²]; x and y are columns of
	// its inverse square root.
	a := 1 / math.Sqrt(mathext.Zeta(2, k))
	rest := k - a*a // positive: ψ'(k) > 1/k
	x, y := [2]float64{a, 0}, [2]float64{a * a / math.Sqrt(rest), r / math.Sqrt(rest)}
	best, low := start, cost(start)
	try := func(angle float64) float64 {
		c, s := math.Cos(angle), math.Sin(angle)
		g := end(p.reach(c*x[0]+s*y[0], c*x[1]+s*y[1], math.Inf(1)))
		v := cost(g)
		if v < low {
			best, low = g, v
		}
		return v
	}
	const apart = 2 * math.Pi / turns
	at, lowest := 0., math.Inf(1)
	for i := range turns {
		if v := try(apart * float64(i)); v < lowest {
			at, lowest = apart*float64(i), v
		}
	}
	const golden = 0.6180339887498949
	lo, hi := at-apart, at+apart
	u, w := hi-golden*(hi-lo), lo+golden*(hi-lo)
	cu, cw := try(u), try(w)
	for range narrowings {
		if cu < cw {
			hi, w, cw = w, u, cu
			u = hi - golden*(hi-lo)
			cu = try(u)
		} else {
			lo, u, cu = u, w, cw
			w = lo + golden*(hi-lo)
			cw = try(w)
		}
	}
	return best
}
