package path

import (
	"cmp"
	"context"
	"math"
	"slices"

	"arbiter/equilibria"
)

// Way says how far a curve is followed.
type Way struct {
	Asked []float64         // values of u whose points are wanted
	End   float64           // u to end at when it is first passed upwards; 0: none
	Most  int               // steps; positive
	Stop  func(*Trail) bool // asked at every point, the first one too, whether to end there; nil: never
	Leg   func(Leg)         // told every step before it is taken; nil: nobody
}

// Crossing is a point at a value of u that was asked for.
type Crossing struct {
	Asked  int       // position in Way.Asked
	Number int       // 1, 2, …: a curve may meet a value several times
	X      []float64 // without u
}

// Trail is what was met on the way.
type Trail struct {
	// Status is Complete or Folded where the way ended as it was told to, AtLimit where
	// steps were spent, Lost where there was none.
	Status    equilibria.Status
	Steps     int        // that were taken
	Folds     []float64  // values of u at which it turns, in order
	Crossings []Crossing // in the order they were met
}

// Follow goes on from where the curve is. Ended by its context, it returns how far it
// came, too.
func (c *Curve) Follow(ctx context.Context, w Way) (Trail, error) {
	t := Trail{Status: equilibria.Lost}
	if w.End == 0 {
		w.End = math.Inf(1)
	}
	count := make([]int, len(w.Asked))
	cross := func(i int, x []float64) {
		count[i]++
		t.Crossings = append(t.Crossings, Crossing{i, count[i], x})
	}
	for i, u := range w.Asked {
		if u == c.U() {
			cross(i, c.Y[:c.n])
		}
	}
	for done := false; ; {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		if w.Stop != nil && w.Stop(&t) || done {
			break
		}
		if t.Steps == w.Most {
			t.Status = equilibria.AtLimit
			return t, nil
		}
		leg, ok := c.Step()
		if !ok {
			return t, nil
		}
		t.Steps++
		if w.Leg != nil {
			w.Leg(leg)
		}
		// The way is cut where u turns; values between two cuts are met in order.
		for i, to := range leg.Cuts[1:] {
			from := leg.Cuts[i]
			lo, hi := from.Y[c.n], to.Y[c.n]
			var met []int
			for j, u := range w.Asked {
				if u > lo && u <= min(hi, w.End) || u < lo && u >= hi {
					met = append(met, j)
				}
			}
			slices.SortStableFunc(met, func(a, b int) int {
				if hi < lo {
					a, b = b, a
				}
				return cmp.Compare(w.Asked[a], w.Asked[b])
			})
			for _, j := range met {
				cross(j, c.Land(w.Asked[j], from, to))
			}
			if done = hi >= w.End; done {
				leg.To.Y = append(c.Land(w.End, from, to)[:c.n:c.n], w.End)
				break
			}
			if i+2 < len(leg.Cuts) {
				t.Folds = append(t.Folds, hi)
			}
		}
		c.Advance(leg)
	}
	t.Status = equilibria.Whole(len(t.Folds))
	return t, nil
}
