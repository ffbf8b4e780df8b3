package smallgain

import (
	"math"

	"arbiter/certify/gate"
)

// surelyAbove tells in whole numbers whether the small-gain margin at w is positive.
func surelyAbove(w, mu []float64, l [][]float64) bool {
	for _, v := range w {
		if !(v > 0) || math.IsInf(v, 0) {
			return false
		}
	}
	q := SmallGainInequality(w, mu, l)
	return q != nil && q.Left.Symmetric().Definite()
}

// inward moves x away from limit on a logarithmic scale, by roundings and then more,
// to where holds is true; NaN if that is nowhere within a factor of two.
func inward(x float64, up bool, holds func(float64) bool) float64 {
	for s := 0x1p-52; s <= 1; s *= 2 {
		if holds(x) {
			return x
		}
		if up {
			x *= 1 + s
		} else {
			x /= 1 + s
		}
	}
	return math.NaN()
}

// inwardBand rounds the ends of a band inward until the margin is positive at both,
// and so between them; no numbers if that fails.
func inwardBand(band [2]float64, holds func(float64) bool) [2]float64 {
	if band[0] > 0 {
		band[0] = inward(band[0], true, holds)
	}
	if !math.IsInf(band[1], 0) {
		band[1] = inward(band[1], false, holds)
	}
	if !(band[0] <= band[1]) {
		return [2]float64{math.NaN(), math.NaN()}
	}
	return band
}

// ProvedBands are bands at margin 0 with ends that are proved to be inside.
func ProvedBands(w, mu []float64, l [][]float64) [][2]float64 {
	out := bands(w, mu, l, 0)
	for i := range out {
		out[i] = inwardBand(out[i], func(x float64) bool {
			v := append([]float64(nil), w...)
			v[i] = x
			return surelyAbove(v, mu, l)
		})
	}
	return out
}

// ProvedRatioBand is RatioBand at margin 0 with ends that are proved to be inside.
func ProvedRatioBand(mu []float64, l [][]float64) [2]float64 {
	band, _ := RatioBand(mu, l, 0)
	return inwardBand(band, func(x float64) bool { return surelyAbove([]float64{1, x}, mu, l) })
}

// provedCorners is the number of blocks up to which every corner of the box is
// proved; beyond it the curvatures are lowered by what rounding may hide.
const provedCorners = 8

// ProvedBoxFactor is boxFactor at margin 0 with all corners proved to be inside.
func ProvedBoxFactor(w, mu []float64, l [][]float64) (k float64, exact bool) {
	n := len(w)
	if n > provedCorners {
		low := make([]float64, n)
		for i, m := range mu {
			low[i] = m - 0x1p-49*float64(n*n)*math.Abs(m)
		}
		return boxFactor(w, low, l, 0)
	}
	k, exact = boxFactor(w, mu, l, 0)
	if !(k >= 1) || math.IsInf(k, 1) {
		return k, exact
	}
	v := make([]float64, n)
	k = inward(k, false, func(t float64) bool {
		if t < 1 {
			return false
		}
		for signs := range uint(1) << (n - 1) {
			v[0] = w[0]
			for i := 1; i < n; i++ {
				v[i] = w[i] * t
				if signs>>(i-1)&1 == 1 {
					v[i] = w[i] / t
				}
			}
			if !surelyAbove(v, mu, l) {
				return false
			}
		}
		return true
	})
	return k, exact
}

// SmallGainInequality is the inequality of the small-gain margin at weights w.
func SmallGainInequality(w, mu []float64, l [][]float64) *gate.Inequality {
	b, m := gate.Exactly(CurvatureMinusCoupling(mu, l)), gate.Identity(len(mu))
	if b == nil {
		return nil
	}
	first := FirstIndices(OnesOf(len(mu)))
	return &gate.Inequality{Left: b.Scaled(w, first), Metric: m.Scaled(w, first)}
}
