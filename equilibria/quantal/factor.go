package quantal

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// blocks is a square matrix in groups of rows and columns of which only some pairs
// are not 0, and its factorisation. Groups are eliminated in their order; rows
// change places within a group only. With the groups of a tree deepest first
// nothing is filled in, and of a normal form the first player's group is the
// identity: the second's is then the Schur complement.
type blocks struct {
	first []int     // per group its first row; then the order of the matrix
	cols  [][]int32 // per group of rows the groups of columns, ascending
	at    [][]int32 // per group of rows and group of columns: first column in data, -1 if all are 0
	width []int
	data  [][]float64 // per group of rows: row-major
	sign  float64     // of the determinant
	log   float64     // of its size
	swaps []int32     // per row: the row of its group it changed places with
	kept  [][]float64 // data before elimination
	dense *mat.LU     // what is used where elimination in this order lost digits
}

// newBlocks makes room for the pairs of groups in pattern and what elimination
// fills in. pattern[i] lists groups of columns in any order.
func newBlocks(first []int, pattern [][]int32) *blocks {
	groups := len(first) - 1
	b := &blocks{first: first, cols: make([][]int32, groups), at: make([][]int32, groups), width: make([]int, groups), data: make([][]float64, groups), kept: make([][]float64, groups)}
	b.swaps = make([]int32, first[groups])
	has := make([]bool, groups)
	for i := range groups {
		clear(has)
		has[i] = true
		for _, j := range pattern[i] {
			has[j] = true
		}
		for k := range i { // eliminating k brings what k has behind it
			if has[k] {
				for _, j := range b.cols[k] {
					if int(j) > k {
						has[j] = true
					}
				}
			}
		}
		b.at[i] = make([]int32, groups)
		for j := range groups {
			b.at[i][j] = -1
			if has[j] {
				b.cols[i] = append(b.cols[i], int32(j))
				b.at[i][j] = int32(b.width[i])
				b.width[i] += first[j+1] - first[j]
			}
		}
		b.data[i] = make([]float64, (first[i+1]-first[i])*b.width[i])
		b.kept[i] = make([]float64, len(b.data[i]))
	}
	return b
}

// clear makes all entries 0.
func (b *blocks) clear() {
	for _, d := range b.data {
		clear(d)
	}
}

// row is row r of group i, in the columns of cols.
func (b *blocks) row(i, r int) []float64 {
	return b.data[i][r*b.width[i] : (r+1)*b.width[i]]
}

// growth is how far entries may grow in elimination before it is done again with
// free choice of rows.
const growth = 1e7

// factor replaces the matrix by its factors; false if it is singular.
func (b *blocks) factor() bool {
	b.dense = nil
	size := 0.0
	for _, d := range b.data {
		for _, x := range d {
			size = max(size, math.Abs(x))
		}
	}
	for i, d := range b.data {
		copy(b.kept[i], d)
	}
	if b.eliminate(growth * size) {
		return true
	}
	order := b.first[len(b.data)]
	if order > mostMoves || math.IsNaN(size) || math.IsInf(size, 0) {
		return false
	}
	full := mat.NewDense(order, order, nil)
	for i, d := range b.kept {
		for r := range b.first[i+1] - b.first[i] {
			for _, j := range b.cols[i] {
				for c := range b.first[j+1] - b.first[j] {
					full.Set(b.first[i]+r, b.first[j]+c, d[r*b.width[i]+int(b.at[i][j])+c])
				}
			}
		}
	}
	b.dense = &mat.LU{}
	b.dense.Factorize(full)
	b.log, b.sign = b.dense.LogDet()
	return !math.IsInf(b.log, -1) && !math.IsNaN(b.log)
}

