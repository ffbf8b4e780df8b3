package tournament

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"arbiter/sampling"
)

// stranger plays requests on another way than the pool: piece by piece, the pieces
// in a random order, each at a table of its own. After some calls it fails with
// part of a round whole.
type stranger struct {
	field *Field
	r     *rand.Rand
	calls int // before it fails
}

var errLost = errors.New("the machine is lost")

func (s *stranger) Play(ctx context.Context, reqs []sampling.Request, sums []sampling.Sum) (int, error) {
	type piece struct {
		sampling.Request
		of int
	}
	var pieces []piece
	for i, q := range reqs {
		for at := int64(0); at < q.N; {
			n := min(q.N-at, 1+s.r.Int64N(50))
			pieces = append(pieces, piece{sampling.Request{Cell: q.Cell, First: q.First + at, N: n}, i})
			at += n
		}
	}
	whole := len(reqs)
	var err error
	if s.calls--; s.calls == 0 {
		whole, err = s.r.IntN(len(reqs)), errLost
	}
	s.r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	for _, p := range pieces {
		if p.of == whole {
			continue // what is not whole may have any part
		}
		if err := s.field.play(ctx, s.field.newTable(), p.Request, &sums[p.of]); err != nil {
			return 0, err
		}
	}
	return whole, err
}

// Whoever plays, in whatever order and however often it fails and is begun
// anew, the log has the same bytes.
func TestPlayersPlayTheSame(t *testing.T) {
	f := decimals(t)
	f.plan.Scheme = sampling.CountWeighted
	want, _ := play(t, f, 20_000, 1, nil)
	if len(want) == 0 {
		t.Fatal("nothing was played")
	}
	failures := 0
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		var j Tape
		for {
			p := &stranger{field: f, r: r, calls: 1 + r.IntN(20)}
			_, err := f.Run(t.Context(), Options{MaxMatches: 20_000, Player: p, Stored: j, Journal: &j})
			if err == nil {
				break
			}
			if !errors.Is(err, errLost) {
				t.Fatal(err)
			}
			failures++
		}
		if got := bytes.Join(j, nil); !bytes.Equal(got, want) {
			t.Errorf("seed %d: the log has %d bytes and is not that of the pool, %d bytes", seed, len(got), len(want))
		}
	}
	if failures < 5 {
		t.Errorf("the players failed only %d times", failures)
	}
}

// liar says that it has played what it has not.
type liar struct {
	whole int
	err   error
}

func (l liar) Play(context.Context, []sampling.Request, []sampling.Sum) (int, error) {
	return l.whole, l.err
}

func TestPlayersAreNotBelieved(t *testing.T) {
	f := decimals(t)
	for _, p := range []liar{{6, nil}, {0, nil}, {-1, errLost}, {100, nil}, {6, errLost}} {
		state, err := f.Run(t.Context(), Options{MaxMatches: 1000, Player: p})
		if err == nil || state.Matches() != 0 {
			t.Errorf("%v: %v after %d matches", p, err, state.Matches())
		}
	}
}
