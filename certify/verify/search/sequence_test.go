package search

import (
	"context"
	"fmt"
	"testing"

	"arbiter/certify/entropic"
	"arbiter/games/flat"
	"arbiter/games/leduc"
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
