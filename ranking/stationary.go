package ranking

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// Law is a distribution over profiles. LogMass is the natural logarithm, -Inf
// only where a limit is exactly zero; it stays finite where Mass underflows.
type Law struct {
	Mass, LogMass []float64
}

// flow is a transition rate e^log·2^(512·shift) from one state to another. The
// number of neighbours, common to all rates, is left out.
type flow struct {
	from, to int32
	log      float64
	shift    int64
}

// stationary is the stationary law of the irreducible chain with these rates,
// by the elimination of Grassmann, Taksar and Heyman (1985). It subtracts
// nothing, so every mass has a small relative error. Doubles are used where
// nothing can underflow in them, wide numbers elsewhere. In a limit (rates with
// a shift), masses of a lower order vanish.
func stationary(n int, flows []flow) Law {
	if x, ok := eliminatePlain(n, flows); ok {
		total := floats.Sum(x)
		law := Law{make([]float64, n), make([]float64, n)}
		for i := range x {
			law.Mass[i] = x[i] / total
			law.LogMass[i] = math.Log(x[i]) - math.Log(total)
		}
		return law
	}
	x := newChain(n, flows, identity(n)).eliminate(nil, nil)
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

// smallest is the magnitude at which eliminatePlain gives up, far enough above
// the end of the doubles for any one product.
const smallest = 1e-280

// eliminatePlain returns the unnormalised law, or false if a number came near
// the end of the range of doubles.
func eliminatePlain(n int, flows []flow) ([]float64, bool) {
	rates := make([]float64, n*n)
	for _, f := range flows {
		if f.log < -600 || f.shift != 0 {
			return nil, false
		}
		rates[int(f.from)*n+int(f.to)] = math.Exp(f.log)
	}
	row := func(i, k int) []float64 { return rates[i*n : i*n+k] }
	leastOf := func(least, x float64) float64 {
		if x > 0 && x < least {
			return x
		}
		return least
	}
	for k := n - 1; k > 0; k-- {
		out := row(k, k)
		d := floats.Sum(out)
		least := math.Inf(1)
		for _, x := range out {
			least = leastOf(least, x)
		}
		leastIn := math.Inf(1)
		for i := range k {
			leastIn = leastOf(leastIn, rates[i*n+k])
		}
		if !(d > smallest && least*leastIn > smallest) {
			return nil, false
		}
		for i := range k {
			if in := rates[i*n+k]; in > 0 {
				f := in / d
				rates[i*n+k] = f
				floats.AddScaled(row(i, k), f, out)
			}
		}
	}
	x := make([]float64, n)
	x[0] = 1
	for k := 1; k < n; k++ {
		for i := range k {
			x[k] += x[i] * rates[i*n+k]
		}
		if !(x[k] > smallest && x[k] < 1/smallest) {
			return nil, false
		}
	}
	return x, true
}

// chain is a dense matrix of off-diagonal rates in wide numbers. State i of
// the chain stands at place place[i].
type chain struct {
	n int
	m []float64
	e []int64
}

func identity(n int) []int {
	place := make([]int, n)
	for i := range place {
		place[i] = i
	}
	return place
}

func newChain(n int, flows []flow, place []int) *chain {
	c := &chain{n, make([]float64, n*n), make([]int64, n*n)}
	for _, f := range flows {
		r := wideExp(f.log, f.shift)
		at := place[f.from]*n + place[f.to]
		c.m[at], c.e[at] = r.m, r.e
	}
	return c
}

func (c *chain) at(i, j int) wide { return wide{c.m[i*c.n+j], c.e[i*c.n+j]} }

// eliminate returns the unnormalised law, with mass 1 at place 0. If times is
// not nil it receives, per place, the expected cost until place 0 is hit, where
// cost is that of a unit of time at a place; cost is left as it is.
func (c *chain) eliminate(cost, times []wide) []wide {
	n := c.n
	out := make([]wide, n)
	if times == nil {
		cost = make([]wide, n)
	}
	cost = append([]wide(nil), cost...)
	c.reduce(1, out, cost)
	x := make([]wide, n)
	x[0] = wide{1, 0}
	for k := 1; k < n; k++ {
		for i := range k {
			x[k] = x[k].add(x[i].mul(c.at(i, k)))
		}
	}
	for k := 1; times != nil && k < n; k++ {
		t := cost[k]
		for j := 1; j < k; j++ {
			t = t.add(c.at(k, j).mul(times[j]))
		}
		times[k] = t.div(out[k])
	}
	return x
}

// reduce eliminates the places from keep on, the last first: rates and costs of
// the others take in what they lead to. Columns of eliminated places keep the
// expected visits, out their rates out.
func (c *chain) reduce(keep int, out, cost []wide) {
	n := c.n
	for k := n - 1; k >= keep; k-- {
		for j := range k {
			out[k] = out[k].add(c.at(k, j))
		}
		for i := range k {
			in := c.at(i, k)
			if in.m == 0 {
				continue
			}
			f := in.div(out[k])
			c.m[i*n+k], c.e[i*n+k] = f.m, f.e
			cost[i] = cost[i].add(f.mul(cost[k]))
			addScaled(c.m[i*n:i*n+k], c.e[i*n:i*n+k], f, c.m[k*n:k*n+k], c.e[k*n:k*n+k])
		}
	}
}

// addScaled adds f times the row (sm, se) to the row (dm, de).
func addScaled(dm []float64, de []int64, f wide, sm []float64, se []int64) {
	for j, m := range sm {
		if m == 0 {
			continue
		}
		p, e := m*f.m, se[j]+f.e
		if p >= wideTop {
			p, e = p*wideDown, e+1
		} else if p < wideLow {
			p, e = p*wideUp, e-1
		}
		d := dm[j]
		switch gap := de[j] - e; {
		case d == 0:
			d, de[j] = p, e
		case gap == 0:
			d += p
		case gap == 1:
			d += p * wideDown
		case gap == -1:
			d, de[j] = p+d*wideDown, e
		case gap < -1:
			d, de[j] = p, e
		}
		if d >= wideTop {
			d *= wideDown
			de[j]++
		}
		dm[j] = d
	}
}
