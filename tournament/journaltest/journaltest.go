// Package journaltest checks that a journal keeps the contract of
// tournament.Journal. Everything that keeps the log of a run runs it.
package journaltest

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/kuhn"
	"arbiter/sampling"
	"arbiter/tournament"
)

// Open returns a new journal, which holds nothing, and what reads the segments it
// holds: as another process would, if it outlives this one.
type Open func(t *testing.T) (j tournament.Journal, stored func() [][]byte)

// Run checks that segments come back as they were written, in order, also where
// their bytes are written over afterwards; that those out of turn and those of a
// context that is done are refused whole; and that a run broken off again and
// again, with agents that fail, has the log of a run that was not.
func Run(t *testing.T, open Open) {
	t.Helper()
	t.Run("Segments", func(t *testing.T) { segments(t, open) })
	t.Run("OutOfTurn", func(t *testing.T) { outOfTurn(t, open) })
	t.Run("Resume", func(t *testing.T) { resume(t, open) })
}

// segment is any log of n bytes.
func segment(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func holds(t *testing.T, when string, stored func() [][]byte, want [][]byte) {
	t.Helper()
	if got := stored(); !slices.EqualFunc(got, want, bytes.Equal) {
		t.Fatalf("%s: the journal holds %d segments that are not the %d written", when, len(got), len(want))
	}
}

func segments(t *testing.T, open Open) {
	j, stored := open(t)
	r := rand.New(rand.NewPCG(1, 1))
	holds(t, "at first", stored, nil)
	var want [][]byte
	buffer := make([]byte, 0, 1<<17)
	for seq, n := range []int{1, 0, 3, 1 << 16, 1<<16 + 1, 200} {
		buffer = append(buffer[:0], segment(r, n)...)
		want = append(want, slices.Clone(buffer))
		if err := j.Append(t.Context(), int64(seq), int64(n), 2*int64(n), buffer); err != nil {
			t.Fatalf("segment %d of %d bytes: %v", seq, n, err)
		}
		clear(buffer) // the next is written over it
		holds(t, "after a segment", stored, want)
	}
}

func outOfTurn(t *testing.T, open Open) {
	j, stored := open(t)
	var want [][]byte
	for seq := range int64(3) {
		want = append(want, []byte{byte(seq)})
		if err := j.Append(t.Context(), seq, 1, 1, want[seq]); err != nil {
			t.Fatal(err)
		}
	}
	for _, seq := range []int64{0, 2, 4, 100, -1} {
		if err := j.Append(t.Context(), seq, 1, 1, []byte("not this")); err == nil {
			t.Errorf("segment %d is taken where 3 is next", seq)
		}
		holds(t, "after one out of turn", stored, want)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Append(done, 3, 1, 1, []byte("nor this")); err == nil {
		t.Error("a segment is taken of a context that is done")
	}
	holds(t, "after a context that is done", stored, want)
	want = append(want, []byte("this"))
	if err := j.Append(t.Context(), 3, 1, 1, want[3]); err != nil {
		t.Errorf("after segments that were refused, the next is too: %v", err)
	}
	holds(t, "at last", stored, want)
}

// fickle fails at a tenth of its moves, by the words of the move.
type fickle struct{}

func (fickle) Move(_ context.Context, v games.View, src rand.Source) (int, error) {
	if dice.Float64(src.Uint64()) < .1 {
		return 0, agents.Failure{Kind: agents.Garbage, Text: "what"}
	}
	return int(src.Uint64() % uint64(v.Moves)), nil
}

func resume(t *testing.T, open Open) {
	g, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	s := tournament.Defaults()
	s.Batch = 0
	const budget = 3000
	pool := []tournament.Entrant{{Spec: "fickle", Label: "fickle", Agent: fickle{}}, {Spec: "uniform", Label: "uniform", Agent: agents.Uniform()}, {Spec: "pass", Label: "pass", Agent: agents.Always("pass")}}
	_, field, err := s.Enter("", "kuhn", 3, g, nil, [][]tournament.Entrant{pool}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var whole tournament.Tape
	if _, err := field.Run(t.Context(), tournament.Options{MaxMatches: budget, Workers: 1, Journal: &whole}); err != nil {
		t.Fatal(err)
	}
	j, stored := open(t)
	for broken := 0; ; broken++ {
		ctx, cancel := context.WithCancel(t.Context())
		rounds := 200
		_, err := field.Run(ctx, tournament.Options{MaxMatches: budget, Workers: 2, Stored: stored(), Journal: j, Watch: func(*sampling.State) {
			if rounds--; rounds == 0 {
				cancel()
			}
		}})
		cancel()
		if err == nil {
			if broken < 2 {
				t.Errorf("the run was broken off %d times only", broken)
			}
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if got, want := bytes.Join(stored(), nil), bytes.Join(whole, nil); !bytes.Equal(got, want) {
		t.Errorf("broken off and resumed, the log has %d bytes and is not that of the whole run, %d bytes", len(got), len(want))
	}
}
