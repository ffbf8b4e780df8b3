package ranking

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// chain is a dense matrix of off-diagonal rates: in wide numbers, or, where e is
// nil, in doubles, as long as nothing comes near the end of their range. State i
// of the chain stands at place place[i].
type chain struct {
	n int
	m []float64
	e []int64
}

// smallest is the magnitude at which doubles give up, far enough above the end
// of their range for any one product; so is its inverse.
const smallest = 1e-280

// nothing is the exponent of entries that are 0, below that of any other.
const nothing = -1 << 60

// leastLog is the logarithm of the least rate that doubles begin with.
const leastLog = -600

// inDoubles reports whether doubles may begin with the rate.
func (f Flow) inDoubles() bool { return f.shift == 0 && f.Log > leastLog }

func identity(n int) []int {
	place := make([]int, n)
	for i := range place {
		place[i] = i
	}
	return place
}

func emptyChain(n int, plain bool) *chain {
	c := &chain{n: n, m: make([]float64, n*n)}
	if !plain {
		c.e = slices.Repeat([]int64{nothing}, n*n)
	}
	return c
}

func newChain(n int, flows []Flow, place []int) *chain {
	c := emptyChain(n, false)
	for _, f := range flows {
		c.set(place[f.From], place[f.To], wideExp(f.Log, f.shift))
	}
	return c
}

// plainChain is newChain in doubles; ok is false if a rate is too small for them.
func plainChain(n int, flows []Flow) (c *chain, ok bool) {
	c = emptyChain(n, true)
	for _, f := range flows {
		if !f.inDoubles() {
			return nil, false
		}
		c.m[int(f.From)*n+int(f.To)] = math.Exp(f.Log)
	}
	return c, true
}

func (c *chain) at(i, j int) wide {
	if c.e == nil {
		return wide{c.m[i*c.n+j], 0}.normal()
	}
	if c.m[i*c.n+j] == 0 {
		return wide{}
	}
	return wide{c.m[i*c.n+j], c.e[i*c.n+j]}
}

// set changes an entry; of a chain in doubles to a number of their range.
func (c *chain) set(i, j int, r wide) {
	if c.e == nil {
		c.m[i*c.n+j] = r.float()
		return
	}
	c.m[i*c.n+j], c.e[i*c.n+j] = r.m, r.e
}

// eliminate returns the unnormalised law, with mass 1 at place 0. If times is
// not nil it receives, per place, the expected cost until place 0 is hit, where
// cost is that of a unit of time at a place; cost is left as it is. ok is false
// if doubles did not do. The chain is used up.
func (c *chain) eliminate(cost, times []wide) (law []wide, ok bool) {
	n := c.n
	out := make([]wide, n)
	if times == nil {
		cost = make([]wide, n)
	}
	cost = append([]wide(nil), cost...)
	if !c.reduce(1, out, cost) {
		return nil, false
	}
	x := make([]wide, n)
	x[0] = wide{1, 0}
	if c.e == nil {
		return x, c.plainLaw(x) && (times == nil || c.plainTimes(out, cost, times))
	}
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
	return x, true
}

// plainLaw works out the law of a reduced chain in doubles.
func (c *chain) plainLaw(law []wide) bool {
	n := c.n
	x := make([]float64, n)
	x[0] = 1
	for k := 1; k < n; k++ {
		for i := range k {
			x[k] += float64(x[i] * c.m[i*n+k])
		}
		if !(x[k] > smallest && x[k] < 1/smallest) {
			return false
		}
		law[k] = wide{x[k], 0}.normal()
	}
	return true
}

// plainTimes works out the times of a reduced chain in doubles.
func (c *chain) plainTimes(out, cost, times []wide) bool {
	n := c.n
	t := make([]float64, n)
	for k := 1; k < n; k++ {
		t[k] = cost[k].float()
		for j := 1; j < k; j++ {
			t[k] += float64(c.m[k*n+j] * t[j])
		}
		if !(t[k] > smallest) { // or terms may have been lost
			return false
		}
		if t[k] /= out[k].float(); !(t[k] > smallest && t[k] < 1/smallest) {
			return false
		}
		times[k] = wide{t[k], 0}.normal()
	}
	return true
}

// reduce eliminates the places from keep on, the last first: rates and costs of
// the others take in what they lead to. Columns of eliminated places keep the
// expected visits, out their rates out. ok is false if doubles did not do.
func (c *chain) reduce(keep int, out, cost []wide) (ok bool) {
	if c.e == nil {
		return c.plainReduce(keep, out, cost)
	}
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
			c.set(i, k, f)
			cost[i] = cost[i].add(f.mul(cost[k]))
			addScaled(c.m[i*n:i*n+k], c.e[i*n:i*n+k], f, c.m[k*n:k*n+k], c.e[k*n:k*n+k])
		}
	}
	return true
}

func (c *chain) plainReduce(keep int, out, cost []wide) (ok bool) {
	n := c.n
	paid := make([]float64, n)
	for i, x := range cost {
		paid[i] = x.float()
	}
	leastOf := func(least, x float64) float64 {
		if x > 0 && x < least {
			return x
		}
		return least
	}
	for k := n - 1; k >= keep; k-- {
		row := c.m[k*n : k*n+k]
		d := floats.Sum(row)
		least, leastIn := math.Inf(1), math.Inf(1)
		for i, x := range row {
			least = leastOf(least, x)
			leastIn = leastOf(leastIn, c.m[i*n+k])
		}
		if !(d > smallest && least*leastIn > smallest) {
			return false
		}
		out[k] = wide{d, 0}.normal()
		for i := range k {
			in := c.m[i*n+k]
			if in == 0 {
				continue
			}
			f := in / d
			c.m[i*n+k] = f
			floats.AddScaled(c.m[i*n:i*n+k], f, row)
			if paid[k] > 0 {
				p := f * paid[k]
				if paid[i] += p; !(p > smallest && paid[i] < 1/smallest) {
					return false
				}
			}
		}
	}
	for i, x := range paid {
		cost[i] = wide{x, 0}.normal()
	}
	return true
}

// addScaled adds f times the row (sm, se) to the row (dm, de). Most terms are too
// small to change anything where rates spread: their exponents alone show it.
func addScaled(dm []float64, de []int64, f wide, sm []float64, se []int64) {
	dm, de, sm = dm[:len(se)], de[:len(se)], sm[:len(se)]
	for j, e := range se {
		e += f.e
		if e < de[j]-2 {
			continue
		}
		m := sm[j]
		if m == 0 {
			continue
		}
		p := m * f.m
		if p >= wideTop {
			p, e = p*wideDown, e+1
		} else if p < wideLow {
			p, e = p*wideUp, e-1
		}
		d := dm[j]
		switch gap := de[j] - e; {
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
