package catalog

import (
	"path/filepath"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/agents/agenttest"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/train"
)

// What any learner that can sit keeps of any game it takes sits there, by a canonical
// spec, with the file it was read from; as a table where states have names.
func TestLearned(t *testing.T) {
	dir := t.TempDir()
	c := Standard()
	for i, at := range [][2]string{
		{"pendulum", "qarl(episodes=1)"}, {"cart_pole", "qarl(episodes=1)"}, {"point_mass", "qarl(episodes=1,tiles=4,floor=-999)"},
		{"point_mass", "qarl(values=networks,episodes=1,samples=1,floor=-999)"},
		{"wind_grid", "qarl(episodes=1)"}, {"wind_grid", "soft_q(matches=20)"},
	} {
		table, err := c.Open(at[0], dir)
		if err != nil {
			t.Fatal(err)
		}
		var g games.Game = table.Game.Game
		if table.Markov != nil {
			g = markov.Episodes(table.Markov, 30)
		}
		name := strings.Split(at[1], "(")[0]
		for _, m := range c.Learners {
			if m.Name != name {
				continue
			}
			l, learner, err := m.Open(at[1], g.Info())
			if err != nil {
				t.Fatal(err)
			}
			kept, err := train.Run(t.Context(), l, train.WorldOf(g), train.Options{Learner: learner, Game: g.Info().Name, Seed: 1, Steps: 2})
			if err != nil {
				t.Fatal(err)
			}
			file := string(rune('a'+i)) + ".ckpt"
			if err := kept.Write(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
			seated, err := table.Seat("learned(file=" + file + ")")
			if _, sits := l.(train.Seater); !sits {
				if err == nil || !strings.Contains(err.Error(), "which no agent is made of") {
					t.Errorf("%v: %v", at, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(seated.Files) != 1 || seated.Files[0].Path != file || seated.Spec != "learned(file="+file+")" {
				t.Errorf("%v: %s of %d files", at, seated.Spec, len(seated.Files))
			}
			agenttest.Run(t, seated.Spec, seated.Agent, table.Game.Game)
			// It is the learner that was kept, and not one that knows nothing.
			want, s := l.(train.Seater).Agent(), table.Game.Game.Start()
			other := dice.New(9)
			for i := range 20 {
				var pay [2][2]float64
				for k, a := range []agents.Agent{want, seated.Agent} {
					if err := agents.Play(t.Context(), s, false, []agents.Agent{a, a}, other.Sub(uint64(i)), other.Sub(99), pay[k][:]); err != nil {
						t.Fatal(err)
					}
				}
				if pay[0] != pay[1] {
					t.Errorf("%v, match %d: paid %v, expected %v", at, i, pay[1], pay[0])
				}
			}
		}
	}
}