// eliminate factors in place; false if a pivot vanishes or entries grow above most.
func (b *blocks) eliminate(most float64) bool {
	b.sign, b.log = 1, 0
	for i := range b.data {
		rows := b.first[i+1] - b.first[i]
		for _, k := range b.cols[i] {
			if int(k) >= i {
				break
			}
			b.subtract(i, int(k), rows)
		}
		own := int(b.at[i][i])
		for c := range rows {
			p := c
			for r := c + 1; r < rows; r++ {
				if math.Abs(b.row(i, r)[own+c]) > math.Abs(b.row(i, p)[own+c]) {
					p = r
				}
			}
			b.swaps[b.first[i]+c] = int32(p)
			pivot := b.row(i, c)
			if p != c {
				b.sign = -b.sign
				other := b.row(i, p)
				for j, x := range other {
					other[j], pivot[j] = pivot[j], x
				}
			}
			v := pivot[own+c]
			if v == 0 || math.IsNaN(v) || math.Abs(v) > most {
				return false
			}
			if v < 0 {
				b.sign = -b.sign
			}
			b.log += math.Log(math.Abs(v))
			tail := pivot[own+c+1:]
			for r := c + 1; r < rows; r++ {
				line := b.row(i, r)
				f := line[own+c] / v
				line[own+c] = f
				if f != 0 {
					subtract(line[own+c+1:], tail, f)
				}
			}
		}
	}
	for i, d := range b.data {
		for r := range b.first[i+1] - b.first[i] {
			for _, x := range d[r*b.width[i]+int(b.at[i][i]) : (r+1)*b.width[i]] {
				if !(math.Abs(x) <= most) {
					return false
				}
			}
		}
	}
	return true
}

// subtract removes the columns of group k from the rows of group i.
func (b *blocks) subtract(i, k, rows int) {
	from := int(b.at[i][k])
	own := int(b.at[k][k])
	for c := range b.first[k+1] - b.first[k] {
		pivot := b.row(k, c)
		v := pivot[own+c]
		for r := range rows {
			line := b.row(i, r)
			f := line[from+c]
			if f == 0 {
				continue
			}
			f /= v
			line[from+c] = f
			n := b.first[k+1] - b.first[k]
			subtract(line[from+c+1:from+n], pivot[own+c+1:own+n], f)
			for _, j := range b.cols[k] {
				if int(j) <= k {
					continue
				}
				w := b.first[j+1] - b.first[j]
				at, to := int(b.at[k][j]), int(b.at[i][j])
				subtract(line[to:to+w], pivot[at:at+w], f)
			}
		}
	}
}

// subtract writes x - f·y to x.
func subtract(x, y []float64, f float64) {
	y = y[:len(x)]
	for i, v := range y {
		x[i] -= f * v
	}
}

// solve replaces v by the solution for the right side v.
func (b *blocks) solve(v []float64) {
	if b.dense != nil {
		in := mat.NewVecDense(len(v), slices.Clone(v))
		out := mat.NewVecDense(len(v), v)
		_ = b.dense.SolveVecTo(out, false, in) // near singular: the caller sees what comes of it
		return
	}
	for i := range b.data {
		f := b.first[i]
		rows := b.first[i+1] - f
		for c := range rows {
			if p := int(b.swaps[f+c]); p != c {
				v[f+c], v[f+p] = v[f+p], v[f+c]
			}
		}
		for r := range rows {
			line := b.row(i, r)
			x := v[f+r]
			for _, j := range b.cols[i] {
				if int(j) >= i {
					break
				}
				at := int(b.at[i][j])
				for c, y := range v[b.first[j]:b.first[j+1]] {
					x -= line[at+c] * y
				}
			}
			own := int(b.at[i][i])
			for c := range r {
				x -= line[own+c] * v[f+c]
			}
			v[f+r] = x
		}
	}
	for i := len(b.data) - 1; i >= 0; i-- {
		f := b.first[i]
		rows := b.first[i+1] - f
		own := int(b.at[i][i])
		for r := rows - 1; r >= 0; r-- {
			line := b.row(i, r)
			x := v[f+r]
			for c := r + 1; c < rows; c++ {
				x -= line[own+c] * v[f+c]
			}
			for _, j := range b.cols[i] {
				if int(j) <= i {
					continue
				}
				at := int(b.at[i][j])
				for c, y := range v[b.first[j]:b.first[j+1]] {
					x -= line[at+c] * y
				}
			}
			v[f+r] = x / line[own+r]
		}
	}
}
