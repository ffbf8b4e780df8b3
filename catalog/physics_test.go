package catalog

import (
	"fmt"
	"slices"
	"testing"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/gametest"
	"arbiter/spec"
)

// Games on vectors keep to their contract at both ends of every key: nothing of them
// overflows.
func TestPhysicsAtTheEnds(t *testing.T) {
	seen := 0
	for _, g := range Standard().Games {
		table, err := Standard().Open(g.Name, "")
		if err != nil || len(table.Game.Info().Vector) == 0 {
			continue
		}
		for _, p := range g.Params {
			if p.Kind != spec.Float {
				continue
			}
			for _, x := range []float64{p.Min, p.Max} {
				table, err := Standard().Open(fmt.Sprintf("%s(%s=%g,horizon=40)", g.Name, p.Name, x), "")
				if err != nil {
					t.Fatal(err)
				}
				gametest.Run(t, table.Game.Game)
				seen++
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d games were played", seen)
	}
}

// What a game tells learners is true: idle moves are moves that say they are none, and
// the keys that vary are keys, over ranges that can be asked for.
func TestWhatLearnersAreTold(t *testing.T) {
	idle := 0
	for _, g := range Standard().Games {
		table, err := Standard().Open(g.Name, "")
		if err != nil {
			continue // needs a file
		}
		info := table.Game.Info()
		for seat, move := range info.Idle {
			s := table.Game.Start()
			for s.Turn() == games.Chance {
				if r, ok := s.(games.Roller); ok {
					src := dice.New(1).At(0)
					r.Roll(&src)
				} else {
					s.Play(slices.IndexFunc(s.Odds(), func(p float64) bool { return p > 0 }))
				}
			}
			names := s.(games.Namer).MoveNames(seat)
			if !slices.Contains([]string{"0", "none", "stay", "stand"}, names[move]) {
				t.Errorf("%s: seat %d does nothing by %s", g.Name, seat, names[move])
			}
			idle++
		}
		for _, a := range info.Varied {
			for _, x := range []float64{a.Lo, a.Hi} {
				if _, err := Standard().Open(fmt.Sprintf("%s(%s=%g)", g.Name, a.Name, x), ""); err != nil {
					t.Error(err)
				}
			}
		}
		if info.Vector != nil && (len(info.Varied) != 2 || len(info.Idle) != 2 || info.Horizon < 1 || info.Discount <= 0) {
			t.Errorf("%s tells learners too little: %+v", g.Name, info)
		}
	}
	if idle < 8 {
		t.Errorf("only %d idle moves were seen", idle)
	}
}
