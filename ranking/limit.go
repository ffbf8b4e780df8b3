package ranking

import (
	"fmt"
	"math"
)

// Limit is the reading of infinite alpha as the limit of Finite's law for alpha
// towards infinity, at m ≥ 2 individuals per population. It weighs several
// sinks by how deep they are. Advantages up to tie in absolute value are ties.
//
// A rate behaves like c·t^w with t = e^-alpha: 1 for an advantage, 1/m for a
// tie, t^((m-1)·loss) for a loss. Elimination subtracts nothing, so working
// with leading terms alone gives the leading term of every mass; masses of a
// higher order than the least vanish.
func Limit(p Payoffs, m int, sel Selection, tie float64) (Law, error) {
	if err := p.Check(); err != nil {
		return Law{}, err
	}
	if m < 2 {
		return Law{}, fmt.Errorf("population size: found %d, expected at least 2", m)
	}
	if sel == Population && !p.Single {
		return Law{}, fmt.Errorf("population selection needs a single population")
	}
	n := p.N()
	rates := make([]power, n*n)
	steepest := 0.0
	for _, e := range p.Edges() {
		u, v := int(e.U), int(e.V)
		var up, down power
		if sel == Population {
			t, k := p.M[0], p.Shape[0]
			up = mixedPower(t[v*k+v], t[v*k+u], t[u*k+v], t[u*k+u], m, tie)
			down = mixedPower(t[u*k+u], t[u*k+v], t[v*k+u], t[v*k+v], m, tie)
		} else {
			d := p.Advantage(e)
			up, down = power{1, 0}, power{1, 0}
			switch {
			case math.Abs(d) <= tie:
				up.c, down.c = 1/float64(m), 1/float64(m)
			case d > 0:
				down.w = float64(m-1) * d
			default:
				up.w = float64(m-1) * -d
			}
		}
		steepest = max(steepest, up.w, down.w)
		rates[u*n+v], rates[v*n+u] = up, down
	}
	near := sameOrder * steepest
	for k := n - 1; k > 0; k-- {
		out := rates[k*n : k*n+k]
		d := power{}
		for _, r := range out {
			d = d.add(r, near)
		}
		for i := range k {
			in := rates[i*n+k]
			if in.c == 0 {
				continue
			}
			f := power{in.c / d.c, in.w - d.w}
			rates[i*n+k] = f
			row := rates[i*n : i*n+k]
			for j, r := range out {
				if r.c != 0 && j != i {
					row[j] = row[j].add(power{f.c * r.c, f.w + r.w}, near)
				}
			}
		}
	}
	x := make([]power, n)
	x[0] = power{1, 0}
	least := 0.0
	for k := 1; k < n; k++ {
		for i := range k {
			if r := rates[i*n+k]; r.c != 0 {
				x[k] = x[k].add(power{x[i].c * r.c, x[i].w + r.w}, near)
			}
		}
		least = min(least, x[k].w)
	}
	law := Law{make([]float64, n), make([]float64, n)}
	total := 0.0
	for _, a := range x {
		if a.w-least <= near {
			total += a.c
		}
	}
	for i, a := range x {
		law.LogMass[i] = math.Inf(-1)
		if a.w-least <= near {
			law.Mass[i], law.LogMass[i] = a.c/total, math.Log(a.c/total)
		}
	}
	return law, nil
}

// sameOrder is the part of the largest exponent by which rounding may part two
// exponents that are equal.
const sameOrder = 1e-9

// power is c·t^w for t towards 0, the zero if c is 0.
type power struct{ c, w float64 }

// add keeps the leading terms; exponents up to near apart count as equal.
func (a power) add(b power, near float64) power {
	switch {
	case a.c == 0:
		return b
	case b.c == 0:
		return a
	case b.w-a.w > near:
		return a
	case a.w-b.w > near:
		return b
	}
	return power{a.c + b.c, min(a.w, b.w)}
}

// mixedPower is the leading term of logFixationMixed: 1 over a sum of powers.
func mixedPower(rr, rs, sr, ss float64, m int, tie float64) power {
	fm := float64(m)
	sum, deepest := 0.0, 0.0
	sums := []float64{0}
	for p := 1; p < m; p++ {
		fp := float64(p)
		d := ((fp-1)*rr + (fm-fp)*rs - (fm-fp-1)*ss - fp*sr) / (fm - 1)
		sum -= d
		sums = append(sums, sum)
		deepest = max(deepest, sum)
	}
	count := 0.0
	for _, s := range sums {
		if deepest-s <= tie {
			count++
		}
	}
	return power{1 / count, deepest}
}
