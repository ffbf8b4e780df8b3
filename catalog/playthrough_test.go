package catalog

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"arbiter/dice"
	"arbiter/games"
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
	for _, text := range []string{
		"kuhn_poker", "kuhn_poker(players=3)", "leduc_poker", "liars_dice(sides=3)", "goofspiel(cards=4)", "goofspiel(cards=3,imperfect=true,order=descending)",
		"markov_soccer", "markov_soccer(variant=turns)", "grid_game_1", "grid_game_2", "soccer_metagame", "travellers_dilemma(low=2,high=4)", "matching_pennies",
		"rock_paper_scissors", "chicken", "shapleys_game", "inspection_game", "wind_grid(slip=0.1)", "pendulum(force=1.4)", "cart_pole", "point_mass",
	} {
		table, err := Standard().Open(text, "")
		if err != nil {
			t.Fatal(err)
		}
		playthrough(&b, table.Game.Game)
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
