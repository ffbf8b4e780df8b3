package learn_test

import (
	"math"
	"testing"

	"arbiter/equilibria/learn"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
)

// NashConv and value of the average policy: an independent implementation of
// the same updates.
func TestCFROnKuhn(t *testing.T) {
	g, _ := kuhn.New(2)
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		iterations      int
		nashConv, value float64
	}{
		{1, 0.9166666666666665, 0.12500000000000003},
		{10, 0.1373975876343151, -0.05311271033885945},
		{100, 0.01645195463183058, -0.05614724147718669},
		{1000, 0.0018752332939859229, -0.055625031582249296},
	} {
		e := b.Evaluate(learn.CFR(b, c.iterations))
		if math.Abs(e.NashConv-c.nashConv) > 1e-9 || math.Abs(e.Values[0]-c.value) > 1e-9 {
			t.Errorf("%d iterations: NashConv %.16g, value %.16g, want %.16g, %.16g", c.iterations, e.NashConv, e.Values[0], c.nashConv, c.value)
		}
	}
}
