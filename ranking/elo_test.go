package ranking

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestScratchElo(t *testing.T) {
	for _, n := range []int{10, 200, 1000} {
		r := rand.New(rand.NewPCG(1, 2))
		rec := NewRecord(n)
		x := make([]float64, n)
		for i := range x { x[i] = r.NormFloat64()*2 }
		for i := range n { for j := range i {
			up, _ := odds(x[i]-x[j])
			w := 0.0
			for range 10 { if r.Float64() < up { w++ } }
			rec.Games[i*n+j], rec.Games[j*n+i] = 10, 10
			rec.Score[i*n+j], rec.Score[j*n+i] = w, 10-w
		}}
		t0 := time.Now()
		e, err := Ratings(rec)
		t.Log(n, time.Since(t0), err, len(e.Pools))
	}
	// long cycle
	for _, g := range []float64{1e3, 1e6, 1e9} {
	n := 300
	rec := NewRecord(n)
	for i := range n-1 {
		rec.Games[i*n+i+1], rec.Games[(i+1)*n+i] = g, g
		rec.Score[i*n+i+1] = g
	}
	rec.Games[n-1], rec.Games[(n-1)*n] = 1, 1
	rec.Score[(n-1)*n] = 1
		t0 := time.Now()
	e, err := Ratings(rec)
	t.Log(time.Since(t0), err, len(e.Pools))
	if err == nil {
	t.Log(e.Rating[0]-e.Rating[1], math.Log(g)*eloPerLogit, e.SE[0])
	}
	}
}
