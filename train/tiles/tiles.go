// Package tiles codes vectors of real numbers as a few features out of many (tile
// coding; Albus 1975, Sutton and Barto 2018, 9.5.4): every tiling is a grid over the
// box of the numbers, shifted against the others, and lights the cell the vector is in.
// A function that is linear in the features is then a sum of one weight per tiling.
package tiles

import (
	"fmt"
	"math"

	"arbiter/games"
)

// MaxCells bounds the cells of all tilings.
const MaxCells = 1 << 24

// Coder codes vectors. It is immutable.
type Coder struct {
	tilings int
	axes    []axis
	cells   int // of a tiling
}

// axis is a number of the vector in all tilings.
type axis struct {
	lo, scale float64   // scale: cells per unit
	most      float64   // cells from end to end
	cells     int32     // of a tiling; one more than most where a shift needs it
	around    bool      // the last cell is followed by the first
	stride    int32     // of the axis in the number of a cell
	shift     []float64 // per tiling, in cells, below 1
}

// New makes a coder of so many tilings with so many cells along each axis. Tiling j is
// shifted along axis i by frac(j(2i+1)/tilings) of a cell, which spreads the tilings
// evenly and along no diagonal.
func New(box []games.Axis, tilings int, cells []int) (*Coder, error) {
	if tilings < 1 {
		return nil, fmt.Errorf("tilings: found %d, expected at least 1", tilings)
	}
	if len(cells) != len(box) || len(box) == 0 {
		return nil, fmt.Errorf("tiles: found numbers of cells along %d axes, expected %d", len(cells), len(box))
	}
	c := &Coder{tilings: tilings, cells: 1}
	for i, b := range box {
		if cells[i] < 1 || !(b.Hi > b.Lo) || math.IsInf(b.Hi-b.Lo, 0) {
			return nil, fmt.Errorf("tiles: found %d cells from %g to %g along %s, expected at least one and an interval", cells[i], b.Lo, b.Hi, b.Name)
		}
		a := axis{lo: b.Lo, most: float64(cells[i]), scale: float64(cells[i]) / (b.Hi - b.Lo), cells: int32(min(cells[i], MaxCells)), around: b.Around}
		for j := range tilings {
			_, shift := math.Modf(float64(j*(2*i+1)) / float64(tilings))
			a.shift = append(a.shift, shift)
		}
		if !a.around && tilings > 1 {
			a.cells++
		}
		if c.cells > MaxCells/tilings/int(a.cells) {
			return nil, fmt.Errorf("tiles: found more than %d cells in all tilings", MaxCells)
		}
		a.stride = int32(c.cells)
		c.cells *= int(a.cells)
		c.axes = append(c.axes, a)
	}
	return c, nil
}

// Tilings is how many features a vector lights.
func (c *Coder) Tilings() int { return c.tilings }

// Size is the number of features.
func (c *Coder) Size() int { return c.tilings * c.cells }

// Code writes the features of x, one per tiling, to dst[:Tilings]. Numbers outside of
// the box, and those that are none, count as its ends.
func (c *Coder) Code(x []float64, dst []int32) {
	for j := range dst[:c.tilings] {
		dst[j] = int32(j * c.cells)
	}
	for i := range c.axes {
		a := &c.axes[i]
		at := float64((x[i] - a.lo) * a.scale)
		if !(at > 0) {
			at = 0
		} else if at > a.most {
			at = a.most
		}
		last := a.cells - 1
		for j, shift := range a.shift {
			cell := int32(at + shift)
			if cell > last {
				if cell = last; a.around {
					cell = 0
				}
			}
			dst[j] += cell * a.stride
		}
	}
}
