package search

import (
	"context"
	"fmt"
	"math"
	"testing"

	"arbiter/certify/entropic"
	"arbiter/games/flat"
	"arbiter/games/leduc"
	"arbiter/games/normal"
)

func sequenceFile(t testing.TB, b *flat.Board, tau []float64) map[string]any {
	c, err := entropic.SequenceForm(context.Background(), b, tau)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, c, "sequence", nil, tau)
}

func TestSequenceFormCertificatesAreConfirmed(t *testing.T) {
	b := kuhnBoard(t)
	for _, tau := range [][]float64{{.02, .02}, {.5, .1}, {3, 3}} {
		f, err := Sequence(context.Background(), claimOf(t, sequenceFile(t, b, tau)), b, data)
		confirmed(t, fmt.Sprintf("Kuhn at %g", tau), f, err)
	}
	if testing.Short() {
		return
	}
	b = boardOf(t, leduc.New())
	f, err := Sequence(context.Background(), claimOf(t, sequenceFile(t, b, []float64{1, 1})), b, data)
	confirmed(t, "Leduc", f, err)
}

// Payoffs that are of constant sum only to rounding are certified above what does not
// cancel, not above 0.
func TestThresholdOfNearlyConstantSums(t *testing.T) {
	g, err := normal.New("pennies", normal.Table{Strategies: [][]string{{"a", "b"}, {"c", "d"}}, Payoffs: [][]float64{{1, -1, -1, 1}, {-1, 1, 1, -1 + 1e-10}}}, normal.Options{Noise: normal.None})
	if err != nil {
		t.Fatal(err)
	}
	b, err := flat.Compile(g, 100)
	if err != nil {
		t.Fatal(err)
	}
	file := sequenceFile(t, b, []float64{.1, .2})
	f, err := Sequence(context.Background(), claimOf(t, file), b, data)
	confirmed(t, "nearly constant", f, err)
	threshold := file["entropy"].(map[string]any)["threshold"].(float64)
	if !(math.Abs(threshold-.25e-10) < 1e-16) {
		t.Errorf("threshold %g, expected a quarter of the range of sums", threshold)
	}
	file["entropy"].(map[string]any)["threshold"] = 0.
	if f, err = Sequence(context.Background(), claimOf(t, file), b, data); err != nil || f.Holds() {
		t.Errorf("a threshold of 0 holds: %v", err)
	}
}
