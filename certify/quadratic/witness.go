package quadratic

import (
	"arbiter/certify"
	"arbiter/certify/gate"
	"arbiter/certify/smallgain"
)

// witnessOrder is up to which order games are checked at witnesses; of larger ones
// whole numbers would take minutes.
const witnessOrder = 32

// witnesses are what the numbers of c were proved with.
func (f *quadraticForm) witnesses(c *certify.Certificate) *certify.Witnesses {
	if len(f.g.Matrix) > witnessOrder {
		return nil
	}
	w := &certify.Witnesses{Signed: f.at(c.Weights).norms, Gain: smallgain.GainClasses(c.Mu, c.Coupling.Rows)}
	if s := c.Best.Signed; s != nil && s.Weights != nil {
		w.BestSigned = f.at(s.Weights).norms
	}
	if classes := smallgain.PerronClasses(c.Mu, c.Coupling.Rows); shown(classes, c) {
		w.Supremum = classes
	}
	for _, s := range c.Steps {
		if s.Bound == certify.EulerBlockMax {
			w.EulerMost = smallgain.EulerClasses(s.Max, c.Mu, c.Ell, c.Coupling.Rows)
			w.EulerBest = smallgain.EulerClasses(s.Best, c.Mu, c.Ell, c.Coupling.Rows)
		}
	}
	return w
}

// shown tells whether the vectors show the supremum to its last digit: where it is
// near 0 they have too few, and it is shown with more.
func shown(classes []certify.Class, c *certify.Certificate) bool {
	b := smallgain.CurvatureMinusCoupling(c.Mu, c.Coupling.Rows)
	for _, k := range classes {
		q := gate.InequalityOf(smallgain.Principal(b, k.Blocks), nil)
		if q == nil {
			return false
		}
		if q.Witness = k.Vector; !gate.Holds(q, c.Supremum) {
			return false
		}
	}
	return classes != nil
}
