package smooth

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/dice"
	"arbiter/internal/interval"
)

// starts is from how many points an equilibrium is looked for.
const starts = 20

// zero looks for an equilibrium inside the region by Newton steps from the centre,
// then from random points; nil if none was found. If the region is all that walls
// leave, there is one, and the nearest thing to it that was found is given.
func (g *Game) zero() []float64 {
	n := len(g.Lower)
	key := dice.New(0)
	whole := g.BoxLower != nil
	for k := range n {
		whole = whole && g.Lower[k] == g.BoxLower[k] && g.Upper[k] == g.BoxUpper[k]
	}
	var nearest []float64
	least := math.Inf(1)
	for try := range starts {
		x := make([]float64, n)
		for k := range x {
			x[k] = g.Lower[k]/2 + g.Upper[k]/2
			if try > 0 {
				x[k] = g.Lower[k] + (g.Upper[k]-g.Lower[k])*dice.Float64(key.Word(try*n+k))
			}
		}
		if g.BoxLower == nil {
			if enclose.Root(g, x) && g.inside(x) {
				return x
			}
			continue
		}
		size, found := g.settle(x)
		if !g.inside(x) {
			continue
		}
		if found {
			return x
		}
		if size < least {
			nearest, least = x, size
		}
	}
	if whole {
		return nearest
	}
	return nil
}

func (g *Game) inside(x []float64) bool {
	for k := range x {
		if !(g.Lower[k] <= x[k] && x[k] <= g.Upper[k]) {
			return false
		}
	}
	return true
}

// settle looks for a solution of the variational inequality in the walls from x,
// which it overwrites: Newton steps on the coordinates that no wall holds, or where
// they bring it no nearer gradient steps, all cut at the walls. size is how far the
// field would move x, at step 1; found tells whether that is rounding.
func (g *Game) settle(x []float64) (size float64, found bool) {
	n := len(x)
	values, k := make([]interval.Interval, n), make([]interval.Interval, n*n)
	cut := func(i int, y float64) float64 { return min(max(y, g.BoxLower[i]), g.BoxUpper[i]) }
	far := func(x []float64) float64 {
		if !g.Value(values, x, x) {
			return math.Inf(1)
		}
		most := 0.0
		for i, v := range values {
			most = max(most, math.Abs(x[i]-cut(i, x[i]-v.Mid())))
		}
		return most
	}
	size = far(x)
	next := make([]float64, n)
	for range 500 {
		if size == 0 {
			return size, true
		}
		if !smallgain.Finite(size) || !g.Jacobian(k, x, x) {
			return size, false
		}
		m, right := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
		norm, scale := 0.0, 0.0
		for i := range n {
			f := g.tape.Value(i).Mid()
			right.SetVec(i, f)
			scale = max(scale, math.Abs(x[i]))
			if y := x[i] - f; y <= g.BoxLower[i] || y >= g.BoxUpper[i] {
				m.Set(i, i, 1)
				right.SetVec(i, x[i]-cut(i, y))
				continue
			}
			for j := range n {
				m.Set(i, j, k[i*n+j].Mid())
				norm = max(norm, math.Abs(k[i*n+j].Mid()))
			}
		}
		var lu mat.LU
		lu.Factorize(m)
		var step mat.VecDense
		err := lu.SolveVecTo(&step, false, right)
		taken := false
		for damp := 1.0; damp > 1e-3 && (err == nil || step.Len() == n && smallgain.Finite(mat.Norm(&step, 2))); damp /= 2 {
			for i := range next {
				next[i] = cut(i, x[i]-damp*step.AtVec(i))
			}
			if s := far(next); s < size {
				copy(x, next)
				size, taken = s, true
				break
			}
		}
		if taken {
			continue
		}
		if size <= 1e-12*max(1, scale) {
			return size, true
		}
		// A step that a monotone field of this size shrinks by, if by little.
		if !g.Value(values, x, x) {
			return size, false
		}
		for i, v := range values {
			x[i] = cut(i, x[i]-v.Mid()/(float64(n)*max(norm, 1e-300)))
		}
		size = far(x)
	}
	return size, size <= 1e-12
}

// empty tells whether enclosures prove that no equilibrium is in the region, with
// at most most of them: in every cell a coordinate moves one way, and not against a
// wall.
func (g *Game) empty(ctx context.Context, most int) (bool, error) {
	if most == 0 {
		most = enclose.DefaultCells
	}
	n := len(g.Lower)
	values := make([]interval.Interval, n)
	list := []enclose.BoxCell{{Lower: g.Lower, Upper: g.Upper}}
	for range most {
		if len(list) == 0 {
			return true, nil
		}
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		at := list[len(list)-1]
		list = list[:len(list)-1]
		out := false
		if g.Value(values, at.Lower, at.Upper) {
			for k, v := range values {
				down := g.BoxLower != nil && at.Lower[k] == g.BoxLower[k]
				up := g.BoxUpper != nil && at.Upper[k] == g.BoxUpper[k]
				out = out || v.Lo > 0 && !down || v.Hi < 0 && !up
			}
		}
		if out {
			continue
		}
		axis, widest := 0, 0.0
		for k := range n {
			if w := (at.Upper[k] - at.Lower[k]) / (g.Upper[k] - g.Lower[k]); w > widest {
				axis, widest = k, w
			}
		}
		mid := at.Lower[axis]/2 + at.Upper[axis]/2
		low, high := append([]float64(nil), at.Upper...), append([]float64(nil), at.Lower...)
		low[axis], high[axis] = mid, mid
		list = append(list, enclose.BoxCell{Lower: at.Lower, Upper: low}, enclose.BoxCell{Lower: high, Upper: at.Upper})
	}
	return len(list) == 0, nil
}
