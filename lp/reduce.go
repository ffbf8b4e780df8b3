package lp

import "math"

// reduce makes equal what an equitable partition cannot tell apart: variables of
// a class get one value, rows of a class one multiplier. The smaller problem has
// the same value and its solutions lift (Grohe, Kersting, Mladenov and Selman
// 2014, Dimension Reduction via Colour Refinement). Entries are compared bit by
// bit: where equal numbers differ by rounding classes are merely smaller. Tables
// of games have few distinct entries and often symmetries.
func reduce(p Problem) (Problem, func(Solution) Solution) {
	same := func(s Solution) Solution { return s }
	m, n := len(p.Rows), len(p.Cost)
	rows, cols, nr, nc := refine(p)
	if nr == m && nc == n {
		return p, same
	}
	size, share := make([]float64, nc), make([]float64, nr)
	q := Problem{Cost: make([]float64, nc), Rows: make([]Row, nr)}
	if p.Free != nil {
		q.Free = make([]bool, nc)
	}
	for j, c := range cols {
		size[c]++
		q.Cost[c] = p.Cost[j]
		if p.Free != nil {
			q.Free[c] = p.Free[j]
		}
	}
	for c := range size {
		q.Cost[c] *= size[c]
	}
	for i, c := range rows {
		if share[c]++; share[c] > 1 {
			continue
		}
		r := Row{Relation: p.Rows[i].Relation, Right: p.Rows[i].Right}
		at := map[int]int{}
		for k, j := range p.Rows[i].Index {
			x, ok := at[cols[j]]
			if !ok {
				x = len(r.Index)
				at[cols[j]] = x
				r.Index, r.Value = append(r.Index, cols[j]), append(r.Value, 0)
			}
			r.Value[x] += p.Rows[i].Value[k]
		}
		q.Rows[c] = r
	}
	return q, func(s Solution) Solution {
		out := Solution{X: make([]float64, n), Y: make([]float64, m), Value: s.Value}
		for j, c := range cols {
			out.X[j] = s.X[c]
		}
		for i, c := range rows {
			out.Y[i] = s.Y[c] / share[c]
		}
		return out
	}
}

// refine is colour refinement: classes of rows and of variables by what they are
// and by the entries they have in each class of the others, told apart by sums
// of hashes. If two sums were ever equal by chance the answer would not pass.
func refine(p Problem) (rows, cols []int, nr, nc int) {
	type entry struct {
		at    int
		value uint64
	}
	m, n := len(p.Rows), len(p.Cost)
	inRow, inCol := make([][]entry, m), make([][]entry, n)
	rows, cols = make([]int, m), make([]int, n)
	type key struct {
		own  int
		a, b uint64
	}
	number := func(x float64) uint64 { return math.Float64bits(x + 0) } // -0 + 0 is 0
	classes := map[key]int{}
	class := func(k key) int {
		c, ok := classes[k]
		if !ok {
			c = len(classes)
			classes[k] = c
		}
		return c
	}
	for i, r := range p.Rows {
		for k, j := range r.Index {
			inRow[i] = append(inRow[i], entry{j, number(r.Value[k])})
			inCol[j] = append(inCol[j], entry{i, number(r.Value[k])})
		}
		rows[i] = class(key{int(r.Relation), number(r.Right), 0})
	}
	nr = len(classes)
	clear(classes)
	for j, c := range p.Cost {
		free := 0
		if p.Free != nil && p.Free[j] {
			free = 1
		}
		cols[j] = class(key{free, number(c), 0})
	}
	nc = len(classes)
	again := func(of []int, lists [][]entry, others []int) int {
		clear(classes)
		for i, list := range lists {
			k := key{own: of[i]}
			for _, e := range list {
				h := mix(e.value ^ mix(uint64(others[e.at])+1))
				k.a += h
				k.b += mix(h)
			}
			of[i] = class(k)
		}
		return len(classes)
	}
	for nr < m || nc < n {
		r := again(rows, inRow, cols)
		c := again(cols, inCol, rows)
		if r == nr && c == nc {
			break
		}
		nr, nc = r, c
	}
	return rows, cols, nr, nc
}

// mix scrambles a word (Steele, Lea and Flood 2014, SplitMix).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
