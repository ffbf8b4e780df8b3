package tournament

import (
	"context"
	"math"
	"testing"

	"arbiter/sampling"
)

// A log that was not played is told from one that was, at the decision where
// they differ; and counts of outcomes add up to the means.
func TestVerify(t *testing.T) {
	f := decimals(t)
	ctx := context.Background()
	log, means := play(t, f, 6000, 1, nil)
	for _, workers := range []int{1, 3} {
		matches, d, err := f.Verify(ctx, [][]byte{log}, workers, nil)
		if err != nil || d != nil || matches != 6000 {
			t.Fatalf("%d matches, difference %+v, %v; expected 6000 and none", matches, d, err)
		}
	}
	// Written again with another payoff in the fourth decision.
	var forged []byte
	r := newLogReader(f.plan, [][]byte{log})
	for i := 0; ; i++ {
		sum := f.plan.Sampling().NewSum()
		cell, ok, err := r.next(&sum)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		if i == 3 {
			sum.X[1].Add(5e-324)
		}
		forged = appendDecision(forged, cell, sum, false)
	}
	_, d, err := f.Verify(ctx, [][]byte{forged}, 2, nil)
	if err != nil || d == nil || d.Decision != 3 || d.Stored.X[1].Equal(&d.Played.X[1]) || !d.Stored.X[0].Equal(&d.Played.X[0]) {
		t.Errorf("difference %+v, %v; expected decision 3, player 1", d, err)
	}
	state, err := Replay(f.plan, [][]byte{log})
	if err != nil {
		t.Fatal(err)
	}
	all, err := f.Outcomes(ctx, state, 2)
	if err != nil {
		t.Fatal(err)
	}
	cells := state.Payoffs().N()
	sums, counts := make([]float64, 2*cells), make([]int64, cells)
	for _, o := range all {
		cell := o.Agents[0]*3 + o.Agents[1]
		counts[cell] += o.Count
		for k, x := range o.Payoff {
			sums[k*cells+cell] += x * float64(o.Count)
		}
	}
	for i, x := range sums {
		n := float64(counts[i%cells])
		if int64(n) != state.Plays(i%cells) || math.Abs(x/n-means[i]) > 1e-12 {
			t.Errorf("cell %d: %g outcomes with mean %g, expected %d with %g", i%cells, n, x/n, state.Plays(i%cells), means[i])
		}
	}
}

// The two matches of a play, traced, come to the payoffs of the play.
func TestTrace(t *testing.T) {
	f := kuhnPair(t, open)
	ctx := context.Background()
	table := f.newTable()
	for i := range int64(200) {
		sum := f.plan.Sampling().NewSum()
		if err := f.play(ctx, table, sampling.Request{Cell: 0, First: i, N: 1}, &sum); err != nil {
			t.Fatal(err)
		}
		total := 0.0
		for rotation := range int64(2) {
			m, err := f.Trace(ctx, 0, 2*i+rotation)
			if err != nil || len(m.Steps) < 4 || m.Steps[0].Seat != -1 || m.Seated[rotation] != 0 || m.Failed != nil {
				t.Fatalf("play %d: %+v %v", i, m, err)
			}
			total += m.Payoff[rotation]
		}
		if total/2 != sum.X[0].Float64() {
			t.Fatalf("play %d: traced %g, played %g", i, total/2, sum.X[0].Float64())
		}
	}
}
