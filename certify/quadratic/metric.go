package quadratic

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/gate"
	"arbiter/certify/smallgain"
	"arbiter/internal/interval"
)

// metricOf is a metric M with what the field does in it: MG and M up to one
// positive factor, and the Jacobian in coordinates in which M is the identity.
type metricOf struct {
	left, metric *gate.Matrix
	k            *mat.Dense
	beta, co     *float64 // of lipschitz and cocoercivity
}

// inequality is that of the margin of m.
func (m *metricOf) inequality() *gate.Inequality {
	return &gate.Inequality{Left: m.left, Metric: m.metric}
}

func (f *quadraticForm) weightedMetric(w []float64) *metricOf {
	known := f.at(w)
	if known.metric == nil {
		known.metric = &metricOf{left: f.a.Scaled(w, f.first), metric: f.p.Scaled(w, f.first), k: f.k.weighted(w)}
	}
	return known.metric
}

// lipschitz is a proved upper bound of the norm of the Jacobian in m.
func (m *metricOf) lipschitz() float64 {
	if m.beta == nil {
		beta := smallgain.Norm2(m.k)
		beta = normBelow(beta, beta, m.metric, m.left, m.metric)
		m.beta = &beta
	}
	return *m.beta
}

// cocoercivity is a proved c with <MG e, e> ≥ c |G e|²_M, NaN if none was found:
// [[M/c, MG], [(MG)', sym MG]] is semidefinite.
func (m *metricOf) cocoercivity() float64 {
	if m.co == nil {
		c := m.proveCocoercivity()
		m.co = &c
	}
	return *m.co
}

func (m *metricOf) proveCocoercivity() float64 {
	var inverse mat.Dense
	if err := inverse.Inverse(m.k); err != nil {
		return math.NaN()
	}
	c := smallgain.Least(&inverse)
	if !(c > 0) {
		return math.NaN()
	}
	s := m.left.Symmetric()
	u := gate.LeastHolding(loosened(1/c, 2*s.Order()), 1/c, func(u float64) bool {
		return u > 0 && gate.PencilSemidefinite(u, m.metric, m.left, 1, s)
	})
	if math.IsInf(u, 0) {
		return math.NaN()
	}
	return interval.Down(1 / u)
}
