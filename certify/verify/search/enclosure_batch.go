package search

import (
	"fmt"
	"math"
)

// batch are claims that something holds on all of the box, proved together.
type batch struct {
	*cube
	claimed []float64
	what    []string
	tests   []test
	to      []*float64 // where what was proved goes
	bound   []float64
	first   []int // of a claim's tests, one per level
	loose   []int // the test of a margin of no more than 0 up to rounding, or -1
}

// add claims a bound, from below for sign -1; NaN claims nothing.
func (b *batch) add(what string, claimed, sign float64, rows, columns [2]int, to *float64, holds func(k []bracket, x float64) bool) {
	if *to = math.NaN(); math.IsNaN(claimed) {
		b.seen(indices.ReplaceAllString(what, ""))
		return
	}
	b.claimed, b.what, b.to = append(b.claimed, claimed), append(b.what, what), append(b.to, to)
	b.first = append(b.first, len(b.tests))
	for k, part := range levels {
		x := claimed + sign*part*math.Abs(claimed)
		b.bound = append(b.bound, x)
		b.tests = append(b.tests, test{rows, columns, func(k []bracket) bool { return finite(x) && holds(k, x) }, []int{mostCells / 8, mostCells / 8, mostCells / 4, mostCells}[k]})
	}
	// Of a margin or a curvature of no more than 0 its own part is nothing.
	b.loose = append(b.loose, -1)
	if size := b.cube.size(rows, columns); sign < 0 && claimed <= 0 && size > 0 {
		x := claimed - relative/4*size
		b.loose[len(b.loose)-1] = len(b.tests)
		b.bound = append(b.bound, x)
		b.tests = append(b.tests, test{rows, columns, func(k []bracket) bool { return finite(x) && holds(k, x) }, mostCells})
	}
}

// size is that of the entries of the Jacobian on all of the box, 0 if they have no
// bounds.
func (v *cube) size(rows, columns [2]int) float64 {
	most := 0.0
	if !v.field.jacobian(v.k, v.lower, v.upper) {
		return 0
	}
	for r := rows[0]; r < rows[1]; r++ {
		for c := columns[0]; c < columns[1]; c++ {
			most = max(most, v.k[r*v.n+c].mag())
		}
	}
	if !finite(most) {
		return 0
	}
	return most
}

// levels are the slacks of a claim on a region, tried together: what follows from
// the bound that was proved grants its own once more. Without any it is proved
// where slopes are constant.
var levels = [4]float64{0, 1e-12, 5e-11, relative / 4}

func (b *batch) prove() {
	proofs := b.cells.prove(b.tests...)
	for i, what := range b.what {
		first, n := b.first[i], len(levels)
		p := proofs[first+n-1]
		for k := n - 1; k >= 0; k-- {
			if proofs[first+k].holds {
				p.holds, *b.to[i] = true, b.bound[first+k]
			}
		}
		if k := b.loose[i]; k >= 0 && !p.holds && proofs[k].at == nil {
			if proofs[k].holds {
				*b.to[i] = b.bound[k]
			}
			b.pass(vain, what)
			continue
		}
		note := fmt.Sprintf("on all of the region, %d cells", p.within)
		switch {
		case p.holds:
		case p.at != nil:
			note = fmt.Sprintf("not so at %.6g", p.at)
		default:
			note = fmt.Sprintf("not proved within %d cells, which does not refute it", mostCells)
		}
		b.cube.add(what, b.claimed[i], *b.to[i], p.holds, note)
	}
}
