// Package approx has small networks for learners whose states are vectors: dense
// layers in float64 on gonum's matrix products, their gradients, Adam's steps,
// copies that follow slowly, and files that give them back bit for bit. A network
// is one slice of numbers with a shape; whoever wants more than a few hundred units
// or a graphics card is better served elsewhere. Results depend on no number of
// cores: products are kept too small for gonum to share them out.
package approx

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"arbiter/dice"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// Net is dense layers one after another. It belongs to one goroutine.
type Net struct {
	// Weights are, layer by layer, those of its products, in×out with the outputs of an
	// input side by side, then out offsets. Grad is the gradient in the same order.
	Weights, Grad []float64

	sizes       []int // of the input and of every layer's output
	hidden, out Activation
	rows        int         // of the last Forward
	values      [][]float64 // rows×size: the input, then what every layer gave
	slopes      [][]float64 // rows×size: of the loss in what every layer's product gave
}

// New is a network with layers of such sizes, the input's first: all but the last
// layer end with hidden, the last one with out. Weights are drawn evenly from
// ±√(6/in) where hidden is Relu (He et al. 2015), else from ±√(6/(in+out)) (Glorot
// and Bengio 2010); offsets are 0. It panics where there is no layer or one is empty.
func New(src rand.Source, hidden, out Activation, sizes ...int) *Net {
	n := &Net{sizes: sizes, hidden: hidden, out: out}
	if len(sizes) < 2 {
		panic(fmt.Sprintf("approx: a network of sizes %v", sizes))
	}
	total := 0
	for l := 1; l < len(sizes); l++ {
		if sizes[l-1] < 1 || sizes[l] < 1 {
			panic(fmt.Sprintf("approx: a network of sizes %v", sizes))
		}
		total += (sizes[l-1] + 1) * sizes[l]
	}
	n.Weights, n.Grad = make([]float64, total), make([]float64, total)
	n.values, n.slopes = make([][]float64, len(sizes)), make([][]float64, len(sizes))
	for l, at := 1, 0; l < len(sizes); l++ {
		w, _, next := n.layer(n.Weights, l, at)
		span := math.Sqrt(6 / float64(sizes[l-1]+sizes[l]))
		if hidden == Relu {
			span = math.Sqrt(6 / float64(sizes[l-1]))
		}
		for i := range w {
			w[i] = span * (2*dice.Float64(src.Uint64()) - 1)
		}
		at = next
	}
	return n
}

// Clone is a network of its own with the same weights.
func (n *Net) Clone() *Net {
	return &Net{
		Weights: slices.Clone(n.Weights), Grad: make([]float64, len(n.Grad)),
		sizes: n.sizes, hidden: n.hidden, out: n.out,
		values: make([][]float64, len(n.sizes)), slopes: make([][]float64, len(n.sizes)),
	}
}

// layer cuts layer l out of a slice in which it begins at a number.
func (n *Net) layer(of []float64, l, at int) (weights, offsets []float64, next int) {
	in, out := n.sizes[l-1], n.sizes[l]
	mid, end := at+in*out, at+in*out+out
	return of[at:mid], of[mid:end], end
}

// Forward is what the network makes of some inputs, rows×in, as rows×out: to be
// read until the next call. It panics where x is not of whole rows.
func (n *Net) Forward(x []float64) []float64 {
	in := n.sizes[0]
	if len(x) == 0 || len(x)%in != 0 {
		panic(fmt.Sprintf("approx: %d numbers for inputs of %d", len(x), in))
	}
	n.rows = len(x) / in
	n.values[0] = append(n.values[0][:0], x...)
	for l, at := 1, 0; l < len(n.sizes); l++ {
		w, offsets, next := n.layer(n.Weights, l, at)
		y := resize(&n.values[l], n.rows*len(offsets))
		for i := 0; i < len(y); i += len(offsets) {
			copy(y[i:], offsets)
		}
		multiply(false, false, n.rows, len(offsets), n.sizes[l-1], n.values[l-1], w, 1, y)
		n.ends(l).apply(y, len(offsets))
		at = next
	}
	return n.values[len(n.sizes)-1]
}

// Backward makes Grad the gradient of a loss, of which dy is the derivative in what
// the last Forward returned. It panics where dy is of another size.
func (n *Net) Backward(dy []float64) {
	last := len(n.sizes) - 1
	if len(dy) != len(n.values[last]) || n.rows == 0 {
		panic(fmt.Sprintf("approx: %d derivatives of %d outputs", len(dy), len(n.values[last])))
	}
	n.slopes[last] = append(n.slopes[last][:0], dy...)
	for l, end := last, len(n.Weights); l > 0; l-- {
		in, out := n.sizes[l-1], n.sizes[l]
		begin := end - (in+1)*out
		d := n.slopes[l]
		n.ends(l).back(d, n.values[l], out)
		w, offsets, _ := n.layer(n.Grad, l, begin)
		multiply(true, false, in, out, n.rows, n.values[l-1], d, 0, w)
		clear(offsets)
		for i := 0; i < len(d); i += out {
			for j, x := range d[i : i+out] {
				offsets[j] += x
			}
		}
		if l > 1 {
			w, _, _ = n.layer(n.Weights, l, begin)
			multiply(false, true, n.rows, in, out, d, w, 0, resize(&n.slopes[l-1], n.rows*in))
		}
		end = begin
	}
}

// ends is how layer l ends.
func (n *Net) ends(l int) Activation {
	if l == len(n.sizes)-1 {
		return n.out
	}
	return n.hidden
}

// Follow moves the weights a part of the way, 0 to 1, towards those of a network of
// the same sizes.
func (n *Net) Follow(other *Net, part float64) {
	for i, x := range other.Weights {
		n.Weights[i] += part * (x - n.Weights[i])
	}
}

// resize gives a slice that many numbers, whatever they are.
func resize(s *[]float64, n int) []float64 {
	if cap(*s) < n {
		*s = make([]float64, n)
	}
	*s = (*s)[:n]
	return *s
}

// Products of at most tall×wide numbers are computed by gonum on the goroutine that
// asks; larger ones it cuts up among goroutines of its own, for which it allocates.
const tall, wide = 192, 64

// multiply makes c, rows×cols, the product of a and b, inner numbers to a sum, plus
// beta times what it was. Turned, a is inner×rows and b cols×inner.
func multiply(turnA, turnB bool, rows, cols, inner int, a, b []float64, beta float64, c []float64) {
	ta, tb, lda, ldb := blas.NoTrans, blas.NoTrans, inner, cols
	if turnA {
		ta, lda = blas.Trans, rows
	}
	if turnB {
		tb, ldb = blas.Trans, inner
	}
	for i := 0; i < rows; i += tall {
		for j := 0; j < cols; j += wide {
			fromA, fromB := i*lda, j
			if turnA {
				fromA = i
			}
			if turnB {
				fromB = j * ldb
			}
			gonum.Implementation{}.Dgemm(ta, tb, min(tall, rows-i), min(wide, cols-j), inner, 1,
				a[fromA:], lda, b[fromB:], ldb, beta, c[i*cols+j:], cols)
		}
	}
}
