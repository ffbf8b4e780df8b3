package certify

// Coupled is an entry of a matrix of blocks.
type Coupled struct {
	I, J  int     // block that is swayed, block that sways
	Value float64 // not 0
}

// Matrix is a square matrix of blocks. What is not listed is exactly 0, as
// between blocks that never meet.
type Matrix struct {
	Blocks  int       // number of rows and columns
	Entries []Coupled // not 0, by row, then column
}

// manyBlocks is from how many blocks on matrices are not written out.
const manyBlocks = 33

// Sparse tells whether there are too many blocks to write all pairs.
func (m Matrix) Sparse() bool { return m.Blocks >= manyBlocks }

// Rows writes all pairs.
func (m Matrix) Rows() [][]float64 {
	out := make([][]float64, m.Blocks)
	for i := range out {
		out[i] = make([]float64, m.Blocks)
	}
	for _, e := range m.Entries {
		out[e.I][e.J] = e.Value
	}
	return out
}
