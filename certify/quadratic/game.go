// Package quadratic certifies games whose field is linear: the Jacobian is one matrix,
// and margins, Lipschitz constants and cocoercivities are proved for the very numbers of
// its file, in metrics of weighted blocks and in metrics of all coordinates. It is larger
// than 2,500 lines since its parts (weights by duality, Lyapunov metrics, spectra) all
// work on one form of the game, matrices in whole numbers.
package quadratic

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify/gate"
	"arbiter/certify/smallgain"
)

// Game is a game of quadratic costs: F(x) = J x + c stacks the gradients
// of the players' costs in their own blocks.
type Game struct {
	Name   string        // in certificates
	Blocks []int         // dimensions, at least one block, each at least 1
	Matrix [][]float64   // J, n by n, n the sum of Blocks
	Offset []float64     // c, length n; nil for zero
	Metric [][][]float64 // P_i, symmetric positive definite, one per block; nil for identities
	// Natural makes the field P_i⁻¹F_i, and not F_i.
	Natural bool
}

// Check tells what is wrong with g, naming the field.
func (g *Game) Check() error {
	if len(g.Blocks) == 0 {
		return fmt.Errorf("blocks: none, expected at least one dimension")
	}
	n := 0
	for i, d := range g.Blocks {
		if d < 1 {
			return fmt.Errorf("blocks[%d]: %d, expected a dimension of at least 1", i, d)
		}
		if n += d; n > 1<<20 || n < 0 {
			return fmt.Errorf("blocks: more than %d dimensions", 1<<20)
		}
	}
	if err := checkMatrix("matrix", g.Matrix, n); err != nil {
		return err
	}
	if g.Offset != nil && len(g.Offset) != n {
		return fmt.Errorf("offset: %d numbers, expected %d as in blocks", len(g.Offset), n)
	}
	for k, v := range g.Offset {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("offset[%d]: %g, expected a finite number", k, v)
		}
	}
	if g.Metric == nil {
		return nil
	}
	if len(g.Metric) != len(g.Blocks) {
		return fmt.Errorf("metric: %d matrices, expected one for each of %d blocks", len(g.Metric), len(g.Blocks))
	}
	for i, p := range g.Metric {
		name := fmt.Sprintf("metric[%d]", i)
		if err := checkMatrix(name, p, g.Blocks[i]); err != nil {
			return err
		}
		for r := range p {
			for c := range r {
				if a, b := p[r][c], p[c][r]; math.Abs(a-b) > 1e-12*max(math.Abs(a), math.Abs(b)) {
					return fmt.Errorf("%s: not symmetric, [%d][%d] is %g and [%d][%d] is %g", name, r, c, a, c, r, b)
				}
			}
		}
		if !gate.Exactly(p).Symmetric().Definite() {
			return fmt.Errorf("%s: not positive definite", name)
		}
	}
	return nil
}

func checkMatrix(name string, m [][]float64, n int) error {
	if len(m) != n {
		return fmt.Errorf("%s: %d rows, expected %d as in blocks", name, len(m), n)
	}
	for r, row := range m {
		if len(row) != n {
			return fmt.Errorf("%s[%d]: %d numbers, expected %d as in blocks", name, r, len(row), n)
		}
		for c, v := range row {
			if math.IsNaN(v) || math.Abs(v) > 1e100 {
				return fmt.Errorf("%s[%d][%d]: %g, expected a finite number below 1e100", name, r, c, v)
			}
		}
	}
	return nil
}

// Options say what to work out. The zero value takes the best small-gain
// weights, everywhere.
type Options struct {
	Weights []float64 // of the blocks, positive; nil for the best
	// Radius, if positive, bounds the region to the ball of this radius, in the
	// metric, around Centre.
	Radius float64
	Centre []float64 // nil for the equilibrium
}

// blocked is a Jacobian in normalised coordinates, K, and its blocks.
type blocked struct {
	first []int // first index of every block, and n
	k     *mat.Dense
}

func (b *blocked) count() int { return len(b.first) - 1 }

func (b *blocked) block(i, j int) *mat.Dense {
	return b.k.Slice(b.first[i], b.first[i+1], b.first[j], b.first[j+1]).(*mat.Dense)
}

// weighted is K_w, the block K_ij times sqrt(w_i/w_j).
func (b *blocked) weighted(w []float64) *mat.Dense {
	out := mat.DenseCopyOf(b.k)
	for i := range w {
		for j := range w {
			if i != j {
				part := out.Slice(b.first[i], b.first[i+1], b.first[j], b.first[j+1]).(*mat.Dense)
				part.Scale(math.Sqrt(w[i])/math.Sqrt(w[j]), part)
			}
		}
	}
	return out
}

// InMetric is |v|_M, where v is a difference of strategies.
func (g *Game) InMetric(w []float64, v []float64) float64 {
	sum, at := 0.0, 0
	for i, d := range g.Blocks {
		for r := range d {
			if g.Metric == nil {
				sum += w[i] * v[at+r] * v[at+r]
				continue
			}
			for s := range d {
				sum += w[i] * v[at+r] * g.Metric[i][r][s] * v[at+s]
			}
		}
		at += d
	}
	return math.Sqrt(max(0, sum))
}

// Field is G(x).
func (g *Game) Field(x []float64) []float64 {
	out := make([]float64, len(x))
	for r, row := range g.Matrix {
		if g.Offset != nil {
			out[r] = g.Offset[r]
		}
		for k, v := range row {
			out[r] += float64(v * x[k])
		}
	}
	if g.Natural && g.Metric != nil {
		at := 0
		for i, d := range g.Blocks {
			copy(out[at:at+d], smallgain.SolveSPD(g.Metric[i], out[at:at+d]))
			at += d
		}
	}
	return out
}

func (g *Game) digest() string {
	h := sha256.New()
	write := func(h hash.Hash, v any) { binary.Write(h, binary.LittleEndian, v) }
	for _, d := range g.Blocks {
		write(h, int64(d))
	}
	write(h, g.Natural)
	for _, row := range g.Matrix {
		write(h, row)
	}
	offset := make([]float64, len(g.Matrix))
	copy(offset, g.Offset)
	write(h, offset)
	for _, p := range g.Metric {
		for _, row := range p {
			write(h, row)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// denseOf is m as gonum has it.
func denseOf(m [][]float64) *mat.Dense {
	out := mat.NewDense(len(m), len(m[0]), nil)
	for r, row := range m {
		out.SetRow(r, row)
	}
	return out
}
