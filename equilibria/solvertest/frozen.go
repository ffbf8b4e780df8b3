package solvertest

import (
	"encoding/json"
	"flag"
	"maps"
	"math"
	"os"
	"slices"
	"testing"
)

var freeze = flag.Bool("freeze", false, "write numbers that solvers are held to anew")

// Frozen are numbers that a solver answered once, by what they are, with where they
// come from.
type Frozen struct {
	Provenance string                 // who computed them, how
	Numbers    map[string][][]float64 // rows of any lengths
}

// Same holds numbers against those of a file, each to 1e-12 of its size or of 1,
// whichever is more. With -freeze it writes them instead.
func Same(t testing.TB, file, provenance string, found map[string][][]float64) {
	t.Helper()
	if *freeze {
		body, err := json.Marshal(Frozen{provenance, found})
		if err == nil {
			err = os.WriteFile(file, append(body, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want Frozen
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatal(err)
	}
	if a, b := slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(want.Numbers)); !slices.Equal(a, b) {
		t.Fatalf("found %q, expected %q", a, b)
	}
	farthest := 0.0
	for _, name := range slices.Sorted(maps.Keys(found)) {
		a, b := found[name], want.Numbers[name]
		if len(a) != len(b) {
			t.Errorf("%s: found %d rows, expected %d", name, len(a), len(b))
			continue
		}
		off := 0.0
		for i := range a {
			if len(a[i]) != len(b[i]) {
				t.Errorf("%s: row %d: found %v, expected %v", name, i, a[i], b[i])
				continue
			}
			for j, x := range b[i] {
				off = max(off, math.Abs(a[i][j]-x)/max(1, math.Abs(x)))
			}
		}
		if farthest = max(farthest, off); !(off <= 1e-12) {
			t.Errorf("%s: off by %.2g", name, off)
		}
	}
	t.Logf("farthest: %.2g", farthest)
}
