package search

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Grid is a square matrix of a certificate: lists of rows, or, of many blocks, a
// list of {i, j, value} in order, where a pair that is not listed claims 0.
type Grid struct {
	rows   []map[int]float64 // without zeros
	widths []int             // lengths of rows as written, nil of a list of entries
}

// entry is an element of a sparse matrix.
type entry struct {
	I, J  *int
	Value *Number
}

// UnmarshalJSON reads both kinds.
func (g *Grid) UnmarshalJSON(b []byte) error {
	*g = Grid{}
	if string(b) == "null" {
		return nil
	}
	inner := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("[")), " \t\r\n")
	if len(inner) > 0 && inner[0] == '{' {
		var list []entry
		if err := json.Unmarshal(b, &list); err != nil {
			return err
		}
		for k, e := range list {
			if e.I == nil || e.J == nil || e.Value == nil {
				return fmt.Errorf("entry %d: expected i, j and value", k)
			}
			if *e.I < 0 || *e.J < 0 || *e.I >= mostBlocks || *e.J >= mostBlocks {
				return fmt.Errorf("entry %d: found i %d and j %d, expected numbers of blocks", k, *e.I, *e.J)
			}
			if k > 0 && (*e.I < *list[k-1].I || *e.I == *list[k-1].I && *e.J <= *list[k-1].J) {
				return fmt.Errorf("entry %d: found i %d and j %d, expected them in order and once", k, *e.I, *e.J)
			}
			for len(g.rows) <= *e.I {
				g.rows = append(g.rows, map[int]float64{})
			}
			g.rows[*e.I][*e.J] = float64(*e.Value)
		}
		return nil
	}
	var dense [][]Number
	if err := json.Unmarshal(b, &dense); err != nil {
		return err
	}
	g.widths = []int{}
	for _, row := range dense {
		m := map[int]float64{}
		for j, x := range row {
			if x != 0 {
				m[j] = float64(x)
			}
		}
		g.rows, g.widths = append(g.rows, m), append(g.widths, len(row))
	}
	return nil
}

// shape wants g to be n by n, or not there.
func (g *Grid) shape(field string, n int) error {
	if g.widths == nil {
		if len(g.rows) > n {
			return fmt.Errorf("%s: found row %d, expected %d rows", field, len(g.rows)-1, n)
		}
		for i, row := range g.rows {
			for j := range row {
				if j >= n {
					return fmt.Errorf("%s: found column %d in row %d, expected %d columns", field, j, i, n)
				}
			}
		}
		return nil
	}
	if len(g.widths) != n && len(g.widths) != 0 {
		return fmt.Errorf("%s: found %d rows, expected %d as in blocks", field, len(g.widths), n)
	}
	for i, w := range g.widths {
		if w != n {
			return fmt.Errorf("%s[%d]: found %d numbers, expected %d as in blocks", field, i, w, n)
		}
	}
	return nil
}

// none tells that nothing is claimed.
func (g *Grid) none() bool { return len(g.rows) == 0 && len(g.widths) == 0 }

func (g *Grid) at(i, j int) float64 {
	if i >= len(g.rows) {
		return 0
	}
	return g.rows[i][j]
}

// each visits what is not 0, in order.
func (g *Grid) each(visit func(i, j int, x float64)) {
	for i, row := range g.rows {
		for _, j := range slices.Sorted(maps.Keys(row)) {
			visit(i, j, row[j])
		}
	}
}
