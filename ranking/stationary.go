package ranking

import "math"

// Law is a distribution over profiles. LogMass is the natural logarithm, -Inf
// only where a limit is exactly zero; it stays finite where Mass underflows.
type Law struct {
	Mass, LogMass []float64
}

// Flow is a transition rate e^Log·2^(512·shift) from one state to another. The
// number of neighbours, common to all rates, is left out.
type Flow struct {
	From, To int32   // states, from 0
	Log      float64 // natural logarithm of the rate
	shift    int64   // below 0 in limits only
}

// Stationary is the stationary law of the irreducible chain of n states with these rates,
// by the elimination of Grassmann, Taksar and Heyman (1985). It subtracts
// nothing, so every mass has a small relative error. Doubles are used where
// nothing can underflow in them, wide numbers elsewhere. In a limit (rates with
// a shift), masses of a lower order vanish.
func Stationary(n int, flows []Flow) Law {
	if c, ok := plainChain(n, flows); ok {
		if x, ok := c.eliminate(nil, nil); ok {
			return wideLaw(x, false)
		}
	}
	x, _ := newChain(n, flows, identity(n)).eliminate(nil, nil)
	limit := false
	for _, f := range flows {
		limit = limit || f.shift != 0
	}
	return wideLaw(x, limit)
}

// vanishing is the order, in powers of 2^-512, below which a mass is zero in
// the limit: half a power of the vanishing rate.
const (
	vanishingRate = -64
	vanishing     = -32
)

func wideLaw(x []wide, limit bool) Law {
	var total wide
	for _, a := range x {
		total = total.add(a)
	}
	law := Law{make([]float64, len(x)), make([]float64, len(x))}
	for i, a := range x {
		q := a.div(total)
		if limit && q.e <= vanishing {
			law.LogMass[i] = math.Inf(-1)
			continue
		}
		law.Mass[i], law.LogMass[i] = q.float(), q.log()
	}
	return law
}
