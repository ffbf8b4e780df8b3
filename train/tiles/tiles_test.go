package tiles

import (
	"math"
	"testing"

	"arbiter/dice"
	"arbiter/games"
)

// One feature of every tiling is lit, inside and outside of the box, each among those
// of its tiling; where an axis goes around, its ends light the same.
func TestCode(t *testing.T) {
	box := []games.Axis{{Name: "angle", Lo: -math.Pi, Hi: math.Pi, Around: true}, {Name: "speed", Lo: -8, Hi: 8}}
	for _, tilings := range []int{1, 2, 8} {
		c, err := New(box, tilings, []int{16, 5})
		if err != nil {
			t.Fatal(err)
		}
		if wide := 5 + min(tilings-1, 1); c.Size() != tilings*16*wide || c.Tilings() != tilings {
			t.Fatalf("%d tilings have %d features", tilings, c.Size())
		}
		all := map[int32]bool{}
		dst, other, key := make([]int32, tilings), make([]int32, tilings), dice.New(1)
		code := func(x, y float64, dst []int32) {
			c.Code([]float64{x, y}, dst)
			for j, f := range dst {
				if n := int32(c.Size() / tilings); f < int32(j)*n || f >= int32(j+1)*n {
					t.Fatalf("%g, %g lights %v", x, y, dst)
				}
				all[f] = true
			}
		}
		for i := range 20_000 {
			code(-4+8*dice.Float64(key.Word(2*i)), -9+18*dice.Float64(key.Word(2*i+1)), dst)
		}
		if len(all) != c.Size() {
			t.Errorf("%d tilings: %d of %d features are ever lit", tilings, len(all), c.Size())
		}
		for _, y := range []float64{-8, 0, 3, 8} {
			code(-math.Pi, y, dst)
			code(math.Pi, y, other)
			for j := range dst {
				if tilings > 1 && dst[j] != other[j] {
					t.Errorf("speed %g: the ends of the circle light %v and %v", y, dst, other)
				}
			}
		}
		for _, x := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), 1e300} {
			code(x, x, dst)
		}
		if n := testing.AllocsPerRun(10, func() { c.Code([]float64{1, 2}, dst) }); n > 0 {
			t.Errorf("%g allocations", n)
		}
	}
}

// Tilings are shifted by frac(j(2i+1)/8) of a cell along axis i, as they are told.
func TestShift(t *testing.T) {
	c, err := New([]games.Axis{{Name: "x", Lo: 0, Hi: 4}, {Name: "y", Lo: 0, Hi: 4}}, 8, []int{4, 4})
	if err != nil {
		t.Fatal(err)
	}
	for j := range 8 {
		for i := range 2 {
			_, shift := math.Modf(float64(j*(2*i+1)) / 8)
			edge := 2 - shift // where the cell changes
			a, b, x := make([]int32, 8), make([]int32, 8), []float64{.1, .1}
			x[i] = edge - 1e-9
			c.Code(x, a)
			x[i] = edge + 1e-9
			c.Code(x, b)
			if a[j] == b[j] {
				t.Errorf("tiling %d: no edge at %g along axis %d", j, edge, i)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	box := []games.Axis{{Name: "x", Lo: 0, Hi: 1}, {Name: "y", Lo: 0, Hi: 1}}
	for _, bad := range []struct {
		box     []games.Axis
		tilings int
		cells   []int
	}{
		{box, 0, []int{4, 4}}, {box, 8, []int{4}}, {box, 8, []int{4, 0}}, {nil, 8, nil},
		{box, 8, []int{1 << 40, 4}}, {box, 8, []int{1 << 14, 1 << 14}}, {[]games.Axis{{Lo: 1, Hi: 1}}, 8, []int{4}},
	} {
		if _, err := New(bad.box, bad.tilings, bad.cells); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
