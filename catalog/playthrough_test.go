package catalog

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/spec"
)

var update = flag.Bool("update", false, "write the playthroughs anew")

// What a game says of itself and one match of it, move by move, are pinned: rules,
// names and the order of moves are part of what users store.
func TestPlaythroughs(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the last digits of real numbers are those of amd64, which does not fuse multiplication and addition")
	}
	const file = "testdata/playthroughs.txt"
	var b strings.Builder
	for _, g := range Standard().Games {
		for _, text := range samples(t, g) {
			table, err := Standard().Open(text, "testdata")
			if err != nil {
				t.Fatal(err)
			}
			playthrough(&b, table.Game.Game)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(b.String(), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(got) || got[i] != line {
			t.Fatalf("line %d is %q, expected %q", i+1, got[min(i, len(got)-1)], line)
		}
	}
	if len(want) != b.Len() {
		t.Errorf("%d bytes, expected %d", b.Len(), len(want))
	}
}

// ofFiles are samples of games that are read from a file, in testdata.
var ofFiles = map[string][]string{
	"markov_game": {"markov_game(file=horizon.json)"},
	"metagame":    {"metagame(file=rationals.json,noise=none)"},
	"efg":         {"efg(file=trust.efg)"},
}

// samples are the games by which tests know one of the catalog.
func samples(t *testing.T, g Game) []string {
	t.Helper()
	if slices.ContainsFunc(g.Params, func(p spec.Param) bool { return p.Kind == spec.File }) {
		if ofFiles[g.Name] == nil {
			t.Errorf("%s is read from a file, and no test has one", g.Name)
		}
		return ofFiles[g.Name]
	}
	if g.Samples == nil {
		return []string{g.Name}
	}
	return g.Samples
}

// playthrough writes a match in which words choose the moves.
func playthrough(b *strings.Builder, g games.Game) {
	info := g.Info()
	fmt.Fprintf(b, "%s\nseats %d, payoffs from %v to %v, constant sum %v (%g), binary %v, symmetric %v, perfect information %v\n",
		info.Name, info.Seats, info.Lo, info.Hi, info.ConstantSum, info.Sum, info.Binary, info.Symmetric, info.Perfect)
	s, key := g.Start(), dice.New(7)
	word := 0
	pick := func(n int) int { word++; return int(key.Word(word) % uint64(n)) }
	turns := 60
	if info.Vector != nil {
		turns = 20
	}
	for turn := 0; s.Turn() != games.Over && turn < turns; turn++ {
		switch at := s.Turn(); at {
		case games.Chance:
			if odds := s.Odds(); odds != nil {
				move := pick(len(odds))
				fmt.Fprintf(b, "chance %d of %v\n", move, odds)
				s.Play(move)
				continue
			}
			fmt.Fprintln(b, "chance rolls")
			s.(games.Roller).Roll(rand.NewPCG(uint64(turn), 7))
		case games.Everyone:
			moves := make([]int, info.Seats)
			for k := range moves {
				moves[k] = pick(s.Moves(k))
				said(b, s, k, moves[k])
			}
			s.(games.Joint).PlayAll(moves)
		default:
			move := pick(s.Moves(int(at)))
			said(b, s, int(at), move)
			s.Play(move)
		}
	}
	pay := make([]float64, info.Seats)
	s.Payoff(pay)
	fmt.Fprintf(b, "over %v, paid %v\n\n", s.Turn() == games.Over, pay)
}

func said(b *strings.Builder, s games.State, seat, move int) {
	fmt.Fprintf(b, "seat %d at %q: %d of %d", seat, s.Key(seat), move, s.Moves(seat))
	if n, ok := s.(games.Namer); ok {
		if names := n.MoveNames(seat); names != nil {
			fmt.Fprintf(b, ", %s of %v", names[move], names)
		}
	}
	fmt.Fprintln(b)
}
