package report

import "arbiter/certify"

// Blocks is a matrix of blocks. It is written as rows, or, where there are many
// blocks, as a list of what is not 0: pairs that are left out are exactly 0.
type Blocks struct {
	rows    [][]Number
	entries []Coupled // of many blocks, by row, then column
}

// Coupled is an entry of Blocks.
type Coupled struct {
	I     int    `json:"i"`     // block that is swayed, from 0
	J     int    `json:"j"`     // block that sways, from 0
	Value Number `json:"value"` // not 0
}

// JSON is what is written: rows or a list of entries.
func (b Blocks) JSON() any {
	switch {
	case b.entries != nil:
		return b.entries
	case b.rows == nil:
		return []any{}
	}
	return b.rows
}

func blocks(m certify.Matrix) Blocks {
	if !m.Sparse() {
		return Blocks{rows: matrix(m.Rows())}
	}
	b := Blocks{entries: []Coupled{}}
	for _, e := range m.Entries {
		b.entries = append(b.entries, Coupled{e.I, e.J, Number(e.Value)})
	}
	return b
}

// each visits what is not 0.
func (b Blocks) each(visit func(i, j int, x Number)) {
	for i, row := range b.rows {
		for j, x := range row {
			if x != 0 {
				visit(i, j, x)
			}
		}
	}
	for _, e := range b.entries {
		visit(e.I, e.J, e.Value)
	}
}

// sums are those of the rows, for n blocks.
func (b Blocks) sums(n int) []Number {
	out := make([]Number, n)
	b.each(func(i, _ int, x Number) { out[i] += x })
	return out
}
