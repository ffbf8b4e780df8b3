package certify

// Coupled is an entry of a matrix of blocks.
type Coupled struct {
	I     int     `json:"i"`     // block that is swayed, from 0
	J     int     `json:"j"`     // block that sways, from 0
	Value float64 `json:"value"` // not 0
}

// Matrix is a square matrix of blocks: by rows, or, of many blocks that rarely meet, as
// a list of what is not 0. Pairs that are not listed are exactly 0.
type Matrix struct {
	Rows    [][]float64 // nil if listed
	Entries []Coupled   // by row, then column; nil if there are Rows
}

// manyBlocks is from how many blocks on matrices are listed.
const manyBlocks = 33

// MatrixOf is the matrix of n blocks that has these entries, by row, then column.
func MatrixOf(n int, entries []Coupled) Matrix {
	if n >= manyBlocks {
		return Matrix{Entries: append([]Coupled{}, entries...)}
	}
	m := Matrix{Rows: make([][]float64, n)}
	for i := range m.Rows {
		m.Rows[i] = make([]float64, n)
	}
	for _, e := range entries {
		m.Rows[e.I][e.J] = e.Value
	}
	return m
}

// JSON is what is written: rows or a list of entries.
func (m Matrix) JSON() any {
	switch {
	case m.Entries != nil:
		return m.Entries
	case m.Rows == nil:
		return []any{}
	}
	return m.Rows
}

// Each visits what is not 0.
func (m Matrix) Each(visit func(i, j int, x float64)) {
	for i, row := range m.Rows {
		for j, x := range row {
			if x != 0 {
				visit(i, j, x)
			}
		}
	}
	for _, e := range m.Entries {
		visit(e.I, e.J, e.Value)
	}
}

// Sums are those of the rows, for n blocks.
func (m Matrix) Sums(n int) []float64 {
	out := make([]float64, n)
	m.Each(func(i, _ int, x float64) { out[i] += x })
	return out
}
